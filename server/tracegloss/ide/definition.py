"""Go to definition from texts that speak of code: trace files in JSON, pasted stack traces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.ide.answers import CodePlace, code_place
from tracegloss.ide.trace_json import span_ids_at
from tracegloss.model.resolution import Ambiguous, PathAlias, Resolved
from tracegloss.model.site import Place
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Root, Snapshot
from tracegloss.text import LineIndex, Position, TextRange
from tracegloss.trace_on_code import TraceOnCode

_FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+)')
_LARGEST_LINE = 9_999_999


def definition(
    snapshot: Snapshot, text: LineIndex, position: Position, *, is_json: bool = False
) -> tuple[CodePlace, ...]:
    """Return the code a place in a text speaks of: several places when they tie, often none.

    A line `File "...", line N` leads to that line; in JSON, any place in a span leads to its site.
    Only files of the workspace are ever named.
    """
    from_frame = tuple(dict.fromkeys(_from_frame(snapshot, text.line_text(position.line))))
    if from_frame or not is_json:
        return from_frame
    return tuple(dict.fromkeys(_from_span(snapshot, text.source, text.offset_of(position))))


def _from_frame(snapshot: Snapshot, row: str) -> Iterator[CodePlace]:
    found = _FRAME.search(row.replace('\\"', '"'))
    if found is None or len(found["line"]) > len(str(_LARGEST_LINE)):
        return
    line = max(0, int(found["line"]) - 1)
    recorded = found["path"].replace("\\", "/")
    for root in snapshot.roots:
        for path in _files(snapshot, root, recorded):
            key = TextKey(root.id, path)
            yield CodePlace(key, _first_token(snapshot.text(key), line))


def _files(snapshot: Snapshot, root: Root, recorded: str) -> list[str]:
    """Return the files a recorded path may mean: by aliases of traces, else by its longest end."""
    for alias in _aliases(snapshot):
        if recorded.startswith(f"{alias.prefix.rstrip('/')}/"):
            rest = recorded[len(alias.prefix.rstrip("/")) + 1 :]
            path = f"{alias.folder}/{rest}" if alias.folder else rest
            if path in root.index.files:
                return [path]
    parts = recorded.strip("/").split("/")
    if "site-packages" in parts or "dist-packages" in parts:
        return []
    for start in range(len(parts)):
        end = "/".join(parts[start:])
        found = [p for p in root.index.files if p == end or p.endswith(f"/{end}")]
        if found:
            return sorted(found) if start < len(parts) - 1 or len(found) == 1 else []
    return []


def _aliases(snapshot: Snapshot) -> dict[PathAlias, None]:
    return dict.fromkeys(a for trace in snapshot.traces for a in trace.correlation.aliases)


def _first_token(text: LineIndex | None, line: int) -> TextRange:
    row = text.line_text(line) if text is not None else ""
    column = len(row) - len(row.lstrip())
    word = re.match(r"\w*", row[column:])
    return TextRange(Position(line, column), Position(line, column + (word.end() if word else 0)))


def _from_span(snapshot: Snapshot, source: bytes, offset: int) -> Iterator[CodePlace]:
    for span_id in span_ids_at(source, offset):
        # A span id is unique in its store, and the same trace may be loaded from two.
        found = next((t for t in snapshot.traces if span_id in t.tree.spans), None)
        if found is not None:
            yield from _places(snapshot, found, span_id)
            return


def _places(snapshot: Snapshot, on_code: TraceOnCode, span_id: str) -> Iterator[CodePlace]:
    resolution = on_code.correlation.resolutions.get(span_id)
    found: list[Place] = []
    if isinstance(resolution, Resolved):
        found = [resolution.site.at]
    elif isinstance(resolution, Ambiguous):
        found = [candidate.site.at for candidate in resolution.candidates]
    for place in found:
        current = snapshot.current(on_code, place)
        if current is not None:
            yield code_place(current)
