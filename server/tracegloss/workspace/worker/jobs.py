"""What is asked of the worker process and what it answers; all of it is pickled plain values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

from tracegloss.errors import TraceglossError
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.last_day import LastDay
from tracegloss.model.repository import CommitStanding
from tracegloss.model.settings import Settings
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import SourceDescription, Span, TraceInfo
from tracegloss.overlay.layer import TraceLayer
from tracegloss.recorded import RecordedText
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.choose_store import Look
from tracegloss.traces.query import Experiment, TraceQuery
from tracegloss.traces.sources import DEFAULT_TIMEOUT

T_co = TypeVar("T_co", covariant=True)


class RootRequest(Struct, frozen=True):
    """Which root is meant and how it is opened; `generation` grows when its files changed.

    `without` are folders below it that are no part of it, as they are roots themselves; relative.
    """

    path: Path
    tracking_uri: str | None = None
    experiment: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    cache: bool = True
    generation: int = 0
    without: tuple[str, ...] = ()


class Job(Struct, Generic[T_co], frozen=True):
    """Work on one root; each kind says what its parts are."""

    root: RootRequest


class RootOpened(Struct, frozen=True, eq=False):
    """A root with its index, without what only the worker needs of it."""

    index: RepoIndex
    settings: Settings
    problems: tuple[str, ...]


class Indexing(Struct, frozen=True):
    """How far an index has come, in files."""

    n_done: int
    n_files: int


class OpenRoot(Job[Indexing | RootOpened], frozen=True):
    """Index a root: parts that say how far it has come, the opened root as the last one."""


class SourceChosen(Struct, frozen=True, eq=False):
    """The store and the experiment that are meant, and the infos of its newest traces."""

    source: SourceDescription
    experiment_id: str
    experiment_name: RecordedText
    because: str
    infos: tuple[TraceInfo, ...]
    watched: Path | None


class NoSource(Struct, frozen=True):
    """No store was found; `looked` says where."""

    looked: tuple[Look, ...]


class ExperimentUnclear(Struct, frozen=True):
    """Several experiments fit; they are listed as the store lists them."""

    source: SourceDescription
    reason: str
    experiments: tuple[Experiment, ...]


SourceAnswer: TypeAlias = SourceChosen | NoSource | ExperimentUnclear


class ChooseSource(Job[SourceAnswer], frozen=True):
    """Choose store and experiment and list at most `limit` newest traces; one part."""

    limit: int = 200


class Laid(Struct, frozen=True, eq=False):
    """A trace on code, with the functions its sites belong to.

    `is_ours` tells whether something of it lies on this root's code and it is therefore shown here,
    `size` what it takes in bytes, about. `layer` is what the trace says by text, made where the
    answer is read. `elsewhere` names another folder, whose part of the trace this is.
    """

    on_code: TraceOnCode
    functions: Mapping[FunctionId, FunctionEntry]
    is_ours: bool
    size: int = 0
    layer: TraceLayer | None = None
    elsewhere: Path | None = None


class NotLaid(Struct, frozen=True):
    """A trace that the store has no more, or that cannot be read; `reason` says which."""

    trace_id: str
    is_gone: bool
    reason: str


class LayTraces(Job[Laid | NotLaid], frozen=True):
    """Read traces from the chosen store and lay them; one part a trace, in the order asked.

    `beside` are other folders: before a trace's part come those that lie on their code.
    """

    trace_ids: tuple[str, ...]
    beside: tuple[RootRequest, ...] = ()


class LayFile(Job[Laid | NotLaid], frozen=True):
    """Lay every trace of a file; one part a trace, before it those of the folders `beside`."""

    file: Path
    beside: tuple[RootRequest, ...] = ()


class ReadSpan(Job[Span | None], frozen=True):
    """Read one span of a trace in full, from the chosen store or from `file`; one part.

    The part is `None` when the trace has no such span.
    """

    trace_id: str
    span_id: str
    file: Path | None = None


class ReadRanFile(Job[bytes | None], frozen=True):
    """Read a file as the diff stored with a trace's logged model made it; one part.

    The part is `None` when the diff does not touch the file, or is not there any more.
    """

    info: TraceInfo
    standing: CommitStanding
    path: str


class SearchTraces(Job[tuple[TraceInfo, ...]], frozen=True):
    """List the infos that a query finds; one part."""

    query: TraceQuery


class ReadLastDay(Job[LastDay | None], frozen=True):
    """Add up the last 24 hours of an experiment, for names that at most one site gives; one part.

    The part is `None` when the source cannot add up.
    """

    experiment_id: str


class Asked(Struct, frozen=True):
    """A job on its way to the worker, by number."""

    number: int
    job: Job[object]


class Cancel(Struct, frozen=True):
    """Asks the worker to stop a job at the next part."""

    number: int


class Part(Struct, frozen=True, eq=False):
    """One part of a job's answer."""

    number: int
    value: object


class Ended(Struct, frozen=True):
    """The end of a job; `error` is what went wrong, already in words for the reader."""

    number: int
    error: TraceglossError | None = None


Request: TypeAlias = Asked | Cancel
Reply: TypeAlias = Part | Ended
