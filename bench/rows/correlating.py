"""`correlate` against MLflow's own `traces get`, a plain client and a plain parser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bench.contests import Contest, Row, Runner
from bench.places import REPOSITORY
from bench.processes import Usage, measure
from bench.surroundings import Surroundings, of_repository, probe_command

OURS, PEER = "correlate", "mlflow traces get"
CLIENT, PLAIN = "client", "http.client and json"
WARM = "warm"
MOST_MB = 250.0
# The server shares the machine with everything else that is measured: a large trace takes it long.
PATIENT = {10_000: ("--timeout", "120")}


def _over_http(spans: int, at: Surroundings) -> Mapping[str, Runner]:
    runners = _runners(at, spans, at.server, at.server)
    trace_id = at.store.traces[spans].trace_id
    ours = probe_command("fetch_trace", at.server, trace_id)
    plain = probe_command("fetch", at.server, trace_id)
    return {
        **runners,
        CLIENT: partial(measure, ours, env=of_repository({})),
        PLAIN: partial(measure, plain, env=of_repository({})),
    }


def _over_sqlite(spans: int, at: Surroundings) -> Mapping[str, Runner]:
    return _runners(at, spans, at.store.uri, at.store_of_peer.uri)


def _runners(at: Surroundings, spans: int, ours: str, peers: str) -> Mapping[str, Runner]:
    """Make both runners; the index is warm and MLflow is compiled before the first turn."""
    correlate, mlflow = at.peer("correlate"), at.peer("mlflow")
    _warm(at)
    trace_id = at.store.traces[spans].trace_id
    run = partial(_run, at, [correlate, trace_id, *PATIENT.get(spans, ())], ours, at.cache(WARM))
    run()
    return {
        OURS: run,
        PEER: partial(_run, at, [mlflow, "traces", "get", "--trace-id", trace_id], peers, {}),
    }


def _run(at: Surroundings, command: list[str], uri: str, env: Mapping[str, str]) -> Usage:
    env = {"MLFLOW_TRACKING_URI": uri, **env}
    return measure(command, cwd=at.medium.root, env=env, stdout=at.scratch / "said")


def _warm(at: Surroundings) -> None:
    """Let MLflow compile itself, once in a run of the bench."""
    if at.once("warm"):
        trace_id = at.store.traces[10].trace_id
        words = [at.peer("mlflow"), "traces", "get", "--trace-id", trace_id]
        _run(at, words, at.store_of_peer.uri, {})


def _parsing(at: Surroundings) -> Mapping[str, Runner]:
    trace = at.store.traces[10_000]
    arguments = [str(at.medium.root), str(trace.json)]
    return {"": partial(at.probe, "correlating", arguments, env=at.cache(WARM))}


def _ruling(at: Surroundings) -> Mapping[str, Runner]:
    case = REPOSITORY / "fixtures" / "eval" / "langgraph_desk"
    trace = case / "traces" / "01-agent-graph.json"
    return {"": partial(at.probe, "ruling", [str(case / "app"), str(trace), "100"])}


def _ratio(spans: int, road: str, target: float, stretch: float) -> Row:
    return Row(f"correlate, {spans:,} spans, {road}", "wall_s", OURS, PEER, target, stretch)


def _memory(road: str) -> Row:
    title = f"correlate, {road}: 10,000 files and spans"
    return Row(title, "peak_mb", OURS, None, MOST_MB)


CONTESTS = (
    Contest("http-10", partial(_over_http, 10), (_ratio(10, "http", 0.1, 0.05),)),
    Contest("http-1000", partial(_over_http, 1_000), (_ratio(1_000, "http", 0.15, 0.1),)),
    Contest(
        "http-10000",
        partial(_over_http, 10_000),
        (
            _ratio(10_000, "http", 0.15, 0.1),
            Row("a trace of 10,000 spans, http", "cpu_s", CLIENT, PLAIN, 2.0, 1.0),
            _memory("http"),
        ),
        rounds=2,
    ),
    Contest("sqlite-10", partial(_over_sqlite, 10), (_ratio(10, "sqlite", 0.1, 0.05),)),
    Contest("sqlite-1000", partial(_over_sqlite, 1_000), (_ratio(1_000, "sqlite", 0.15, 0.1),)),
    Contest(
        "sqlite-10000",
        partial(_over_sqlite, 10_000),
        (_ratio(10_000, "sqlite", 0.15, 0.1), _memory("sqlite")),
    ),
    Contest(
        "parsing",
        _parsing,
        (Row("correlating 10,000 spans", "cpu_s", "correlating", "json.loads", 1.0, 0.5),),
    ),
    Contest(
        "ruling",
        _ruling,
        (Row("rules of frameworks, 3,000 spans", "wall_s", "rules", "correlating", 0.1, 0.05),),
    ),
)
