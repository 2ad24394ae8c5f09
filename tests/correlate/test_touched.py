"""Files that Claude Code's tools touched: those of the workspace, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.outlines import _timed
from tests.index.repositories import index_text
from tests.spans import info_of
from tracegloss.correlate import correlate
from tracegloss.model.resolution import Unresolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import spot
from tracegloss.model.trace import Span, SpanStatus, Trace
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.tree import span_tree

SOURCE = """\
# --- path: src/desk/agent.py ---
import mlflow
# --- path: src/desk/other/notes.py ---
import mlflow
"""

CASES: dict[str, tuple[str, dict[str, JsonValue], str | None]] = {
    "edited": ("tool_Edit", {"file_path": "/home/a/desk/src/desk/agent.py"}, "src/desk/agent.py:1"),
    "read from a line": (
        "tool_Read",
        {"file_path": "/home/a/desk/src/desk/agent.py", "offset": 40},
        "src/desk/agent.py:40",
    ),
    "on Windows": (
        "tool_Write",
        {"file_path": "C:\\w\\src\\desk\\agent.py"},
        "src/desk/agent.py:1",
    ),
    "not of the workspace": ("tool_Read", {"file_path": "/etc/passwd"}, None),
    "out of the workspace": ("tool_Read", {"file_path": "/w/src/desk/../../../etc/passwd"}, None),
    "no path": ("tool_Read", {"file_path": ["agent.py"]}, None),
    "no file tool": ("tool_Bash", {"file_path": "/home/a/desk/src/desk/agent.py"}, None),
    "an offset that is none": (
        "tool_Read",
        {"file_path": "/w/src/desk/agent.py", "offset": -3},
        "src/desk/agent.py:1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_file_that_a_tool_touched(case: str, tmp_path: Path) -> None:
    name, inputs, expected = CASES[case]
    index = index_text(tmp_path, SOURCE).index
    span = Span(
        span_id="1" * 16,
        parent_id=None,
        name=Recorded(name),
        type=Recorded("TOOL"),
        status=SpanStatus.OK,
        status_message=None,
        start_ns=0,
        end_ns=None,
        function_name=None,
        inputs=Recorded(inputs),
        outputs=None,
        attributes=Recorded({"tool_name": name.removeprefix("tool_")}),
    )
    trace = Trace(info_of(), tuple(_timed([span])))
    found = correlate(trace, span_tree(trace), index, {}, Settings()).resolutions["1" * 16]
    assert isinstance(found, Unresolved)
    assert (None if found.near is None else spot(found.near)) == expected
    assert found.reason == "library"
