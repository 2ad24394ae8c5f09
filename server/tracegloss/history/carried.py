"""Rebuilds values that hold places and sites with what became of them; what has none stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.trace import Assessment, StackFrame
from tracegloss.recorded import Phrase, Recorded

T = TypeVar("T")
_CLOSED = (str, int, float, bytes, type(None), StackFrame, Assessment, Phrase, Recorded)


class Rebuilding:
    """Replaces places, sites and functions wherever they stand in frozen values.

    Equal objects stay one object: what was shared is shared afterwards.
    """

    def __init__(
        self,
        place: Callable[[Place], Place],
        site: Callable[[Site], Site],
        function: Callable[[FunctionId], FunctionId],
    ) -> None:
        """Take what a place, a site and a function become."""
        self._place = place
        self._site = site
        self._function = function
        self._known: dict[int, tuple[object, object]] = {}

    def rebuilt(self, value: T) -> T:
        """Give a value with everything in it replaced; the value itself when nothing was."""
        made = self._made(value)
        assert isinstance(made, type(value))
        return made

    def _made(self, value: object) -> object:
        if isinstance(value, _CLOSED):
            return value
        known = self._known.get(id(value))
        if known is None:
            # The value is kept beside what it became, so that its identity is not given away.
            known = self._known[id(value)] = value, self._anew(value)
        return known[1]

    def _anew(self, value: object) -> object:
        if isinstance(value, Place):
            return self._place(value)
        if isinstance(value, Site):
            return self._site(value)
        if isinstance(value, FunctionId):
            return self._function(value)
        if isinstance(value, tuple):
            return self._tuple(value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        return self._struct(value) if isinstance(value, Struct) else value

    def _tuple(self, value: tuple[object, ...]) -> tuple[object, ...]:
        made = tuple(self._made(each) for each in value)
        is_same = all(one is other for one, other in zip(made, value, strict=True))
        return value if is_same else made

    def _mapping(self, value: Mapping[object, object]) -> Mapping[object, object]:
        made = {key: self._made(each) for key, each in value.items()}
        return value if all(made[key] is each for key, each in value.items()) else made

    def _struct(self, value: Struct) -> Struct:
        before = {name: getattr(value, name) for name in value.__struct_fields__}
        made = {name: self._made(each) for name, each in before.items()}
        changed = {name: each for name, each in made.items() if each is not before[name]}
        return msgspec.structs.replace(value, **changed) if changed else value
