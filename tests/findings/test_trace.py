"""What concerns a trace as a whole: stored secrets, and parts that are missing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.findings.builder import MS, START, Spec, Surroundings, check, examined, said
from tests.spans import info_of
from tracegloss.model.resolution import Confidence
from tracegloss.model.settings import RuleLevel, RuleSettings, Settings
from tracegloss.model.trace import TraceInfo
from tracegloss.recorded import JsonValue, Recorded

CARD = "4111 1111 1111 1111"
ROOT = Spec("run", 0, 900, inputs={"text": f"my card is {CARD}"}, at="app.py:1")
INNER = Spec("check", 10, 20, "run", inputs={"text": f"my card is {CARD}"}, at="app.py:5")


def test_a_stored_secret_is_one_warning_a_trace() -> None:
    around = Surroundings(request_preview=f"my card is {CARD}")
    check(
        [ROOT, INNER],
        "secret-recorded warning/warning app.py:1 "
        "A card number is stored unredacted in this trace [run]",
        around=around,
    )
    [found] = examined([ROOT, INNER], around).findings
    assert found.detail is not None
    assert said(found.detail) == (
        "In request preview and 2 span inputs; redacting it here does not remove it from the store"
    )


SECRETS: dict[str, tuple[JsonValue, str]] = {
    "password by name": ({"db": {"password": "x"}}, "A password is"),
    "number by name": ({"pin": 1, "access_token": 12}, "A password is"),
    "key": (["use sk-abcdefghijklmnop1234"], "A key is"),
    "json in a string": ('{"secret": "x"}', "A password is"),
    "card as a number": ({"card": 4111111111111111}, "A card number is"),
    "two kinds": (["sk-abcdefghijklmnop1234", CARD], "A key and a card number are"),
}


@pytest.mark.parametrize("outputs, words", SECRETS.values(), ids=SECRETS)
def test_kinds_of_stored_secrets(outputs: JsonValue, words: str) -> None:
    [found] = examined([replace(ROOT, inputs=None, outputs=outputs)]).findings
    assert said(found.message) == f"{words} stored unredacted in this trace"


@pytest.mark.parametrize(
    "outputs",
    [
        {"max_tokens": 5, "has_password": True, "secret": "", "session_id": "abc", "tokens": [1]},
        "4111111111111112 and tr-b9fc83a5fa27e603f05a347b7eb71243",
        ["41111111", "11111111"],
    ],
)
def test_what_is_no_secret(outputs: JsonValue) -> None:
    check([replace(ROOT, inputs=None, outputs=outputs)])


OPEN = [
    Spec("run", 0, None, at="app.py:1"),
    Spec("load", 5, None, "run", at="app.py:9"),
    Spec("a", 6, 90, "load"),
]


def test_a_root_without_end_after_ten_minutes() -> None:
    check(
        OPEN,
        "trace-unfinished information/information app.py:9 "
        "Not finished 11 m 00 s after its start; last activity in a [run]",
        around=Surroundings(now_ms=660_000),
    )
    check(OPEN, around=Surroundings(now_ms=599_000))
    assert "trace-unfinished" in {each.rule for each in examined(OPEN).not_checked}


def test_spans_whose_parent_is_missing() -> None:
    lost = [Spec("a", 10, 20, "gone"), Spec("b", 11, 12, "a"), Spec("c", 30, 31, "lost")]
    check(
        [Spec("run", 0, 90), *lost],
        "trace-partial information/- nowhere 2 spans lost their parent; 3 shown apart [a c]",
    )
    check([], "trace-partial information/- nowhere No span of this trace was stored []")


def other(trace_id: str, session: str, start_ms: int, duration_ms: int) -> TraceInfo:
    info = replace(info_of({"mlflow.trace.session": session}), trace_id=trace_id)
    return replace(info, request_ns=START + start_ms * MS, duration_ms=duration_ms)


def test_another_trace_of_the_session_within_the_same_time() -> None:
    others = (other("tr-1", "s", 10, 50), other("tr-2", "s", 10, 999), other("tr-3", "t", 10, 50))
    check(
        [Spec("run", 0, 900, at="app.py:1")],
        "trace-split hint/- nowhere May continue in tr-1 [run]",
        around=Surroundings(metadata={"mlflow.trace.session": "s"}, other_traces=others),
    )


LEVELS: dict[RuleLevel, str] = {"hint": "HINT", "information": "INFORMATION", "error": "ERROR"}


@pytest.mark.parametrize("level", LEVELS)
def test_every_rule_can_have_another_level(level: RuleLevel) -> None:
    settings = Settings(rules={"secret-recorded": RuleSettings(level)})
    [found] = examined([ROOT], Surroundings(settings=settings)).findings
    assert found.editor_severity is not None
    assert (found.severity.name, found.editor_severity.name) == (LEVELS[level], LEVELS[level])


def test_a_rule_that_is_off_is_listed_as_not_checked() -> None:
    settings = Settings(rules={"secret-recorded": RuleSettings("off")})
    examination = examined([ROOT], Surroundings(settings=settings))
    assert examination.findings == ()
    assert "secret-recorded" not in examination.checked
    assert ("secret-recorded", "switched off") in {
        (n.rule, n.reason) for n in examination.not_checked
    }


@pytest.mark.parametrize(
    "changed", [{"confidence": Confidence.WEAK}, {"at": None}], ids=["weak", "unresolved"]
)
def test_an_editor_shows_nothing_on_spans_that_are_not_surely_placed(
    changed: dict[str, object],
) -> None:
    [found] = examined([replace(ROOT, **changed)]).findings
    assert found.editor_severity is None


def test_a_clean_trace_has_nothing_to_say() -> None:
    spans = [
        Spec("run", 0, 90, inputs={"a": 1}, outputs="ok", at="app.py:1"),
        Spec("b", 5, 9, "run"),
    ]
    examination = examined(spans)
    assert examination.findings == ()
    assert (examination.verdict.kind, examination.verdict.certainty) == ("clean", "unknown")
    assert Recorded("ok") not in examination.verdict.summary.parts
