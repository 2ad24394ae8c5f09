"""Comparisons of real runs of one application at two commits, byte by byte, and their schema."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from tests.conftest import REPOSITORY
from tests.eval.history.cases import COMPARED
from tests.eval.history.judging import RECORDINGS
from tests.eval.history.making import make
from tests.report.builder import S, on_code, resolved
from tracegloss.cli import correlate_main
from tracegloss.compare.comparison import CommitsBetween, compare
from tracegloss.recorded import Recorded
from tracegloss.report.comparison.json import comparison_json
from tracegloss.report.comparison.markdown import comparison_markdown
from tracegloss.report.comparison.text import comparison_text
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.terminal import plain_text
from tracegloss.trace_on_code import TraceOnCode

GOLDENS = REPOSITORY / "fixtures" / "history" / "goldens"
SCHEMA = json.loads(
    (
        REPOSITORY / "server" / "tracegloss" / "report" / "schema" / "tracegloss.compare-1.json"
    ).read_text(encoding="utf-8")
)
CASES = {
    "compare-same-question.txt": ("02-desk", "02-desk"),
    "compare-same-question.md": ("02-desk", "02-desk", "--format", "markdown"),
    "compare-same-question.json": ("02-desk", "02-desk", "--format", "json"),
    "compare-other-error.txt": ("04-desk", "04-desk"),
    "compare-other-question.txt": ("01-desk", "02-desk", "--no-io"),
}


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application as it is after what happened to it, with its traces of both times."""
    folder = make(COMPARED, tmp_path_factory.mktemp("compared")).root
    for app, time in (("desk", "before"), ("desk-later", "after")):
        for trace in (RECORDINGS / app / "traces").iterdir():
            shutil.copy(trace, folder.parent / f"{time}-{trace.name}")
    return folder


@pytest.fixture
def said(
    later: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., str]:
    def run(before: str, after: str, *options: str) -> str:
        monkeypatch.chdir(later)
        monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
        traces = (f"../before-{before}.json", f"../after-{after}.json")
        with pytest.raises(SystemExit) as stopped:
            correlate_main(["compare", *traces, "--no-cache", *options])
        assert stopped.value.code == 0
        return capsysbinary.readouterr().out.decode()

    return run


@pytest.mark.parametrize("golden", CASES)
def test_goldens(
    golden: str, said: Callable[..., str], check_golden: Callable[[Path, str], None]
) -> None:
    check_golden(GOLDENS / golden, said(*CASES[golden]))


def test_every_golden_has_a_case() -> None:
    assert {path.name for path in GOLDENS.iterdir() if path.name.startswith("compare")} == set(
        CASES
    )


@pytest.mark.parametrize(
    "traces", [("02-desk", "02-desk"), ("04-desk", "04-desk"), ("01-desk", "05-send-all")]
)
def test_documents_follow_the_schema(traces: tuple[str, str], said: Callable[..., str]) -> None:
    document = json.loads(said(*traces, "--format", "json"))
    jsonschema.validate(document, SCHEMA)
    rows = range(len(document["rows"]))
    assert all(row in rows for suspect in document["suspects"] for row in suspect["rows"])


SECRET = "sk-proj-abcdefghijklmnop1234"
EVIL = "\x1b]0;x\x07`<b>|\u202e"


def hostile() -> Any:
    """Two traces whose every recorded text holds a secret and characters that act."""
    text = f"{EVIL} {SECRET}"
    spans = [
        S(
            f"name {text}",
            resolved("a.py:1", "f"),
            inputs={"q": 1},
            outputs=f"{which} {text}",
            id="a" * 15 + which,
        )
        for which in "12"
    ]
    old, new = (on_code(span, name=Recorded(text)) for span in spans)
    return compare(old, new, CommitsBetween(unknown=f"no {text}"))


@pytest.mark.parametrize(
    "render",
    [
        lambda comparison: plain_text(comparison_text(comparison, ReportOptions())),
        lambda comparison: comparison_markdown(comparison, ReportOptions()),
        lambda comparison: comparison_json(comparison, ReportOptions()),
    ],
    ids=["text", "markdown", "json"],
)
def test_nothing_recorded_acts_or_leaks(render: Callable[[Any], str]) -> None:
    shown = render(hostile())
    assert SECRET not in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_clone_without_the_commit_says_that_suspects_were_not_looked_for() -> None:
    trace = on_code(S("f", "a.py:1", outputs="x", id="0" * 16))
    other = on_code(S("f", "a.py:1", outputs="y", id="1" * 16))
    unknown = replace(CommitsBetween(), unknown="the first trace recorded no commit")
    shown = plain_text(comparison_text(compare(trace, other, unknown), ReportOptions()))
    assert "SUSPECTS  not looked for: the first trace recorded no commit" in shown
    assert "VERDICT  unknown" in shown


def test_the_page_shows_a_comparison_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "compare.md").read_text(encoding="utf-8")
    assert (GOLDENS / "compare-other-error.txt").read_text(encoding="utf-8") in page


def test_json_of_huge_traces_is_bounded_and_has_what_differs() -> None:
    """Two thousand calls under one of many, and behind them one that each trace has alone."""

    def traced(last: str, place: str) -> TraceOnCode:
        calls = tuple(S("call", "app.py:5", n, 1) for n in range(2_000))
        first, other = S("one", "app.py:9", 0, 9, children=calls), S(last, place, 9, 1)
        return on_code(S("main", "app.py:2", 0, 10, children=(first, other)))

    compared = compare(traced("old", "app.py:12"), traced("new", "app.py:20"), CommitsBetween())
    shown = json.loads(comparison_json(compared, ReportOptions()))
    jsonschema.validate(shown, SCHEMA)
    assert len(shown["rows"]) == 1_000
    assert shown["rows_omitted"] == len(compared.rows) - 1_000
    assert {"main", "one", "call", "old", "new"} == {row["name"] for row in shown["rows"]}
    whole = json.loads(comparison_json(compared, ReportOptions(everything=True)))
    assert (len(whole["rows"]), whole["rows_omitted"]) == (len(compared.rows), 0)
