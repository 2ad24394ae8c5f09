"""`tracegloss index` and `tracegloss cache`, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.index.repositories import files_of, write_files
from tracegloss.cli.cache import cache
from tracegloss.cli.index import index

TEXT = """# --- path: app.py ---
import mlflow


@mlflow.trace(name="answer it")
def answer(question):
    with mlflow.start_span(f"step-{question}"):
        with mlflow.start_span(question):
            pass
# --- path: broken.py ---
import mlflow
def broken(:
"""

ROWS = """\
app.py:5  decorated  answer it   answer
app.py:6  context    step-*      answer
app.py:7  context    <question>  answer

3 sites in 1 file; 2 files seen, 2 read closely
! broken.py: syntax not understood at line 2
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_files(tmp_path / "repository", files_of(TEXT))


def _run(root: Path, *options: str) -> str:
    done = CliRunner().invoke(index, [str(root), *options])
    assert done.exit_code == 0
    return done.stdout


def test_sites_are_rows(root: Path) -> None:
    assert _run(root) == _run(root) == ROWS


def test_sites_are_json(root: Path) -> None:
    document = json.loads(_run(root, "--json"))
    assert document == json.loads(_run(root, "--format", "json", "--no-cache"))
    assert (document["schema"], len(document["sites"])) == ("tracegloss.index/1", 3)
    assert document["sites"][0] == {
        "path": "app.py",
        "line": 5,
        "column": 5,
        "end_line": 5,
        "end_column": 11,
        "cell": None,
        "kind": "decorated",
        "name": "answer it",
        "pattern": None,
        "qualified_name": "answer",
    }
    assert [(s["name"], s["pattern"]) for s in document["sites"][1:]] == [
        (None, "step-*"),
        (None, None),
    ]
    assert [problem["path"] for problem in document["problems"]] == ["broken.py"]


def test_the_cache_is_cleared(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "tracegloss"
    _run(root)
    assert (folder / "facts.sqlite").exists()
    assert CliRunner().invoke(cache, ["clear"]).stdout == f"Deleted the stored index in {folder}\n"
    assert CliRunner().invoke(cache, ["clear"]).stdout == f"Nothing is stored in {folder}\n"
    _run(root, "--no-cache")
    assert not (folder / "facts.sqlite").exists()
