"""Rules, one framework a file, that know more of certain spans than their names; first one wins."""

from __future__ import annotations

from tracegloss.correlate.proposal import Rule
from tracegloss.correlate.rules.clients import clients
from tracegloss.correlate.rules.dspy import dspy
from tracegloss.correlate.rules.langchain import langchain
from tracegloss.correlate.rules.llama_index import llama_index
from tracegloss.correlate.rules.mlflow_implicit import mlflow_implicit
from tracegloss.correlate.rules.openai_agents import openai_agents
from tracegloss.correlate.rules.openinference import openinference
from tracegloss.correlate.rules.opentelemetry import opentelemetry
from tracegloss.correlate.rules.smolagents import smolagents
from tracegloss.correlate.rules.tools import tools
from tracegloss.correlate.rules.traceloop import traceloop

RULES: tuple[Rule, ...] = (
    mlflow_implicit,
    traceloop,
    openinference,
    opentelemetry,
    openai_agents,
    langchain,
    clients,
    dspy,
    smolagents,
    llama_index,
    tools,
)
