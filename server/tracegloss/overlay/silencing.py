"""Marks the findings of a trace that comments in its own texts silence."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tracegloss.model.finding import Examination, Finding
from tracegloss.overlay.document import key_of
from tracegloss.overlay.ignores import is_ignored
from tracegloss.text import LineIndex


def silenced(examination: Examination, texts: Mapping[str, LineIndex]) -> Examination:
    """Suppress what a `# tracegloss: ignore[rule]` at its place silences.

    `texts` are those of `TraceOnCode`. Editors look again, since the open text may say otherwise.
    """
    findings = tuple(_marked(found, texts) for found in examination.findings)
    return replace(examination, findings=findings)


def _marked(found: Finding, texts: Mapping[str, LineIndex]) -> Finding:
    text = texts.get(key_of(found.place).label) if found.place is not None else None
    if found.place is None or text is None or found.suppressed is not None:
        return found
    at = found.place.range
    is_on_site = found.site is not None and found.place == found.site.at
    first = found.site.extent.start.line if found.site and is_on_site else at.start.line
    if is_ignored(found.rule, text, at, first):
        return replace(found, suppressed="comment")
    return found
