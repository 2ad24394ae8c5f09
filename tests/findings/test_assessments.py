"""The decision table of assessments, and the findings and scorers behind it."""

from __future__ import annotations

import inspect

import pytest
from mlflow.genai.scorers import builtin_scorers
from msgspec.structs import replace

from tests.findings.builder import (
    START,
    Spec,
    Surroundings,
    check,
    examined,
    expectation,
    feedback,
    rendered,
    scorer_failure,
)
from tracegloss.errors import SettingError
from tracegloss.findings.scorers import POLARITIES
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Assessment
from tracegloss.recorded import JsonValue

ROOT = Spec("run", 0, 90, outputs="within 14 days", at="app.py:28")
FIND = Spec("find", 10, 20, "run", outputs=["ship-001", 4711], at="app.py:10")


def judged(*assessments: Assessment, settings: Settings | None = None) -> list[str]:
    """What each assessment counts as."""
    around = Surroundings(assessments, settings or Settings())
    return [each.judged for each in examined([ROOT, FIND], around).assessments]


TABLE = {
    "false with a reason": (feedback("good", False, "it is not"), "failed"),
    "no with a reason": (feedback("good", "no", "it is not"), "failed"),
    "incorrect with a reason": (feedback("good", "Incorrect", "it is not"), "failed"),
    "a judge without a reason": (feedback("tool_call_efficient", "no"), "unclear"),
    "a judge's yes without a reason": (feedback("good", "yes"), "unclear"),
    "a check without a reason": (feedback("exact", False, source_type="CODE"), "failed"),
    "thumbs down": (feedback("good", False, source_type="HUMAN"), "failed"),
    "thumbs up": (feedback("good", True, source_type="HUMAN"), "passed"),
    "true with a reason": (feedback("good", True, "it is"), "passed"),
    "reversed sense": (feedback("toxicity", True, "very"), "unclear"),
    "reversed sense, no": (feedback("has_errors", "no", "none"), "unclear"),
    "built in, yes": (feedback("correctness", "yes"), "passed"),
    "built in, no": (feedback("correctness", "no"), "failed"),
    "built in, frustrated": (feedback("user_frustration", "unresolved"), "failed"),
    "built in, not frustrated": (feedback("user_frustration", "none"), "passed"),
    "built in, personal data": (feedback("pii_detection", "yes"), "passed"),
    "number": (feedback("helpfulness", 2.0, "does not answer"), "unclear"),
    "word": (feedback("verdict", "partially", "so so"), "unclear"),
    "object": (feedback("aspects", {"a": False}, "so so"), "unclear"),
    "scorer failed": (scorer_failure("toxicity", "RATE_LIMIT", "429"), "scorer-error"),
    "expected and there": (expectation("fact", "14 Days"), "met"),
    "expected anywhere": (expectation("document", "ship-001"), "met"),
    "expected of another span": (expectation("document", "14 days", span_id="find"), "unmet"),
    "expected nowhere": (expectation("document", "ref-001"), "unmet"),
    "expected number": (expectation("count", 4711), "met"),
    "too short": (expectation("count", "42"), "undecidable"),
    "flag": (expectation("ok", True), "undecidable"),
    "list": (expectation("facts", ["refund within 14 days"]), "undecidable"),
    "prose": (expectation("answer", "a b c d e f g h i"), "undecidable"),
}


@pytest.mark.parametrize("assessment, expected", TABLE.values(), ids=TABLE)
def test_table(assessment: Assessment, expected: str) -> None:
    assert judged(assessment) == [expected]


SCALES: dict[str, tuple[str, JsonValue]] = {
    "fail below 3": ("failed", 2.0),
    "fail below 2": ("passed", 2.0),
    "fail above 0.5": ("failed", 0.6),
    "pass above 3": ("failed", 3),
    "fail if partially": ("failed", "Partially"),
    "pass below 3": ("unclear", "many"),
}


@pytest.mark.parametrize("scale", SCALES)
def test_scales_of_the_settings(scale: str) -> None:
    expected, value = SCALES[scale]
    settings = Settings(assessments={"helpfulness": scale})
    assert judged(feedback("helpfulness", value), settings=settings) == [expected]


def test_a_scale_nobody_can_read_is_refused() -> None:
    with pytest.raises(SettingError, match="no scale"):
        judged(feedback("good", 1), settings=Settings(assessments={"good": "bad"}))


def test_only_the_newest_of_one_source_counts() -> None:
    old = feedback("good", False, "bad")
    new = replace(old, assessment_id="a-2", value=feedback("good", True).value, create_ns=START + 1)
    assert judged(old, new) == ["overridden", "passed"]
    assert judged(replace(old, valid=False), old) == ["overridden", "failed"]
    assert judged(old, replace(new, source_type="HUMAN", overrides="a-good")) == [
        "overridden",
        "passed",
    ]
    assert judged(old, replace(new, span_id="find")) == ["failed", "passed"]


def test_polarities_are_those_of_the_installed_scorers() -> None:
    installed = {
        fields["name"].default
        for scorer in vars(builtin_scorers).values()
        if inspect.isclass(scorer) and issubclass(scorer, builtin_scorers.Judge)
        for fields in [getattr(scorer, "model_fields", {})]
        if isinstance(fields["name"].default, str)
    }
    assert set(POLARITIES) == installed
    answers = {name: set(polarity) for name, polarity in POLARITIES.items()}
    assert {name for name, said in answers.items() if said != {"yes", "no"}} == {"user_frustration"}
    clean = builtin_scorers.PIIDetection()(outputs="nothing personal")
    leaked = builtin_scorers.PIIDetection()(outputs="write to bob@example.org")
    assert [POLARITIES["pii_detection"][str(f.value)] for f in (clean, leaked)] == [True, False]


def test_failed_on_a_span_and_on_the_whole_trace() -> None:
    check(
        [ROOT, FIND],
        "assessment-failed warning/warning app.py:10 relevant failed: wrong document (judge) "
        "[find]",
        "assessment-failed warning/information app.py:28 correct failed: no window (judge) []",
        "assessment-failed information/information app.py:28 exact failed: false (judge) (no "
        "rationale) []",
        around=Surroundings(
            (
                feedback("correct", False, "no window"),
                feedback("relevant", False, "wrong document", span_id="find"),
                feedback("exact", False, source_type="CODE"),
            )
        ),
    )


def test_unmet_expectations_say_where_the_text_is_missing() -> None:
    check(
        [ROOT, FIND],
        'expectation-unmet warning/warning app.py:10 Expected document "14 days" is in no '
        "output of find [find]",
        'expectation-unmet warning/warning app.py:28 Expected document "ref-001" is in no '
        "output of this trace []",
        around=Surroundings(
            (
                expectation("expected_document", "ref-001"),
                expectation("expected_document", "14 days", span_id="find"),
            )
        ),
    )


def test_a_failed_scorer_is_a_hint_at_the_scorer() -> None:
    failure = scorer_failure("toxicity", "RATE_LIMIT", "429 from the judge")
    said = (
        "Scorer toxicity failed: RATE_LIMIT 429 from the judge. "
        "This says nothing about the trace []"
    )
    for scorers, place in (
        ({"toxicity": "scorers.py:4"}, "hint/hint scorers.py:4"),
        ({}, "hint/- nowhere"),
    ):
        around = Surroundings((failure,), scorers=scorers)
        found = examined([ROOT, FIND], around).findings
        assert [rendered(each) for each in found] == [f"scorer-error {place} {said}"]
