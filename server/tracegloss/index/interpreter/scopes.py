"""What the names of one file are bound to, scope by scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from tracegloss.syntax.facts import (
    Access,
    Assignment,
    BranchNode,
    Call,
    Constant,
    Definition,
    Expression,
    FileFacts,
    Import,
    Invocation,
    LoopNode,
    Name,
    Node,
    Parameter,
    TryNode,
    WithNode,
)

MODULE = -1


class Defined(Struct, frozen=True):
    """A name bound by `def` or `class`."""

    definition: int


Bound: TypeAlias = Import | Defined | Assignment | Parameter


class FileScopes:
    """The names, calls and inner definitions of every scope of one file, found when first asked."""

    def __init__(self, facts: FileFacts) -> None:
        self.facts = facts
        self.names: dict[int, dict[str, list[Bound]]] = {}
        self.attributes: dict[int, dict[str, list[Assignment]]] = {}
        self.entries: dict[str, list[Assignment]] = {}
        self.inner: dict[int, list[int]] = {}
        self._calls: dict[int, list[int]] | None = None
        self._calls_by_name: dict[str, list[int]] | None = None
        self._mentioned: frozenset[str] | None = None
        self._changed: frozenset[str] | None = None
        self._entries_of: dict[tuple[str, int], list[Assignment]] | None = None
        self._stored_in: dict[tuple[int, str, Expression | None], Expression] | None = None
        self._assigned: dict[int, dict[str, Expression]] | None = None
        self._bind_all()

    @property
    def calls(self) -> dict[int, list[int]]:
        """Calls by the scope that runs them, in source order."""
        if self._calls is None:
            self._calls = {}
            for number, call in enumerate(self.facts.calls):
                self._calls.setdefault(call.scope, []).append(number)
        return self._calls

    @property
    def calls_by_name(self) -> dict[str, list[int]]:
        """Calls by the last name of what they call, in source order."""
        if self._calls_by_name is None:
            self._calls_by_name = {}
            for number, call in enumerate(self.facts.calls):
                self._calls_by_name.setdefault(last_name(call.callee), []).append(number)
        return self._calls_by_name

    @property
    def mentioned(self) -> frozenset[str]:
        """The last names of everything the file imports, calls, decorates with or inherits from."""
        if self._mentioned is None:
            facts = self.facts
            names = {imported.name or imported.module for imported in facts.imports}
            names.update(self.calls_by_name)
            for definition in facts.definitions:
                names.update(last_name(each.expression) for each in definition.decorators)
                names.update(last_name(base) for base in definition.bases)
            names.update(last_name(assignment.value) for assignment in facts.assignments)
            self._mentioned = frozenset(names)
        return self._mentioned

    @property
    def changed(self) -> frozenset[str]:
        """Attributes that the file sets on what is not `self`: objects, classes, modules."""
        if self._changed is None:
            self._changed = frozenset(_set_from_outside(self))
        return self._changed

    def assigned(self, scope: int) -> dict[str, Expression]:
        """Give what a scope assigns last, by the target as it is written."""
        if self._assigned is None:
            self._assigned = {}
            for each in self.facts.assignments:
                self._assigned.setdefault(each.scope, {})[each.target] = each.value
        return self._assigned.get(scope, {})

    def entries_of(self, name: str, scope: int) -> list[Assignment]:
        """Give what `name[key] = value` puts, anywhere in the file, into the name of a scope."""
        if self._entries_of is None:
            self._entries_of = {}
            for target, entries in self.entries.items():
                for entry in entries:
                    owner = target, self._owner(target, entry.scope)
                    self._entries_of.setdefault(owner, []).append(entry)
        return self._entries_of.get((name, scope), [])

    def stored_in(self, scope: int, name: str, key: Expression) -> Expression | None:
        """Give what the code of a scope itself puts under a key first, if it does."""
        if self._stored_in is None:
            self._stored_in = {}
            for target, entries in self.entries.items():
                for entry in entries:
                    self._stored_in.setdefault((entry.scope, target, entry.key), entry.value)
        return self._stored_in.get((scope, name, key))

    def _owner(self, name: str, scope: int) -> int:
        """Find the scope whose name is meant where it is only used."""
        level = scope
        while level != MODULE:
            is_seen = level == scope or self.definition(level).kind != "class"
            if is_seen and name in self.names.get(level, {}):
                return level
            level = self.outer(level)
        return MODULE

    def definition(self, index: int) -> Definition:
        """Give a definition by its index."""
        return self.facts.definitions[index]

    def body(self, scope: int) -> tuple[Node, ...]:
        """Give the nodes of a scope's body."""
        return self.facts.body if scope == MODULE else self.facts.definitions[scope].body

    def outer(self, scope: int) -> int:
        """Give the scope around a definition."""
        return self.facts.definitions[scope].scope

    def enclosing_class(self, scope: int) -> int | None:
        """Give the class whose method a scope is in, directly or nested in the method."""
        while scope != MODULE:
            if self.facts.definitions[scope].kind == "class":
                return scope
            scope = self.outer(scope)
        return None

    def is_method(self, scope: int) -> bool:
        """Tell whether a definition is a function that stands directly in a class body."""
        if scope == MODULE or self.facts.definitions[scope].kind != "function":
            return False
        around = self.outer(scope)
        return around != MODULE and self.facts.definitions[around].kind == "class"

    def call(self, number: int) -> Call:
        """Give a call by its index."""
        return self.facts.calls[number]

    def within(self, scope: int) -> Iterator[int]:
        """Yield a scope and every scope nested in it."""
        stack = [scope]
        while stack:
            current = stack.pop()
            yield current
            stack.extend(self.inner.get(current, ()))

    def _bind(self, scope: int, name: str, bound: Bound) -> None:
        self.names.setdefault(scope, {}).setdefault(name, []).append(bound)

    def _bind_all(self) -> None:
        for imported in self.facts.imports:
            self._bind(imported.scope, imported.bound, imported)
        for index, definition in enumerate(self.facts.definitions):
            self.inner.setdefault(definition.scope, []).append(index)
            if definition.kind != "lambda":
                self._bind(definition.scope, definition.name, Defined(index))
            for parameter in definition.parameters:
                self._bind(index, parameter.name, parameter)
        for assignment in self.facts.assignments:
            head, _, attribute = assignment.target.partition(".")
            if assignment.target.endswith("[]"):
                self.entries.setdefault(assignment.target[:-2], []).append(assignment)
            elif not attribute:
                self._bind(assignment.scope, head, assignment)
            elif "." not in attribute:
                self._bind_attribute(head, attribute, assignment)

    def _bind_attribute(self, head: str, attribute: str, assignment: Assignment) -> None:
        owner = self.enclosing_class(assignment.scope)
        if head in {"self", "cls"} and owner is not None:
            self.attributes.setdefault(owner, {}).setdefault(attribute, []).append(assignment)


def last_name(callee: Expression) -> str:
    """Give the last name of what is called, empty when it has none."""
    if isinstance(callee, Name):
        return callee.dotted.rpartition(".")[2]
    if isinstance(callee, Access):
        return callee.attribute
    return ""


def inner_nodes(node: Node) -> tuple[tuple[Node, ...], ...]:
    """Give the bodies inside a node, in order."""
    if isinstance(node, WithNode | LoopNode):
        return (node.body,)
    if isinstance(node, BranchNode):
        return node.branches
    if isinstance(node, TryNode):
        return (node.body, *node.handlers, node.final)
    return ()


def _set_from_outside(scopes: FileScopes) -> Iterator[str]:
    for assignment in scopes.facts.assignments:
        owner, _, name = assignment.target.removesuffix("[]").rpartition(".")
        is_own = owner in {"", "self", "cls"}
        if not is_own and not _wraps_itself(scopes, assignment, name):
            yield name
            yield f"{_module_name(scopes, owner)}.{name}"
    for call in scopes.facts.calls:
        if call.callee == Name("setattr") and len(call.arguments) == 3:
            named = call.arguments[1].value
            if isinstance(named, Constant) and isinstance(named.value, str):
                yield named.value
                changed = call.arguments[0].value
                if isinstance(changed, Name):
                    yield f"{_module_name(scopes, changed.dotted)}.{named.value}"


def _module_name(scopes: FileScopes, owner: str) -> str:
    """Give the last name of a module as it is called itself, not as it was imported."""
    for bound in scopes.names.get(MODULE, {}).get(owner, ()):
        if isinstance(bound, Import):
            return (bound.name or bound.module).rpartition(".")[2]
    return owner.rpartition(".")[2]


def _wraps_itself(scopes: FileScopes, assignment: Assignment, name: str) -> bool:
    """Tell `module.run = trace(module.run)`, which leaves in place what is called."""
    if not isinstance(assignment.value, Invocation):
        return False
    arguments = scopes.call(assignment.value.call).arguments
    return any(last_name(argument.value) == name for argument in arguments)
