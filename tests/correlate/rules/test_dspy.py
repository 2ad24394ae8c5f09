"""Spans of DSPy, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

LAB = """
import dspy
import mlflow

def get_weather(city): ...

class Base(dspy.Module):
    def __init__(self):
        self.think = dspy.ChainOfThought("question -> answer")
        self.react = dspy.ReAct("question -> answer", tools=[get_weather])

    def forward(self, question):
        self.think(question=question)
        return self.react(question=question)

class Careful(Base):
    pass

@mlflow.trace
def quiz(question):
    return dspy.Predict("question -> answer")(question=question)
"""

COURT = """
import dspy
import mlflow

class Shelf(dspy.Retrieve):
    def forward(self, query, k=None): ...

def file_number(name): ...

class Hops(dspy.Module):
    def __init__(self, tools, max_hops=2):
        self.queries = [dspy.ChainOfThought("context -> query") for _ in range(max_hops)]
        self.final = dspy.ChainOfThought("context -> answer")
        self.clerk = dspy.ReAct("request -> reply", tools=tools)
        self.shelf = Shelf()

    def forward(self, question):
        for hop in range(2):
            found = self.queries[hop](context=question)
            self.shelf(found.query)
        self.final(context=found)
        return self.clerk(request=question)

extract = dspy.Predict("text -> parties")
rate = dspy.Predict("party -> rating")

def read(text):
    return rate(party=extract(text=text).parties)

Hops(tools=[file_number])(question="?")
"""

CASES = {
    "modules in a list, in their order; a retriever; tools given to a constructor": (
        COURT,
        """
        Hops.forward CHAIN (question)                       -> Hops.forward strong
          ChainOfThought.forward CHAIN (context)            -> Hops.forward:18 strong
          Shelf.forward RETRIEVER (query)                   -> Shelf.forward strong
          ChainOfThought.forward CHAIN (context)            -> Hops.forward:18 strong
          Shelf.forward RETRIEVER (query)                   -> Shelf.forward strong
          ChainOfThought.forward CHAIN (context)            -> Hops.forward:20 weak
          ReAct.forward AGENT (request)                     -> Hops.forward:21 strong
            Tool.file_number TOOL (name)                    -> file_number strong
        """,
    ),
    "calls without a span above are told by their keywords": (
        COURT,
        "Predict.forward LLM (text) -> read:27 strong",
    ),
    "modules of one's own, and calls of DSPy's": (
        LAB,
        """
        Base.forward CHAIN (question)                       -> Base.forward strong
          ChainOfThought.forward CHAIN (question)           -> Base.forward:12 strong
            Predict.forward LLM (question)                  -> library
              ChatAdapter.format PARSER                     -> library
              LM.__call__ CHAT_MODEL (messages) dspy        -> Base.forward:12 strong
          ReAct.forward AGENT (question)                    -> Base.forward:13 strong
            Tool.get_weather TOOL (city)                    -> get_weather strong
        """,
    ),
    "an inherited method": (LAB, "Careful.forward CHAIN (question) -> Base.forward strong"),
    "a module that is built and called at once": (
        LAB,
        """
        quiz UNKNOWN (question) fn=quiz                     -> quiz exact
          Predict.forward LLM (question)                    -> quiz:20 strong
        """,
    ),
    "what runs inside a call that the source does not show": (
        LAB,
        """
        quiz UNKNOWN (question) fn=quiz                     -> quiz exact
          ProgramOfThought.forward CHAIN (question)         -> library
            Predict.forward LLM (question)                  -> library
              LM.__call__ CHAT_MODEL (messages) dspy        -> library
        """,
    ),
    "a module of other code": (LAB, "Other.forward CHAIN (question) -> library"),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_dspy(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
