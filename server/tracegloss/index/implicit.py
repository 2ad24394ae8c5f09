"""Sites that MLflow traces without a tracing call in the repository's code."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.names import span_names
from tracegloss.index.interpreter.scopes import Defined, FileScopes, last_name
from tracegloss.index.interpreter.tracing import (
    API_NAMES,
    EVALUATE,
    HANDLERS,
    RESPONSES_AGENTS,
    SCORER_CLASSES,
    SCORER_DECORATORS,
    pick,
)
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Marked,
    Marker,
    Partial,
    Scope,
    Spot,
    Value,
)
from tracegloss.index.places import extent_of, function_id, place_of
from tracegloss.index.sites import SCORER_KEYS, FoundSite, marked_site, registered_function
from tracegloss.model.site import LiteralName, Site, SpanName
from tracegloss.syntax.facts import Call, Invocation

_AGENT_METHODS = ("predict", "predict_stream")


def implicit_sites(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[FoundSite]:
    """Yield agents and scorers by their base class, and functions that calls hand to MLflow."""
    for index, definition in enumerate(scopes.facts.definitions):
        if definition.kind == "class" and is_registered_class(interpreter, scopes, path, index):
            yield from _by_base(interpreter, scopes, path, index)
    for number, call in enumerate(scopes.facts.calls):
        keywords = {argument.keyword for argument in call.arguments}
        if "predict_fn" in keywords:
            yield from _evaluated(interpreter, path, call.scope, call)
        if call.role != "decorator" and _names_registering(interpreter, scopes, call, path):
            yield from _handed_over(interpreter, path, number, call)
        named = last_name(call.callee)
        # A class is known by its name before it is looked at: most names cost nothing.
        if "name" in keywords and named[:1].isupper() and interpreter.registers(named, path):
            yield from _named_scorer(interpreter, path, call)


def is_registered_class(
    interpreter: Interpreter, scopes: FileScopes, path: str, index: int
) -> bool:
    """Tell by its bases' names whether MLflow may know a class."""
    bases_named = (last_name(base) for base in scopes.definition(index).bases)
    return any(interpreter.registers(name, path) for name in bases_named)


def outside_bases(interpreter: Interpreter, of: Class) -> frozenset[str]:
    """Name the classes outside the tree that a class inherits from, however far."""
    return frozenset(base.dotted for base in interpreter.bases(of) if isinstance(base, External))


def _by_base(
    interpreter: Interpreter, scopes: FileScopes, path: str, index: int
) -> Iterator[FoundSite]:
    named = outside_bases(interpreter, Class(path, index))
    if named & RESPONSES_AGENTS:
        yield from _agent_methods(interpreter, scopes, path, index)
    if named & SCORER_CLASSES:
        yield _scorer(interpreter, scopes, path, index)


def _agent_methods(
    interpreter: Interpreter, scopes: FileScopes, path: str, owner: int
) -> Iterator[FoundSite]:
    """A `ResponsesAgent` traces its own `predict` and `predict_stream` unless they are traced."""
    for name in _AGENT_METHODS:
        for bound in scopes.names.get(owner, {}).get(name, ()):
            if not isinstance(bound, Defined):
                continue
            values = interpreter.decorated(path, bound.definition, None)
            if any(isinstance(value, Function) for value in values):
                found = registered_function(scopes, path, bound.definition)
                yield replace(found, site=replace(found.site, span_type="AGENT"))


def _scorer(interpreter: Interpreter, scopes: FileScopes, path: str, index: int) -> FoundSite:
    definition = scopes.definition(index)
    names: tuple[SpanName, ...] = ()
    if "name" in scopes.names.get(index, {}):
        names = span_names(interpreter.attribute(Class(path, index), "name"))
    called = [
        bound.definition
        for bound in scopes.names.get(index, {}).get("__call__", ())
        if isinstance(bound, Defined)
    ]
    site = Site(
        kind="scorer",
        at=place_of(scopes.facts, path, definition.at),
        extent=extent_of(scopes.facts, definition.extent),
        names=names or (LiteralName(definition.name, "function"),),
        qualified_name=definition.qualified_name,
        function=function_id(scopes, path, called[0] if called else index),
        function_name="run",
        parameters=SCORER_KEYS,
        span_type="EVALUATOR",
    )
    return FoundSite(site, Spot(path, definition.at))


def _names_registering(interpreter: Interpreter, scopes: FileScopes, call: Call, path: str) -> bool:
    """Tell by its name whether a call may hand a function over: `scorer(fn)`, `invoke()(fn)`."""
    callee = call.callee
    if isinstance(callee, Invocation):
        callee = scopes.call(callee.call).callee
    name = last_name(callee)
    if name in API_NAMES and name not in interpreter.own_markers:
        return False
    return bool(call.arguments) and interpreter.registers(name, path)


def _handed_over(
    interpreter: Interpreter, path: str, number: int, call: Call
) -> Iterator[FoundSite]:
    scope = Scope(path, call.scope)
    callees = interpreter.evaluate(call.callee, scope)
    if not any(_may_register(interpreter, callee) for callee in callees):
        return
    for value in interpreter.evaluate(Invocation(number), scope):
        inner = value.inner if isinstance(value, Marked) else None
        if isinstance(value, Marked) and isinstance(inner, Function):
            scopes = interpreter.scopes(inner.path)
            if scopes is not None:
                yield marked_site(scopes, inner.path, inner.definition, value)


def _may_register(interpreter: Interpreter, callee: Value) -> bool:
    """Tell whether calling a value may hand a function over: what it is given is read only then."""
    match callee:
        case External(dotted):
            return dotted in HANDLERS or dotted in SCORER_DECORATORS
        case Function() | Class():
            return interpreter.may_trace(callee) or _imports_mlflow(interpreter, callee.path)
        case Partial(of, _):
            return _may_register(interpreter, of)
        case _:
            return isinstance(callee, Marker)


def _imports_mlflow(interpreter: Interpreter, path: str) -> bool:
    scopes = interpreter.scopes(path)
    imports = () if scopes is None else scopes.facts.imports
    return any(imported.module.partition(".")[0] == "mlflow" for imported in imports)


def _named_scorer(interpreter: Interpreter, path: str, call: Call) -> Iterator[FoundSite]:
    """A scorer's class is called by the name that each of its objects was given."""
    scope = Scope(path, call.scope)
    for value in interpreter.evaluate(call.callee, scope):
        if not isinstance(value, Class) or not outside_bases(interpreter, value) & SCORER_CLASSES:
            continue
        scopes = interpreter.scopes(value.path)
        names = span_names(pick(arguments(interpreter, call.arguments, scope), 99, "name") or ())
        if scopes is not None and names:
            found = _scorer(interpreter, scopes, value.path, value.definition)
            yield replace(found, site=replace(found.site, names=names))


def _evaluated(interpreter: Interpreter, path: str, around: int, call: Call) -> Iterator[FoundSite]:
    scope = Scope(path, around)
    callees = interpreter.evaluate(call.callee, scope)
    if not any(isinstance(c, External) and c.dotted in EVALUATE for c in callees):
        return
    for value in pick(arguments(interpreter, call.arguments, scope), 99, "predict_fn") or ():
        ran = _without_partials(value)
        if isinstance(ran, Function):
            scopes = interpreter.scopes(ran.path)
            if scopes is not None:
                yield registered_function(scopes, ran.path, ran.definition)


def _without_partials(value: Value) -> Value:
    while isinstance(value, Partial):
        value = value.of
    return value
