"""Which functions on the path of two traces differ, edits that nobody committed included."""

from __future__ import annotations

from pathlib import Path

import pytest
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


PROMPTS = 'SYSTEM = "nice"\nUNREAD = 1\nLIMIT = 3\n'
READING = """\
import mlflow
import settings
from prompts import SYSTEM

LOCAL = 1
OTHER = 1


class Agent:
    heat = 0.1

    @mlflow.trace
    def search(self, query):
        return SYSTEM, settings.LIMIT, self.heat, LOCAL
"""


@pytest.mark.parametrize(
    "edits, found",
    [
        ({}, {}),
        ({"prompts.py": PROMPTS.replace("nice", "terse")}, {"SYSTEM": True}),
        ({"prompts.py": PROMPTS.replace("UNREAD = 1", "UNREAD = 2")}, {}),
        ({"settings.py": "LIMIT = 4\n"}, {"LIMIT": True}),
        ({"app.py": READING.replace("0.1", "0.9")}, {"Agent.heat": True}),
        ({"app.py": READING.replace("OTHER = 1", "OTHER = 2")}, {"OTHER": False}),
        ({"app.py": READING.replace("LOCAL = 1", "LOCAL = (1)  # one")}, {}),
        (
            {
                "app.py": READING.replace("prompts import", "texts import"),
                "texts.py": PROMPTS,
                "prompts.py": None,
            },
            {},
        ),
    ],
)
def test_names_at_module_level(
    tmp_path: Path, edits: dict[str, str | None], found: dict[str, bool]
) -> None:
    folder = started(tmp_path / "shop")
    files = {"app.py": READING, "prompts.py": PROMPTS, "settings.py": "LIMIT = 3\n"}
    old = committed(folder, files)
    new = committed(folder, edits, "tune")
    opened = open_workspace(Opening(folder, cache=False))
    before, after = (opened.workspace.lay(trace_at(each), SOURCE) for each in (old, new))
    _, changed = changed_between(opened, before, after)
    assert {each.function.qualified_name: bool(each.called_by) for each in changed} == found
    assert all(not each.is_function for each in changed)
    assert all([c.subject for c in each.commits] == ["tune"] for each in changed)
