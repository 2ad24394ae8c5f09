"""What an action is: a title, the edits it makes, or a command of ours."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.ide.answers import FileEdit, SpanTarget

ActionKind: TypeAlias = Literal["quickfix", "refactor", "source"]


class Action(Struct, frozen=True):
    """One entry of the menu. With `pin` the edge pins that trace; else `edits` are applied.

    `fingerprint` names the diagnostic it answers, if any. `opens` tells that the edited file is to
    be shown.
    """

    title: str
    kind: ActionKind
    edits: tuple[FileEdit, ...] = ()
    pin: SpanTarget | None = None
    release: bool = False
    fingerprint: str | None = None
    opens: bool = False
