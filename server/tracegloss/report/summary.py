"""Many traces in one line: findings of the same fingerprint together, for a job that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tracegloss.model.finding import Finding, Severity
from tracegloss.model.site import Place
from tracegloss.report.json.members import Json, Members, place_members, severity_word
from tracegloss.report.marking import shown_findings
from tracegloss.report.options import Threshold
from tracegloss.report.outcome import exit_status
from tracegloss.report.timing import start_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import timestamp

SUMMARY_SCHEMA = "tracegloss.summary/1"


class Sighting(Struct, frozen=True):
    """A finding in one trace, small enough to be kept for thousands of them.

    `time_ns` is when the trace began, in nanoseconds since the epoch.
    """

    finding: Finding
    message: str
    trace_id: str
    time_ns: int | None


def sightings(on_code: TraceOnCode) -> tuple[Sighting, ...]:
    """Return what a summary keeps of a trace: its findings that are not suppressed."""
    display = Display(on_code.settings.redaction)
    info = on_code.trace.info
    began = start_ns(on_code.tree) if info.request_ns is None else info.request_ns
    trace_id = display.ours(info.trace_id)
    return tuple(
        Sighting(finding, display.sentence(finding.message), trace_id, began)
        for finding in shown_findings(on_code)
    )


def json_summary(seen: Iterable[Sequence[Sighting]], fail_on: Threshold) -> Members:
    """Build `tracegloss.summary/1` from the sightings of each trace."""
    traces = list(seen)
    grouped: dict[str, list[Sighting]] = {}
    for sighting in (one for trace in traces for one in trace):
        grouped.setdefault(sighting.finding.fingerprint, []).append(sighting)
    groups = sorted(grouped.values(), key=_gravity)
    all_findings = [one.finding for group in groups for one in group]
    return {
        "schema": SUMMARY_SCHEMA,
        "traces": len(traces),
        "by_fingerprint": [_group(group) for group in groups],
        "outcome": {"fail_on": fail_on, "exit_status": exit_status(all_findings, fail_on)},
    }


def _gravity(group: list[Sighting]) -> tuple[int, int, str]:
    return -_gravest(group), -_n_traces(group), group[0].finding.fingerprint


def _gravest(group: list[Sighting]) -> Severity:
    return max(one.finding.severity for one in group)


def _n_traces(group: list[Sighting]) -> int:
    return len({one.trace_id for one in group})


def _group(group: list[Sighting]) -> Json:
    newest = max(group, key=lambda one: (one.time_ns or 0, one.trace_id))
    times = [one.time_ns for one in group if one.time_ns is not None]
    place: Place | None = newest.finding.place
    return {
        "fingerprint": newest.finding.fingerprint,
        "rule": newest.finding.rule,
        "severity": severity_word(_gravest(group)),
        "place": place_members(place),
        "message": newest.message,
        "traces": _n_traces(group),
        "first": timestamp(min(times)) if times else None,
        "last": timestamp(max(times)) if times else None,
        "example_trace_id": newest.trace_id,
    }
