"""Columns in the units of the client and back; inside they are code points."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from tests.lsp.editor import Editor
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.text import LineIndex, Position

ENCODINGS = list(types.PositionEncodingKind)
WIDTHS = {
    types.PositionEncodingKind.Utf8: 4,
    types.PositionEncodingKind.Utf16: 2,
    types.PositionEncodingKind.Utf32: 1,
}


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(ENCODINGS), st.data())
def test_positions_go_out_and_come_back(
    text: str, encoding: types.PositionEncodingKind, data: st.DataObject
) -> None:
    lines = LineIndex.of(text.encode())
    line = data.draw(st.integers(0, lines.n_lines - 1))
    column = data.draw(st.integers(0, len(lines.line_text(line))))
    at = Position(line, column)
    assert from_lsp.position(lines, to_lsp.position(lines, at, encoding), encoding) == at


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_wide_character_is_as_wide_as_its_encoding(encoding: types.PositionEncodingKind) -> None:
    lines = LineIndex.of("\U0001f600x".encode())
    out = to_lsp.position(lines, Position(0, 1), encoding)
    assert out.character == WIDTHS[encoding]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_encoding_is_the_clients(
    tmp_path: Path, encoding: types.PositionEncodingKind
) -> None:
    general = types.GeneralClientCapabilities(position_encodings=[encoding])
    editor = Editor(tmp_path)
    answer = await editor.start(types.ClientCapabilities(general=general))
    assert answer.capabilities.position_encoding == encoding
    await editor.leave()
    await editor.client.stop()
