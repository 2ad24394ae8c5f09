"""Which functions on the path of two traces differ, edits that nobody committed included."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.history.repositories import committed, put, started
from tests.workspace.test_as_ran import APP, RAN_NS, SOURCE, trace_at, written_at
from tracegloss.compare.comparison import compare
from tracegloss.report.comparison.text import comparison_text
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.terminal import plain_text
from tracegloss.workspace.comparing import changed_between
from tracegloss.workspace.opening import Opening, open_workspace

LATER_NS = RAN_NS + 2_000_000_000


def test_an_edit_between_two_runs_that_was_not_committed(tmp_path: Path) -> None:
    folder = started(tmp_path / "shop")
    commit = committed(folder, {"app.py": APP})
    put(folder, {"app.py": APP.replace("upper", "lower")})
    written_at(folder, "app.py", RAN_NS + 1_000_000_000)
    opened = open_workspace(Opening(folder, cache=False))
    trace = trace_at(commit)
    later = replace(trace, info=replace(trace.info, request_ns=LATER_NS))
    before, after = (opened.workspace.lay(each, SOURCE) for each in (trace, later))
    commits, changed = changed_between(opened, before, after)
    assert [(each.function.qualified_name, each.how, each.parts) for each in changed] == [
        ("search", "edited", ("body",))
    ]
    shown = plain_text(comparison_text(compare(before, after, commits, changed), ReportOptions()))
    assert (
        "SUSPECTS  1 function on the path changed between the runs, which no commit says" in shown
    )
    same = changed_between(opened, after, after)[1]
    assert same == ()
