"""Recorded sqlite stores of every schema: equal to their own client's answers, and left alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.traces.opened import opened
from tests.tracking_server import NEWEST_STORE, STORES
from tracegloss.errors import SourceError, SourceUnreachableError, TraceNotFoundError
from tracegloss.traces.decode import decode_traces
from tracegloss.traces.query import Source, TraceQuery
from tracegloss.traces.reference import ReferenceSource
from tracegloss.traces.sources import describe, open_source
from tracegloss.traces.sqlite import SqliteSource
from tracegloss.traces.tracking_uri import parse_tracking_uri

VERSIONS = sorted(path.parent.name for path in STORES.glob("*/reference.json"))


def store(path: Path, timeout: float = 5) -> SqliteSource:
    return SqliteSource(path, describe(parse_tracking_uri(f"sqlite:///{path}", path)), timeout)


def whole_source(path: Path) -> Source:
    uri = parse_tracking_uri(f"sqlite:///{path}", path)
    return open_source(uri, {}, path / "nobody", timeout=120)


def reference(version: str) -> dict:
    answers: dict = json.loads((STORES / version / "reference.json").read_text())
    return answers


def digest_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_traces_equal_the_answers_of_the_client_of_the_same_version(version: str) -> None:
    source = store(STORES / version / "store.db")
    for answer in reference(version)["traces"]:
        (wanted,) = decode_traces(json.dumps(answer).encode(), "reference")
        assert opened(source.trace(wanted.info.trace_id)) == opened(wanted)


@pytest.mark.parametrize("version", VERSIONS)
def test_experiments_and_infos_are_all_there(version: str) -> None:
    answers = reference(version)
    source = store(STORES / version / "store.db")
    found = [
        {"experiment_id": e.experiment_id, "name": opened(e.name)} for e in source.experiments()
    ]
    assert sorted(found, key=str) == sorted(answers["experiments"], key=str)
    ids = {
        answer["info"].get("trace_id") or answer["info"]["request_id"]
        for answer in answers["traces"]
    }
    assert {info.trace_id for info in source.search(TraceQuery(("1",)))} == ids | set(
        answers["refused"]
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_searching_gives_the_infos_that_reading_gives(version: str) -> None:
    source = store(STORES / version / "store.db")
    for info in source.search(TraceQuery(("1",))):
        if info.name is not None:
            assert opened(source.trace(info.trace_id).info) == opened(info)


@pytest.mark.parametrize(
    "version,wanted",
    [
        ("2.14.3", ([], ["spans-missing"])),
        ("3.5.1", (["ended child"], [])),
        ("3.9.0", (["ended child"], [])),
        ("3.17.2", (["ended child"], [])),
    ],
)
def test_a_trace_that_never_ended_gives_what_the_store_has(
    version: str, wanted: tuple[list[str], list[str]]
) -> None:
    source = store(STORES / version / "store.db")
    (newest, *_) = source.search(TraceQuery(("1",)))
    trace = source.trace(newest.trace_id)
    found = (
        [opened(span.name) for span in trace.spans],
        [problem.code for problem in trace.problems],
    )
    assert (trace.info.state.value, found) == ("IN_PROGRESS", wanted)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fast_road_changes_nothing(version: str, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    shutil.copytree(STORES / version, folder)
    before = digest_of(folder)
    source = store(folder / "store.db")
    for info in source.search(TraceQuery(("1",))):
        source.trace(info.trace_id)
    source.experiments()
    assert digest_of(folder) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_road_changes_nothing_and_reads_the_same_infos(
    version: str, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    shutil.copytree(STORES / version, folder)
    before = digest_of(folder)
    uri = parse_tracking_uri(f"sqlite:///{folder / 'store.db'}", folder)
    query = TraceQuery(("1",), name="answer")
    client = ReferenceSource(uri, describe(uri), timeout=120)
    found = [opened(info) for info in client.search(query)]
    assert found == [opened(info) for info in store(folder / "store.db").search(query)]
    assert digest_of(folder) == before


def test_the_reference_road_reads_the_same_traces_of_its_own_schema() -> None:
    path = STORES / NEWEST_STORE / "store.db"
    uri = parse_tracking_uri(f"sqlite:///{path}", path)
    client = ReferenceSource(uri, describe(uri), timeout=120)
    for info in store(path).search(TraceQuery(("1",))):
        assert opened(client.trace(info.trace_id)) == opened(store(path).trace(info.trace_id))


SEARCHES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "all, newest first": ({}, ["unfinished", "labelled", "streamed", "answer", "answer"]),
    "oldest first": (
        {"order": "oldest"},
        ["answer", "answer", "streamed", "labelled", "unfinished"],
    ),
    "a limit": ({"limit": 2}, ["unfinished", "labelled"]),
    "a state": ({"state": "ERROR"}, ["answer"]),
    "a name": ({"name": "streamed"}, ["streamed"]),
    "a tag with a hash": ({"tags": {"team": "orders #1"}, "name": "labelled"}, ["labelled"]),
    "a tag that no trace has": ({"tags": {"team": "orders"}}, []),
    "an hour long": ({"shortest_ms": 3_600_000}, []),
    "before 1970": ({"until_ns": 0}, []),
    "since 1970": ({"since_ns": 0, "limit": 1}, ["unfinished"]),
    "another experiment": ({"experiment_ids": ("0",)}, []),
}


@pytest.mark.parametrize("version", ["2.22.0", "3.1.4"])
@pytest.mark.parametrize("case", SEARCHES)
def test_searching(version: str, case: str) -> None:
    asked, wanted = SEARCHES[case]
    found = store(STORES / version / "store.db").search(
        TraceQuery(**{"experiment_ids": ("1",), **asked})
    )
    assert [opened(info.name) for info in found] == wanted


@pytest.mark.parametrize("version", ["3.9.0", "3.17.2"])
def test_searching_by_session_and_metadata_in_rows_and_in_promoted_columns(version: str) -> None:
    source = store(STORES / version / "store.db")
    query = TraceQuery(("1",), session="session-1", metadata={"mlflow.trace.user": "user-1"})
    assert [opened(info.name) for info in source.search(query)] == ["labelled"]


def test_a_filter_string_is_read_by_mlflow() -> None:
    source = whole_source(STORES / NEWEST_STORE / "store.db")
    found = source.search(TraceQuery(("1",), filter="span.name ILIKE 'STREAM'"))
    assert [opened(info.name) for info in found] == ["streamed"]


def test_a_moved_store_finds_its_artifacts_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "moved # here?"
    shutil.copytree(STORES / "2.14.3", folder)
    source = store(folder / "store.db")
    (found,) = source.search(TraceQuery(("1",), name="streamed"))
    assert len(source.trace(found.trace_id).spans) == 2


def faulty(tmp_path: Path, case: str) -> Path:
    path = tmp_path / "store.db"
    if case == "text":
        path.write_text("no database at all, but longer than a header of one hundred bytes" * 3)
    elif case == "another database":
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE t (x)")
    elif case == "empty":
        path.touch()
    return path


@pytest.mark.parametrize("case", ["missing", "text", "empty", "another database"])
def test_a_file_that_is_no_store_is_one_line(case: str, tmp_path: Path) -> None:
    path = faulty(tmp_path, case)
    before = digest_of(tmp_path)
    with pytest.raises(SourceError) as raised:
        store(path).experiments()
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert digest_of(tmp_path) == before


def test_an_unknown_id_names_the_store() -> None:
    path = STORES / NEWEST_STORE / "store.db"
    with pytest.raises(TraceNotFoundError, match="no trace tr-1 "):
        store(path).trace("tr-1")


def test_a_locked_store_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    shutil.copy(STORES / NEWEST_STORE / "store.db", path)
    with sqlite3.connect(path, isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceUnreachableError, match="locked"):
            store(path, timeout=0.01).experiments()
