"""The few words that stand beside a site: how often it ran, how long, what went wrong."""

from __future__ import annotations

from tracegloss.model.last_day import DayFigures
from tracegloss.model.resolution import Freshness
from tracegloss.overlay.annotation import SiteNote
from tracegloss.overlay.layer import Call
from tracegloss.snapshot import Snapshot
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration
from tracegloss.wording.printable import one_line

_LONGEST_ROUTE = 40


def lens_text(snapshot: Snapshot, site: SiteNote) -> str:
    """Word a site in at most four parts, each only when it tells something."""
    pinned = snapshot.shows_pinned
    day = None if pinned else snapshot.day(site)
    if day is not None:
        parts = day_parts(day) + _findings(site, day.errors)
    else:
        parts = _pinned(site) if pinned else [_calls(site), *_time(site)]
        parts += _trouble(site) + _tokens(site)
    words = " · ".join(parts[:4]) + _route(snapshot, site)
    return f"pinned: {words}" if pinned else words


def counted(number: int, noun: str) -> str:
    """Count a noun: `1 call`, `1,204 calls`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def day_parts(day: DayFigures) -> list[str]:
    """Word what a source adds up over a day: `1,204 calls, 24 h`, the median, the errors."""
    parts = [f"{counted(day.calls, 'call')}, 24 h"]
    if day.p50_ns is not None:
        parts.append(f"p50 {duration(day.p50_ns)}")
    return [*parts, counted(day.errors, "error")] if day.errors else parts


def is_edited(site: SiteNote) -> bool:
    """Tell whether the newest call of a site ran on another text of it."""
    newest = site.calls[0]
    since = newest.on_code.since.get(newest.span.span_id)
    return site.is_edited or (since is not None and since.freshness is Freshness.EDITED)


def _calls(site: SiteNote) -> str:
    figures = site.figures
    starts_each = figures.roots == figures.calls == figures.traces and figures.traces > 1
    return counted(figures.calls, "trace" if starts_each else "call")


def _time(site: SiteNote) -> list[str]:
    if site.figures.p50_ns is not None:
        return [f"p50 {duration(site.figures.p50_ns)}"]
    return _duration(site.calls[0]) if site.figures.calls == 1 else []


def _duration(call: Call) -> list[str]:
    taken = call.span.duration_ns
    return [] if taken is None or call.failed else [duration(taken)]


def _pinned(site: SiteNote) -> list[str]:
    if len(site.calls) == 1:
        words = _duration(site.calls[0]) or [counted(1, "call")]
    else:
        taken = sum(call.span.duration_ns or 0 for call in site.calls)
        words = [counted(len(site.calls), "call"), duration(taken)]
    return [*words, "edited since"] if is_edited(site) else words


def _trouble(site: SiteNote) -> list[str]:
    if site.figures.errors:
        return [counted(site.figures.errors, "error")]
    return _findings(site, 0)


def _findings(site: SiteNote, n_errors: int) -> list[str]:
    return [counted(site.n_findings, "finding")] if site.n_findings and not n_errors else []


def _tokens(site: SiteNote) -> list[str]:
    return [counted(site.figures.tokens, "token")] if site.figures.tokens else []


def _route(snapshot: Snapshot, site: SiteNote) -> str:
    """Show where a router went, when all its calls went the same way and it is one short word."""
    recorded = site.calls[0].span.outputs
    if site.site.kind != "edge" or recorded is None:
        return ""
    if any(call.span.outputs != recorded for call in site.calls):
        return ""
    display = Display(snapshot.settings.redaction)
    value = display.value(recorded)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ROUTE:
        return ""
    return f' → "{one_line(value)}"'
