"""What the histories say of their own code, checked with Python's parser and git alone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.eval.history.cases import COMPARED, HISTORIES, UNKNOWN
from tests.eval.history.judging import RECORDINGS
from tests.eval.history.making import History, app_files, edited, git, make
from tests.eval.history.marked import Spot, written

EVERY = (*HISTORIES, UNKNOWN, COMPARED)


def function_text(text: str, spot: Spot) -> str:
    """The function around a line as Python reads it, without comments, layout and its own name."""
    if spot.cell is not None:
        text = "".join(json.loads(text)["cells"][spot.cell]["source"])
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno <= spot.line <= (node.end_lineno or 0)
    ]
    innermost = max(functions, key=lambda node: node.lineno)
    innermost.name = "_"
    return ast.unparse(innermost)


def ran_text(history: History, folder: Path, named: str) -> str:
    """The text of a file when traces were recorded, named as git names it."""
    if not history.uncommitted:
        return git(folder, "show", named)
    files = edited(app_files(history.app), history.uncommitted)
    return written(files)[named.partition(":")[2]]


@pytest.mark.parametrize("history", EVERY, ids=lambda history: history.name)
def test_edited_is_what_python_reads_differently(history: History, tmp_path: Path) -> None:
    made = make(history, tmp_path)
    sites = {label: spot for label, spot in made.then.items() if not label.startswith("line.")}
    assert sites.keys() - made.now.keys() == set(history.gone)
    origin = tmp_path / "made"
    changed = {
        label
        for label, spot in sites.items()
        if label in made.now
        and function_text(ran_text(history, origin, f"{made.recorded}:{spot.path}"), spot)
        != function_text((made.root / made.now[label].path).read_text(), made.now[label])
    }
    assert changed == set(history.edited)


@pytest.mark.parametrize("app", sorted({history.app for history in EVERY}))
def test_recordings_are_of_the_commit_that_is_made(app: str, tmp_path: Path) -> None:
    made = make(History("as recorded", app, ()), tmp_path)
    traces = [json.loads(path.read_text()) for path in (RECORDINGS / app / "traces").iterdir()]
    commits = {trace["info"]["trace_metadata"]["mlflow.source.git.commit"] for trace in traces}
    assert commits == {made.recorded}
    labels = json.loads((RECORDINGS / app / "labels.json").read_text())
    spans = {trace["info"]["trace_id"]: len(trace["data"]["spans"]) for trace in traces}
    assert {trace_id: len(noted) for trace_id, noted in labels.items()} == spans
    assert {label for noted in labels.values() for label in noted.values()} <= made.then.keys()


def test_labels_are_no_part_of_the_code(tmp_path: Path) -> None:
    made = make(HISTORIES[0], tmp_path)
    assert any("#@" in text for text in app_files("desk").values())
    assert not any("#@" in path.read_text() for path in made.root.rglob("*.py"))
