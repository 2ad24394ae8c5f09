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

CASES = {
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
