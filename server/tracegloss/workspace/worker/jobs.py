"""What is asked of the worker process and what it answers; all of it is pickled plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from tracegloss.errors import TraceglossError
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.settings import Settings
from tracegloss.model.site import FunctionId
from tracegloss.model.trace import SourceDescription, TraceInfo
from tracegloss.recorded import RecordedText
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.choose_store import Look
from tracegloss.traces.query import Experiment, TraceQuery
from tracegloss.traces.sources import DEFAULT_TIMEOUT

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class RootRequest:
    """Which root is meant and how it is opened; `generation` grows when its files changed."""

    path: Path
    tracking_uri: str | None = None
    experiment: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    cache: bool = True
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Job(Generic[T_co]):
    """Work on one root; each kind says what its parts are."""

    root: RootRequest


@dataclass(frozen=True, slots=True, eq=False)
class RootOpened:
    """A root with its index, without what only the worker needs of it."""

    index: RepoIndex
    settings: Settings
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenRoot(Job[RootOpened]):
    """Index a root; one part."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceChosen:
    """The store and the experiment that are meant, and the infos of its newest traces."""

    source: SourceDescription
    experiment_id: str
    experiment_name: RecordedText
    because: str
    infos: tuple[TraceInfo, ...]
    watched: Path | None


@dataclass(frozen=True, slots=True)
class NoSource:
    """No store was found; `looked` says where."""

    looked: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class ExperimentUnclear:
    """Several experiments fit; they are listed as the store lists them."""

    source: SourceDescription
    reason: str
    experiments: tuple[Experiment, ...]


SourceAnswer: TypeAlias = SourceChosen | NoSource | ExperimentUnclear


@dataclass(frozen=True, slots=True)
class ChooseSource(Job[SourceAnswer]):
    """Choose store and experiment and list at most `limit` newest traces; one part."""

    limit: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A trace on code, with the functions its sites belong to.

    `is_ours` tells whether its root lies on this root's code.
    """

    on_code: TraceOnCode
    functions: Mapping[FunctionId, FunctionEntry]
    is_ours: bool


@dataclass(frozen=True, slots=True)
class LayTraces(Job[Laid]):
    """Read traces from the chosen store and lay them; one part a trace, in the order asked."""

    trace_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayFile(Job[Laid]):
    """Lay every trace of a file; one part a trace."""

    file: Path


@dataclass(frozen=True, slots=True)
class SearchTraces(Job[tuple[TraceInfo, ...]]):
    """List the infos that a query finds; one part."""

    query: TraceQuery


@dataclass(frozen=True, slots=True)
class Asked:
    """A job on its way to the worker, by number."""

    number: int
    job: Job[object]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Asks the worker to stop a job at the next part."""

    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a job's answer."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a job; `error` is what went wrong, already in words for the reader."""

    number: int
    error: TraceglossError | None = None


Request: TypeAlias = Asked | Cancel
Reply: TypeAlias = Part | Ended
