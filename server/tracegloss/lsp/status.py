"""What the status bar says of a root: one state, a few words, and what they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.errors import SourceUnreachableError, TraceglossError
from tracegloss.model.finding import Severity
from tracegloss.redaction import Redactor
from tracegloss.wording.display import Display
from tracegloss.wording.durations import moment
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import ExperimentUnclear, Indexing, NoSource, SourceChosen

State: TypeAlias = Literal[
    "hidden",
    "indexing",
    "no-source",
    "choose-experiment",
    "empty",
    "loaded",
    "pinned",
    "unreachable",
]


_MOST_NAMED = 3


class ExperimentChoice(Struct, frozen=True):
    """An experiment to choose from; `traces` where the store counts them."""

    experiment_id: str
    name: str
    traces: int | None


class Status(Struct, frozen=True):
    """The parameters of the notification `tracegloss/status`; `root` is the folder's URI."""

    state: State
    text: str
    detail: str
    root: str
    traces: int = 0
    errors: int = 0
    sites: int = 0
    following: bool = False
    pinned: tuple[str, ...] = ()
    experiments: tuple[ExperimentChoice, ...] = ()
    problems: tuple[str, ...] = field(default=())


def indexing(session: RootSession, come: Indexing) -> Status:
    """Say how far the index has come."""
    text = f"Tracegloss: indexing {come.n_done:,} of {come.n_files:,}"
    return Status("indexing", text, f"Reading {session.name}", session.path.as_uri())


def remarked(said: Status, remark: str) -> Status:
    """Add a sentence on what just happened."""
    return replace(said, detail=f"{said.detail} {remark}".strip()) if remark else said


def pins_gone(trace_ids: Sequence[str]) -> str:
    """Say which pinned traces were released because the store has them no more."""
    if not trace_ids:
        return ""
    return f"No longer in the store and released: {', '.join(trace_ids)}."


def stopped(session: RootSession) -> Status:
    """Say that the reader stopped what was being done."""
    detail = "Stopped. Change a setting or save a file to start again."
    return Status("no-source", "Tracegloss: stopped", detail, session.path.as_uri())


def no_source(session: RootSession, answer: NoSource) -> Status:
    """Say where a store was looked for; nothing at all in a root that traces nothing."""
    n_sites = len(session.index.sites)
    root = session.path.as_uri()
    if not n_sites and not session.traces:
        return Status("hidden", "", "Nothing here is traced with MLflow.", root)
    if session.traces:
        return with_traces(session, "no tracking store found", following=False)
    looked = ", ".join(look.place for look in answer.looked)
    places = f"{n_sites:,} traced function{'' if n_sites == 1 else 's'}"
    detail = f"{places}; no tracking store found. Looked at: {looked}."
    return Status("no-source", "Tracegloss: no traces", detail, root, sites=n_sites)


def choose_experiment(session: RootSession, answer: ExperimentUnclear) -> Status:
    """List the experiments that nothing decides between."""
    display = Display(session.settings.redaction)
    choices = tuple(
        ExperimentChoice(each.experiment_id, display.name(each.name), each.n_traces)
        for each in answer.experiments
    )
    reason = Redactor(session.settings.redaction).plain(answer.reason)
    newest = ", ".join(_counted_traces(each) for each in choices[:_MOST_NAMED])
    return Status(
        "choose-experiment",
        "Tracegloss: choose experiment",
        f"{reason}. Newest: {newest}.",
        session.path.as_uri(),
        sites=len(session.index.sites),
        experiments=choices,
    )


def loaded(session: RootSession, answer: SourceChosen, *, following: bool) -> Status:
    """Say what is shown and where it comes from."""
    name = Display(session.settings.redaction).name(answer.experiment_name)
    if session.traces:
        return with_traces(session, f"experiment {name} ({answer.because})", following=following)
    if not session.index.sites:
        return Status("hidden", "", "Nothing here is traced with MLflow.", session.path.as_uri())
    if answer.infos:
        detail = f"The traces of experiment {name} are not of this code."
    else:
        detail = f"Experiment {name} is empty. Run the application; new traces appear here."
    return Status(
        "empty",
        "Tracegloss: 0 traces",
        detail,
        session.path.as_uri(),
        sites=len(session.index.sites),
        following=following,
    )


def with_traces(session: RootSession, detail: str, *, following: bool) -> Status:
    """Count what is shown."""
    snapshot = session.snapshot()
    beyond = snapshot.overlay.n_beyond
    if beyond:
        detail += f". {beyond:,} more finding{'' if beyond == 1 else 's'} not shown"
    n_errors = sum(
        note.severity is Severity.ERROR
        for notes in snapshot.overlay.files.values()
        for note in notes.findings
    )
    pinned = tuple(each for each in session.pinned if each in session.traces)
    n_traces = len(session.traces)
    text = f"Tracegloss: {n_traces} trace{'' if n_traces == 1 else 's'}"
    text += f" · {n_errors} error{'' if n_errors == 1 else 's'}" if n_errors else ""
    return Status(
        "pinned" if pinned else "loaded",
        f"Tracegloss: pinned {pinned[0][:11]}" if pinned else text,
        detail,
        session.path.as_uri(),
        traces=n_traces,
        errors=n_errors,
        sites=len(session.index.sites),
        following=following,
        pinned=pinned,
    )


def _counted_traces(choice: ExperimentChoice) -> str:
    if choice.traces is None:
        return choice.name
    return f"{choice.name} ({choice.traces:,} trace{'' if choice.traces == 1 else 's'})"


def unreachable(
    session: RootSession, error: TraceglossError, seconds: float, since_ns: int
) -> Status:
    """Say what is wrong with the source, since when, and when it is asked again.

    What is shown stays and is marked by the moment it is as of.
    """
    detail = f"{Redactor(session.settings.redaction).plain(str(error))}. Since {moment(since_ns)}."
    if session.traces:
        detail += f" What is shown is as of {moment(since_ns)}."
    is_silent = isinstance(error, SourceUnreachableError)
    what = "server unreachable" if is_silent else "no access to traces"
    return Status(
        "unreachable",
        f"Tracegloss: {what}, retry in {seconds:.0f} s",
        detail,
        session.path.as_uri(),
        traces=len(session.traces),
        sites=len(session.index.sites),
    )
