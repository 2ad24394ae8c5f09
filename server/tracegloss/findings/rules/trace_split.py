"""Another trace that may hold a part of this run: of the same session or run, or called by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracegloss.findings.case import Case
from tracegloss.findings.openings import names_opened
from tracegloss.findings.rule import Looked, Note, Rule, finding
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.trace import Span, TraceInfo
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal

_GROUPS = ("mlflow.trace.session", "mlflow.sourceRun")
_PROGRAM = "mlflow.source.name"
_MOST_SPANS = 5_000
_MS = 1_000_000
"""Infos tell times in whole milliseconds."""


def look(case: Case, rule: Rule) -> Looked:
    """Report other traces that ran while this one did, or while which this one ran.

    They have the same session or run; or they have neither, come from the same program, and carry a
    name that the function then running gives to spans: what a thread or an asynchronous node opens
    is a trace of its own, without the session.
    """
    own = case.trace.info.trace_id
    others = {each.trace_id: each for each in case.around.other_traces if each.trace_id != own}
    if not others:
        return rule.not_checked("no other traces were loaded")
    return _belonging(case, rule, others)


def _belonging(case: Case, rule: Rule, others: Mapping[str, TraceInfo]) -> Iterator[Finding]:
    span = _extent(case)
    if span is None:
        return
    start, end = span
    groups = _groups(case.trace.info)
    opened: dict[str, frozenset[str]] = {}
    for other in sorted(others.values(), key=lambda each: each.request_ns or 0):
        if other.request_ns is None:
            continue
        began, ended = other.request_ns, other.request_ns + (other.duration_ms or 0) * _MS
        is_within = start <= began + _MS and ended <= end + _MS
        is_around = began <= start and end <= ended + _MS
        if groups & _groups(other) and (is_within or is_around):
            said = "May continue in {trace_id}" if is_within else "May be a part of {trace_id}"
            words = phrase(said, trace_id=other.trace_id)
            yield _found(case, rule, words, other, case.root, None)
        elif is_within and _is_detached(case.trace.info, other):
            caller = _caller(case, other, began, ended, opened)
            if caller is not None:
                words = phrase("May continue in {trace_id}", trace_id=other.trace_id)
                why = phrase(
                    "{name} opens spans called {other} and ran meanwhile; that trace has no "
                    "session or run to tell",
                    name=caller.name,
                    other=other.name or "",
                )
                yield _found(case, rule, words, other, caller.span_id, why)


def _found(
    case: Case,
    rule: Rule,
    message: Phrase,
    other: TraceInfo,
    span_id: str | None,
    why: Phrase | None,
) -> Finding:
    spans = () if span_id is None else (span_id,)
    values = {"trace_id": other.trace_id}
    note = Note(message, spans, (other.trace_id,), has_place=False, detail=why, values=values)
    return finding(case, rule, note)


def _extent(case: Case) -> tuple[int, int] | None:
    if not case.trace.spans:
        return None
    start = min(span.start_ns for span in case.trace.spans)
    return start, start + case.duration_ns()


def _groups(info: TraceInfo) -> set[tuple[str, str]]:
    metadata = reveal(info.metadata)
    return {(name, metadata[name]) for name in _GROUPS if metadata.get(name)}


def _is_detached(own: TraceInfo, other: TraceInfo) -> bool:
    """Tell whether a trace of the same program has nothing of its own to be told apart by."""
    program = reveal(own.metadata).get(_PROGRAM)
    is_same = bool(program) and reveal(other.metadata).get(_PROGRAM) == program
    return is_same and other.name is not None and not _groups(other)


def _caller(
    case: Case, other: TraceInfo, began: int, ended: int, opened: dict[str, frozenset[str]]
) -> Span | None:
    """Find the innermost span that ran all the while and whose function opens such spans."""
    if len(case.trace.spans) > _MOST_SPANS or other.name is None:
        return None
    name = reveal(other.name)
    running = [
        span
        for span in case.trace.spans
        if span.start_ns < began + _MS and (span.end_ns or ended) + _MS > ended
    ]
    for span in sorted(running, key=lambda each: -case.tree.depths.get(each.span_id, 0)):
        entry = case.function(span.span_id)
        if entry is None:
            continue
        if span.span_id not in opened:
            opened[span.span_id] = names_opened(case.index, entry.function)
        if name in opened[span.span_id]:
            return span
    return None


RULE = Rule("trace-split", Severity.HINT, None, look)
