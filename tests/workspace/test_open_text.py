"""Functions read edit by edit are those read at once; an edit costs what it touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from tracegloss.index.entries import entry_of
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.places import function_id
from tracegloss.index.repo import FunctionEntry
from tracegloss.syntax.extract import extract, extract_document
from tracegloss.syntax.facts import FileFacts
from tracegloss.text import LineIndex
from tracegloss.workspace.open_text import FunctionReader

PATH = "app.py"
SOURCE = '''import mlflow


@mlflow.trace(name="naïve")
def act(question):  # a comment
    """Say so."""
    return [lambda x: x + 1]; y = 1


class Agent:
    @property
    def name(self):
        def inner(): ...
        return "\U0001f600"

    async def run(self, *a, **k): yield


x = 1; f = lambda: 0
if x:
    def twice(): ...
def twice(): return 2
'''
PIECES = [
    *("x", "\n", "    ", '"', '"""', "(", ")", "é", "\r\n", "\r", ":", "#"),
    *("def g(): ...\n", "@t\n"),
]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), max_size=8
)
INDEX = REPOSITORY / "server" / "tracegloss" / "index"


def whole(source: str) -> tuple[FunctionEntry, ...] | None:
    facts = extract(source.encode())
    if facts.broken is not None:
        return None
    scopes = FileScopes(facts)
    numbers = range(len(facts.definitions))
    return tuple(entry_of(scopes, function_id(scopes, PATH, number), number) for number in numbers)


def check(sources: Sequence[str]) -> None:
    reader = FunctionReader(PATH)
    for source in sources:
        assert reader.read(LineIndex.of(source.encode())) == whole(source)


@given(EDITS)
def test_any_edits(edits: list[tuple[float, int, str]]) -> None:
    sources = [SOURCE]
    for share, removed, typed in edits:
        last = sources[-1]
        at = int(share * len(last))
        sources.append(last[:at] + typed + last[at + removed :])
    check([*sources, *reversed(sources)])


@pytest.mark.parametrize("path", sorted(INDEX.glob("*.py")), ids=lambda path: path.stem)
def test_real_files(path: Path) -> None:
    text = path.read_text("utf-8")
    check([text, f"# above\n{text}", text.replace("self", "this"), f"{text}\nx = '''", text])


def test_a_notebook_whose_python_stands_in_comments() -> None:
    book = "# Databricks notebook source\n# MAGIC %python\n# MAGIC def act(): ...\n"
    check([book, f"{book}x = 1\n"])


def test_an_edit_reads_the_statement_it_is_in_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def noting(source: bytes, cancelled: Callable[[], bool]) -> FileFacts | None:
        read.append(source)
        return extract_document(source, cancelled)

    monkeypatch.setattr("tracegloss.workspace.open_text.extract_document", noting)
    reader = FunctionReader(PATH)
    reader.read(LineIndex.of(SOURCE.encode()))
    read.clear()
    reader.read(LineIndex.of(SOURCE.replace("x + 1", "x + 2").encode()))
    assert [source.split(b"\n")[1] for source in read] == [b"def act(question):  # a comment"]
    read.clear()
    reader.read(LineIndex.of(f"# above\n\n{SOURCE}".encode()))
    assert [source[:7] for source in read] == [b"# above", b"@mlflow"]


def test_what_is_cancelled_is_not_read_and_not_lost() -> None:
    reader = FunctionReader(PATH)
    assert reader.read(LineIndex.of(SOURCE.encode()), lambda: True) is None
    assert reader.read(LineIndex.of(SOURCE.encode())) == whole(SOURCE)


def test_one_class_of_a_whole_file_is_not_read_on_once_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    methods = "".join(f"    def step_{n}(self): return {n}\n" for n in range(2_000))
    source = f"class Giant:\n{methods}"
    edited = source.replace("return 1000", "return 1001")
    reader = FunctionReader(PATH)
    assert reader.read(LineIndex.of(source.encode())) == whole(source)
    is_class_begun = False

    def extracting(text: bytes, cancelled: Callable[[], bool]) -> FileFacts | None:
        nonlocal is_class_begun
        is_class_begun = True
        return extract_document(text, cancelled)

    with monkeypatch.context() as patched:
        patched.setattr("tracegloss.workspace.open_text.extract_document", extracting)
        assert reader.read(LineIndex.of(edited.encode()), lambda: is_class_begun) is None
    assert is_class_begun
    assert reader.read(LineIndex.of(edited.encode())) == whole(edited)
    assert reader.seconds > 0
