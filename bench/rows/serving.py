"""The language server against one that knows nothing, and against what a person notices."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bench.contests import Contest, Row, Runner
from bench.processes import Usage, environment
from bench.scenes import many_functions, repeated
from bench.surroundings import Surroundings, of_repository, probe_command

EXPERIMENT = "shop"
CACHE = "server"


def _initializing(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(_probe, at, "initializing", str(at.thousand.root))}


def _hovering(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(_probe, at, "hovering", *_shop(at))}


def _lenses(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(_probe, at, "lenses", str(many_functions(2_000, 5)))}


def _editing(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(_probe, at, "editing", str(many_functions(500, 10)))}


def _finding(at: Surroundings) -> Mapping[str, Runner]:
    """Find a file with findings, which also fills the cache."""
    said = subprocess.run(
        probe_command("finding", *_shop(at)),
        env=environment() | of_repository(at.cache(CACHE)),
        check=True,
        capture_output=True,
        text=True,
    )
    return {"": partial(_probe, at, "finding", *_shop(at), said.stdout.strip())}


def _heartbeat(at: Surroundings) -> Mapping[str, Runner]:
    arguments = [str(at.medium.root), at.store.uri, EXPERIMENT, str(_huge(at))]
    return {"": partial(_cold, at, "heartbeat", *arguments)}


def _large(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(_probe, at, "large_trace", str(at.medium.root), str(_huge(at)))}


def _huge(at: Surroundings) -> Path:
    """Make a trace of 30,000 spans, three times one of 10,000."""
    return repeated(at.store.traces[10_000].json, 3, at.scratch / "huge.json")


def _shop(at: Surroundings) -> tuple[str, str, str]:
    return str(at.thousand.root), at.fifty.uri, EXPERIMENT


def _probe(at: Surroundings, name: str, *arguments: str) -> Mapping[str, Usage]:
    return at.probe(name, arguments, env=at.cache(CACHE))


def _cold(at: Surroundings, name: str, *arguments: str) -> Mapping[str, Usage]:
    at.forget("cold server")
    return at.probe(name, arguments, env=at.cache("cold server"))


CONTESTS = (
    Contest(
        "server-initialize",
        _initializing,
        (
            Row(
                "server: started and initialized",
                "wall_s",
                "tracegloss lsp",
                "empty pygls server",
                1.3,
                1.1,
            ),
        ),
        rounds=9,
    ),
    Contest(
        "server-hover",
        _hovering,
        (
            Row("server: hover, 50 traces", "wall_s", "hover", "constant hover", 2.0, 1.3),
            Row("server: the slowest of 20 hovers", "wall_s", "slow hover", None, 0.02),
        ),
    ),
    Contest(
        "server-lenses",
        _lenses,
        (Row("server: 2,000 lenses", "wall_s", "lenses", "constant lenses", 1.5, 0.5),),
    ),
    Contest(
        "server-edit",
        _editing,
        (
            Row("server: a letter typed in 5,000 lines, hints", "wall_s", "edit", None, 0.03),
            Row("server: a string opened", "wall_s", "opened string", "full parse", 10.0, 1.0),
        ),
    ),
    Contest(
        "server-heartbeat",
        _heartbeat,
        (Row("server: longest wait while it works", "wall_s", "wait", None, 0.05),),
    ),
    Contest(
        "server-findings",
        _finding,
        (Row("server: findings, 1,000 files cached", "wall_s", "findings", None, 1.0),),
    ),
    Contest(
        "server-large",
        _large,
        (Row("server: largest message, 30,000 spans", "message_mb", "30,000 spans", None, 1.0),),
        rounds=1,
    ),
)
