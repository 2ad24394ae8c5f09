"""Values that several features answer with: places in texts, links, edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tracegloss.model.site import Place
from tracegloss.overlay.document import TextKey, key_of
from tracegloss.text import TextRange


@dataclass(frozen=True, slots=True, order=True)
class CodePlace:
    """A range of a text as it is now."""

    key: TextKey
    range: TextRange


@dataclass(frozen=True, slots=True)
class SpanTarget:
    """One span of one loaded trace."""

    trace_id: str
    span_id: str


LinkKind: TypeAlias = Literal["mlflow", "span", "stack", "pin", "release"]


@dataclass(frozen=True, slots=True)
class Link:
    """Something to follow from a hover: an address for `mlflow`, else a command of ours."""

    kind: LinkKind
    label: str
    target: SpanTarget
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Text that takes the place of a range."""

    range: TextRange
    text: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Edits of one text, in its order; `creates` tells that the file is new."""

    key: TextKey
    edits: tuple[TextEdit, ...]
    creates: bool = False


def code_place(place: Place) -> CodePlace:
    """Turn a place that is known to be current into an answer."""
    return CodePlace(key_of(place), place.range)
