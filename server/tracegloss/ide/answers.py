"""Values that several features answer with: places in texts, links, edits."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.site import Place
from tracegloss.overlay.document import TextKey, key_of
from tracegloss.text import TextRange


class CodePlace(Struct, frozen=True, order=True):
    """A range of a text as it is now."""

    key: TextKey
    range: TextRange


class SpanTarget(Struct, frozen=True):
    """One span of one loaded trace."""

    trace_id: str
    span_id: str


LinkKind: TypeAlias = Literal["mlflow", "span", "stack", "pin", "as-ran", "changed"]


class Link(Struct, frozen=True):
    """Something to follow from a hover: an address for `mlflow`, else a command of ours."""

    kind: LinkKind
    label: str
    target: SpanTarget
    url: str | None = None


class TextEdit(Struct, frozen=True):
    """Text that takes the place of a range."""

    range: TextRange
    text: str


class FileEdit(Struct, frozen=True):
    """Edits of one text, in its order; `creates` tells that the file is new."""

    key: TextKey
    edits: tuple[TextEdit, ...]
    creates: bool = False


def code_place(place: Place) -> CodePlace:
    """Turn a place that is known to be current into an answer."""
    return CodePlace(key_of(place), place.range)
