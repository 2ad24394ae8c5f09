"""The section SPANS: the tree with times and the line of code of every span."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tracegloss.model.finding import Severity
from tracegloss.model.resolution import (
    Ambiguous,
    Confidence,
    EvidenceKind,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.report.counting import count, times
from tracegloss.report.excerpt import extent_text
from tracegloss.report.folding import DEEPEST_RAIL, FoldedTree, Row, fold, rows
from tracegloss.report.freshness import (
    changing_commits,
    deviation,
    is_carried,
    is_gone,
    site_of,
)
from tracegloss.report.marking import marks
from tracegloss.report.naming import candidate_places, names_repeat, qualified_name, type_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.skeleton import Gap, skeleton
from tracegloss.report.tally import Tally, tally, tokens_of
from tracegloss.report.text.segments import Line, Segment, paragraph, path
from tracegloss.report.text.tree_columns import (
    TreeRow,
    header,
    lines_below,
    tree_line,
    widths_of,
)
from tracegloss.report.timing import before_first_child_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.cutting import cut_name
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import one_line

_MOST_ROWS = 120
_MOST_CANDIDATES = 4
_MOST_COMMITS = 6
_MOST_INVOKED = 3
_AUTHOR = 24
_SUBJECT = 60
_LONG_START_NS = 50_000_000
_FOOTNOTE = "¹"
_NOTES = {Confidence.EXACT: "", Confidence.STRONG: "strong", Confidence.WEAK: "weak"}
_DECISIVE = {
    EvidenceKind.STACK_FRAME: "its own stack frame",
    EvidenceKind.FRAMEWORK: "framework rule, one candidate each",
    EvidenceKind.CODE_ATTRIBUTES: "its own code attributes",
    EvidenceKind.TAUGHT: "taught in the settings",
}


class _Context(Struct, frozen=True):
    on_code: TraceOnCode
    display: Display
    marks: Mapping[str, Severity]
    slow_starts: frozenset[str]
    show_qualified: bool


def spans_section(on_code: TraceOnCode, display: Display, options: ReportOptions) -> list[Line]:
    """Write the tree, what was folded, how many spans are on code, and the footnote."""
    if not on_code.trace.spans:
        return [(Segment("SPANS", "heading"), Segment("  this trace has no spans"))]
    marked = marks(on_code)
    folded = fold(on_code, marked, everything=options.everything)
    context = _Context(on_code, display, marked, _slow_starts(on_code), names_repeat(on_code))
    return [
        *_tree(context, folded, options),
        *_summary(on_code, folded, options.width),
        *_invoked(context, options.width),
        *_commits(context),
        *_footnote(context, options.width),
    ]


def _commits(context: _Context) -> list[Line]:
    """Name the commits that changed functions of this trace: id, day, author, first line."""
    ours = context.display.ours
    return [
        (
            Segment(f"  {each.short}  {(each.author_time or '')[:10]}  ", "dim"),
            Segment(cut_name(ours(each.author), _AUTHOR)),
            Segment(f'  "{cut_name(ours(each.subject), _SUBJECT)}"'),
        )
        for each in changing_commits(context.on_code)[:_MOST_COMMITS]
    ]


def _tree(context: _Context, folded: FoldedTree, options: ReportOptions) -> list[Line]:
    everything = list(rows(folded))
    limit = len(everything) if options.everything else _MOST_ROWS
    resolutions = context.on_code.correlation.resolutions
    chosen = skeleton(
        everything,
        limit,
        lambda row: row.first in context.marks or isinstance(resolutions[row.first], Ambiguous),
    )
    laid_out = {row.first: _row(context, row) for row in chosen if isinstance(row, Row)}
    carried = is_carried(context.on_code)
    widths = widths_of(list(laid_out.values()), options.width, is_carried=carried)
    lines: list[Line] = [header(widths)]
    for row in chosen:
        if isinstance(row, Gap):
            lines.append(_gap(row))
        else:
            lines += [tree_line(laid_out[row.first], widths)]
            lines += lines_below(laid_out[row.first], widths)
    return lines


def _row(context: _Context, row: Row) -> TreeRow:
    on_code, display = context.on_code, context.display
    span = on_code.tree.spans[row.first]
    resolution = on_code.correlation.resolutions[row.first]
    code, after = _code(on_code, row.first, resolution)
    return TreeRow(
        severity=context.marks.get(row.first),
        unsure=isinstance(resolution, Ambiguous),
        rails=_rails(row),
        name=display.name(span.name),
        suffix=_suffix(on_code, row),
        type=type_name(display, span),
        total=_total(on_code, row),
        self=_self(context, row),
        code=code,
        qualified_name=_qualified(resolution) if context.show_qualified else "",
        note=_note(on_code, row, resolution),
        after=after,
    )


def _rails(row: Row) -> str:
    if row.depth == 0:
        return ""
    deeper = row.depth - 1 - DEEPEST_RAIL
    start = f"⋯{deeper} " if deeper > 0 else ""
    levels = "".join("│ " if goes_on else "  " for goes_on in row.rails)
    return f"{start}{levels}{'└ ' if row.is_last else '├ '}"


def _suffix(on_code: TraceOnCode, row: Row) -> str:
    folded = times(len(row.span_ids))
    counted = [on_code.tree.spans[span_id].tokens for span_id in row.span_ids]
    tokens = sum(tokens_of(found) or 0 for found in counted if found is not None)
    return f"{folded}  {tokens:,} tok" if tokens else folded


def _total(on_code: TraceOnCode, row: Row) -> str:
    taken = [on_code.tree.spans[span_id].duration_ns for span_id in row.span_ids]
    known = [nanoseconds for nanoseconds in taken if nanoseconds is not None]
    return duration(sum(known)) if len(known) == len(taken) else "open"


def _self(context: _Context, row: Row) -> str:
    taken = [context.on_code.self_ns.get(span_id) for span_id in row.span_ids]
    known = [nanoseconds for nanoseconds in taken if nanoseconds is not None]
    if len(known) < len(taken):
        return ""
    return duration(sum(known)) + (_FOOTNOTE if row.first in context.slow_starts else "")


def _code(
    on_code: TraceOnCode, span_id: str, resolution: Resolution
) -> tuple[Line, tuple[Line, ...]]:
    if is_gone(on_code, span_id):
        return (Segment("gone", "dim"),), ()
    match resolution:
        case Resolved(site=site):
            return path(site.at), ()
        case Ambiguous():
            return _tie(on_code, resolution)
        case Unresolved(reason=reason):
            return (Segment(reason, "dim"),), ()


def _tie(on_code: TraceOnCode, resolution: Ambiguous) -> tuple[Line, tuple[Line, ...]]:
    places = candidate_places(resolution)
    texts = {
        extent_text(on_code.texts, candidate.site.at, candidate.site.extent)
        for candidate in resolution.candidates
    }
    kind = " equal copies" if len(texts) == 1 and "" not in texts else ""
    listed: list[Line] = [path(place) for place in places[:_MOST_CANDIDATES]]
    if len(places) > _MOST_CANDIDATES:
        listed.append((Segment(f"… {len(places) - _MOST_CANDIDATES} more"),))
    return (Segment(f"one of {len(places)}{kind}:"),), tuple(listed)


def _qualified(resolution: Resolution) -> str:
    return qualified_name(resolution.site) if isinstance(resolution, Resolved) else ""


def _note(on_code: TraceOnCode, row: Row, resolution: Resolution) -> str:
    words = [
        _NOTES[resolution.confidence] if isinstance(resolution, Resolved) else "",
        deviation(on_code.since.get(row.first), site_of(on_code, row.first)),
        "no parent" if row.first in on_code.tree.orphans else "",
    ]
    return ", ".join(word for word in words if word)


def _gap(gap: Gap) -> Line:
    indent = "  " * (min(gap.depth, DEEPEST_RAIL) + 1)
    return (Segment(f"{indent}… {count(gap.n_spans, 'more span')} (--all shows them)", "dim"),)


def _summary(on_code: TraceOnCode, folded: FoldedTree, width: int) -> list[Line]:
    counted = tally(on_code.correlation.resolutions, on_code.tree.spans)
    lines = paragraph(summary_words(on_code, counted), width, 2)
    if folded.hidden:
        words = f"{count(len(folded.hidden), 'library span')} not shown (--all shows them)"
        lines += paragraph(words, width, 2)
    return lines


def _invoked(context: _Context, width: int) -> list[Line]:
    """Say of graphs and agents that are built elsewhere than run what the trace leaves open."""
    on_code, lines = context.on_code, dict[str, list[Line]]()
    for span_id, calls in on_code.correlation.invoked.items():
        resolution = on_code.correlation.resolutions[span_id]
        if len(lines) < _MOST_INVOKED and isinstance(resolution, Resolved):
            name = context.display.name(on_code.tree.spans[span_id].name)
            places = " or ".join(map(place_label, calls))
            open_words = "; the trace does not say which" if calls[1:] else ""
            words = f"{name} is built here and invoked from {places}{open_words}"
            lines.setdefault(words, paragraph(words, width, 2))
    return [line for each in lines.values() for line in each]


def summary_words(on_code: TraceOnCode, counted: Tally) -> str:
    """Say how many spans are on code, how surely, and what became of the others."""
    words = f"{counted.resolved:,} of {count(counted.spans, 'span')} {_on_which_code(on_code)}"
    levels = [(level, number) for level, number in counted.confidences.items() if number]
    if len(levels) == 1:
        words += f", all {levels[0][0].name.lower()}"
    elif levels:
        words += ": " + ", ".join(_level_words(on_code, *level) for level in levels)
    if counted.ambiguous:
        words += f" · {counted.ambiguous:,} ambiguous"
    if counted.n_unresolved:
        words += f" · {counted.n_unresolved:,} not resolved"
    return words


def _on_which_code(on_code: TraceOnCode) -> str:
    commit = on_code.standing.commit
    return f"resolved at {one_line(commit)[:7]}" if commit and is_carried(on_code) else "on code"


def _level_words(on_code: TraceOnCode, level: Confidence, number: int) -> str:
    words = f"{number:,} {level.name.lower()}"
    # Equal spans share one resolution; each is asked once.
    distinct = {id(found): found for found in on_code.correlation.resolutions.values()}
    kinds = [
        {evidence.kind for evidence in resolution.evidence if evidence.supports}
        for resolution in distinct.values()
        if isinstance(resolution, Resolved) and resolution.confidence is level
    ]
    shared = set.intersection(*kinds)
    because = next((because for kind, because in _DECISIVE.items() if kind in shared), None)
    return f"{words} ({because})" if because else words


def _slow_starts(on_code: TraceOnCode) -> frozenset[str]:
    def is_slow(root: str) -> bool:
        waited = before_first_child_ns(on_code.tree, root)
        whole = on_code.tree.spans[root].duration_ns or 0
        return waited >= _LONG_START_NS and waited * 2 >= whole

    return frozenset(root for root in on_code.tree.roots if is_slow(root))


def _footnote(context: _Context, width: int) -> list[Line]:
    waits = [
        before_first_child_ns(context.on_code.tree, root)
        for root in context.on_code.tree.roots
        if root in context.slow_starts
    ]
    if not waits:
        return []
    passed = duration(max(waits))
    words = (
        f"{passed} passed before the first child. "
        "A process's first trace can include MLflow's own start-up."
    )
    return paragraph(words, width, 4, first=(Segment(f"  {_FOOTNOTE} "),))
