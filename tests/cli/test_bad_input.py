"""Whatever it is given: one line that says what, where and what to do, or a correct report."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.made_traces import ROOT_NUMBER, hostile_info, hostile_span, made_span, made_trace
from tests.cli.running import Shell, check_fault, check_report, unsafe_characters
from tests.traces.hosts import HTML, Host, Reply, serving
from tests.tracking_server import NEWEST_STORE, STORES, free_port

ROOT_ID = "0000000000000001"


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """A server that answers each path prefix in a way of its own."""
    with serving(
        {
            "/slow": Reply(waits=True),
            "/401": Reply(401),
            "/403": Reply(403),
            "/500": Reply(500),
            "/login": Reply(200, b"<html>sign in</html>", HTML),
            "/torn": Reply(200, b'{"trace": {"trace_in'),
        }
    ) as serving_host:
        yield serving_host


SERVERS = {
    "/slow": "No answer within 0.4 s",
    "/401": "The server refuses (status 401)",
    "/403": "The server refuses (status 403)",
    "/500": "The server failed (status 500)",
    "/login": "The answer is no MLflow answer (status 200, text/html)",
}


@pytest.mark.parametrize("path", SERVERS)
def test_servers_that_do_not_answer(agent: Shell, host: Host, path: str) -> None:
    uri = f"{host.address}{path}"
    ran = agent.correlate("tr-1", "--tracking-uri", uri, "--timeout", "0.4")
    check_fault(ran, SERVERS[path])
    assert host.address in ran.said


@pytest.mark.parametrize("argument", ["tr-1", "last"])
def test_a_server_that_is_not_there(agent: Shell, argument: str) -> None:
    uri = f"http://user:hunter2secret@127.0.0.1:{free_port()}"
    ran = agent.correlate(argument, "--tracking-uri", uri, "--format", "json")
    check_fault(ran, "Nobody listens there")
    assert "hunter2secret" not in ran.said


def _empty_store(folder: Path) -> str:
    database = folder / "empty.db"
    shutil.copy(STORES / NEWEST_STORE / "store.db", database)
    with sqlite3.connect(database) as store:
        for table in ("trace_tags", "trace_request_metadata", "spans", "assessments", "trace_info"):
            store.execute(f"DELETE FROM {table}")
    store.close()
    return f"sqlite:///{database}"


def test_an_unknown_id(agent: Shell) -> None:
    store = f"sqlite:///{STORES / NEWEST_STORE / 'store.db'}"
    ran = agent.correlate("tr-0123", "--tracking-uri", store)
    check_fault(ran, "No trace tr-0123 (")
    assert ran.said.endswith("List them: tracegloss traces\n")


def test_an_empty_experiment(agent: Shell, tmp_path: Path) -> None:
    asked = ("last", "--tracking-uri", _empty_store(tmp_path), "--experiment", "orders")
    said = agent.correlate(*asked)
    assert (said.status, said.said) == (2, "")
    assert said.text.startswith("No trace found.\n  looked in  sqlite:")
    assert "experiments Default (0 traces), orders (0 traces)" in said.text
    check_fault(agent.correlate(*asked, "--format", "json"), "No trace (experiment 1 is empty). ")


def test_a_server_that_is_down_says_nothing_of_the_application(agent: Shell) -> None:
    ran = agent.correlate("last", "--tracking-uri", "http://127.0.0.1:9")
    because = "  because    nobody listens there (http://127.0.0.1:9)\n"
    check = because + "             Is the tracking server"
    assert (ran.status, check in ran.text, "has not run" in ran.text) == (2, True, False)


def _make_folder(path: Path) -> None:
    path.mkdir()


def _make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300_000_000)


def _writes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "absent.json": (lambda _: None, "No such file (absent.json)"),
    "folder.json": (_make_folder, "A folder, not a trace file"),
    "large.json": (_make_large, "Larger than 256 MB"),
    "empty.json": (_writes(b""), "Empty, not a trace"),
    "other.json": (_writes(b'{"a": [1, 2]}'), "JSON, but no trace in a known shape"),
    "number.json": (_writes(b"17"), "JSON, but no trace in a known shape"),
    "torn.json": (_writes(made_trace([])[:900]), "JSON that ends in the middle"),
    "prose.txt": (_writes(b"Dear Sir or Madam"), "Not JSON"),
    "packed.json": (_writes(b"\x1f\x8b\x08\x00abc"), "Compressed with gzip, not JSON"),
    "store.json": (_writes(b"SQLite format 3\x00"), "A sqlite store, not JSON"),
    "\x1b[31mred.json": (_writes(b"{}"), "JSON, but no trace in a known shape"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_trace(own_agent: Shell, name: str) -> None:
    make, what = FILES[name]
    make(own_agent.folder / name)
    ran = own_agent.correlate(name)
    check_fault(ran, what)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to the superuser")
def test_a_file_that_may_not_be_read(own_agent: Shell) -> None:
    path = own_agent.folder / "error-in-tool.json"
    path.chmod(stat.S_IWUSR)
    check_fault(own_agent.correlate(path.name), "The file cannot be read: permission denied")


def test_a_named_pipe_is_read_to_its_end(own_agent: Shell) -> None:
    data = (own_agent.folder / "error-in-tool.json").read_bytes()
    check_report(own_agent.correlate("/dev/stdin", given=data), "PolicyError")


def test_arguments_that_name_nothing(agent: Shell) -> None:
    check_fault(agent.correlate("what is this?"), "Neither a trace id, nor a file, nor an address")
    check_fault(agent.correlate("http://"), "An address without a host")
    check_fault(agent.correlate(""), "Neither a trace id, nor a file, nor an address")


STORES_THAT_ARE_NONE = {
    "sqlite://": "A sqlite tracking URI without a file (sqlite://). Write sqlite:///PATH",
    "sqlite:///absent.db": "No such sqlite file (",
    "store://absent": "No MLflow store there",
    "absent/folder": "No such store (",
}


@pytest.mark.parametrize("uri", STORES_THAT_ARE_NONE)
def test_stores_that_are_none(agent: Shell, uri: str) -> None:
    ran = agent.correlate("tr-1", "--tracking-uri", uri)
    check_fault(ran, STORES_THAT_ARE_NONE[uri])


def test_roots_that_are_no_folder(agent: Shell) -> None:
    check_fault(agent.correlate("last", "--root", "absent"), "There is no such folder (absent). ")
    check_fault(agent.tracegloss("index", "main.py"), "This is no folder (main.py). ")


def test_a_folder_without_a_repository_and_without_code(tmp_path: Path) -> None:
    shell = Shell(tmp_path, tmp_path)
    (tmp_path / "trace.json").write_bytes(made_trace([made_span(2, ROOT_NUMBER)]))
    check_report(shell.correlate("trace.json"), "0 of 2 spans on code")


def test_fifty_thousand_spans(agent: Shell) -> None:
    spans = [made_span(n, ROOT_NUMBER, f"step {n % 50}") for n in range(2, 50_001)]
    given = made_trace(spans)
    check_report(agent.correlate("-", given=given), "50,000 spans", "49,999 not resolved")
    whole = agent.correlate("-", "--format", "json", given=given)
    assert len(json.loads(whole.out)["spans"]) == 50_000


def test_spans_twenty_thousand_deep(agent: Shell) -> None:
    given = made_trace([made_span(n, n - 1) for n in range(2, 20_001)])
    check_report(agent.correlate("-", given=given), "20,000 spans")


def test_a_value_of_megabytes(agent: Shell) -> None:
    attributes = {"mlflow.spanInputs": json.dumps({"text": "word " * 4_000_000})}
    given = made_trace([made_span(2, ROOT_NUMBER, attributes=attributes)])
    check_report(agent.correlate("-", given=given), "2 of 2 spans on code")


@pytest.mark.parametrize(
    "spans, shown",
    [
        pytest.param([made_span(2, 3), made_span(3, 2)], 3, id="two are each other's parent"),
        pytest.param([made_span(2, 2)], 2, id="one is its own parent"),
        pytest.param([made_span(2, 9)], 2, id="a parent is missing"),
        pytest.param([made_span(2, 1), made_span(2, 1, "other")], 2, id="two have one id"),
    ],
)
def test_trees_that_are_none(agent: Shell, spans: list[object], shown: int) -> None:
    ran = agent.correlate("-", given=made_trace(spans))
    check_report(ran, f"{shown} spans", "support_agent")
    told = json.loads(agent.correlate("-", "--format", "json", given=made_trace(spans)).out)
    assert len(told["spans"]) == shown
    assert told["problems"] or any(f["rule"] == "trace-partial" for f in told["findings"])


HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "line\nbreak\r\ntab\t",
    "\u202egnp.exe\u2066 \x9b31m\x00\x7f",
    "\N{FAMILY}\u200d\N{WOMAN} \u65e5\u672c",
    "x" * 100_000,
    "",
    " ",
    "</script><!-- ``` :::",
    "::error::%0A",
]
VIEWS = [
    (),
    ("--color", "always"),
    ("--all", "--frames", "all"),
    ("--format", "json"),
    ("--format", "markdown"),
    ("--format", "github"),
    ("--format", "sarif"),
    ("--budget", "400"),
    ("--find", "e"),
    ("--span", ROOT_ID),
    ("--why", ROOT_ID),
]


@pytest.fixture(scope="module")
def hostile() -> bytes:
    """Every hostile text in every place of a trace."""
    spans = [hostile_span(number, text) for number, text in enumerate(HOSTILE, start=2)]
    return made_trace(spans, **hostile_info("\x1b[31mred\nline\u202e"))


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_nothing_recorded_acts_on_the_terminal(
    agent: Shell, hostile: bytes, view: tuple[str, ...]
) -> None:
    check_report(agent.correlate("-", *view, given=hostile))


def test_nothing_hostile_is_lost(agent: Shell, hostile: bytes) -> None:
    told = json.loads(agent.correlate("-", "--format", "json", given=hostile).out)
    assert len(told["spans"]) == len(HOSTILE) + 1
    names = {span["name"][:60] for span in told["spans"]}
    assert names == {"support_agent", *(text[:60] for text in HOSTILE)}


def test_hostile_words_of_the_command_line(agent: Shell) -> None:
    ran = agent.correlate("not-judged.json", "--find", "\x1b[31mred")
    check_report(ran)
    fault = agent.correlate("not-judged.json", "--span", "\x1b[31m\nred")
    check_fault(fault, "No span")
    assert unsafe_characters(fault.err[:-1]) == set()
