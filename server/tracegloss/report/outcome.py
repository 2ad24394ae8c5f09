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
    level = _LEVELS.get(fail_on)
    if level is None:
        return 0
    return int(any(f.severity >= level for f in findings if f.suppressed is None))
