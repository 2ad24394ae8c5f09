"""Spans of LangChain and LangGraph, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

GRAPH = """
import mlflow
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from langgraph.prebuilt import ToolNode
from langchain_core.tools import tool

@tool("look_up")
def search(query: str) -> str:
    return query

def agent_step(state):
    return ChatOpenAI().bind_tools([search]).invoke(state)

def route(state):
    return "tools"

def build():
    graph = StateGraph(dict)
    graph.add_node("agent", agent_step)
    graph.add_node("tools", ToolNode([search]))
    graph.add_conditional_edges("agent", route)
    return graph.compile(name="desk")
"""

TWO_GRAPHS = """
import mlflow
from langgraph.graph import StateGraph

def read(state): ...
def write(state): ...
def draw(state): ...

def texts():
    graph = StateGraph(dict)
    graph.add_node("first", read)
    graph.add_node("second", write)
    return graph.compile()

def pictures():
    graph = StateGraph(dict)
    graph.add_node("draw", draw)
    return graph.compile()
"""

CHAIN = """
import mlflow
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

def shorten(text): ...

@mlflow.trace
def answer(question):
    chain = ChatPromptTemplate.from_template("x") | ChatOpenAI() | shorten
    return chain.invoke(question)

@mlflow.trace
def rate(question):
    return ChatOpenAI().with_config(run_name="rater").invoke(question)
"""

CHAINS = """
import mlflow
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

class Drinks:
    def __init__(self):
        self.chain = self.build()

    def build(self):
        return ChatPromptTemplate.from_template("x") | ChatOpenAI()

    def serve(self, topic):
        self.chain.invoke({"topic": "green tea"})
        self.chain.batch([{"topic": "coffee"}, {"topic": "cocoa"}])
        self.chain.invoke(f"about {topic}")

    def stream(self, topic):
        yield from self.chain.stream({"topic": topic})
"""

TWO_WAYS = """
import mlflow
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

class Drinks:
    def __init__(self):
        self.chain = self.build()

    def build(self):
        return ChatPromptTemplate.from_template("x") | ChatOpenAI()

    def ask(self, topic):
        return self.chain.invoke({"topic": topic})

    def stream(self, topic):
        for chunk in self.chain.stream({"topic": topic}):
            yield chunk

@mlflow.trace
def bar(topic):
    drinks = Drinks()
    first = drinks.ask(topic)
    return first + "".join(drinks.stream(topic))
"""

HISTORY = """
import mlflow
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_openai import ChatOpenAI

def converse(question, sessions):
    chain = ChatPromptTemplate.from_template("x") | ChatOpenAI()
    remembering = RunnableWithMessageHistory(chain, sessions.get)
    return remembering.invoke({"question": question})
"""

CASES = {
    "calls of one chain are told apart by the input that they spell out": (
        CHAINS,
        "RunnableSequence CHAIN (topic='green tea') -> Drinks.serve:13 weak",
    ),
    "a batch hands over each of its inputs": (
        CHAINS,
        "RunnableSequence CHAIN (topic='cocoa') -> Drinks.serve:14 weak",
    ),
    "an input that others spell out otherwise is the one from a variable": (
        CHAINS,
        "RunnableSequence CHAIN (topic='milk') -> Drinks.stream:18 weak",
    ),
    "a chain that was streamed may be given what another call spells out": (
        CHAINS,
        "RunnableSequence CHAIN (topic='cocoa') defers_inputs=false -> Drinks.stream:18 weak",
    ),
    "a streamed chain is the call that streams it, one before it the other": (
        TWO_WAYS,
        """
        bar UNKNOWN (topic) fn=bar                              -> bar exact
          RunnableSequence CHAIN (topic)                        -> Drinks.ask:13 weak
            ChatOpenAI CHAT_MODEL langchain                     -> Drinks.ask:13 weak
          RunnableSequence CHAIN (topic) defers_inputs=false    -> Drinks.stream:16 strong
            ChatOpenAI CHAT_MODEL langchain                     -> Drinks.stream:16 weak
        """,
    ),
    "a model below a history is the call's that runs the history": (
        HISTORY,
        """
        RunnableWithMessageHistory CHAIN (question)     -> converse:9 strong
          insert_history CHAIN                          -> library
            load_history CHAIN                          -> library
          check_sync_or_async CHAIN                     -> library
            RunnableSequence CHAIN                      -> library
              ChatOpenAI CHAT_MODEL langchain           -> converse:9 strong
        """,
    ),
    "a graph, its nodes, router, tools and the call of its model": (
        GRAPH,
        """
        desk CHAIN (messages) integration=langgraph        -> build:22 strong
          agent CHAIN (messages) node=agent                -> agent_step strong
            ChatOpenAI CHAT_MODEL (messages) node=agent    -> agent_step:12 strong
            route CHAIN (messages) node=agent              -> route strong
          tools CHAIN (messages) node=tools                -> build:20 strong
            look_up TOOL (query) node=tools                -> search strong
        """,
    ),
    "graphs without a name are told by their nodes": (
        TWO_GRAPHS,
        """
        LangGraph CHAIN integration=langgraph   -> pictures:17 strong
          draw CHAIN node=draw                  -> draw strong
        """,
    ),
    "a graph without a name and without nodes may be any": (
        TWO_GRAPHS,
        "LangGraph CHAIN integration=langgraph -> ? pictures:17, texts:12",
    ),
    "a tool of another name is not the function of that name": (
        GRAPH,
        "search TOOL (query) integration=langgraph -> other-repository",
    ),
    "a tool called with other arguments is not trusted": (
        GRAPH,
        "look_up TOOL (city, days) integration=langgraph -> search weak",
    ),
    "a chain is the call that runs it, its pieces are the library's": (
        CHAIN,
        """
        answer UNKNOWN (question) fn=answer          -> answer exact
          RunnableSequence CHAIN                     -> answer:10 strong
            ChatPromptTemplate CHAIN                 -> library
            ChatOpenAI CHAT_MODEL langchain          -> answer:10 strong
            shorten CHAIN                            -> shorten strong
        """,
    ),
    "a run that is named in its configuration": (
        CHAIN,
        """
        rate UNKNOWN (question) fn=rate              -> rate exact
          rater CHAT_MODEL langchain                 -> rate:14 strong
        """,
    ),
    "nodes of a prebuilt agent are the library's, its model calls the agent's": (
        """
        import mlflow
        from langchain.agents import create_agent

        def get_weather(city): ...

        def build(model):
            return create_agent(model, tools=[get_weather], name="concierge")
        """,
        """
        concierge CHAIN integration=langchain_create_agent                      -> build:7 strong
          model CHAIN node=model agent=concierge integration=langchain_create_agent  -> library
            ChatOpenAI CHAT_MODEL node=model agent=concierge                     -> build:7 strong
          tools CHAIN node=tools agent=concierge integration=langchain_create_agent  -> library
            get_weather TOOL (city) node=tools agent=concierge            -> get_weather strong
        """,
    ),
    "the functional interface": (
        """
        import mlflow
        from langgraph.func import entrypoint, task

        @task
        def fetch(page): ...

        @entrypoint()
        def crawl(pages): ...
        """,
        """
        LangGraph CHAIN integration=langgraph   -> crawl strong
          crawl CHAIN node=crawl                -> crawl strong
            fetch CHAIN (page) node=fetch       -> fetch strong
        """,
    ),
    "a subclass of a tool runs its method, under the name it declares": (
        """
        import mlflow
        from langchain_core.tools import BaseTool

        class Search(BaseTool):
            name: str = "search_docs"
            def _run(self, query: str) -> str: ...
        """,
        "search_docs TOOL (query) integration=langgraph -> Search._run strong",
    ),
    "a method that is made a tool by a call": (
        """
        import mlflow
        from langchain_core.tools import tool

        class Archive:
            def weigh(self, thing): ...

            def tools(self):
                return [tool(self.weigh)]
        """,
        "weigh TOOL (thing) integration=langgraph -> Archive.weigh strong",
    ),
    "a chain that another file runs, which imports no framework": (
        """
        # --- path: chains.py ---
        import mlflow
        from langchain_core.prompts import ChatPromptTemplate
        from langchain_openai import ChatOpenAI

        chain = ChatPromptTemplate.from_template("x") | ChatOpenAI()

        def inner(text):
            return chain.invoke(text)
        # --- path: main.py ---
        import mlflow
        from chains import chain

        def run():
            return chain.invoke("?")
        """,
        "RunnableSequence CHAIN -> ? inner:8, run:5",
    ),
    "a graph within a node of its name is where it was compiled": (
        """
        import mlflow
        from langgraph.graph import StateGraph

        def read(state): ...

        def inner():
            graph = StateGraph(dict)
            graph.add_node("read", read)
            return graph.compile(name="desk")

        def outer():
            graph = StateGraph(dict)
            graph.add_node("desk", inner())
            return graph.compile(name="house")
        """,
        """
        house CHAIN (x) integration=langgraph       -> outer:14 strong
          desk CHAIN (x) node=desk inner=n          -> outer:13 strong
            desk CHAIN (x) node=desk inner=n outer=n -> inner:9 strong
              read CHAIN (x) node=read inner=nr outer=n -> read strong
        """,
    ),
    "a graph within a node whose name is an argument is a guess": (
        """
        import mlflow
        from langgraph.graph import StateGraph

        def compiled(graph, name):
            return graph.compile(name=name)

        def outer(inner):
            graph = StateGraph(dict)
            graph.add_node("desk", inner)
            return graph.compile(name="house")
        """,
        """
        house CHAIN (x) integration=langgraph        -> outer:10 strong
          desk CHAIN (x) node=desk inner=n           -> outer:9 strong
            desk CHAIN (x) node=desk inner=n outer=n -> compiled:5 weak
        """,
    ),
    "a class of one's own with the same methods is no runnable": (
        """
        import mlflow
        from langchain_openai import ChatOpenAI

        class Client:
            def invoke(self, text): ...

        @mlflow.trace
        def answer(question):
            return Client().invoke(question)
        """,
        """
        answer UNKNOWN (question) fn=answer     -> answer exact
          ChatOpenAI CHAT_MODEL langchain       -> library
        """,
    ),
    "a span of the user's own called like a tool stays the user's": (
        """
        import mlflow
        from langchain_core.tools import tool

        @tool
        def search(query): ...

        def main():
            with mlflow.start_span("search", span_type="TOOL"):
                pass
        """,
        "search TOOL -> main strong",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_langchain(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
