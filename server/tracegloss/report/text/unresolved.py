"""The section NOT RESOLVED: every span without a line, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tracegloss.model.resolution import Unresolved, UnresolvedReason
from tracegloss.report.counting import some, times
from tracegloss.report.options import ReportOptions
from tracegloss.report.tally import REASONS
from tracegloss.report.text.segments import Line, Segment, paragraph
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import pad
from tracegloss.wording.display import Display
from tracegloss.wording.places import place_label

_PLUMBING = frozenset({"library", "mlflow"})
_MOST_NAMES = 8
_MOST_DETAILS = 6


def unresolved_section(
    on_code: TraceOnCode, display: Display, options: ReportOptions
) -> list[Line]:
    """Write the unresolved spans by reason; nothing when every span has a line or a tie."""
    grouped = _by_reason(on_code)
    total = sum(map(len, grouped.values()))
    if not total:
        return []
    figures = f"  {total:,} of {len(on_code.tree.spans):,}"
    lines: list[Line] = [(Segment("NOT RESOLVED", "heading"), Segment(figures))]
    label_width = max(map(len, grouped)) + 2
    digits = max(len(f"{len(members):,}") for members in grouped.values())
    for reason, members in grouped.items():
        label = f"  {pad(reason, label_width)}{len(members):>{digits},}  "
        items = _items(on_code, display, options, reason, members)
        for number, item in enumerate(items):
            first = (Segment(label),) if number == 0 else None
            lines += paragraph(item, options.width, len(label), first=first)
    return lines


def _by_reason(on_code: TraceOnCode) -> dict[UnresolvedReason, list[str]]:
    grouped: dict[UnresolvedReason, list[str]] = {reason: [] for reason in REASONS}
    for span_id in on_code.tree.order:
        resolution = on_code.correlation.resolutions[span_id]
        if isinstance(resolution, Unresolved):
            grouped[resolution.reason].append(span_id)
    return {reason: members for reason, members in grouped.items() if members}


def _items(
    on_code: TraceOnCode,
    display: Display,
    options: ReportOptions,
    reason: UnresolvedReason,
    members: list[str],
) -> list[str]:
    if reason in _PLUMBING:
        names = _times(display.name(on_code.tree.spans[span_id].name) for span_id in members)
        limit = len(names) if options.everything else _MOST_NAMES
        return [some(names, limit) + ("" if options.everything else "   (--all shows them)")]
    details = _times(_detail(on_code, display, span_id) for span_id in members)
    limit = len(details) if options.everything else _MOST_DETAILS
    shown = details[:limit]
    if len(details) > limit:
        shown.append(f"… {len(details) - limit:,} more (--all shows them)")
    return shown


def _detail(on_code: TraceOnCode, display: Display, span_id: str) -> str:
    resolution = on_code.correlation.resolutions[span_id]
    assert isinstance(resolution, Unresolved)
    detail = display.sentence(resolution.detail)
    near = place_label(resolution.near) if resolution.near is not None else ""
    where = f" ({near})" if near and near not in detail else ""
    name = display.name(on_code.tree.spans[span_id].name)
    return f"{name}: {detail}{where}" if detail or where else name


def _times(items: Iterable[str]) -> list[str]:
    return [f"{item}{times(number)}" for item, number in Counter(items).items()]
