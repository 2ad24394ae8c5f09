"""The immutable view that reports and editor features read: a trace laid on code, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracegloss.model.finding import Examination
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.resolution import Correlation
from tracegloss.model.settings import Settings
from tracegloss.model.trace import SourceDescription, Trace
from tracegloss.text import LineIndex
from tracegloss.tree import SpanTree


@dataclass(frozen=True, slots=True)
class TraceOnCode:
    """One trace with its spans resolved and examined.

    `self_ns` and `critical` are the tree's self times and critical path. `texts` holds the lines of
    every file that a place of this trace lies in (for a notebook, of each cell under `path#cell`).
    """

    trace: Trace
    tree: SpanTree
    self_ns: Mapping[str, int | None]
    critical: frozenset[str]
    source: SourceDescription
    standing: CommitStanding
    repositories: tuple[RepositoryState, ...]
    correlation: Correlation
    examination: Examination
    texts: Mapping[str, LineIndex]
    settings: Settings = field(default_factory=Settings)
