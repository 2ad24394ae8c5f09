"""What a function's body can do in order, as far as spans are concerned: its call slots."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from tracegloss.model.site import FunctionId, Place


class CallStep(Struct, frozen=True):
    """A call in the body, at its callee's last name.

    `sites` are numbers of sites (positions in `RepoIndex.sites`) the call enters directly or whose
    function is passed in it; `functions` are functions without a site it may run, whose own steps
    stand in its place. `open` means the callee is a parameter, an attribute of unknown type or
    otherwise untold, so that the call may reach anything. `assumed` means that the callee rests on
    what indexed code was seen to do, such as what it gives a constructor: other code may do else.
    """

    at: Place
    sites: tuple[int, ...] = ()
    functions: tuple[FunctionId, ...] = ()
    open: bool = False
    assumed: bool = False


class SiteStep(Struct, frozen=True):
    """A span opened in the body itself (`with start_span`), with the steps inside its block."""

    site: int
    body: Steps


class Steps(Struct, frozen=True):
    """Steps one after another, each of which may be skipped by an exception or a return."""

    steps: tuple[Step, ...] = ()


class Loop(Struct, frozen=True):
    """Steps that may repeat, or not happen at all; comprehensions too."""

    body: Steps


class Choice(Struct, frozen=True):
    """Branches of which a run takes some: `if`, `try`, `match`, conditional expressions.

    `exclusive` branches rule each other out within one pass (`if`, `match`, conditionals); the
    parts of a `try` may all run, in order. Of `whole` exclusive branches one surely runs: they are
    what a method does for objects of one class and another.
    """

    branches: tuple[Steps, ...]
    exclusive: bool = False
    whole: bool = False


class Unordered(Struct, frozen=True):
    """Steps that run concurrently: `gather`, executors, task groups, threads.

    `joined` steps are over before the next step (`await gather(...)`); others, such as a task that
    was only created, may begin and end at any time after.
    """

    body: Steps
    joined: bool = False


Step: TypeAlias = CallStep | SiteStep | Loop | Choice | Unordered
