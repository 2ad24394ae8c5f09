"""Which commit a reader wants traces to be resolved at, instead of what they recorded."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class AtRevision(Struct, frozen=True):
    """A commit by any name that git knows: an id, a branch, a tag, `HEAD~3`."""

    revision: str


class Now(Struct, frozen=True):
    """The working tree, whatever the trace recorded."""


At: TypeAlias = AtRevision | Now
