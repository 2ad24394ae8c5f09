"""What one call may run: sites, functions of the tree, functions passed to it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from tracegloss.index.interpreter.binding import decorator_names
from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Frame,
    Function,
    Given,
    Instance,
    Marked,
    Partial,
    Scope,
    Sequence,
    Spot,
    Traced,
    Unknown,
    Value,
)
from tracegloss.index.places import function_id
from tracegloss.model.site import FunctionId, Site
from tracegloss.syntax.facts import Call, Expression

_MAX_SAME_NAME = 16
_MAX_LIKE_BUILTIN = 4
_MAX_PASSED = 16
_MAX_BELOW = 12
_SPAN_METHODS = frozenset(
    {"set_inputs", "set_outputs", "set_attribute", "set_attributes", "set_status", "set_tag"}
    | {"add_event", "end", "set_span_type", "record_exception", "set_tags"}
)
_BUILTIN_METHODS = frozenset(
    name
    for kind in (str, bytes, list, dict, set, tuple, int, float, BaseException)
    for name in dir(kind)
)


class Reached(Struct, frozen=True):
    """What a call may run; `is_outside` when the callee itself is none of the tree's.

    `is_assumed` when code that was not seen may make it run something else.
    """

    sites: tuple[int, ...] = ()
    passed: tuple[FunctionId, ...] = ()
    functions: tuple[FunctionId, ...] = ()
    is_open: bool = False
    is_outside: bool = False
    is_assumed: bool = False


class _Gathered(Struct):
    path: str
    sites: dict[int, None] = field(default_factory=dict)
    functions: dict[FunctionId, None] = field(default_factory=dict)
    is_open: bool = False
    is_outside: bool = False


def _learn(found: dict[str, list[Function]], scopes: FileScopes | None, path: str) -> None:
    for index, definition in enumerate(scopes.facts.definitions if scopes else ()):
        if definition.kind == "function" and definition.scope == MODULE:
            found.setdefault(definition.name, []).append(Function(path, index))


class Callees:
    """Resolves calls; knows which sites a function is."""

    def __init__(
        self,
        interpreter: Interpreter,
        numbers: Mapping[Spot, tuple[int, ...]],
        sites: tuple[Site, ...],
        indexed: Iterable[str],
    ) -> None:
        self._interpreter = interpreter
        self._numbers = numbers
        self._sites = sites
        self._indexed = sorted(indexed)
        self._functions_of: dict[str, dict[str, list[Function]]] = {}
        self._patched: dict[FunctionId, list[int]] = {}
        for number, site in enumerate(sites):
            if site.kind == "wrapped" and site.secondary is not None and site.function is not None:
                self._patched.setdefault(site.function, []).append(number)

    def _beside(self, path: str, name: str) -> list[Function]:
        """Name the functions of modules in a file's folder by a name."""
        folder = path.rpartition("/")[0]
        if folder not in self._functions_of:
            found = self._functions_of[folder] = {}
            for other in self._indexed:
                if other.rpartition("/")[0] == folder:
                    _learn(found, self._interpreter.scopes(other), other)
        return self._functions_of[folder].get(name, [])

    def evaluate(self, expression: Expression, scope: Scope) -> Values:
        """Tell what an expression may stand for."""
        return self._interpreter.evaluate(expression, scope)

    def receivers(self, scopes: FileScopes, path: str, scope: int) -> tuple[Class, ...]:
        """Give the classes whose objects a method may run on, few enough to go through."""
        if not scopes.is_method(scope) or not scopes.definition(scope).parameters:
            return ()
        if decorator_names(scopes.definition(scope)) & {"staticmethod", "classmethod"}:
            return ()
        own = Class(path, scopes.outer(scope))
        below = self._interpreter.subclasses(own)
        return (own, *below) if len(below) <= _MAX_BELOW else ()

    def reached(self, path: str, call: Call, frame: Frame | None = None) -> Reached:
        """Tell what a call may run; `frame` binds the variables of loops around it."""
        scope = Scope(path, call.scope, frame)
        gathered = _Gathered(path)
        n_assumed = self._interpreter.n_assumed
        for value in self._interpreter.evaluate(call.callee, scope):
            self._run(value, gathered)
        is_assumed = self._interpreter.n_assumed > n_assumed
        given = arguments(self._interpreter, call.arguments, scope)
        passed = _Gathered(path)
        for value in list(_callables(given))[:_MAX_PASSED]:
            self._run(value, passed)
        inside = {self._sites[number].function for number in (*gathered.sites, *passed.sites)}
        return Reached(
            sites=tuple(dict.fromkeys((*gathered.sites, *passed.sites))),
            passed=tuple(f for f in passed.functions if f not in inside),
            functions=tuple(f for f in gathered.functions if f not in inside),
            is_open=gathered.is_open,
            is_outside=gathered.is_outside,
            is_assumed=is_assumed,
        )

    def _run(self, value: Value, gathered: _Gathered, depth: int = 0) -> None:
        match value:
            case Traced():
                self._run_traced(value, gathered, depth)
            case Marked(_, _, inner) | Partial(inner, _) if depth < 4:
                self._run(inner, gathered, depth + 1)
            case Function():
                self._run_function(value, gathered)
            case Class():
                self._run_members(Instance(value), "__init__", gathered, depth)
            case Instance(Class()):
                self._run_members(value, "__call__", gathered, depth)
            case _:
                self._run_untold(value, gathered)

    def _run_members(self, value: Instance, name: str, gathered: _Gathered, depth: int) -> None:
        for member in self._interpreter.attribute(value, name) if depth < 4 else ():
            if isinstance(member, Function | Traced):
                self._run(member, gathered, depth + 1)

    def _run_untold(self, value: Value, gathered: _Gathered) -> None:
        """Note a callee that is outside the tree, or told by nothing."""
        match value:
            case Argument():
                gathered.is_open = True
            case External(dotted):
                gathered.is_outside = True
                gathered.is_open |= _may_call_back(dotted)
                self._run_unbound(dotted, gathered)
            case Unknown(_, attribute):
                self._run_unknown(attribute, gathered)
            case _:
                pass

    def _run_traced(self, value: Traced, gathered: _Gathered, depth: int) -> None:
        numbers = self._numbers.get(value.made.trail[-1], ())
        own = self._same_function(numbers, value)
        gathered.sites.update(dict.fromkeys(own))
        if not own and depth < 6:
            self._run(value.inner, gathered, depth + 1)

    def _same_function(self, numbers: tuple[int, ...], value: Traced) -> tuple[int, ...]:
        """One token may trace several functions: keep the sites of the one that is called."""
        inner: Value = value
        while isinstance(inner, Traced):
            inner = inner.inner
        scopes = self._interpreter.scopes(inner.path) if isinstance(inner, Function) else None
        if len(numbers) < 2 or scopes is None or not isinstance(inner, Function):
            return numbers
        named = function_id(scopes, inner.path, inner.definition)
        return tuple(n for n in numbers if self._sites[n].function == named) or numbers

    def _run_function(self, function: Function, gathered: _Gathered) -> None:
        scopes = self._interpreter.scopes(function.path)
        if scopes is None:
            return
        spot = Spot(function.path, scopes.definition(function.definition).at)
        registered = self._numbers.get(spot, ())
        if registered:
            gathered.sites.update(dict.fromkeys(registered))
        else:
            named = function_id(scopes, function.path, function.definition)
            gathered.functions[named] = None
            gathered.sites.update(dict.fromkeys(self._patched.get(named, ())))

    def _run_unbound(self, dotted: str, gathered: _Gathered) -> None:
        """A name nothing binds: `%run` brings those of another notebook, `%%writefile` a module's.

        Functions of the same folder, or in a notebook of the same notebook, answer to the name.
        """
        module, _, name = dotted.rpartition(".")
        in_notebook = gathered.path.endswith(".ipynb")
        if (module == "builtins" and hasattr(builtins, name)) or "()" in dotted:
            return
        if module != "builtins" and not (module and in_notebook):
            return
        for function in self._beside(gathered.path, name):
            if module == "builtins" or function.path == gathered.path:
                for value in self._interpreter.decorated(function.path, function.definition, None):
                    self._run(value, gathered, depth=1)

    def _run_unknown(self, attribute: str | None, gathered: _Gathered) -> None:
        """A method of an object of unknown type: any indexed one of that name, or one outside."""
        if attribute in _SPAN_METHODS:
            return
        methods = self._interpreter.methods(attribute) if attribute else ()
        if attribute in _BUILTIN_METHODS and not 0 < len(methods) <= _MAX_LIKE_BUILTIN:
            return
        gathered.is_open = True
        gathered.is_outside = True
        if len(methods) > _MAX_SAME_NAME:
            return
        for method in methods:
            for value in self._interpreter.decorated(method.path, method.definition, None):
                self._run(value, gathered, depth=1)


def _may_call_back(dotted: str) -> bool:
    """Objects of third-party libraries may call what they were given before; functions may not."""
    if "()" not in dotted:
        return False
    return dotted.partition(".")[0].removesuffix("()") not in sys.stdlib_module_names | {"builtins"}


def _callables(given: tuple[Given, ...]) -> Iterable[Value]:
    for argument in given:
        for value in argument.values:
            if isinstance(value, Sequence):
                for item in value.items:
                    yield from (v for v in item if isinstance(v, Function | Traced | Partial))
            elif isinstance(value, Function | Traced | Marked | Partial):
                yield value
