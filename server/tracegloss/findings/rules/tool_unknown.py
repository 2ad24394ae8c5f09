"""A model that asked for a tool nobody had offered it."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.findings.case import Case
from tracegloss.findings.rule import Note, Rule, finding
from tracegloss.findings.wording import piece
from tracegloss.model.finding import Finding, Severity
from tracegloss.recorded import phrase


def look(case: Case, rule: Rule) -> Iterator[Finding]:
    """Report requests for tools that are not among those offered on the same span."""
    for call in case.model_calls:
        span = call.span
        offered = {tool.name for tool in call.offered}
        asked = dict.fromkeys(request.name for request in call.requests)
        for name in asked if offered else ():
            if name not in offered:
                message = phrase(
                    "The model asked for {tool}, which was not offered", tool=piece(name)
                )
                anchor = case.owner(span.span_id)
                yield finding(case, rule, Note(message, (span.span_id,), (name,), anchor=anchor))


RULE = Rule("tool-unknown", Severity.WARNING, Severity.WARNING, look)
