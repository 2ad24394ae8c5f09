"""The words of every state of a folder, as a status bar and its hover show them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, laid, raised, site_at
from tests.report.builder import BEGAN_NS
from tracegloss.errors import SourceRefusedError, SourceUnreachableError
from tracegloss.index.repo import RepoIndex
from tracegloss.lsp import status
from tracegloss.lsp.status import Status
from tracegloss.model.trace import SourceDescription
from tracegloss.recorded import Recorded
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.choose_store import Look
from tracegloss.traces.query import Experiment
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import ExperimentUnclear, Indexing, NoSource, SourceChosen

SOURCE = "def answer():\n    raise ValueError()\n"
INDEX = RepoIndex(frozenset(), frozenset(), (site_at(SOURCE, "answer"),), {}, {})
GOOD = [laid(SOURCE, call(SOURCE, "answer"), trace=f"tr-4c5b8f74{n}") for n in range(20)]
BAD = laid(SOURCE, call(SOURCE, "answer"), findings=(raised(SOURCE, "answer"),))
STORE = SourceDescription("sqlite", "sqlite:///mlflow.db")
CHOSEN = SourceChosen(STORE, "1", Recorded("support_agent"), "the only one", (), None)
NAMES = [("a", 1), ("b", 20), ("c", None), ("d", 4)]
UNCLEAR = ExperimentUnclear(
    STORE, "Several fit", tuple(Experiment(n, Recorded(n), count) for n, count in NAMES)
)
NOWHERE = NoSource((Look("setting", "not set"), Look("mlflow.db", "not there")))
SINCE = " Since 2026-11-23 07:45:11 UTC."


def of(*traces: TraceOnCode, index: RepoIndex = INDEX) -> RootSession:
    session = RootSession(Path("/app"), "app", index=index)
    for on_code in traces:
        session.put_trace(on_code, {})
    return session


def pinned() -> RootSession:
    session = of(*GOOD)
    session.pin(["tr-4c5b8f747"])
    return session


EMPTY = replace(INDEX, sites=())
DOWN = SourceUnreachableError("It does not answer", where="127.0.0.1")
STATES = {
    "nothing makes traces": (status.no_source(of(index=EMPTY), NOWHERE), "hidden", "", None),
    "indexing": (
        status.indexing(of(), Indexing(1240, 10858)),
        "indexing",
        "Tracegloss: indexing 1,240 of 10,858",
        None,
    ),
    "no source": (
        status.no_source(of(), NOWHERE),
        "no-source",
        "Tracegloss: no traces",
        "1 traced function; no tracking store found. Looked at: setting, mlflow.db.",
    ),
    "several experiments": (
        status.choose_experiment(of(), UNCLEAR),
        "choose-experiment",
        "Tracegloss: choose experiment",
        "Several fit. Newest: a (1 trace), b (20 traces), c.",
    ),
    "an empty experiment": (
        status.loaded(of(), CHOSEN, following=True),
        "empty",
        "Tracegloss: 0 traces",
        "Experiment support_agent is empty. Run the application; new traces appear here.",
    ),
    "loaded": (
        status.loaded(of(*GOOD), CHOSEN, following=True),
        "loaded",
        "Tracegloss: 20 traces",
        "experiment support_agent (the only one)",
    ),
    "errors": (
        status.loaded(of(BAD), CHOSEN, following=True),
        "loaded",
        "Tracegloss: 1 trace · 1 error",
        None,
    ),
    "pinned": (
        status.loaded(pinned(), CHOSEN, following=True),
        "pinned",
        "Tracegloss: pinned tr-4c5b8f74",
        None,
    ),
    "a pin that is gone": (
        status.remarked(
            status.loaded(of(*GOOD), CHOSEN, following=True), status.pins_gone(("tr-1",))
        ),
        "loaded",
        "Tracegloss: 20 traces",
        "experiment support_agent (the only one) No longer in the store and released: tr-1.",
    ),
    "down": (
        status.unreachable(of(), DOWN, 30, BEGAN_NS),
        "unreachable",
        "Tracegloss: server unreachable, retry in 30 s",
        f"It does not answer (127.0.0.1).{SINCE}",
    ),
    "down, with something to show": (
        status.unreachable(of(*GOOD), DOWN, 30, BEGAN_NS),
        "unreachable",
        "Tracegloss: server unreachable, retry in 30 s",
        f"It does not answer (127.0.0.1).{SINCE} What is shown is as of 2026-11-23 07:45:11 UTC.",
    ),
    "refused": (
        status.unreachable(of(), SourceRefusedError("Not allowed"), 5, BEGAN_NS),
        "unreachable",
        "Tracegloss: no access to traces, retry in 5 s",
        f"Not allowed.{SINCE}",
    ),
    "stopped": (status.stopped(of()), "no-source", "Tracegloss: stopped", None),
}


@pytest.mark.parametrize("said, state, text, detail", STATES.values(), ids=STATES)
def test_the_words_of_a_state(said: Status, state: str, text: str, detail: str | None) -> None:
    assert (said.state, said.text) == (state, text)
    assert detail is None or said.detail == detail
