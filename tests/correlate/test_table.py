"""The table of confidence in the code is the one in the documentation, and each row can decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracegloss.correlate.confidence import TABLE, Grounds, confidence_of
from tracegloss.model.resolution import Confidence, EvidenceKind


def test_the_documentation_has_the_same_rows(repository: Path) -> None:
    text = (repository / "docs" / "correlation.md").read_text(encoding="utf-8")
    rows = "\n".join(f"| {row.level.name.lower()} | {row.words} |" for row in TABLE)
    assert f"| confidence | when |\n|---|---|\n{rows}\n\n" in text


NAMED = frozenset({EvidenceKind.FUNCTION_NAME})
SIGNED = NAMED | {EvidenceKind.PARAMETERS}
AGAINST = frozenset({EvidenceKind.SPAN_TYPE})
NONE: frozenset[EvidenceKind] = frozenset()

DECISIONS = {
    "verified frame, whatever else": (Grounds(NAMED, AGAINST, pinned=True), Confidence.EXACT),
    "below other code": (
        Grounds(SIGNED, NONE, only_signature=True, doubtful=True),
        Confidence.WEAK,
    ),
    "below other code, tied by a call": (
        Grounds(SIGNED, NONE, only_signature=True, doubtful=True, called_surely=True),
        Confidence.EXACT,
    ),
    "untold name": (Grounds(SIGNED, NONE, untold=True), Confidence.WEAK),
    "only signature": (Grounds(SIGNED, NONE, only_signature=True), Confidence.EXACT),
    "only signature, other type": (
        Grounds(SIGNED, AGAINST, only_signature=True),
        Confidence.STRONG,
    ),
    "only signature, other attributes": (
        Grounds(SIGNED, frozenset({EvidenceKind.ATTRIBUTES}), only_signature=True),
        Confidence.WEAK,
    ),
    "two reasons": (Grounds(SIGNED, NONE, gap=4), Confidence.STRONG),
    "two reasons, hardly ahead": (Grounds(SIGNED, NONE, gap=3), Confidence.WEAK),
    "name alone": (Grounds(NAMED, NONE), Confidence.WEAK),
    "a rule with one match": (
        Grounds(frozenset({EvidenceKind.FRAMEWORK}), NONE),
        Confidence.STRONG,
    ),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_decisions(case: str) -> None:
    grounds, confidence = DECISIONS[case]
    assert confidence_of(grounds) is confidence
