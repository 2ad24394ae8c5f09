"""The byte search that decides what is parsed."""

from __future__ import annotations

import pytest

from tracegloss.syntax.markers import (
    TRACING,
    is_framework,
    is_telemetry_itself,
    mentions,
    runs_frameworks,
)

CASES = {
    "import": (b"import mlflow", True),
    "alias": (b"from mlflow import trace as t", True),
    "notebook": (b'{"source": ["import mlflow\\n"]}', True),
    "latin-1": (b"# coding: latin-1\n# \xe9\nimport mlflow", True),
    "nothing": (b"import os", False),
    "empty": (b"", False),
}


@pytest.mark.parametrize("raw, expected", CASES.values(), ids=CASES)
def test_mentions(raw: bytes, expected: bool) -> None:
    assert mentions(raw, TRACING) is expected


FRAMEWORK_LINES = {
    "package": (b"from langgraph.graph import StateGraph", True),
    "family": (b"import langchain_core.tools as tools", True),
    "client": (b"from openai import OpenAI", True),
    "agents": (b"from agents import Agent, Runner", True),
    "own agents": (b"from agents.support import Support", False),
    "part of a name": (b"import my_openai_stub", False),
    "longer name": (b"from dspyish import forward", False),
}


@pytest.mark.parametrize("lines, expected", FRAMEWORK_LINES.values(), ids=FRAMEWORK_LINES)
def test_runs_frameworks(lines: bytes, expected: bool) -> None:
    assert runs_frameworks(lines) is expected


@pytest.mark.parametrize(
    "folder, expected",
    [("langchain_core", True), ("vendor/dspy", True), ("app/agents", False), ("my_dspy", False)],
)
def test_is_framework(folder: str, expected: bool) -> None:
    assert is_framework(folder) is expected


@pytest.mark.parametrize(
    "path, expected",
    [
        ("opentelemetry/sdk/trace/__init__.py", True),
        ("vendor/opentelemetry/instrumentation/flask/package.py", True),
        ("app/opentelemetry/tracing.py", False),
        ("my_opentelemetry/sdk/trace.py", False),
        ("opentelemetry/setup.py", False),
    ],
)
def test_is_telemetry_itself(path: str, expected: bool) -> None:
    assert is_telemetry_itself(path) is expected
