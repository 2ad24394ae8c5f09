"""Recorded inputs and outputs as a few short rows: a label each, and the value on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from tracegloss.recorded import JsonValue
from tracegloss.wording.cutting import cut, cut_name, cut_prose, cut_quoted
from tracegloss.wording.documents import Document, documents_in
from tracegloss.wording.printable import one_line

_MOST_MEMBERS = 8
_MOST_ITEMS = 3
_LABEL_ROOM = 24


class ValueRow(Struct, frozen=True):
    """A label (parameter name, position; empty under the row it continues) and a value."""

    label: str
    value: str


def value_rows(value: JsonValue, room: int, *, quoted: bool = True) -> list[ValueRow]:
    """Lay out a redacted value: members of an object, documents, items of a list, or itself.

    `room` counts the columns that label, two spaces and value may take together. Texts are written
    as in JSON, or as they read when they are not to be `quoted`.
    """
    documents = documents_in(value)
    if documents:
        return _document_rows(documents, room, quoted)
    if isinstance(value, Mapping) and value:
        return _member_rows(value, room, quoted)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        labels = {f"[{number}]": item for number, item in enumerate(value[:_MOST_ITEMS])}
        return [*_labelled(labels, room, quoted), *_more(len(value) - _MOST_ITEMS, "item")]
    return [ValueRow("", inline(value, room, quoted=quoted))]


def inline(value: JsonValue, room: int, *, quoted: bool = True) -> str:
    """Write a value on one line as JSON, cut to `room` columns; see `value_rows` for `quoted`."""
    if isinstance(value, str):
        return cut_quoted(value, room) if quoted else cut_prose(value, room)
    return cut(one_line(compact(value, room * 4)), room)


def compact(value: JsonValue, enough: int) -> str:
    """Write a value as JSON; of a very long list or object only as much as `enough` needs."""
    if isinstance(value, Mapping) and len(value) > enough:
        value = dict(list(value.items())[:enough])
    elif isinstance(value, Sequence) and not isinstance(value, str) and len(value) > enough:
        value = list(value[:enough])
    return json.dumps(value, ensure_ascii=False, default=str)


def label_width(rows: Sequence[ValueRow]) -> int:
    """Return the columns the labels take."""
    return max((len(row.label) for row in rows), default=0)


def _member_rows(value: Mapping[str, JsonValue], room: int, quoted: bool) -> list[ValueRow]:
    shown = {
        cut_name(one_line(str(key)), _LABEL_ROOM): member
        for key, member in list(value.items())[:_MOST_MEMBERS]
    }
    return [*_labelled(shown, room, quoted), *_more(len(value) - len(shown), "member")]


def _labelled(members: Mapping[str, JsonValue], room: int, quoted: bool) -> list[ValueRow]:
    width = max(map(len, members))
    left = max(20, room - width - 2)
    return [ValueRow(label, _member(member, left, quoted)) for label, member in members.items()]


def _member(value: JsonValue, room: int, quoted: bool) -> str:
    """Write a member on one line; where texts are not quoted, documents by their names."""
    documents = () if quoted else documents_in(value)
    if not documents:
        return inline(value, room, quoted=quoted)
    named = ", ".join(map(_headline, documents[:_MOST_ITEMS]))
    return cut(f"{len(documents):,}: {named}", room)


def _document_rows(documents: Sequence[Document], room: int, quoted: bool) -> list[ValueRow]:
    rows: list[ValueRow] = []
    for number, document in enumerate(documents[:_MOST_ITEMS]):
        label = f"[{number}]"
        headline = _headline(document)
        left = max(20, room - len(label) - 2)
        if headline:
            rows.append(ValueRow(label, cut(headline, left)))
        rows.append(ValueRow("" if headline else label, inline(document.text, left, quoted=quoted)))
    return [*rows, *_more(len(documents) - _MOST_ITEMS, "document")]


def _headline(document: Document) -> str:
    score = f"score {document.score}" if document.score else ""
    return "  ".join(word for word in (document.name, score) if word)


def _more(left_out: int, noun: str) -> list[ValueRow]:
    if left_out <= 0:
        return []
    return [ValueRow("", f"… {left_out:,} more {noun}{'' if left_out == 1 else 's'}")]
