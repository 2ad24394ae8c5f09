"""How contests are held: turns, ratios of each round, and what is left out by name."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from bench.contests import Contest, Result, Row, Runner, hold
from bench.corpora import give_spans
from bench.processes import RunFailedError, Usage
from bench.surroundings import Surroundings
from bench.table import cells


def held(runners: Mapping[str, Runner], row: Row, rounds: int = 3) -> Result:
    with Surroundings() as surroundings:
        [result] = hold(Contest("contest", lambda _: runners, (row,)), surroundings, rounds)
    return result


def taking(*seconds: float) -> Runner:
    turns = iter(seconds)
    return lambda: Usage(next(turns), 0.0, 0.0)


def failing() -> Usage:
    raise RunFailedError("other is not installed")


VERSUS = Row("a row", "wall_s", "ours", "other", target=1.0, stretch=0.5)


def test_the_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    result = held({"ours": taking(1, 8, 3), "other": taking(2, 8, 4)}, VERSUS)
    assert (result.ratio, result.ours, result.peer, result.rounds) == (0.75, 3, 4, 3)
    assert cells(result)[-5:] == ("0.75x", "1x", "0.5x (+50%)", "3", "reached")


def test_a_bound_without_a_peer_is_about_the_amount_itself() -> None:
    usages = iter([Usage(0, 0, 140), Usage(0, 0, 160), Usage(0, 0, 200)])
    row = Row("memory", "peak_mb", "ours", None, target=150)
    assert cells(held({"ours": lambda: next(usages)}, row))[-1] == "MISSED"


def test_a_runner_that_measures_inside_gives_several_usages() -> None:
    both = {"ours": Usage(1, 1, 1), "other": Usage(4, 4, 4)}
    assert held({"inside": lambda: both}, VERSUS).ratio == 0.25


def test_a_missing_peer_leaves_its_rows_out_and_says_why() -> None:
    result = held({"ours": taking(1, 2, 3), "other": failing}, VERSUS)
    assert cells(result)[-1] == "left out: other is not installed"


@pytest.mark.parametrize(
    "draw, added", [(0.01, {"mlflow"}), (0.000003, {"team_tracing"})], ids=["directly", "wrapped"]
)
def test_files_are_given_spans_where_they_have_a_plain_function(
    draw: float, added: set[str]
) -> None:
    source = b'"""Words."""\nimport os\n\n@cache\ndef first(): ...\n\n\ndef second(): ...\n'
    changed = give_spans(source, draw)
    assert changed is not None
    module = ast.parse(changed)
    imported = {
        name
        for node in module.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    }
    [second] = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "second"]
    assert imported == {"os"} | added
    assert len(second.decorator_list) == 1


@pytest.mark.parametrize(
    "source", [b"class A: ...\n", b"def broken(:\n", b"@cache\ndef f(): ...\n"]
)
def test_files_without_a_plain_function_stay_as_they_are(source: bytes) -> None:
    assert give_spans(source, 0.01) is None
