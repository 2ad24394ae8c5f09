"""Spans of Claude Code, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

CASES = {
    "a conversation and its tools": (
        """
        import mlflow
        """,
        """
        claude_code_conversation AGENT (prompt)                  -> library
          tool_Edit TOOL (file_path, old_string)                 -> library
          tool_mcp__desk__find TOOL (key)                        -> other-repository
        """,
    ),
    "a function of one's own called like a tool": (
        """
        import mlflow

        def run():
            with mlflow.start_span("tool_Edit"):
                ...
        """,
        "tool_Edit TOOL                                          -> run weak",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_claude_code(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
