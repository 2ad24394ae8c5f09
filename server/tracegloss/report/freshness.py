"""What became of the code since the trace was recorded, in words and figures."""

from __future__ import annotations

from collections import Counter

from tracegloss.model.freshness import AsRan, ChangedIn, SinceTrace
from tracegloss.model.resolution import Freshness, Resolved
from tracegloss.model.site import Site
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.places import place_label
from tracegloss.wording.printable import one_line

_WORD = 6  # the length of `edited`, so that what follows a word is lined up
_TODAY = {
    Freshness.IDENTICAL: "this function's text has not changed since the trace.",
    Freshness.MOVED: "this function's text has not changed since the trace{moved}.",
    Freshness.EDITED: "this function was edited since the trace{where}.",
    Freshness.GONE: "this function is gone since the trace{where}.",
}


def freshness_counts(on_code: TraceOnCode) -> dict[Freshness, int]:
    """Count spans by what became of their function; empty when history was not asked."""
    counted = Counter(since.freshness for since in on_code.since.values())
    return {freshness: counted[freshness] for freshness in Freshness if counted[freshness]}


def is_carried(on_code: TraceOnCode) -> bool:
    """Tell whether any line is not where it ran, or does not say what it said then."""
    return any(s.freshness is not Freshness.IDENTICAL for s in on_code.since.values())


def is_gone(on_code: TraceOnCode, span_id: str) -> bool:
    """Tell whether the function of a span does not exist any more."""
    since = on_code.since.get(span_id)
    return since is not None and since.freshness is Freshness.GONE


def deviation(since: SinceTrace | None, site: Site | None = None) -> str:
    """Word a change for the span tree; `site` is where the span's site is now.

    `moved  :13` (another line), `moved  old.py:13` (another file), `moved  now find_order`,
    `edited 1ce4efb, signature`, `was app.py:16` (gone). What is unchanged has no word.
    """
    if since is None or since.freshness is Freshness.IDENTICAL:
        return ""
    word = since.freshness.value
    details = ", ".join(_details(since, site))
    if since.freshness is Freshness.GONE:
        return details
    return f"{word:<{_WORD}} {details}" if details else word


def today(since: SinceTrace) -> str:
    """Say in a sentence how a function stands to what ran."""
    where = f", in {since.commit}" if since.commit else ""
    if since.uncommitted:
        where = ", which is not committed"
    ran = since.as_ran
    moved = "; it only moved" if ran is None else f"; it ran at {place_label(ran.at)}"
    return _TODAY[since.freshness].format(where=where, moved=moved)


def subject_note(since: SinceTrace | None) -> str:
    """Word what a reader of a finding has to know of its code: `, edited 1ce4efb`."""
    if since is None or since.freshness is Freshness.IDENTICAL:
        return ""
    if since.freshness is Freshness.MOVED:
        return ", moved, text unchanged"
    return f", {since.freshness.value}{f' {since.commit}' if since.commit else ''}"


def changing_commits(on_code: TraceOnCode) -> tuple[ChangedIn, ...]:
    """List the commits that changed functions of the trace, each once, oldest first."""
    named = (since.changed_in for since in on_code.since.values())
    unique = {each.commit: each for each in named if each is not None}
    return tuple(sorted(unique.values(), key=lambda each: (each.author_time or "", each.commit)))


def _details(since: SinceTrace, site: Site | None) -> list[str]:
    ran = since.as_ran
    if since.freshness is Freshness.GONE:
        return [f"was {place_label(ran.at)}"] if ran is not None else [since.commit or ""]
    renamed = [] if ran is None or site is None else _renamed(ran, site)
    if since.freshness is Freshness.MOVED:
        return renamed or ([] if ran is None or site is None else _moved(ran, site))
    changed = [since.commit] if since.commit else []
    if since.uncommitted:
        changed = ["not committed"]
    return [*changed, *(["signature"] if "signature" in since.parts else []), *renamed]


def _renamed(ran: AsRan, site: Site) -> list[str]:
    """Say what a function, or the class around it, is called now."""
    then, now = ran.qualified_name or "", site.qualified_name or ""
    if then == now or not now or not then:
        return []
    around, _, name = now.rpartition(".")
    if name != then.rpartition(".")[2]:
        return [f"now {one_line(name)}"]
    return [f"now in {one_line(around)}" if around else f"now {one_line(name)}"]


def _moved(ran: AsRan, site: Site) -> list[str]:
    same_file = (ran.at.path, ran.at.cell) == (site.at.path, site.at.cell)
    return [f":{ran.at.range.start.line + 1}" if same_file else place_label(ran.at)]


def site_of(on_code: TraceOnCode, span_id: str) -> Site | None:
    """Give the site a span was laid on."""
    found = on_code.correlation.resolutions.get(span_id)
    return found.site if isinstance(found, Resolved) else None
