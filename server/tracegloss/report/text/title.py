"""The first lines of a report: which trace, how it ended, when, and on which commit."""

from __future__ import annotations

from tracegloss.model.finding import RaisedException
from tracegloss.model.resolution import PathAlias
from tracegloss.model.trace import TraceState
from tracegloss.report.counting import count
from tracegloss.report.naming import trace_name
from tracegloss.report.tally import tokens_of, total_tokens
from tracegloss.report.text.segments import Line, Segment, flowing, paragraph
from tracegloss.report.text.standing import standing_items
from tracegloss.report.timing import duration_ns, start_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.columns import cells
from tracegloss.wording.cutting import cut_name
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration, moment

_MODEL_TYPES = {"LLM", "CHAT_MODEL", "EMBEDDING"}
_STATES = {
    TraceState.OK: "OK",
    TraceState.ERROR: "ERROR",
    TraceState.IN_PROGRESS: "not finished",
    TraceState.UNKNOWN: "state unknown",
}


def title(on_code: TraceOnCode, display: Display, width: int) -> list[Line]:
    """Write name, state and id; figures; the commit; path aliases.

    It counts what was redacted, so it is made after everything else of a report.
    """
    figures = [*figures_of(on_code, display), *_redacted(display)]
    return [
        _name_line(on_code, display, width),
        *flowing(figures, width, 0),
        *flowing(standing_items(on_code, display), width, 0),
        *(line for alias in _elsewhere(on_code) for line in _alias(alias, display, width)),
    ]


def state_words(on_code: TraceOnCode) -> str:
    """Say how the trace ended: `OK`, `OK, judged wrong`, `ERROR, expected`, `not finished`."""
    words = _STATES[on_code.trace.info.state]
    if on_code.examination.verdict.kind == "judged-wrong":
        return f"{words}, judged wrong"
    if on_code.trace.info.state is TraceState.ERROR and _all_expected(on_code):
        return f"{words}, expected"
    return words


def figures_of(on_code: TraceOnCode, display: Display) -> list[str]:
    """List duration, spans, tokens, time and experiment, as far as they are known."""
    info = on_code.trace.info
    took = duration_ns(on_code.tree)
    if took is None and info.duration_ms is not None:
        took = info.duration_ms * 1_000_000
    began = start_ns(on_code.tree) if info.request_ns is None else info.request_ns
    return [
        *([] if took is None else [duration(took)]),
        count(len(on_code.trace.spans), "span"),
        *_tokens(on_code, display),
        *([] if info.cost_usd is None else [f"${info.cost_usd:.4f}"]),
        *([] if began is None else [moment(began)]),
        *_experiment(on_code, display),
    ]


def _name_line(on_code: TraceOnCode, display: Display, width: int) -> Line:
    trace_id = display.ours(on_code.trace.info.trace_id)
    state = state_words(on_code)
    room = max(20, width - cells(trace_id) - cells(state) - 5)
    name = cut_name(trace_name(on_code, display), room)
    gap = max(2, width - cells(name) - 3 - cells(state) - cells(trace_id))
    return (
        Segment(name, "heading"),
        Segment(f" · {state}{' ' * gap}"),
        Segment(trace_id, "dim"),
    )


def _tokens(on_code: TraceOnCode, display: Display) -> list[str]:
    tokens = total_tokens(on_code)
    total = None if tokens is None else tokens_of(tokens)
    if tokens is None or total is None:
        asked_a_model = any(display.name(span.type) in _MODEL_TYPES for span in on_code.trace.spans)
        return ["tokens not recorded"] if asked_a_model else []
    sides = [
        f"{number:,} {word}"
        for number, word in ((tokens.input, "in"), (tokens.output, "out"))
        if number is not None
    ]
    return [count(total, "token") + (f" ({', '.join(sides)})" if sides else "")]


def _experiment(on_code: TraceOnCode, display: Display) -> list[str]:
    source = on_code.source
    number = source.experiment_id or on_code.trace.info.experiment_id
    name = display.name(source.experiment_name) if source.experiment_name else None
    if number is None and name is None:
        return []
    words = f"experiment {display.ours(number)}" if name is None else f"experiment {name}"
    if name is not None and number is not None:
        words += f" ({display.ours(number)})"
    because = display.ours(source.chosen_because)
    return [f"{words}: {because}" if because else words]


def _redacted(display: Display) -> list[str]:
    n_values = sum(display.redacted.values())
    return [f"{count(n_values, 'secret')} redacted"] if n_values else []


def _elsewhere(on_code: TraceOnCode) -> list[PathAlias]:
    """List the aliases of other places: a trace recorded in this folder needs no explanation."""
    roots = {repository.root for repository in on_code.repositories}
    return [
        alias
        for alias in on_code.correlation.aliases
        if alias.prefix and alias.prefix.removesuffix(alias.folder).rstrip("/") not in roots
    ]


def _alias(alias: PathAlias, display: Display, width: int) -> list[Line]:
    here = f"the folder {display.ours(alias.folder)}" if alias.folder else "this repository"
    verified = (
        "the quoted lines agree"
        if alias.n_verified == alias.n_files
        else f"the quoted lines agree in {alias.n_verified}"
    )
    words = (
        f"frames under {display.ours(alias.prefix)} are {here} "
        f"({count(alias.n_files, 'file')}; {verified})"
    )
    return paragraph(words, width, 0)


def _all_expected(on_code: TraceOnCode) -> bool:
    raised: list[RaisedException] = [
        exception for exception in on_code.examination.exceptions if not exception.control_flow
    ]
    return bool(raised) and all(exception.expected for exception in raised)
