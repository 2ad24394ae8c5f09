"""Messages and related places of diagnostics; where they stand is shown on recorded traces."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, document, key, laid, place_of, raised, spot, stated
from tests.report.builder import judged
from tracegloss.ide.diagnostics import diagnostics
from tracegloss.model.finding import Finding, Related
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.repository import CommitStanding
from tracegloss.model.resolution import Freshness
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.snapshot import SinceTrace, Snapshot, TraceOnCode, snapshot_of

SOURCE = """\
import mlflow

@mlflow.trace
def answer(question):
    if not question:
        raise ValueError("no")
    return other()

@mlflow.trace
def other():
    return 1
"""


def trace(*findings: Finding, number: int = 1, calls: int = 1) -> TraceOnCode:
    spans = [call(SOURCE, "answer", n) for n in range(calls)]
    return laid(SOURCE, *spans, trace=f"tr-{number}", minute=number, findings=findings)


def messages(snapshot: Snapshot) -> list[str]:
    return [found.message for found in diagnostics(snapshot, key())]


ERROR = raised(SOURCE, "answer", "raise ValueError")
TWICE = raised(SOURCE, "answer", "raise ValueError", calls=3, failed=2)
SLOW = stated(SOURCE, "answer", "slow-span", "1.20 s of 2.00 s spent in this function itself")


@pytest.mark.parametrize(
    "findings, said",
    [
        ([[ERROR]], "ValueError: no (1 of 1 call)"),
        ([[ERROR], [ERROR]], "ValueError: no (2 of 2 calls)"),
        ([[], [ERROR], [ERROR], []], "ValueError: no (2 of 4 calls)"),
        ([[TWICE]], "ValueError: no (2 of 3 calls)"),
        ([[SLOW]], "1.20 s of 2.00 s spent in this function itself"),
        ([[SLOW], [SLOW]], "1.20 s of 2.00 s spent in this function itself (in 2 traces)"),
        ([[], [SLOW], [SLOW]], "1.20 s of 2.00 s spent in this function itself (2 of 3 calls)"),
    ],
)
def test_counts_are_over_all_loaded_traces(findings: list[list[Finding]], said: str) -> None:
    traces = [
        trace(*each, number=9 - n, calls=3 if each == [TWICE] else 1)
        for n, each in enumerate(findings)
    ]
    assert messages(snapshot_of((), traces)) == [said]


def test_a_count_within_a_message_is_replaced_too() -> None:
    message = phrase(
        "{type}: {text} (2 of 3 calls), handled by {parent}",
        type=Recorded("ValueError"),
        text=Recorded("said (2 of 3 calls)"),
        parent=Recorded("answer"),
    )
    found = replace(TWICE, message=message)
    assert messages(snapshot_of((), [trace(found, calls=3)])) == [
        "ValueError: said (2 of 3 calls), handled by answer (2 of 3 calls)"
    ]


@pytest.mark.parametrize(
    "since, said",
    [
        (None, ""),
        (SinceTrace(Freshness.MOVED), " Recorded at a29b885; this function's text is unchanged."),
        (
            SinceTrace(Freshness.EDITED, ChangedIn("1ce4efb")),
            " Recorded at a29b885; the function was edited in 1ce4efb.",
        ),
        (SinceTrace(Freshness.EDITED), " Recorded at a29b885; the function was edited since."),
    ],
)
def test_an_older_commit_is_told(since: SinceTrace | None, said: str) -> None:
    standing = CommitStanding("a29b885" + "0" * 33, "release", None, True, 1, 0)
    laid_on = replace(
        trace(ERROR), standing=standing, since={"0000000000000001": since} if since else {}
    )
    assert messages(snapshot_of((), [laid_on])) == [f"ValueError: no (1 of 1 call){said}"]


def test_a_judgement_of_the_whole_trace_says_so() -> None:
    said = phrase("{name} failed: {why}", name=Recorded("correctness"), why=Recorded("not so"))
    found = stated(SOURCE, "answer", "assessment-failed", said, values={"assessment_id": "a-1"})
    assessment = judged("correctness", "failed", False, "not so", assessment_id="a-1")
    laid_on = laid(SOURCE, call(SOURCE, "answer"), findings=(found,), assessments=(assessment,))
    assert messages(snapshot_of((), [laid_on])) == [
        "The trace was judged wrong: correctness failed: not so"
    ]


def test_related_places_follow_edits_and_other_traces_come_last() -> None:
    through = Related(phrase("passed through other"), place_of(SOURCE, "def other", token="other"))
    nowhere = Related(phrase("in a library"), None)
    found = replace(ERROR, related=(through, nowhere))
    text = "# head\n" + SOURCE
    traces = [trace(found, number=n) for n in range(9, 0, -1)]
    [shown] = diagnostics(snapshot_of((), traces, [document(text)]), key())
    assert spot(text, shown.range) == "7: raise"
    assert [(spot(text, r.place.range), r.message) for r in shown.related] == [
        ("11: other", "passed through other"),
        *(
            ("7: raise", f"also in tr-{n}, 2026-11-23 07:{45 + n}:11 UTC")
            for n in range(8, 3, -1)
        ),
    ]  # fmt: skip


def test_a_diagnostic_knows_its_rule_its_page_and_its_span() -> None:
    [shown] = diagnostics(snapshot_of((), [trace(ERROR)]), key())
    assert (shown.code, shown.page) == ("error-raised", "docs/rules/error-raised.md")
    assert (shown.target.trace_id, shown.target.span_id) == ("tr-1", "0000000000000001")
    assert shown.fingerprint == ERROR.fingerprint


def test_recorded_text_is_redacted_and_printable() -> None:
    message = Phrase(("failed: ", Recorded("\x1b[31m\n" + "ghp_" + "a1B2c3D4" * 5)))
    found = stated(SOURCE, "answer", "assessment-failed", message)
    assert messages(snapshot_of((), [trace(found)])) == [r"failed: \x1b[31m\n[key #1]"]
