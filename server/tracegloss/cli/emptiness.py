"""Says why there is no last trace: where was looked, why that may be, what to try."""

from __future__ import annotations

import os

from tracegloss.errors import SourceError, TraceglossError
from tracegloss.redaction import Redactor
from tracegloss.report.text.empty import EmptyState
from tracegloss.traces.choose_store import VARIABLE, ChosenStore
from tracegloss.traces.tracking_uri import safe_uri
from tracegloss.workspace.opening import OpenedWorkspace

MOST_EXPERIMENTS = 10
TRIES = (
    ("tracegloss demo", "the report on a sample agent"),
    ("correlate PATH.json", "a trace file"),
    ("correlate last --tracking-uri http://HOST:PORT --experiment NAME", ""),
)


def no_last_trace(workspace: OpenedWorkspace, error: TraceglossError) -> EmptyState:
    """Describe the search that ended with `error`."""
    redactor = Redactor(workspace.settings.redaction)
    store = workspace.store
    if not isinstance(store, ChosenStore):
        looked = tuple(f"{look.place}: {redactor.plain(look.found)}" for look in store.looked)
        because = ("nothing here names a tracking store, and no store lies in this folder",)
        return EmptyState("No trace found.", looked, because, TRIES)
    place = f"{safe_uri(store.uri.written)} ({store.because})"
    looked = (place, *_experiments(workspace, redactor))
    return EmptyState("No trace found.", looked, _because(redactor, error), TRIES)


def _experiments(workspace: OpenedWorkspace, redactor: Redactor) -> tuple[str, ...]:
    try:
        experiments = workspace.source.experiments()
    except TraceglossError:
        return ()
    listed = [
        redactor.text(each.name) + ("" if each.n_traces is None else f" ({_traces(each.n_traces)})")
        for each in experiments[:MOST_EXPERIMENTS]
    ]
    rest = len(experiments) - len(listed)
    return (f"experiments {', '.join(listed)}{f' and {rest} more' if rest else ''}",)


def _traces(number: int) -> str:
    return f"{number} trace{'' if number == 1 else 's'}"


def _because(redactor: Redactor, error: TraceglossError) -> tuple[str, ...]:
    located = f"{error.what} ({error.where})" if error.where else error.what
    said = [redactor.plain(located)]
    if not isinstance(error, SourceError) and not os.environ.get(VARIABLE):
        said.append(
            "the application has not run with tracing yet, or it writes elsewhere: "
            f"{VARIABLE} is not set in this shell"
        )
    if error.remedy:
        said.append(redactor.plain(error.remedy))
    return tuple(said)
