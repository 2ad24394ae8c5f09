"""Why a span belongs to its line, or to none: `--why ID`."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.model.resolution import Ambiguous, Candidate, Evidence, Resolved, Unresolved
from tracegloss.model.trace import Span
from tracegloss.report.lookup import find_span
from tracegloss.report.naming import qualified_name, type_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import Line, Segment, flowing, paragraph, path
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label

_LABEL = 11
_MOST_CANDIDATES = 8


def why_view(on_code: TraceOnCode, span_id: str, options: ReportOptions) -> list[Line]:
    """Write the evidence for a span's site and what spoke against the others.

    Raises `UsageError` when the trace has no such span.
    """
    span = find_span(on_code, span_id)
    display = Display(on_code.settings.redaction)
    head = Segment(f"{display.name(span.name)} {bracketed_type(display, span)}")
    return [
        (head, *landing(on_code, span.span_id)),
        *asker_lines(on_code, span.span_id, display, options.width),
        *why_lines(on_code, span.span_id, display, options.width),
    ]


def asker_lines(on_code: TraceOnCode, span_id: str, display: Display, width: int) -> list[Line]:
    """Write which model call asked for the tool that a span ran, where it was called, and how."""
    asked = on_code.examination.asked_by.get(span_id)
    model = None if asked is None else on_code.tree.spans.get(asked.span_id or "")
    if asked is None or model is None:
        return []
    place = "" if asked.place is None else f", called at {place_label(asked.place)}"
    words = f"{display.name(model.name)}{place}, emitted {display.sentence(asked.message)}"
    return paragraph(words, width, _LABEL, first=_label("asked by"))


def bracketed_type(display: Display, span: Span) -> str:
    """Write a span's type in brackets, with a space after them; nothing without a type."""
    shown = type_name(display, span)
    return f"[{shown}] " if shown else ""


def landing(on_code: TraceOnCode, span_id: str) -> Line:
    """Write `→ path:line name  confidence`; without one sure line there is no arrow."""
    match on_code.correlation.resolutions[span_id]:
        case Resolved(site=site, confidence=confidence):
            named = f" {qualified_name(site)}" if site.qualified_name else ""
            words = f"{named}      {confidence.name.lower()}"
            return Segment("→ "), *path(site.at), Segment(words)
        case Ambiguous(candidates=candidates):
            return (Segment(f"one of {len(candidates)}, and nothing tells which"),)
        case Unresolved(reason=reason):
            return (Segment(f"not resolved: {reason}"),)


def why_lines(on_code: TraceOnCode, span_id: str, display: Display, width: int) -> list[Line]:
    """Write the evidence, the call it was entered from, and the candidates that lost or tie."""
    match on_code.correlation.resolutions[span_id]:
        case Resolved(evidence=evidence, alternatives=alternatives, called_from=called_from):
            called = (
                []
                if called_from is None
                else [f"entered by the call at {place_label(called_from)}"]
            )
            return [
                *_evidence(evidence, called, display, width),
                *_losers(alternatives, display, width),
            ]
        case Ambiguous(candidates=candidates, evidence=evidence):
            shared = frozenset(display.sentence(each.detail) for each in evidence)
            return [
                *_evidence(evidence, [], display, width),
                *_tie(candidates, shared, display, width),
            ]
        case Unresolved(detail=detail, near=near):
            where = [] if near is None else [f"see {place_label(near)}"]
            words = display.sentence(detail)
            return flowing([*([words] if words else []), *where], width, 2)


def _evidence(
    evidence: Sequence[Evidence], more: Sequence[str], display: Display, width: int
) -> list[Line]:
    supporting = [display.sentence(e.detail) for e in evidence if e.supports]
    opposing = [display.sentence(e.detail) for e in evidence if not e.supports]
    return [
        *flowing([*supporting, *more], width, _LABEL, first=_label("for")),
        *flowing(opposing, width, _LABEL, first=_label("but")),
    ]


def _losers(candidates: Sequence[Candidate], display: Display, width: int) -> list[Line]:
    lines: list[Line] = []
    for number, candidate in enumerate(candidates[:_MOST_CANDIDATES]):
        label = _label("against" if number == 0 else "")
        lines += _candidate(candidate, label, display.sentence(candidate.against), width)
    return lines + _left_out(candidates)


def _tie(
    candidates: Sequence[Candidate], shared: frozenset[str], display: Display, width: int
) -> list[Line]:
    lines: list[Line] = []
    for number, candidate in enumerate(candidates[:_MOST_CANDIDATES]):
        own = [display.sentence(e.detail) for e in candidate.evidence]
        words = " · ".join(word for word in own if word not in shared)
        words = words or display.sentence(candidate.against)
        lines += _candidate(candidate, _label("either" if number == 0 else "or"), words, width)
    return lines + _left_out(candidates)


def _candidate(candidate: Candidate, label: Line, words: str, width: int) -> list[Line]:
    site = candidate.site
    named = f" {qualified_name(site)}" if site.qualified_name else ""
    shown: Line = (*label, *path(site.at), Segment(named))
    if not words:
        return [shown]
    used = sum(len(segment.text) for segment in shown)
    if used + len(words) + 2 <= width:
        return [(*shown, Segment(f": {words}"))]
    return [(*shown, Segment(":")), *paragraph(words, width, _LABEL + 2)]


def _left_out(candidates: Sequence[Candidate]) -> list[Line]:
    more = len(candidates) - _MOST_CANDIDATES
    return [(Segment(f"{' ' * _LABEL}… {more} more", "dim"),)] if more > 0 else []


def _label(word: str) -> Line:
    return (Segment(f"  {word:<{_LABEL - 2}}", "dim"),)
