"""Whether findings should fail the command that reported them."""

from __future__ import annotations

from collections.abc import Iterable

from tracegloss.model.finding import Finding, Severity
from tracegloss.report.options import Threshold

_LEVELS: dict[Threshold, Severity] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "information": Severity.INFORMATION,
}


def exit_status(findings: Iterable[Finding], fail_on: Threshold) -> int:
    """Return 1 when a finding that is not suppressed is at `fail_on` or graver, else 0."""
    return status_of((f.severity for f in findings if f.suppressed is None), fail_on)


def status_of(severities: Iterable[Severity], fail_on: Threshold) -> int:
    """Return 1 when a severity is at `fail_on` or graver, else 0."""
    level = _LEVELS.get(fail_on)
    return 0 if level is None else int(any(severity >= level for severity in severities))
