"""Carries what traces were laid on to the text as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from tracegloss.history.line_map import LineMap, line_map
from tracegloss.model.site import Site
from tracegloss.overlay.document import Document, TextKey
from tracegloss.text import LineIndex, TextRange
from tracegloss.trace_on_code import TraceOnCode


class Carrier(Struct, frozen=True, eq=False):
    """The current text of one file and the way to it from every text traces were laid on.

    Without a document the current text is the one traces were laid on. `maps` is by the bytes of
    the earlier text.
    """

    key: TextKey
    document: Document | None = None
    maps: Mapping[bytes, LineMap] = field(default_factory=dict)

    def map_from(self, on_code: TraceOnCode) -> LineMap | None:
        """Return the map from a trace's text; `None` when that is the current one."""
        laid = on_code.texts.get(self.key.label)
        return None if laid is None else self.maps.get(laid.source)

    def token(self, on_code: TraceOnCode, token: TextRange) -> TextRange | None:
        """Carry one token over; `None` when it is not there any more."""
        lines = self.map_from(on_code)
        return token if lines is None else lines.token(token)

    def extent(self, on_code: TraceOnCode, extent: TextRange) -> TextRange:
        """Carry a range of lines over."""
        lines = self.map_from(on_code)
        return extent if lines is None else lines.extent(extent)

    def is_unchanged(self, on_code: TraceOnCode, site: Site) -> bool:
        """Tell whether a site's function has the text that the trace was laid on.

        The hash of its tokens decides where both sides have one, so that layout and comments do not
        count; else every line of the site must stand as it did.
        """
        lines = self.map_from(on_code)
        if self.document is None or lines is None:
            return True
        if lines.keeps(site.extent):
            return True
        if site.function is None:
            return False
        ran = on_code.text_hashes.get(site.function)
        now = self.document.function(site.function, lines.line(site.function.line))
        return ran is not None and now is not None and ran == now.text_hash

    def is_line_unchanged(self, on_code: TraceOnCode, token: TextRange) -> bool:
        """Tell whether the function around a line that a trace points at is as it was.

        For lines in functions that no span of the trace belongs to, such as an untraced helper.
        """
        lines = self.map_from(on_code)
        if self.document is None or lines is None:
            return True
        line = lines.line(token.start.line)
        if line is None:
            return False
        around = [f.extent.range for f in self.document.functions if _covers(f.extent.range, line)]
        return not around or lines.stood(max(around, key=lambda extent: extent.start))


def carrier(
    key: TextKey,
    document: Document | None,
    traces: Iterable[TraceOnCode],
    previous: Carrier | None = None,
) -> Carrier:
    """Prepare the way to a document from the texts of some traces.

    Maps that are known are kept; without any change the carrier is `previous` itself, so that what
    was made with it can stay.
    """
    is_same = previous is not None and previous.document is document
    if document is None:
        return previous if previous is not None and is_same else Carrier(key)
    known = previous.maps if previous is not None and is_same else {}
    maps: dict[bytes, LineMap] = {}
    for laid in _laid_on(key, traces):
        if laid.source != document.text.source and laid.source not in maps:
            maps[laid.source] = known.get(laid.source) or line_map(laid, document.text)
    return (
        previous
        if previous is not None and is_same and known == maps
        else Carrier(key, document, maps)
    )


def _laid_on(key: TextKey, traces: Iterable[TraceOnCode]) -> Iterable[LineIndex]:
    found = (on_code.texts.get(key.label) for on_code in traces)
    return (laid for laid in found if laid is not None)


def _covers(extent: TextRange, line: int) -> bool:
    return extent.start.line <= line <= extent.end.line
