"""Names that may lead to a span: MLflow's own, the repository's wrappers, and aliases of either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet

from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.tracing import REGISTERING_NAMES
from tracegloss.syntax.facts import (
    Access,
    Comprehension,
    Constant,
    Entries,
    Expression,
    Invocation,
    Items,
    Name,
    Options,
    Subscript,
)


class Mentions:
    """Where one file mentions which names, so that it is read once for however many markers.

    `users` has, by name, the scopes whose calls mention it and the definitions whose decorators do;
    `targets` the last names of what is assigned from it.
    """

    def __init__(self, scopes: FileScopes) -> None:
        self._scopes = scopes
        self._of_calls: dict[int, tuple[str, ...]] = {}
        self.users: defaultdict[str, set[int]] = defaultdict(set)
        self.targets: defaultdict[str, set[str]] = defaultdict(set)
        for call in scopes.facts.calls:
            self._use(call.scope, call.callee)
            for argument in call.arguments:
                # Calls in an argument are uses themselves.
                self._use(call.scope, argument.value, inside=False)
        for index, definition in enumerate(scopes.facts.definitions):
            for decorator in definition.decorators:
                self._use(index, decorator.expression)
        for assignment in scopes.facts.assignments:
            target = assignment.target.rpartition(".")[2]
            for name in self._names(assignment.value):
                self.targets[name].add(target)

    def aliases(self, markers: AbstractSet[str]) -> frozenset[str]:
        """Name what a file calls the markers: by import, by assignment, and so on from there."""
        imported_names = markers | REGISTERING_NAMES
        found = {
            imported.bound
            for imported in self._scopes.facts.imports
            if imported.name in imported_names and imported.bound not in imported_names
        }
        new = (markers | found) & self.targets.keys()
        while new:
            assigned = {target for name in new for target in self.targets[name]}
            new = (assigned - markers - found) & self.targets.keys()
            found |= assigned - markers
        return frozenset(found)

    def definitions(self, named: AbstractSet[str]) -> AbstractSet[int]:
        """Give the definitions that hold, however deep, a use of a name.

        A definition is a use of its decorators too; classes count when a method does.
        """
        found: set[int] = set()
        for name in named & self.users.keys():
            for scope in self.users[name]:
                around = scope
                while around != MODULE and around not in found:
                    found.add(around)
                    around = self._scopes.outer(around)
        return found

    def _use(self, scope: int, expression: Expression, *, inside: bool = True) -> None:
        if isinstance(expression, Name):
            self.users[expression.dotted.rpartition(".")[2]].add(scope)
            return
        for name in self._names(expression, inside=inside):
            self.users[name].add(scope)

    def _names(self, expression: Expression, *, inside: bool = True) -> tuple[str, ...]:
        """Name what an expression mentions, `inside` the calls in it too."""
        match expression:
            case Name(dotted):
                return (dotted.rpartition(".")[2],)
            case Constant(value):
                return (value,) if isinstance(value, str) else ()
            case Access(of, attribute):
                return (attribute, *self._names(of, inside=inside))
            case Invocation(number):
                return self._names_of_call(number) if inside else ()
            case Options(parts) | Items(parts):
                return tuple(n for part in parts for n in self._names(part, inside=inside))
            case Entries(entries):
                return tuple(n for _, each in entries for n in self._names(each, inside=inside))
            case Subscript(of, _) | Comprehension(of, _):
                return self._names(of, inside=inside)
            case _:
                return ()

    def _names_of_call(self, number: int) -> tuple[str, ...]:
        known = self._of_calls.get(number)
        if known is None:
            call = self._scopes.call(number)
            given = (name for each in call.arguments for name in self._names(each.value))
            known = self._of_calls[number] = (*self._names(call.callee), *given)
        return known
