"""One trace within a number of tokens, for a coding agent: `--budget N`."""

from __future__ import annotations

from tracegloss.errors import UsageError
from tracegloss.report.budget.fence import EXPLANATION, fenced_name, fenced_word
from tracegloss.report.budget.filling import Block, fill, least_room
from tracegloss.report.budget.parts import (
    assessments_block,
    code_block,
    findings_block,
    path_block,
    reasons_block,
    tree_block,
    values_block,
)
from tracegloss.report.commands import this_report
from tracegloss.report.counting import count
from tracegloss.report.naming import function_at, last_part, trace_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.standing import standing_items
from tracegloss.report.text.title import state_words
from tracegloss.report.timing import duration_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.cutting import cut_bytes
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.places import place_label

LEAST_TOKENS = 200
BYTES_PER_TOKEN = 3
_LABELS = {"proven": "raised at", "likely": "start at", "unknown": "look at"}
_LEAST_TITLE = 60


def budget_report(on_code: TraceOnCode, options: ReportOptions, tokens: int) -> str:
    """Write a report of at most `tokens` tokens, counted as UTF-8 bytes divided by three.

    Filled in this order: title, verdict with evidence, code of the start place, its recorded
    values, the path from the root, findings, tree, assessments. The last two lines say what was
    left out and how to get it. Raises `UsageError` below 200 tokens.
    """
    if tokens < LEAST_TOKENS:
        raise UsageError(
            f"A budget of {tokens} tokens is too small for a report",
            where="--budget",
            remedy=f"The least is {LEAST_TOKENS}.",
        )
    room = tokens * BYTES_PER_TOKEN
    display = Display(on_code.settings.redaction)
    blocks = _blocks(on_code, display, options, room)
    verdict, last = _verdict_line(on_code, display), _last_line(on_code, options, tokens)
    spare = room - least_room([verdict], blocks, last)
    if spare < _LEAST_TITLE:
        verdict, last = _verdict_line(on_code, display, short=True), _short_last(on_code, tokens)
        spare = room - least_room([verdict], blocks, last)
    title = _title(on_code, display, spare - 1)
    return cut_bytes(fill([*title, verdict], blocks, last, room), room)


def _blocks(
    on_code: TraceOnCode, display: Display, options: ReportOptions, room: int
) -> list[Block]:
    leading = [reasons_block(on_code, display), code_block(on_code, display)]
    if options.values != "none":
        leading.append(values_block(on_code, display))
    leading += [path_block(on_code, display), findings_block(on_code, display)]
    used = sum(len(line.encode()) + 1 for block in leading for line in block.lines)
    return [
        *leading,
        tree_block(on_code, display, max(room // 8, room - used - 600)),
        assessments_block(on_code, display),
    ]


def _title(on_code: TraceOnCode, display: Display, room: int) -> list[str]:
    taken = duration_ns(on_code.tree)
    figures = [
        count(len(on_code.trace.spans), "span"),
        *([] if taken is None else [duration(taken)]),
        *standing_items(on_code, display)[:1],
    ]
    head = f"# {fenced_word(trace_name(on_code, display))}, {state_words(on_code)}."
    whole = f"{head} {', '.join(figures)}. {EXPLANATION}"
    for title in (whole, f"{head} {EXPLANATION}", f"# {EXPLANATION}"):
        if len(title.encode()) <= room:
            return [title]
    return []


def _verdict_line(on_code: TraceOnCode, display: Display, *, short: bool = False) -> str:
    verdict = on_code.examination.verdict
    words = [f"verdict({verdict.certainty}):"]
    span = on_code.tree.spans.get(verdict.span_id) if verdict.span_id is not None else None
    if verdict.start_at is not None:
        words += [_LABELS[verdict.certainty], place_label(verdict.start_at)]
        function = function_at(on_code, verdict.start_at, verdict.span_id)
        words += [cut_bytes(last_part(function) if short else function, 80)] if function else []
    else:
        words.append(verdict.kind.replace("-", " "))
    if span is not None:
        name = "" if short else f"{fenced_name(display, span.name)}, "
        words.append(f"(span {name}{display.ours(span.span_id)})")
    return " ".join(words)


def _last_line(on_code: TraceOnCode, options: ReportOptions, tokens: int) -> str:
    return f"more: {this_report(on_code, options)} {_flags(on_code, tokens)}"


def _short_last(on_code: TraceOnCode, tokens: int) -> str:
    return f"more: the same command with {_flags(on_code, tokens)}"


def _flags(on_code: TraceOnCode, tokens: int) -> str:
    span_id = on_code.examination.verdict.span_id
    flags = [f"--budget {tokens * 5}", "--format json"]
    if span_id is not None and span_id in on_code.tree.spans:
        flags.insert(0, f"--span {span_id}")
    return " | ".join(flags)
