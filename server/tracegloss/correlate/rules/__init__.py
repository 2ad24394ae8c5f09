"""Rules, one framework a file, that know more of certain spans than their names; first one wins."""

from __future__ import annotations

from tracegloss.correlate.proposal import Rule
from tracegloss.correlate.rules.agno import agno
from tracegloss.correlate.rules.autogen import autogen
from tracegloss.correlate.rules.claude_code import claude_code
from tracegloss.correlate.rules.clients import clients
from tracegloss.correlate.rules.crewai import crewai
from tracegloss.correlate.rules.dspy import dspy
from tracegloss.correlate.rules.haystack import haystack
from tracegloss.correlate.rules.langchain import langchain
from tracegloss.correlate.rules.llama_index import llama_index
from tracegloss.correlate.rules.mlflow_implicit import mlflow_implicit
from tracegloss.correlate.rules.openai_agents import openai_agents
from tracegloss.correlate.rules.openinference import openinference
from tracegloss.correlate.rules.opentelemetry import opentelemetry
from tracegloss.correlate.rules.pydantic_ai import pydantic_ai
from tracegloss.correlate.rules.semantic_kernel import semantic_kernel
from tracegloss.correlate.rules.smolagents import smolagents
from tracegloss.correlate.rules.strands import strands
from tracegloss.correlate.rules.tools import tools
from tracegloss.correlate.rules.traceloop import traceloop

RULES: tuple[Rule, ...] = (
    mlflow_implicit,
    traceloop,
    strands,
    agno,
    openinference,
    semantic_kernel,
    opentelemetry,
    openai_agents,
    langchain,
    clients,
    dspy,
    pydantic_ai,
    haystack,
    crewai,
    autogen,
    smolagents,
    llama_index,
    claude_code,
    tools,
)
