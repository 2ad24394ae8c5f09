"""What a finding says, as its rule worded it, made fit for several traces."""

from __future__ import annotations

from tracegloss.overlay.annotation import FindingNote, Occurrence
from tracegloss.recorded import Phrase


def statement(note: FindingNote) -> Phrase:
    """Return the message of the newest occurrence, to be followed by the count over all traces.

    The count over one trace that a rule put into it is taken out, and a judgement of a whole trace
    says so: its root is where the trace starts, not where the fault is.
    """
    found = note.newest.finding
    count = f" ({found.values.get('failed')} of {found.values.get('calls')} calls)"
    parts = (p.replace(count, "") if isinstance(p, str) else p for p in found.message.parts)
    scope = "The trace was judged wrong: " if _is_of_whole_trace(note.newest) else ""
    return Phrase(((scope,) if scope else ()) + tuple(parts))


def rate(note: FindingNote) -> str:
    """Write how many of the loaded calls had it: `3 of 40 calls`."""
    return f"{note.failed:,} of {note.calls:,} call{'' if note.calls == 1 else 's'}"


def _is_of_whole_trace(newest: Occurrence) -> bool:
    assessment_id = newest.finding.values.get("assessment_id")
    return any(
        judged.assessment.assessment_id == assessment_id
        and (
            judged.assessment.span_id is None
            or judged.assessment.span_id in newest.on_code.tree.roots
        )
        for judged in newest.on_code.examination.assessments
    )
