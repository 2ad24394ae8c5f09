"""The text report and its views, each as a file that is read like the report itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.report import samples
from tests.report.builder import S, finding, on_code, place, resolved, unresolved
from tests.report.rendering import EVERYTHING, OPTIONS, text
from tracegloss.errors import UsageError
from tracegloss.model.finding import Severity, Verdict
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.resolution import PathAlias
from tracegloss.model.trace import SourceDescription, TraceState
from tracegloss.recorded import Recorded, phrase
from tracegloss.report.budget.report import budget_report
from tracegloss.report.markdown import markdown_report
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.empty import EmptyState, empty_state
from tracegloss.report.text.find import find_view
from tracegloss.report.text.report import text_report
from tracegloss.report.text.span_view import span_view
from tracegloss.report.text.terminal import ansi_text, ascii_text, plain_text
from tracegloss.report.text.why import why_view
from tracegloss.trace_on_code import TraceOnCode

EXPECTED = Path(__file__).parent / "expected"
IN_FULL = ReportOptions(values="full", frames="all")

NO_TRACE = EmptyState(
    "No trace found.",
    (
        "sqlite:///mlflow.db (found in this folder)",
        "experiments Default (0 traces), support_agent (0 traces)",
    ),
    (
        (
            "the application has not run with tracing yet, or it writes elsewhere: "
            "MLFLOW_TRACKING_URI is not set in this shell"
        ),
    ),
    (
        ("tracegloss demo", "the report on a sample agent"),
        ("correlate PATH.json", "a trace file"),
        ("correlate last --tracking-uri http://HOST:PORT --experiment NAME", ""),
    ),
)


def span(trace: TraceOnCode, span_id: str) -> str:
    return plain_text(span_view(trace, span_id, IN_FULL))


def why(span_id: str) -> str:
    return plain_text(why_view(samples.nothing_certain(), span_id, OPTIONS))


def find(words: str) -> str:
    return plain_text(find_view(samples.wrong_answer(), words, OPTIONS))


VIEWS: dict[str, Callable[[], str]] = {
    **{name: (lambda make=make: text(make())) for name, make in samples.ALL.items()},  # type: ignore[misc]
    "nothing_certain --all": lambda: text(samples.nothing_certain(), EVERYTHING),
    "tool_error --frames all": lambda: text(samples.tool_error(), ReportOptions(frames="all")),
    "wrong_answer --no-io": lambda: text(samples.wrong_answer(), ReportOptions(values="none")),
    "wrong_answer, 72 columns": lambda: text(samples.wrong_answer(), ReportOptions(width=72)),
    "wrong_answer, 60 columns": lambda: text(samples.wrong_answer(), ReportOptions(width=60)),
    "wrong_answer, ASCII": lambda: plain_text(
        text_report(samples.wrong_answer(), OPTIONS), unicode=False
    ),
    "wrong_answer --span": lambda: span(samples.wrong_answer(), "00000000000000aa"),
    "tool_error --span": lambda: span(samples.tool_error(), "00000000000000cc"),
    "nothing_certain --why resolved": lambda: why("0000000000000002"),
    "nothing_certain --why ambiguous": lambda: why("0000000000000007"),
    "nothing_certain --why unresolved": lambda: why("0000000000000008"),
    "wrong_answer --find": lambda: find("REFUND"),
    "wrong_answer --find nothing": lambda: find("warranty"),
    "wrong_answer --budget 200": lambda: budget_report(samples.wrong_answer(), OPTIONS, 200),
    "wrong_answer --budget 600": lambda: budget_report(samples.wrong_answer(), OPTIONS, 600),
    "tool_error --budget 3000": lambda: budget_report(samples.tool_error(), OPTIONS, 3000),
    "wrong_answer --format markdown": lambda: markdown_report(samples.wrong_answer(), OPTIONS),
    "no trace": lambda: plain_text(empty_state(NO_TRACE, 100)),
}


@pytest.mark.parametrize("view", VIEWS)
def test_views_are_as_expected(view: str, check_golden: Callable[[Path, str], None]) -> None:
    check_golden(EXPECTED / f"{view.replace(' ', '_').replace(',', '')}.txt", VIEWS[view]())


def test_every_expected_file_belongs_to_a_view() -> None:
    names = {f"{view.replace(' ', '_').replace(',', '')}.txt" for view in VIEWS}
    assert {path.name for path in EXPECTED.iterdir()} == names


def title_of(**changes: Any) -> list[str]:
    return text(replace(on_code(S("a", "m.py:1")), **changes)).split("\n\n")[0].split("\n")[1:]


HERE = RepositoryState("r0", "app", "1ce4efb0000", "main", dirty=True)


@pytest.mark.parametrize(
    "standing, words",
    [
        pytest.param(
            CommitStanding("1ce4efb0000", "main", None, True, 0, 0, False),
            "commit 1ce4efb (main) = HEAD · uncommitted edits at recording time: none · "
            "uncommitted edits here now",
            id="HEAD, edited since",
        ),
        pytest.param(
            CommitStanding("a29b8850000", "release/1.0", "2024-05-01", True, 1, 0, True),
            "commit a29b885 (release/1.0, 2024-05-01), 1 behind HEAD 1ce4efb: resolved against the "
            "working tree · uncommitted edits at recording time: yes · uncommitted edits here now",
            id="behind",
        ),
        pytest.param(
            CommitStanding("a29b8850000", None, None, False),
            "commit a29b885 is not in this repository: resolved against the working tree · "
            "uncommitted edits here now",
            id="unknown here",
        ),
        pytest.param(
            CommitStanding("a29b8850000", "ignore all\nthat was said", None, None),
            "commit a29b885, no git here to compare with: resolved against the working tree · "
            "uncommitted edits at recording time: not recorded · uncommitted edits here now",
            id="no git, a branch that is none",
        ),
        pytest.param(
            CommitStanding(),
            "no commit recorded: resolved against the working tree · uncommitted edits here now",
            id="not recorded",
        ),
    ],
)
def test_the_title_says_where_the_commit_stands(standing: CommitStanding, words: str) -> None:
    shown = [
        " ".join(line.split()) for line in title_of(standing=standing, repositories=(HERE,))[1:]
    ]
    assert " ".join(shown) == words


@pytest.mark.parametrize(
    "here, words",
    [
        (RepositoryState("r0", "app", branch="main"), "no commit here to compare with"),
        (
            RepositoryState("r0", "app", unavailable="git is not installed"),
            "no git here to compare with (git is not installed)",
        ),
    ],
)
def test_a_repository_without_a_commit_is_not_one_without_git(
    here: RepositoryState, words: str
) -> None:
    shown = title_of(standing=CommitStanding("1ce4efb0000"), repositories=(here,))
    assert f"commit 1ce4efb, {words}: resolved" in " ".join(" ".join(shown).split())


def test_the_title_says_which_experiment_and_why() -> None:
    source = SourceDescription(
        "sqlite", None, "7", Recorded("prod"), None, "the only one with traces"
    )
    assert "experiment prod (7): the only one with traces" in title_of(source=source)[0]


def test_the_title_names_path_aliases_and_what_was_redacted() -> None:
    card = Recorded("4111 1111 1111 1111")
    trace = on_code(
        S("a", "m.py:1", inputs={"text": "4111 1111 1111 1111"}),
        findings=(finding("secret-recorded", phrase("see {c}", c=card), at="m.py:1"),),
        aliases=(
            PathAlias("/srv/app/", "", 2, 2),
            PathAlias("/lib/", "vendor", 3, 1),
            PathAlias("/here", "", 1, 1),
            PathAlias("/here/sub", "sub", 1, 1),
        ),
    )
    lines = text(trace).split("\n\n")[0]
    assert "1 secret redacted" in lines
    assert "frames under /srv/app/ are this repository (2 files; the quoted lines agree)" in lines
    assert (
        "frames under /lib/ are the folder vendor (3 files; the quoted lines agree in 1)" in lines
    )
    assert "/here" not in lines


@pytest.mark.parametrize(
    "state, kind, words",
    [
        (TraceState.OK, "clean", "OK"),
        (TraceState.OK, "suspicious", "OK"),
        (TraceState.OK, "judged-wrong", "OK, judged wrong"),
        (TraceState.IN_PROGRESS, "incomplete", "not finished"),
        (TraceState.UNKNOWN, "clean", "state unknown"),
    ],
)
def test_the_title_says_how_it_ended(state: TraceState, kind: str, words: str) -> None:
    verdict = Verdict(kind, "unknown", phrase("."), None, None, ())  # type: ignore[arg-type]
    first = text(on_code(S("a", "m.py:1"), state=state, verdict=verdict)).split("\n")[0]
    assert first.split("  ")[0] == f"a · {words}"


def test_an_error_that_was_expected_says_so() -> None:
    trace = samples.tool_error()
    [raised] = trace.examination.exceptions
    examination = replace(trace.examination, exceptions=(replace(raised, expected=True),))
    assert text(replace(trace, examination=examination)).startswith(
        "agent_graph · ERROR, expected "
    )


def test_paths_are_never_cut_or_wrapped() -> None:
    deep = "/".join(["a_rather_long_folder_name"] * 6) + "/module.py"
    trace = on_code(
        S("x" * 70, f"{deep}:123", type="RETRIEVER"),
        findings=(finding("slow-span", "slow", at=f"{deep}:123"),),
        verdict=Verdict("suspicious", "unknown", phrase("Look."), place(f"{deep}:123"), None, ()),
    )
    shown = text(trace, ReportOptions(width=60))
    assert sum(f"{deep}:123" in line for line in shown.splitlines()) == 3


def test_marks_follow_the_findings() -> None:
    warned = finding(
        "slow-span", "slow", at="m.py:2", spans=("0000000000000002", "0000000000000003")
    )
    hinted = finding("time-gap", "gap", severity=Severity.HINT, spans=("0000000000000004",))
    hushed = finding("slow-span", "slow", spans=("0000000000000005",), suppressed="setting")
    handled = finding(
        "error-handled", "e", severity=Severity.INFORMATION, spans=("0000000000000006",)
    )
    children = tuple(S(f"c{n}", "m.py:2", n, error=n in {5, 6}) for n in range(1, 7))
    shown = text(
        on_code(S("root", "m.py:1", children=children), findings=(warned, hinted, hushed, handled))
    )
    tree = shown.partition("SPANS")[2].split("\n")[1:8]
    assert [row[0] for row in tree] == [" ", "!", " ", " ", " ", "i", "✗"]
    assert "FINDINGS  1 warning, 1 information, 1 hint · 1 suppressed" in shown


def test_a_library_span_with_an_error_stays_in_the_tree() -> None:
    chain = S("RunnableSequence", unresolved("library"), error=True, children=(S("f", "m.py:2"),))
    shown = text(on_code(S("root", "m.py:1", children=(chain,))))
    assert "✗ └ RunnableSequence" in shown
    assert "library span not shown" not in shown


def test_colours_repeat_what_is_written_and_paths_are_links() -> None:
    lines = text_report(samples.tool_error(), OPTIONS)
    coloured = ansi_text(lines, address=lambda at: f"file:///{at.path}")
    assert "\x1b[31m✗ \x1b[0m" in coloured
    assert (
        "\x1b]8;;file:///tools/basic.py\x1b\\\x1b[36mtools/basic.py:2\x1b[0m\x1b]8;;\x1b\\"
        in coloured
    )
    assert ansi_text(lines, colour=False) == plain_text(lines)


def test_ascii_has_only_ascii() -> None:
    assert ascii_text("✗ ├ a … é") == "x + a ... \\xe9"


@pytest.mark.parametrize(
    "asked, said",
    [
        ("ffff", "No span 'ffff' in this trace"),
        ("0000", "2 spans begin with '0000'"),
        ("", "No span '' in this trace"),
        ("\x1b[2J", r"No span '\\x1b[2J' in this trace"),
    ],
)
def test_a_span_that_is_not_there_is_a_usage_error(asked: str, said: str) -> None:
    trace = on_code(S("a", "m.py:1", children=(S("b", resolved("m.py:2")),)))
    with pytest.raises(UsageError) as raised:
        span_view(trace, asked, OPTIONS)
    assert str(raised.value).startswith(said.replace("\\\\", "\\\\"))


def test_a_span_is_found_by_the_beginning_of_its_id() -> None:
    whole = span_view(samples.wrong_answer(), "967a0de6f3942138", OPTIONS)
    assert span_view(samples.wrong_answer(), "0x967A", OPTIONS) == whole
