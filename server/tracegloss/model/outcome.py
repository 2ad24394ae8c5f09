"""What a function's own source says of the values its span will have recorded."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

Scalar: TypeAlias = str | int | float | bool | None


class Just(Struct, frozen=True, array_like=True, tag="j"):
    """One literal value."""

    value: Scalar


class Worded(Struct, frozen=True, array_like=True, tag="w"):
    """Text with holes: the fixed pieces around them, in order, as in a `NamePattern`."""

    pieces: tuple[str, ...]


class Fields(Struct, frozen=True, array_like=True, tag="f"):
    """A mapping with these keys; `more` keys may follow. What is not `sure` may be changed later.

    Entries that are not `sure` cannot speak against a value.
    """

    entries: tuple[tuple[str, Shape], ...]
    more: bool
    sure: bool = True


class Row(Struct, frozen=True, array_like=True, tag="r"):
    """A list, tuple or set of exactly these."""

    items: tuple[Shape, ...]


class Made(Struct, frozen=True, array_like=True, tag="m"):
    """Something made of the arguments alone: `text.strip()`, `rows[0]`."""


class Untold(Struct, frozen=True, array_like=True, tag="u"):
    """Anything."""


Shape: TypeAlias = Just | Worded | Fields | Row | Made | Untold


class Passed(Struct, frozen=True, array_like=True):
    """A literal argument of a call in a function's body, by keyword or 0-based position.

    `callee` is the last name of what is called, empty for `mapping[keyword] = value`.
    """

    callee: str
    keyword: str | int
    value: Scalar


class Taken(Struct, frozen=True, array_like=True):
    """A class of the tree that a parameter's annotation or default names, or one below it."""

    parameter: str
    path: str
    qualified_name: str


class Outcome(Struct, frozen=True, array_like=True):
    """The values of one function, as far as its source tells.

    `returns` are the shapes of all it can return, `None` aside; empty when that is all. What a
    decorator may change is not its `own`.
    """

    returns: tuple[Shape, ...] = (Untold(),)
    own: bool = True
    passes: frozenset[Passed] = frozenset()
    takes: tuple[Taken, ...] = ()


NOTHING_TOLD = Outcome()
