"""What the parts of the interpreter ask of each other."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Frame,
    Function,
    Given,
    Scope,
    Spot,
    Value,
)
from tracegloss.index.modules import ModuleMap
from tracegloss.syntax.facts import Expression

Values: TypeAlias = tuple[Value, ...]


class Reader(Protocol):
    """Reads the facts of a tree without running any of it. Every answer is a set of values."""

    @property
    def modules(self) -> ModuleMap:
        """The files of the tree by module name."""
        ...

    def scopes(self, path: str) -> FileScopes | None:
        """Give a file's scopes; `None`, and a note that it is missed, when it is not indexed."""
        ...

    def evaluate(self, expression: Expression, scope: Scope) -> Values:
        """Tell what an expression may stand for."""
        ...

    def lookup(self, name: str, scope: Scope) -> Values:
        """Tell what a plain name may stand for."""
        ...

    def stored(self, name: str, scope: Scope) -> Values:
        """Tell what is put into a scope's mapping under any key."""
        ...

    def exported(self, path: str, name: str) -> Values:
        """Tell what a name of a module of the tree stands for."""
        ...

    def attribute(self, value: Value, name: str) -> Values:
        """Tell what a member of a value may be."""
        ...

    def apply(
        self, callee: Value, given: tuple[Given, ...], spot: Spot, *, decorating: bool = False
    ) -> Values:
        """Tell what calling a value may give."""
        ...

    def decorated(self, path: str, definition: int, frame: Frame | None) -> Values:
        """Tell what a definition's name stands for once its decorators ran."""
        ...

    def given_to_constructor(self, argument: Argument, of: Class) -> Values:
        """Tell what indexed code gives the constructor of a class, or of one below it, if any."""
        ...

    def constructed(self, of: Class, path: str, definition: int) -> Frame | None:
        """Bind the parameters of an `__init__` to what indexed code gives objects of a class."""
        ...

    def is_marker(self, name: str, path: str) -> bool:
        """Tell whether a last name may lead to a span in a file."""
        ...

    def may_trace(self, value: Function | Class) -> bool:
        """Tell whether a definition holds, however deep, a call that may make a span."""
        ...

    def may_make(self, callee: Value) -> bool:
        """Tell whether calling a value may make a span."""
        ...

    def wrapped_calls(self, function: Function) -> frozenset[Spot]:
        """Name the creations in a function that stand for its caller's own span."""
        ...

    def is_changed(self, name: str) -> bool:
        """Tell whether some code sets an attribute of that name on what is not its own."""
        ...

    def assume(self) -> None:
        """Count an answer that code not seen may add to: what it leaves out may run as well."""
        ...

    def bases(self, of: Class) -> Values:
        """Give a class and what it inherits from, in Python's order."""
        ...

    def subclasses(self, of: Class) -> tuple[Class, ...]:
        """Give the indexed classes below a class, however far."""
        ...
