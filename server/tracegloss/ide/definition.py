"""Go to definition from texts that speak of code: trace files in JSON, pasted stack traces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracegloss.ide.answers import CodePlace, code_place
from tracegloss.model.resolution import Ambiguous, PathAlias, Resolved
from tracegloss.model.site import Place
from tracegloss.overlay.document import TextKey
from tracegloss.snapshot import Root, Snapshot
from tracegloss.text import LineIndex, Position, TextRange
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.ids import span_id_of

_FRAME = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+)')
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]')
_SPAN_ID = re.compile(rb'\s*:\s*"([^"]{1,64})"')
# MLflow has written these for the id of a span; `context` holds it in the shape of version 2.
_ID_KEYS = {b'"span_id"', b'"spanId"'}
# A trace file beyond this is not searched while somebody waits.
LARGEST_JSON = 20_000_000
_LARGEST_LINE = 9_999_999


def definition(
    snapshot: Snapshot, text: LineIndex, position: Position, *, is_json: bool = False
) -> tuple[CodePlace, ...]:
    """Return the code a place in a text speaks of: several places when they tie, often none.

    A line `File "...", line N` leads to that line; in JSON, any place in a span leads to its site.
    Only files of the workspace are ever named.
    """
    from_frame = tuple(dict.fromkeys(_from_frame(snapshot, text.line_text(position.line))))
    if from_frame or not is_json or len(text.source) > LARGEST_JSON:
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
    for start in reversed(_open_objects(source, offset)):
        span_id = _span_id(source, start)
        traces = [t for t in snapshot.traces if span_id in t.tree.spans] if span_id else []
        if traces and span_id:
            # A span id is unique in its store, and the same trace may be loaded from two.
            yield from _places(snapshot, traces[0], span_id)
            return


def _open_objects(source: bytes, offset: int) -> list[int]:
    """Return where the objects around an offset begin, outermost first."""
    opened: list[int] = []
    for token in _TOKEN.finditer(source):
        if token.start() >= offset:
            break
        match token.group():
            case b"{" | b"[":
                opened.append(token.start())
            case b"}" | b"]" if opened:
                opened.pop()
            case _:
                pass
    return [start for start in opened if source[start : start + 1] == b"{"]


def _span_id(source: bytes, start: int) -> str | None:
    """Return the id of the span that an object is, as 16 hex digits."""
    depth = 0
    for token in _TOKEN.finditer(source, start):
        word = token.group()
        if word in {b"{", b"["}:
            depth += 1
        elif word in {b"}", b"]"}:
            depth -= 1
            if depth == 0:
                return None
        elif word in _ID_KEYS and depth <= 2:
            written = _SPAN_ID.match(source, token.end())
            if written is not None:
                return span_id_of(written[1].decode("utf-8", "replace"))[0]
    return None


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
