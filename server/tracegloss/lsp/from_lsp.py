"""The protocol's positions and addresses to ours."""

from __future__ import annotations

import os
from pathlib import Path

from lsprotocol import types
from pygls import uris

from tracegloss.text import LineIndex, Position, TextRange

Encoding = types.PositionEncodingKind | str


def position(lines: LineIndex, at: types.Position, encoding: Encoding) -> Position:
    """Convert a position counted in the negotiated units; past a line's end means its end."""
    if encoding == types.PositionEncodingKind.Utf16:
        return lines.position_from_utf16(at.line, at.character)
    row = lines.line_text(at.line)
    if encoding == types.PositionEncodingKind.Utf8:
        return Position(at.line, len(row.encode()[: at.character].decode("utf-8", "ignore")))
    return Position(at.line, min(at.character, len(row)))


def text_range(lines: LineIndex, at: types.Range, encoding: Encoding) -> TextRange:
    """Convert a range counted in the negotiated units."""
    return TextRange(position(lines, at.start, encoding), position(lines, at.end, encoding))


def path(uri: str) -> Path | None:
    """Name the file of a `file:` URI, links resolved; `None` for other schemes, and for no URI."""
    try:
        if uris.uri_scheme(uri) != "file":
            return None
        written = uris.to_fs_path(uri)
        return None if written is None else Path(os.path.realpath(written))
    except ValueError:  # no address that the library can take apart, or a null byte
        return None
