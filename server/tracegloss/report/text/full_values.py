"""Recorded values in full: members of an object under their names, texts with their own lines."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tracegloss.recorded import JsonValue
from tracegloss.report.text.segments import Line, Segment
from tracegloss.wording.columns import cells
from tracegloss.wording.printable import block, one_line

_INDENT = "    "


def full_lines(value: JsonValue, width: int) -> list[Line]:
    """Write a redacted value without leaving anything out; long lines are not wrapped."""
    if isinstance(value, Mapping) and value:
        return [line for key, member in value.items() for line in _member(key, member, width)]
    return _indented(_texts(value), "  ")


def _member(key: str, value: JsonValue, width: int) -> list[Line]:
    label = one_line(str(key))
    texts = _texts(value)
    if len(texts) == 1 and cells(label) + cells(texts[0]) + 4 <= width:
        return [(Segment(f"  {label}  ", "dim"), Segment(texts[0]))]
    return [(Segment(f"  {label}", "dim"),), *_indented(texts, _INDENT)]


def _texts(value: JsonValue) -> list[str]:
    if isinstance(value, str):
        return block(value).split("\n")
    return block(json.dumps(value, ensure_ascii=False, indent=2, default=str)).split("\n")


def _indented(texts: list[str], indent: str) -> list[Line]:
    return [(Segment(f"{indent}{text}"),) for text in texts]
