"""Rules in the words of the line CHECKED: what a reader would call the thing looked for."""

from __future__ import annotations

from collections.abc import Iterable

_TOPICS = {
    "error-raised": "exceptions",
    "expected-error": "exceptions",
    "error-without-exception": "exceptions",
    "error-handled": "handled errors",
    "retry-exhausted": "retries",
    "retry-succeeded": "retries",
    "repeated-call": "repeated calls",
    "loop-suspected": "loops",
    "slow-span": "slow spans",
    "slower-than-usual": "slower than usual",
    "time-gap": "gaps",
    "assessment-failed": "assessments",
    "scorer-error": "assessments",
    "expectation-unmet": "expectations",
    "retrieval-empty": "retrieval",
    "retrieval-missing-term": "retrieval",
    "output-truncated": "truncation",
    "content-filtered": "filtered content",
    "token-outlier": "token outliers",
    "tool-unknown": "tool arguments",
    "tool-arguments": "tool arguments",
    "secret-recorded": "stored secrets",
    "trace-unfinished": "completeness",
    "trace-partial": "completeness",
    "trace-split": "split traces",
}


def topic(rule: str) -> str:
    """Word one rule; a rule without words of its own stands under its code."""
    return _TOPICS.get(rule, rule)


def topics(rules: Iterable[str]) -> list[str]:
    """Word rules, each topic once, in their order."""
    return list(dict.fromkeys(map(topic, rules)))
