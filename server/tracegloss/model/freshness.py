"""What became of the code of a span between the run and now, and which commit did it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.resolution import Freshness
from tracegloss.model.site import Place
from tracegloss.text import TextRange

FreshnessBasis: TypeAlias = Literal["commit", "stored-diff", "stack-text", "working-tree"]
ChangedPart: TypeAlias = Literal["decorators", "signature", "body"]

LineKey: TypeAlias = tuple[str, str, int | None, int]

SHORT_COMMIT = 7


class ChangedIn(Struct, frozen=True):
    """A commit that touched a function: its full id, who wrote it and when, its first line.

    `author_time` is RFC 3339 in UTC. `author` and `subject` are what the
    repository says: untrusted, shown only through `Display.ours`.
    """

    commit: str
    author: str = ""
    author_time: str | None = None
    subject: str = ""

    @property
    def short(self) -> str:
        """The first seven digits of the commit's id."""
        return self.commit[:SHORT_COMMIT]


class AsRan(Struct, frozen=True):
    """Where a site stood in the text that ran.

    `commit` is the full id of the commit it was read from, with the stored diff applied where the
    basis says so. `at` and `extent` count in that text, and `at.repository` names it, so that
    `TraceOnCode.texts` has it; `qualified_name` is the function's then. `signature` is its
    parameters with their defaults, where an edit touched them.
    """

    commit: str
    at: Place
    extent: TextRange
    qualified_name: str | None
    signature: str | None = None


class SinceTrace(Struct, frozen=True):
    """What became of the function that a span's site is in, from the run to the working tree.

    `identical`: same text, same place. `moved`: same text, other line, file or name. `edited`: the
    text differs, docstring and decorators included, formatting and comments aside. `gone`: nothing
    of it is left.

    `changed_in` is the first commit after the run's that edited the function, or that removed it;
    `None` when it is not known or when `uncommitted` edits did it. `last_in` is the last commit
    that had what is gone. `parts` tells what an edit touched. `lost_inputs` are input keys the span
    recorded that are no parameters any more. `as_ran` is `None` when the site stands where it
    stood, under the same name.
    """

    freshness: Freshness
    changed_in: ChangedIn | None = None
    as_ran: AsRan | None = None
    basis: FreshnessBasis = "commit"
    parts: tuple[ChangedPart, ...] = ()
    lost_inputs: tuple[str, ...] = ()
    last_in: ChangedIn | None = None
    uncommitted: bool = False

    @property
    def commit(self) -> str | None:
        """The short id of the commit that changed it, if that is known."""
        return None if self.changed_in is None else self.changed_in.short


def line_key(place: Place) -> LineKey:
    """Name the line that a place begins on."""
    return place.repository, place.path, place.cell, place.range.start.line
