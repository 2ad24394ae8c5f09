"""Which findings hold over several traces and after edits, with their counts."""

from __future__ import annotations

from itertools import count

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from tests.overlay.laying import call, document, key, laid, place_of, raised, spot, stated
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.resolution import Confidence, Freshness
from tracegloss.overlay.annotation import FindingNote
from tracegloss.overlay.document import Document
from tracegloss.overlay.overlay import Overlay, lay_over
from tracegloss.trace_on_code import SinceTrace, TraceOnCode

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    docs = find(question)
    if not docs:
        raise ValueError("no")
    return docs

def find(question):
    raise KeyError(question)

@mlflow.trace
def other():
    return 1
"""


def bad(source: str = SOURCE, calls: int = 1, failed: int = 1) -> tuple[tuple[Finding, ...], int]:
    """A trace in which `answer` raised, as findings and number of calls."""
    return (raised(source, "answer", calls=calls, failed=failed),), calls


def good(calls: int = 1) -> tuple[tuple[Finding, ...], int]:
    return (), calls


def traces(
    *newest_first: tuple[tuple[Finding, ...], int], source: str = SOURCE
) -> list[TraceOnCode]:
    minutes = count(len(newest_first), -1)
    return [
        laid(
            source,
            *(call(source, "answer", n, 1.0) for n in range(calls)),
            trace=f"tr-{minute}",
            minute=minute,
            findings=findings,
        )
        for (findings, calls), minute in zip(newest_first, minutes, strict=False)
    ]


def words(note: FindingNote, source: str = SOURCE) -> str:
    """Write a note as `rule severity place failed/calls in traces`, and how it ended."""
    told = (
        f"{note.newest.finding.rule} {note.severity.name} {spot(source, note.at)} "
        f"{note.failed}/{note.calls} in {len(note.occurrences)}"
    )
    return told + (f" {note.ended}" if note.ended else "")


def check(overlay: Overlay, *expected: str, source: str = SOURCE) -> None:
    """Compare all findings of the one file, those that hold before those that ended."""
    notes = overlay.files[key()]
    assert [words(note, source) for note in notes.findings + notes.ended] == list(expected)


class Case(Struct, frozen=True):
    """Traces newest first and what is told of the one finding."""

    newest_first: list[tuple[tuple[Finding, ...], int]]
    told: str
    pinned: tuple[str, ...] = ()
    also: dict[str, object] = field(default_factory=dict)


CASES = {
    "one failing call": Case([bad()], "error-raised ERROR 7: raise 1/1 in 1"),
    "fixed by a newer clean call": Case(
        [good(), bad()], "error-raised ERROR 7: raise 1/2 in 1 fixed"
    ),
    "an older clean call ends nothing": Case(
        [bad(), good(), good()], "error-raised ERROR 7: raise 1/3 in 1"
    ),
    "two failing calls of five stay in spite of a newer clean one": Case(
        [good(), bad(), good(), bad(), good()], "error-raised ERROR 7: raise 2/5 in 2"
    ),
    "two failing calls in one trace count": Case(
        [good(), bad(calls=3, failed=2)], "error-raised ERROR 7: raise 2/4 in 1"
    ),
    "failing again after the fix": Case(
        [bad(), good(), bad()], "error-raised ERROR 7: raise 2/3 in 2"
    ),
    "pinned, newer traces change nothing": Case(
        [good(), bad()], "error-raised ERROR 7: raise 1/1 in 1", pinned=("tr-1",)
    ),
    "two pinned": Case(
        [good(), bad()], "error-raised ERROR 7: raise 1/2 in 1", pinned=("tr-1", "tr-2")
    ),
    "a pin that is not loaded shows what is": Case(
        [good(), bad()], "error-raised ERROR 7: raise 1/2 in 1 fixed", pinned=("tr-gone",)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_finding_over_traces(case: Case) -> None:
    check(lay_over(traces(*case.newest_first), pinned=case.pinned), case.told)


def edited(old: str, new: str) -> dict:
    text = SOURCE.replace(old, new)
    assert text != SOURCE
    return {key(): document(text)}


NO = '("no")'
IGNORE = "# tracegloss: ignore"
TRACE = "@mlflow.trace\ndef answer"
EDITS = {
    "a line above moves it": ("import mlflow", "import mlflow\nimport os", "8: raise", ""),
    "the function's text ends it": ("docs = find", "found = find", "7: raise", " edited"),
    "the raise line ends it": (NO, '("none")', "7: raise", " edited"),
    "the raise line removed ends it": (f"raise ValueError{NO}", "pass", "nowhere", " edited"),
    "another function leaves it": ("return 1", "return 2", "7: raise", ""),
    "a comment within leaves it": ("    if not", "    # none\n    if not", "8: raise", ""),
    "the decorator leaves it": (TRACE, TRACE.replace("trace", "trace()"), "7: raise", ""),
    "silenced on the line": (NO, f"{NO}  {IGNORE}[error-raised]", "7: raise", " ignored"),
    "silenced above": ("        raise V", f"    {IGNORE}\n        raise V", "8: raise", " ignored"),
    "another rule silenced": (NO, f"{NO}  {IGNORE}[slow-span]", "7: raise", ""),
}


@pytest.mark.parametrize("old, new, where, ended", EDITS.values(), ids=EDITS)
def test_a_finding_after_an_edit_in_the_open_document(
    old: str, new: str, where: str, ended: str
) -> None:
    documents = edited(old, new)
    overlay = lay_over(traces(bad()), documents)
    told = f"error-raised ERROR {where} 1/1 in 1{ended}"
    check(overlay, told, source=documents[key()].text.source.decode())


def test_while_the_text_is_broken_the_last_good_facts_serve() -> None:
    broken = SOURCE.replace("def other():", 'def other():\n    """')
    overlay = lay_over(traces(bad()), {key(): document(broken, facts=SOURCE)})
    check(overlay, "error-raised ERROR 7: raise 1/1 in 1", source=broken)


def test_a_call_on_the_new_text_is_no_clean_call_of_the_old_one() -> None:
    """The error was on the text as it is; what was run before another edit says nothing of it."""
    before = SOURCE.replace("docs = find", "found = find")
    newer = laid(before, call(before, "answer"), trace="tr-9", minute=9)
    overlay = lay_over([newer, *traces(bad())], {key(): document(SOURCE)})
    check(overlay, "error-raised ERROR 7: raise 1/1 in 1")


def test_an_error_raised_in_a_helper_ends_with_the_helper() -> None:
    found = raised(SOURCE, "answer", "raise KeyError")
    trace = laid(SOURCE, call(SOURCE, "answer"), findings=(found,))
    for old, new, ended in [
        ("raise KeyError(question)", "question = 1\n    raise KeyError(question)", ["edited"]),
        ("return docs", "return docs or 1", ["edited"]),
        ("return 1", "return 2", [None]),
    ]:
        text = SOURCE.replace(old, new)
        notes = lay_over([trace], {key(): document(text)}).files[key()]
        assert [note.ended for note in notes.findings + notes.ended] == ended


def test_findings_of_deleted_code_are_not_shown() -> None:
    [trace] = traces(bad())
    since = {"0000000000000001": SinceTrace(Freshness.GONE)}
    check(lay_over([replace(trace, since=since)]))


def test_code_edited_by_a_commit_is_at_most_information() -> None:
    [trace] = traces(bad())
    since = {"0000000000000001": SinceTrace(Freshness.EDITED, ChangedIn("1ce4efb"))}
    overlay = lay_over([replace(trace, since=since)])
    check(overlay, "error-raised INFORMATION 7: raise 1/1 in 1")
    assert overlay.files[key()].findings[0].edited_in == "1ce4efb"


@pytest.mark.parametrize(
    "change",
    [
        {"editor_severity": None},
        {"suppressed": "baseline"},
        {"suppressed": "setting"},
    ],
    ids=str,
)
def test_silence(change: dict) -> None:
    found = replace(raised(SOURCE, "answer"), **change)
    check(lay_over([laid(SOURCE, call(SOURCE, "answer"), findings=(found,))]))


def test_an_opinion_steps_back_behind_what_somebody_said() -> None:
    findings = (
        stated(SOURCE, "answer", "assessment-failed", "relevance failed"),
        stated(SOURCE, "answer", "retrieval-missing-term", "refund", severity=Severity.INFORMATION),
        stated(SOURCE, "other", "retrieval-missing-term", "tax", severity=Severity.INFORMATION),
    )
    check(
        lay_over([laid(SOURCE, call(SOURCE, "answer"), findings=findings)]),
        "assessment-failed WARNING 4: answer 1/1 in 1",
        "retrieval-missing-term INFORMATION 14: other 1/1 in 1",
        "retrieval-missing-term HINT 4: answer 1/1 in 1",
    )


def many(n_files: int, in_each: int, severity: Severity = Severity.WARNING) -> TraceOnCode:
    findings = tuple(
        stated(
            SOURCE, "answer", "slow-span", "slow", severity=severity, site=None,
            at=replace(place_of(SOURCE, "def answer", token="answer"), path=f"f{n}.py"),
            fingerprint=f"{n} {m}",
        )
        for n in range(n_files)
        for m in range(in_each)
    )  # fmt: skip
    findings = tuple(replace(found, site=None) for found in findings)
    return laid(SOURCE, call(SOURCE, "answer"), findings=findings)


@pytest.mark.parametrize(
    "n_files, in_each, shown, beyond",
    [(1, 3, 3, 0), (1, 25, 20, 5), (12, 20, 200, 40), (12, 25, 200, 100)],
)
def test_at_most_20_findings_a_file_and_200_a_workspace(
    n_files: int, in_each: int, shown: int, beyond: int
) -> None:
    overlay = lay_over([many(n_files, in_each)])
    assert (sum(overlay.allowed.values()), overlay.n_beyond) == (shown, beyond)


def test_the_gravest_of_the_workspace_are_shown_first() -> None:
    grave = replace(raised(SOURCE, "answer"), fingerprint="grave")
    trace = laid(
        SOURCE, call(SOURCE, "answer"), findings=(*many(20, 20).examination.findings, grave)
    )
    overlay = lay_over([trace])
    assert overlay.allowed[key()] == 1
    assert sum(overlay.allowed.values()) == 200


def test_weak_calls_and_gone_functions_are_on_no_line() -> None:
    weak = laid(SOURCE, call(SOURCE, "answer", confidence=Confidence.WEAK))
    gone = replace(
        laid(SOURCE, call(SOURCE, "answer")),
        since={"0000000000000001": SinceTrace(Freshness.GONE)},
    )
    assert lay_over([weak, gone]).files == {}


def test_one_more_trace_or_one_edit_makes_only_what_it_touches_anew() -> None:
    one = laid(SOURCE, call(SOURCE, "answer"), call(SOURCE, "other", path="b.py"), trace="tr-1",
               sources={"app.py": SOURCE, "b.py": SOURCE})  # fmt: skip
    first = lay_over([one])
    two = laid(SOURCE, call(SOURCE, "answer"), trace="tr-2", minute=1)
    more = lay_over([two, one], previous=first)
    assert more.files[key("b.py")] is first.files[key("b.py")]
    assert [len(site.calls) for site in more.files[key()].sites] == [2]
    documents: dict = {key(): document("\n" + SOURCE)}
    typed = lay_over([two, one], documents, previous=more)
    assert typed.files[key("b.py")] is first.files[key("b.py")]
    assert [spot("\n" + SOURCE, site.at) for site in typed.files[key()].sites] == ["5: answer"]
    again = lay_over([two, one], documents, previous=typed)
    assert again.files == typed.files
    released = lay_over([one], {}, previous=again)
    assert [len(site.calls) for site in released.files[key()].sites] == [1]


def test_traces_laid_on_different_texts_meet_on_the_current_one() -> None:
    older = "# an older head\n" + SOURCE
    current: dict[object, Document] = {key(): document("\n\n" + SOURCE)}
    overlay = lay_over(
        [
            laid(SOURCE, call(SOURCE, "answer"), trace="tr-2", minute=1),
            laid(older, call(older, "answer"), trace="tr-1"),
        ],
        current,  # type: ignore[arg-type]
    )
    told = [(spot("\n\n" + SOURCE, s.at), len(s.calls)) for s in overlay.files[key()].sites]
    assert told == [("6: answer", 2)]
