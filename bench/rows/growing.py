"""Cost when files, sites, spans or circles double, twice: linear is a ratio of two at most."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bench.contests import Contest, Row, Runner
from bench.corpora import GROWING_FILES, GROWING_SITES, Recipe, make
from bench.processes import measure
from bench.rows.correlating import WARM
from bench.surroundings import Surroundings

DOUBLING = 2.2
SHARES = (0.25, 0.5, 1.0)
CIRCLES = ("200", "400", "800")


def _indexing(recipes: tuple[Recipe, ...], at: Surroundings) -> Mapping[str, Runner]:
    command = [at.peer("tracegloss"), "index", "--format", "json", "--no-cache"]
    said = at.scratch / "said"
    return {
        recipe.name: partial(measure, command, cwd=make(recipe).root, stdout=said)
        for recipe in recipes
    }


def _spans(at: Surroundings) -> Mapping[str, Runner]:
    arguments = [str(at.medium.root), str(at.store.traces[10_000].json), *map(str, SHARES)]
    return {"": partial(at.probe, "correlating", arguments, env=at.cache(WARM))}


def _circles(at: Surroundings) -> Mapping[str, Runner]:
    return {"": partial(at.probe, "circling", CIRCLES)}


def _doublings(what: str, names: tuple[str, str, str]) -> tuple[Row, ...]:
    small, middle, large = names
    return (
        Row(f"{what}: doubled", "cpu_s", middle, small, DOUBLING),
        Row(f"{what}: doubled again", "cpu_s", large, middle, DOUBLING),
    )


CONTESTS = (
    Contest(
        "growing-files",
        partial(_indexing, GROWING_FILES),
        _doublings("files", ("quarter", "half", "medium")),
        rounds=3,
    ),
    Contest(
        "growing-sites",
        partial(_indexing, GROWING_SITES),
        _doublings("sites", ("sites-1", "sites-2", "sites-4")),
        rounds=3,
    ),
    Contest(
        "growing-spans",
        _spans,
        _doublings("spans", ("0.25", "0.5", "1")),
        rounds=3,
    ),
    Contest(
        "growing-circles",
        _circles,
        _doublings("functions of circling variables", CIRCLES),
        rounds=3,
    ),
)
