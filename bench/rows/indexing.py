"""The index against ctags, Python's own parser, and looking at every file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bench.contests import Contest, Row, Runner
from bench.corpora import SMALL, TENTH, Corpus, Recipe, make
from bench.processes import Usage, measure
from bench.surroundings import Surroundings, of_repository, probe_command

CTAGS, AST, STAT = "ctags", "ast.parse", "scandir and stat"
ONE, TWO = "everything, 1 process", "everything, 2 processes"


def _cold(at: Surroundings) -> Mapping[str, Runner]:
    return {
        "tracegloss index": partial(_index_cold, at, at.medium),
        CTAGS: partial(_ctags, at, at.medium),
    }


def _index_cold(at: Surroundings, corpus: Corpus) -> Usage:
    at.forget("cold")
    command = [at.peer("tracegloss"), "index", "--format", "json"]
    return measure(command, cwd=corpus.root, env=at.cache("cold"), stdout=at.scratch / "said")


def _ctags(at: Surroundings, corpus: Corpus) -> Usage:
    tags = str(at.scratch / "tags")
    return measure([at.peer("ctags"), "-R", "--languages=Python", "-f", tags, "."], cwd=corpus.root)


def _everything(recipe: Recipe, at: Surroundings) -> Mapping[str, Runner]:
    corpus = make(recipe)
    return {
        ONE: partial(_index_everything, at, corpus, 1),
        TWO: partial(_index_everything, at, corpus, 2),
        CTAGS: partial(_ctags, at, corpus),
        AST: partial(measure, probe_command("parse_all"), cwd=corpus.root),
    }


def _index_everything(at: Surroundings, corpus: Corpus, processes: int) -> Usage:
    at.forget("everything")
    command = probe_command("index_everything", str(processes))
    return measure(command, cwd=corpus.root, env=of_repository(at.cache("everything")))


def _everything_at_size(at: Surroundings) -> Mapping[str, Runner]:
    return {ONE: partial(_index_everything, at, at.medium, 1)}


def _warm(at: Surroundings) -> Mapping[str, Runner]:
    env = at.cache("warm")
    at.probe("warm_start", [], cwd=at.medium.root, env=env)
    return {"": partial(at.probe, "warm_start", [], cwd=at.medium.root, env=env)}


def _warm_everything(at: Surroundings) -> Mapping[str, Runner]:
    """Start with a store that holds the facts of every file; they are left packed."""
    env = at.cache("everything at size")
    measure(
        probe_command("index_everything", "2", "index"), cwd=at.medium.root, env=of_repository(env)
    )
    return {"": partial(at.probe, "warm_start", [], cwd=at.medium.root, env=env)}


CONTESTS = (
    Contest(
        "cold",
        _cold,
        (
            Row("index, nothing cached", "wall_s", "tracegloss index", CTAGS, 1.0, 0.6),
            Row("index, nothing cached: memory", "peak_mb", "tracegloss index", None, 150, 80),
        ),
    ),
    Contest(
        "warm",
        _warm,
        (Row("index, nothing changed", "wall_s", "warm start", STAT, 2.5, 1.7),),
        rounds=7,
    ),
    Contest(
        "everything",
        partial(_everything, SMALL),
        (
            Row("every file's facts, 1 process", "cpu_s", ONE, CTAGS, 12, 9),
            Row("every file's facts, 2 processes", "wall_s", TWO, CTAGS, 7, 5.5),
            Row("every file's facts", "cpu_s", ONE, AST, 1.6, 1.3),
        ),
    ),
    Contest(
        "everything-mixed",
        partial(_everything, TENTH),
        (Row("every file's facts, mixed packages", "cpu_s", ONE, AST, 1.6, 1.3),),
        rounds=3,
    ),
    Contest(
        "everything-at-size",
        _everything_at_size,
        (Row("every file's facts: memory", "peak_mb", ONE, None, 150, 80),),
        rounds=1,
    ),
    Contest(
        "warm-everything",
        _warm_everything,
        (Row("every file's facts, nothing changed", "wall_s", "warm start", STAT, 2.5, 1.7),),
        rounds=7,
    ),
)
