"""The counts that stand in headers, made once for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import get_args

from msgspec import Struct

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.resolution import (
    Ambiguous,
    Confidence,
    Resolution,
    Resolved,
    Unresolved,
    UnresolvedReason,
)
from tracegloss.model.trace import Tokens
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.tree import SpanTree

REASONS: tuple[UnresolvedReason, ...] = get_args(UnresolvedReason)
SEVERITIES = tuple(sorted(Severity, reverse=True))


class Tally(Struct, frozen=True):
    """Spans by outcome. `unresolved` has the reasons that occur, in their fixed order."""

    spans: int
    confidences: Mapping[Confidence, int]
    ambiguous: int
    unresolved: Mapping[UnresolvedReason, int]

    @property
    def resolved(self) -> int:
        """Count spans with one site."""
        return sum(self.confidences.values())

    @property
    def n_unresolved(self) -> int:
        """Count spans without any site."""
        return sum(self.unresolved.values())


def tally(resolutions: Mapping[str, Resolution], span_ids: Iterable[str]) -> Tally:
    """Count how spans were resolved."""
    seen = [resolutions[span_id] for span_id in span_ids]
    confidences = Counter(r.confidence for r in seen if isinstance(r, Resolved))
    reasons = Counter(r.reason for r in seen if isinstance(r, Unresolved))
    return Tally(
        spans=len(seen),
        confidences={level: confidences[level] for level in sorted(Confidence, reverse=True)},
        ambiguous=sum(isinstance(r, Ambiguous) for r in seen),
        unresolved={reason: reasons[reason] for reason in REASONS if reasons[reason]},
    )


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Count findings that are not suppressed, gravest first."""
    counted = Counter(finding.severity for finding in findings if finding.suppressed is None)
    return {severity: counted[severity] for severity in SEVERITIES}


def total_tokens(on_code: TraceOnCode) -> Tokens | None:
    """Return the trace's own token counts, else the sum over the outermost spans that have any."""
    if on_code.trace.info.tokens is not None:
        return on_code.trace.info.tokens
    counted = [tokens for tokens in _outermost(on_code.tree) if tokens is not None]
    if not counted:
        return None
    return Tokens(
        input=_sum(tokens.input for tokens in counted),
        output=_sum(tokens.output for tokens in counted),
        total=_sum(tokens_of(tokens) for tokens in counted),
        cached=_sum(tokens.cached for tokens in counted),
    )


def tokens_of(tokens: Tokens) -> int | None:
    """Return the total, or input and output together where only those were recorded."""
    if tokens.total is not None:
        return tokens.total
    return _sum((tokens.input, tokens.output))


def _outermost(tree: SpanTree) -> Iterable[Tokens | None]:
    counted: set[str] = set()
    for span_id in tree.order:
        tokens = tree.spans[span_id].tokens
        if tree.parents.get(span_id) in counted:
            counted.add(span_id)
        elif tokens is not None:
            counted.add(span_id)
            yield tokens


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
