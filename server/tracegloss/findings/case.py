"""Everything a rule may look at: the trace, its tree, the code it lies on, what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tracegloss.findings.asked import Asked
from tracegloss.findings.attempts import Attempts
from tracegloss.findings.exceptions import ExceptionTable
from tracegloss.findings.history import EarlierCall
from tracegloss.findings.messages import ModelCall
from tracegloss.findings.values import OutputTexts
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.finding import JudgedAssessment, OutputOrigin
from tracegloss.model.resolution import Confidence, Correlation, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import Site
from tracegloss.model.trace import Span, Trace, TraceInfo
from tracegloss.recorded import RecordedText
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree


class Surroundings(Struct, frozen=True):
    """What is known beside the trace itself; a rule that lacks something says so.

    `now_ns` is the time now, by the caller's clock. `history` are earlier calls of the trace's
    functions. `other_traces` are infos to look for continuations in.
    """

    now_ns: int | None = None
    history: Sequence[EarlierCall] = ()
    other_traces: Sequence[TraceInfo] = ()


class Case(Struct, frozen=True):
    """One trace under examination."""

    trace: Trace
    tree: SpanTree
    self_ns: Mapping[str, int | None]
    correlation: Correlation
    index: RepoIndex
    settings: Settings
    exceptions: ExceptionTable
    attempts: tuple[Attempts, ...]
    assessments: tuple[JudgedAssessment, ...]
    origin: OutputOrigin | None
    outputs: OutputTexts
    model_calls: tuple[ModelCall, ...]
    asked: Mapping[str, Asked]
    around: Surroundings

    @property
    def spans(self) -> Mapping[str, Span]:
        """The spans by id."""
        return self.tree.spans

    @property
    def root(self) -> str | None:
        """The first root, which stands for the whole trace."""
        return self.tree.roots[0] if self.tree.roots else None

    def name(self, span_id: str) -> RecordedText:
        """Return a span's name."""
        return self.spans[span_id].name

    def type(self, span_id: str) -> str:
        """Return a span's type, empty when none was recorded."""
        recorded = self.spans[span_id].type
        return "" if recorded is None else reveal(recorded)

    def site(self, span_id: str | None) -> Site | None:
        """Return the site of a resolved span."""
        resolution = self.correlation.resolutions.get(span_id or "")
        return resolution.site if isinstance(resolution, Resolved) else None

    def is_sure(self, span_id: str | None) -> bool:
        """Tell whether a span lies on a line that an editor may mark: exact or strong."""
        resolution = self.correlation.resolutions.get(span_id or "")
        return isinstance(resolution, Resolved) and resolution.confidence >= Confidence.STRONG

    def owner(self, span_id: str) -> str:
        """Return the span itself or its nearest ancestor that lies on code, else the span."""
        for candidate in (span_id, *self.tree.ancestors(span_id)):
            if self.site(candidate) is not None:
                return candidate
        return span_id

    def function(self, span_id: str) -> FunctionEntry | None:
        """Return the function whose body ran in a span."""
        site = self.site(span_id)
        return (
            None
            if site is None or site.function is None
            else self.index.functions.get(site.function)
        )

    def duration_ns(self) -> int:
        """Return the time from the earliest start to the latest recorded moment of the trace."""
        starts = [span.start_ns for span in self.trace.spans]
        ends = [span.end_ns or span.start_ns for span in self.trace.spans]
        return max(ends) - min(starts) if starts else 0
