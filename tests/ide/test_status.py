"""The words of every state of a workspace."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, laid, raised, site_at
from tests.report.builder import BEGAN_NS
from tracegloss.ide.status import status
from tracegloss.index.repo import RepoIndex
from tracegloss.recorded import Recorded
from tracegloss.snapshot import (
    Following,
    NoSource,
    Progress,
    Root,
    Snapshot,
    UnclearExperiment,
    Unreachable,
    snapshot_of,
)

SOURCE = "def answer():\n    raise ValueError()\n"
ROOT = Root("r0", "app", RepoIndex(frozenset(), frozenset(), (site_at(SOURCE, "answer"),), {}, {}))
EMPTY = Root("r0", "app", RepoIndex(frozenset(), frozenset(), (), {}, {}))
GOOD = [laid(SOURCE, call(SOURCE, "answer"), trace=f"tr-4c5b8f74{n}") for n in range(20)]
BAD = laid(SOURCE, call(SOURCE, "answer"), findings=(raised(SOURCE, "answer"),))
NAMES = tuple((Recorded(name), n) for name, n in (("a", 1), ("b", 20), ("c", 3), ("d", 4)))


def of(*traces: Any, root: Root = ROOT, **more: Any) -> Snapshot:
    state = {name: more.pop(name) for name in ("source", "indexing") if name in more}
    return replace(snapshot_of([root], traces, **more), **state)


STATES = {
    "nothing makes traces": (of(root=EMPTY), None),
    "indexing": (
        of(indexing=Progress(1240, 10858)),
        ("Tracegloss: indexing 1,240 of 10,858", "", "cancel"),
    ),
    "no source": (
        of(source=NoSource(("setting", "mlflow.db"))),
        (
            "Tracegloss: no traces",
            "1 traced function; no tracking store found. Looked at: setting, mlflow.db.",
            "choose-source",
        ),
    ),
    "several experiments": (
        of(source=UnclearExperiment(NAMES)),
        (
            "Tracegloss: choose experiment",
            "Newest: a (1 trace), b (20 traces), c (3 traces).",
            "choose-experiment",
        ),
    ),
    "an empty experiment": (
        of(source=Following(Recorded("support_agent"))),
        (
            "Tracegloss: 0 traces",
            "Experiment support_agent is empty. Run the application; new traces appear here.",
            "follow",
        ),
    ),
    "loaded": (of(*GOOD, source=Following()), ("Tracegloss: 20 traces", "", "explore")),
    "errors": (of(BAD), ("Tracegloss: 1 trace · 1 error", "", "explore")),
    "pinned": (
        of(*GOOD, pinned=frozenset({"tr-4c5b8f747"})),
        ("Tracegloss: pinned tr-4c5b8f74", "", "release"),
    ),
    "unreachable, with something to show": (
        of(*GOOD, source=Unreachable("mlflow.example", "timed out", 30, BEGAN_NS)),
        (
            "Tracegloss: server unreachable, retry in 30 s",
            "mlflow.example: timed out. What is shown is as of 2026-11-23 07:45:11 UTC.",
            "doctor",
        ),
    ),
}


@pytest.mark.parametrize("snapshot, said", STATES.values(), ids=STATES)
def test_the_words_of_a_state(snapshot: Snapshot, said: tuple[str, str, str] | None) -> None:
    line = status(snapshot)
    assert (None if line is None else (line.text, line.hover, line.action)) == said
