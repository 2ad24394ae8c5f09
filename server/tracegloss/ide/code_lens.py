"""Code lenses: what ran here, on a line of its own above a site."""

from __future__ import annotations

from collections.abc import Container, Iterator

from msgspec import Struct

from tracegloss.ide.answers import SpanTarget
from tracegloss.ide.lens_text import lens_text
from tracegloss.overlay.annotation import SiteNote
from tracegloss.overlay.document import TextKey
from tracegloss.overlay.layer import site_name
from tracegloss.snapshot import Snapshot
from tracegloss.text import TextRange


class CodeLens(Struct, frozen=True):
    """Words above a site. `name` is the same for the same site after edits and new traces."""

    range: TextRange
    text: str
    target: SpanTarget
    name: str


def code_lenses(
    snapshot: Snapshot, key: TextKey, shown: Container[str] | None = None
) -> tuple[CodeLens, ...]:
    """Return the lenses of a text; nothing in another mode than `lens`.

    `shown` are names of the lenses a visible text has already: then no other is added, so that
    lines do not move under the reader.
    """
    notes = snapshot.notes(key)
    if snapshot.mode != "lens" or notes is None:
        return ()
    lenses = (
        CodeLens(site.at, lens_text(snapshot, site), _target(site), name)
        for name, site in _named(notes.sites)
    )
    return tuple(lens for lens in lenses if shown is None or lens.name in shown)


def _named(sites: tuple[SiteNote, ...]) -> Iterator[tuple[str, SiteNote]]:
    """Name sites by what they are; several of one name are counted in their order."""
    seen: dict[str, int] = {}
    for site in sites:
        _, kind, qualified_name, _, _ = site_name(site.site)
        name = f"{kind} {qualified_name or ''}"
        seen[name] = seen.get(name, 0) + 1
        yield f"{name} {seen[name]}", site


def _target(site: SiteNote) -> SpanTarget:
    newest = site.calls[0]
    return SpanTarget(newest.trace_id, newest.span.span_id)
