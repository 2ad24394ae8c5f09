"""Answers of thousands of parts, written as JSON at once: pygls would make an object of each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from tracegloss.ide.code_lens import CodeLens
from tracegloss.ide.inlay_hints import InlayHint
from tracegloss.lsp.to_lsp import COMMANDS, Client, column
from tracegloss.text import LineIndex, Position, TextRange


class Encoded(Struct, frozen=True):
    """The result of a request, as JSON in UTF-8."""

    json: bytes


class _Position(Struct, frozen=True):
    line: int
    character: int


class _Range(Struct, frozen=True):
    start: _Position
    end: _Position


class _Command(Struct, frozen=True):
    title: str
    command: str
    arguments: tuple[str, str]


class _CodeLens(Struct, frozen=True):
    range: _Range
    command: _Command


class _InlayHint(Struct, frozen=True, rename="camel"):
    position: _Position
    label: str
    padding_left: bool = True


def code_lenses(lines: LineIndex, lenses: Sequence[CodeLens], client: Client) -> Encoded:
    """Write lenses; each opens its newest call where the client can do that."""
    name = COMMANDS["span"] if client.command_links else ""
    return _encoded(
        [
            _CodeLens(
                _range(lines, lens.range, client),
                _Command(lens.text, name, (lens.target.trace_id, lens.target.span_id)),
            )
            for lens in lenses
        ]
    )


def inlay_hints(lines: LineIndex, hints: Sequence[InlayHint], client: Client) -> Encoded:
    """Write hints, each after the end of its line."""
    return _encoded([_InlayHint(_position(lines, hint.at, client), hint.text) for hint in hints])


def _encoded(parts: Sequence[Struct]) -> Encoded:
    return Encoded(msgspec.json.encode(parts))


def _range(lines: LineIndex, at: TextRange, client: Client) -> _Range:
    return _Range(_position(lines, at.start, client), _position(lines, at.end, client))


def _position(lines: LineIndex, at: Position, client: Client) -> _Position:
    return _Position(at.line, column(lines, at, client.encoding))
