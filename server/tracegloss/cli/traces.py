"""`tracegloss traces`: lists and searches the traces of an experiment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.errors import SourceUnclearError, UsageError
from tracegloss.model.settings import RedactionLevel
from tracegloss.model.trace import Tokens, TraceInfo, TraceState
from tracegloss.redaction import Redactor
from tracegloss.report.text.segments import Line, Segment, plain
from tracegloss.traces.choose_experiment import ChosenExperiment
from tracegloss.traces.query import Experiment, Order, State, TraceQuery
from tracegloss.traces.window import parse_duration_ms, parse_moment
from tracegloss.wording.columns import cells, pad, pad_left
from tracegloss.wording.cutting import cut_name
from tracegloss.wording.durations import duration, moment, timestamp
from tracegloss.wording.printable import json_safe, one_line
from tracegloss.workspace.opening import OpenedWorkspace, Opening, open_workspace

SCHEMA = "tracegloss.traces/1"
_MARKS = {TraceState.ERROR: Segment("✗ ", "error"), TraceState.IN_PROGRESS: Segment("… ", "dim")}


class Listing(Struct, frozen=True):
    """What a search found and where; `experiment` is `None` when experiments are listed."""

    experiment: ChosenExperiment | None
    infos: tuple[TraceInfo, ...]
    experiments: tuple[Experiment, ...]
    uri: str
    order: Order


@click.command("traces", context_settings=shared.HELP)
@click.option(
    "--state",
    type=click.Choice(["OK", "ERROR", "IN_PROGRESS"], case_sensitive=False),
    help="How the trace ended.",
)
@click.option("--name", metavar="NAME", help="Name of the trace, which is its first root span's.")
@click.option("--session", metavar="ID", help="Traces of one session.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag; may be repeated.")
@click.option(
    "--metadata", multiple=True, metavar="KEY=VALUE", help="A metadata entry; may be repeated."
)
@click.option(
    "--since", metavar="MOMENT", help="Begun at or after: 2h, 7d, 2026-11-23, or RFC 3339."
)
@click.option("--until", metavar="MOMENT", help="Begun at or before.")
@click.option("--min-duration", metavar="TIME", help="At least this long: 500ms, 1.5s, 2m.")
@click.option("--max-duration", metavar="TIME", help="At most this long.")
@click.option(
    "--filter", "filter_", metavar="FILTER", help="MLflow's own filter string, passed through."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    default=20,
    show_default=True,
    help="At most so many.",
)
@click.option(
    "--order",
    type=click.Choice(["newest", "oldest", "longest", "shortest"]),
    default="newest",
    show_default=True,
    help="Which come first.",
)
@click.option("--experiments", is_flag=True, help="List the experiments instead.")
@shared.text_or_json
@shared.root
@shared.tracking_uri
@shared.experiment
@shared.timeout
@shared.redact
@shared.colour
@shared.no_cache
def traces(
    state: State | None,
    name: str | None,
    session: str | None,
    tags: tuple[str, ...],
    metadata: tuple[str, ...],
    since: str | None,
    until: str | None,
    min_duration: str | None,
    max_duration: str | None,
    filter_: str | None,
    limit: int,
    order: Order,
    experiments: bool,
    root: Path | None,
    tracking_uri: str | None,
    experiment: str | None,
    form: str,
    colour: ColourChoice,
    redact: RedactionLevel | None,
    timeout: float,
    no_cache: bool,
) -> int:
    """List the traces of an experiment, newest first, without their spans.

    Exits with 0, also when nothing matches; with 2 when the experiment or the store is unclear.
    """
    now_ns = time.time_ns()
    query = TraceQuery(
        experiment_ids=(),
        state=state,
        name=name,
        session=session,
        tags=_pairs(tags, "--tag"),
        metadata=_pairs(metadata, "--metadata"),
        since_ns=None if since is None else parse_moment(since, now_ns),
        until_ns=None if until is None else parse_moment(until, now_ns),
        shortest_ms=None if min_duration is None else parse_duration_ms(min_duration),
        longest_ms=None if max_duration is None else parse_duration_ms(max_duration),
        filter=filter_,
        limit=limit,
        order=order,
    )
    opening = Opening(root, tracking_uri, experiment, timeout, not no_cache, redact)
    workspace = open_workspace(opening)
    redactor = Redactor(workspace.settings.redaction)
    try:
        with telling("Asking for traces ..."):
            listing = _experiments(workspace) if experiments else _found(workspace, query)
    except SourceUnclearError as error:
        if form == "json":
            raise
        write_lines(_unclear(workspace, error, redactor), colour, None)
        return 2
    if form == "json":
        document = json.dumps(_document(listing, redactor), ensure_ascii=False, indent=1)
        write_text(json_safe(document + "\n"))
    else:
        write_lines(_lines(listing, redactor, output_width()), colour, None)
    return 0


def _pairs(written: Sequence[str], option: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in written]
    for key, equals, _ in pairs:
        if not key or not equals:
            raise UsageError(f"{option} wants KEY=VALUE", where=key[:40], remedy="Such as env=test")
    return {key: value for key, _, value in pairs}


def _found(workspace: OpenedWorkspace, query: TraceQuery) -> Listing:
    chosen = workspace.experiment()
    source = workspace.source
    wanted = replace(query, experiment_ids=(chosen.experiment.experiment_id,))
    return Listing(
        chosen, tuple(source.search(wanted)), (), source.description.uri or "", query.order
    )


def _experiments(workspace: OpenedWorkspace) -> Listing:
    source = workspace.source
    return Listing(None, (), source.experiments(), source.description.uri or "", "newest")


def _unclear(
    workspace: OpenedWorkspace, error: SourceUnclearError, redactor: Redactor
) -> list[Line]:
    rows = _experiment_lines(workspace.source.experiments(), redactor)
    return [plain(f"Which experiment? {one_line(redactor.plain(str(error)))}"), *rows]


def _lines(listing: Listing, redactor: Redactor, width: int) -> list[Line]:
    place = one_line(redactor.plain(listing.uri))
    if listing.experiment is None:
        return [plain(place), *_experiment_lines(listing.experiments, redactor)]
    chosen = listing.experiment
    name = one_line(redactor.text(chosen.experiment.name))
    heading = f"{name}, experiment {chosen.experiment.experiment_id} ({chosen.because})"
    rows = _trace_lines(listing.infos, redactor, width)
    n = len(listing.infos)
    count = f"{n} trace{'' if n == 1 else 's'}, {listing.order} first" if n else "no trace matches"
    return [(Segment(heading, "heading"), Segment(f" · {place}", "dim")), *rows, plain(count)]


def _experiment_lines(experiments: Iterable[Experiment], redactor: Redactor) -> list[Line]:
    rows = []
    for each in experiments:
        count = "" if each.n_traces is None else f"  {each.n_traces} traces"
        name = one_line(redactor.text(each.name))
        rows.append(plain(f"  {pad(each.experiment_id, 20)} {name}{count}"))
    return rows


def _trace_lines(infos: Sequence[TraceInfo], redactor: Redactor, width: int) -> list[Line]:
    """Lay out one row a trace: mark, id, begun, duration, tokens, name."""
    taken = [
        (
            info.trace_id,
            "" if info.request_ns is None else moment(info.request_ns),
            "" if info.duration_ms is None else duration(info.duration_ms * 10**6),
            _tokens(info.tokens),
        )
        for info in infos
    ]
    widths = [max(map(cells, column)) for column in zip(*taken, strict=True)]
    room = max(20, width - 2 - sum(widths) - 2 * len(widths))
    rows: list[Line] = []
    for info, (trace_id, begun, lasted, tokens) in zip(infos, taken, strict=True):
        text = "  ".join(
            (
                pad(trace_id, widths[0]),
                pad(begun, widths[1]),
                pad_left(lasted, widths[2]),
                pad_left(tokens, widths[3]),
            )
        )
        name = "" if info.name is None else cut_name(one_line(redactor.text(info.name)), room)
        mark = _MARKS.get(info.state, Segment("  "))
        rows.append((mark, Segment(f"{text}  {name}".rstrip())))
    return rows


def _tokens(tokens: Tokens | None) -> str:
    return "" if tokens is None or tokens.total is None else f"{tokens.total} tok"


def _document(listing: Listing, redactor: Redactor) -> dict[str, object]:
    chosen = listing.experiment
    return {
        "schema": SCHEMA,
        "source": {"uri": redactor.plain(listing.uri)},
        "experiment": None
        if chosen is None
        else {**_experiment(chosen.experiment, redactor), "chosen_because": chosen.because},
        "experiments": [_experiment(each, redactor) for each in listing.experiments],
        "traces": [_trace(info, redactor) for info in listing.infos],
    }


def _experiment(experiment: Experiment, redactor: Redactor) -> dict[str, object]:
    return {
        "experiment_id": experiment.experiment_id,
        "name": redactor.text(experiment.name),
        "traces": experiment.n_traces,
    }


def _trace(info: TraceInfo, redactor: Redactor) -> dict[str, object]:
    tokens = info.tokens or Tokens()
    return {
        "trace_id": info.trace_id,
        "name": None if info.name is None else redactor.text(info.name),
        "state": info.state.value,
        "time": None if info.request_ns is None else timestamp(info.request_ns),
        "duration_ms": info.duration_ms,
        "experiment_id": info.experiment_id,
        "tokens": {"input": tokens.input, "output": tokens.output, "total": tokens.total},
        "cost_usd": info.cost_usd,
        "request_preview": None
        if info.request_preview is None
        else redactor.text(info.request_preview),
        "response_preview": None
        if info.response_preview is None
        else redactor.text(info.response_preview),
        "tags": redactor.value(info.tags),
        "metadata": redactor.value(info.metadata),
        "assessments": len(info.assessments),
    }
