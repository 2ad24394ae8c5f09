"""The notes in the margin of one text: sites that ran, calls that made spans, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.findings.history import percentile
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Site
from tracegloss.overlay.carrying import Carrier
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.layer import Call, Measures, SiteName
from tracegloss.text import TextRange
from tracegloss.trace_on_code import TraceOnCode

# Below these numbers of calls a percentile is the middle or the largest of a few, and no more.
CALLS_FOR_P50 = 5
CALLS_FOR_P95 = 20

Ended: TypeAlias = Literal["edited", "fixed", "ignored"]


class Figures(Struct, frozen=True):
    """Numbers over the calls of one site; times in nanoseconds over the calls that ended well.

    `p50_ns` and `p95_ns` are `None` below 5 and 20 such calls.
    """

    calls: int
    traces: int
    errors: int
    roots: int
    tokens: int
    p50_ns: int | None
    p95_ns: int | None
    longest_ns: int | None


class SiteNote(Struct, frozen=True, eq=False):
    """A site with all loaded calls on it, newest trace first; ranges are in the current text.

    `is_edited` tells that the newest call ran on another text of the function. `names` are those of
    its sites in the traces' own texts; `n_findings` counts what holds of it, hints aside.
    """

    at: TextRange
    extent: TextRange
    site: Site
    calls: tuple[Call, ...]
    figures: Figures
    is_edited: bool
    names: frozenset[SiteName]
    n_findings: int


class CallNote(Struct, frozen=True, eq=False):
    """A call in the source that entered sites, with the spans it made, newest trace first."""

    at: TextRange
    calls: tuple[Call, ...]


class Occurrence(Struct, frozen=True, eq=False):
    """One finding in one trace."""

    on_code: TraceOnCode
    finding: Finding


class FindingNote(Struct, frozen=True, eq=False):
    """Findings of one fingerprint over the loaded traces, newest first.

    `at` is the token to mark in the current text, `None` when it is gone. `severity` is the
    editor's. `failed` of `calls` counts over all loaded traces that ran the text as it is now;
    `has_clean_call` tells that a newer one of them passed without it. `ended` says why nothing is
    shown any more. `edited_in` is the commit that edited the function since.
    """

    at: TextRange | None
    severity: Severity
    occurrences: tuple[Occurrence, ...]
    failed: int
    calls: int
    has_clean_call: bool
    ended: Ended | None
    edited_in: str | None

    @property
    def newest(self) -> Occurrence:
        """The occurrence in the newest trace."""
        return self.occurrences[0]

    @property
    def fingerprint(self) -> str:
        """What all occurrences have in common."""
        return self.newest.finding.fingerprint


class FileNotes(Struct, frozen=True, eq=False):
    """All notes of one text: sites and calls by place, findings gravest first.

    `findings` are those that hold; `ended` no longer do, and stay readable in hovers.
    """

    key: TextKey
    carrier: Carrier
    sites: tuple[SiteNote, ...] = ()
    calls: tuple[CallNote, ...] = ()
    findings: tuple[FindingNote, ...] = ()
    ended: tuple[FindingNote, ...] = ()


def figures_of(measures: Sequence[Measures]) -> Figures:
    """Put what was added up by trace together."""
    durations = [taken for each in measures for taken in each.durations]
    return Figures(
        calls=sum(each.calls for each in measures),
        traces=sum(each.traces for each in measures),
        errors=sum(each.errors for each in measures),
        roots=sum(each.roots for each in measures),
        tokens=sum(each.tokens for each in measures),
        p50_ns=percentile(durations, 0.5) if len(durations) >= CALLS_FOR_P50 else None,
        p95_ns=percentile(durations, 0.95) if len(durations) >= CALLS_FOR_P95 else None,
        longest_ns=max(durations, default=None),
    )
