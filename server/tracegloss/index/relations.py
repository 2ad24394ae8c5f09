"""Who inherits from a class, constructs one, or changes objects of others, in indexed files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracegloss.index.attributes import direct_bases
from tracegloss.index.reader import Reader
from tracegloss.index.scopes import FileScopes, last_name
from tracegloss.index.values import Argument, Class


class Relations:
    """Classes by the last names of their bases and calls by that of their callee, as they stood."""

    def __init__(self, scopes: Mapping[str, FileScopes]) -> None:
        self._scopes = dict(sorted(scopes.items()))
        self._classes: dict[str, list[Class]] | None = None
        self._changed: frozenset[str] | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Attributes that some code sets on an object, class or module other than its own."""
        if self._changed is None:
            self._changed = frozenset().union(*(each.changed for each in self._scopes.values()))
        return self._changed

    def subclasses(self, reader: Reader, of: Class) -> tuple[Class, ...]:
        """Give the classes below a class, however far."""
        found: dict[Class, None] = {}
        stack = [of]
        while stack:
            current = stack.pop(0)
            for below in self._directly_below(reader, current):
                if below not in found:
                    found[below] = None
                    stack.append(below)
        return tuple(found)

    def constructor_calls(self, reader: Reader, argument: Argument) -> Iterator[tuple[str, int]]:
        """Yield the calls that may run the `__init__` of a parameter, by their names."""
        scopes = self._scopes.get(argument.path)
        if scopes is None:
            return
        owner = Class(argument.path, scopes.outer(argument.definition))
        kinds = (owner, *self.subclasses(reader, owner))
        for name in sorted({"__init__", *(self._name(kind) for kind in kinds)}):
            for path, each in self._scopes.items():
                for number in each.calls_by_name.get(name, ()):
                    yield path, number

    def _directly_below(self, reader: Reader, of: Class) -> Iterator[Class]:
        """Yield the classes that name a class among their bases and mean it."""
        for below in self._classes_by_base().get(self._name(of), ()):
            if below != of and any(base == of for base in direct_bases(reader, below)):
                yield below

    def _name(self, of: Class) -> str:
        scopes = self._scopes.get(of.path)
        return "" if scopes is None else scopes.definition(of.definition).name

    def _classes_by_base(self) -> dict[str, list[Class]]:
        if self._classes is None:
            self._classes = {}
            for path, scopes in self._scopes.items():
                for index, definition in enumerate(scopes.facts.definitions):
                    for base in definition.bases:
                        self._classes.setdefault(last_name(base), []).append(Class(path, index))
        return self._classes
