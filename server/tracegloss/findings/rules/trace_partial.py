"""A trace of which parts are missing: parents that were never stored, or the root."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import plural
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report spans whose parent the trace lacks, with everything below them."""
    lost = case.tree.orphans
    if not case.trace.spans:
        yield finding(
            case, rule, Note(phrase("No span of this trace was stored"), (), has_place=False)
        )
    elif lost:
        apart = len(lost) + sum(1 for orphan in lost for _ in case.tree.descendants(orphan))
        message = phrase(f"{plural(len(lost), 'span')} lost their parent; {apart:,} shown apart")
        values = {"orphans": len(lost), "apart": apart}
        yield finding(case, rule, Note(message, lost, has_place=False, values=values))


RULE = Rule("trace-partial", Severity.INFORMATION, None, look)
