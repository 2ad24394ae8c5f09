"""The sites of one file: every place in it that can create spans, and what tells their names."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.index.handed_on import handed_on
from tracegloss.index.interpreter.constructors import constructor
from tracegloss.index.interpreter.dressing import recorded_parameters, variadic_names
from tracegloss.index.interpreter.expressions import arguments, spot_of
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.spans import direct_spans
from tracegloss.index.interpreter.tracing import API_NAMES, APIS
from tracegloss.index.interpreter.values import (
    Class,
    Context,
    External,
    Function,
    Given,
    Marked,
    Partial,
    Scope,
    SpanMade,
    Spot,
    Traced,
    Value,
)
from tracegloss.index.interpreter.withs import Blocks
from tracegloss.index.places import extent_of, function_id, place_of
from tracegloss.model.site import DynamicName, FunctionId, LiteralName, Site, SiteKind, SpanName
from tracegloss.syntax.facts import Call, Constant, Expression, Invocation, Name


class FoundSite(Struct, frozen=True):
    """A site with the token it is known by, and the creations and uses below it it stands for.

    `runs` tells whether the span begins at the token: `mlflow.trace(fn)` only prepares it.
    """

    site: Site
    spot: Spot
    below: tuple[Spot, ...] = ()
    runs: bool = True


def find_sites(interpreter: Interpreter, path: str) -> list[FoundSite]:
    """Find the sites of one indexed file, in source order."""
    scopes = interpreter.scopes(path)
    if scopes is None:
        return []
    found = [*_decorated_sites(interpreter, scopes, path), *_call_sites(interpreter, scopes, path)]
    return sorted(found, key=_place)


def _place(found: FoundSite) -> tuple[object, ...]:
    site, at = found.site, found.spot.at
    return site.at.cell or 0, site.at.range, at.line, at.column


def _decorated_sites(
    interpreter: Interpreter, scopes: FileScopes, path: str
) -> Iterator[FoundSite]:
    for index, definition in enumerate(scopes.facts.definitions):
        decorators = definition.decorators
        if definition.kind == "function" and definition.scope != MODULE:
            decorators += scopes.definition(definition.scope).decorators
        named = any(
            _is_marked(interpreter, scopes, decorator.expression, path, registers=True)
            for decorator in decorators
        )
        if named:
            yield from _sites_of_definition(interpreter, scopes, path, index)


def _is_marked(
    interpreter: Interpreter,
    scopes: FileScopes,
    expression: Expression,
    path: str,
    *,
    registers: bool = False,
) -> bool:
    """Tell by the names in it whether a callee, or a call that makes it, may make a span."""
    while isinstance(expression, Invocation):
        call = scopes.call(expression.call)
        if any(_names_marker(interpreter, argument.value, path) for argument in call.arguments):
            return True
        expression = call.callee
    name = last_name(expression)
    return interpreter.is_marker(name, path) or (registers and interpreter.registers(name, path))


def _names_marker(interpreter: Interpreter, given: Expression, path: str) -> bool:
    """Tell whether an argument names a marker: `wraps(trace)`, `getattr(mlflow, "trace")`."""
    if isinstance(given, Constant):
        return isinstance(given.value, str) and interpreter.is_marker(given.value, path)
    return isinstance(given, Name) and interpreter.is_marker(last_name(given), path)


def _sites_of_definition(
    interpreter: Interpreter, scopes: FileScopes, path: str, index: int
) -> Iterator[FoundSite]:
    known: set[SpanMade] = set()
    for _, values in interpreter.decoration(path, index, None):
        for value in _of_its_color(interpreter, scopes, index, values):
            layer: Value = value
            while isinstance(layer, Traced):
                if layer.made not in known:
                    known.add(layer.made)
                    yield _decorated_site(scopes, path, index, layer.made)
                layer = layer.inner
            if isinstance(layer, Marked):
                yield marked_site(scopes, path, index, layer)
    if not known:
        for made in handed_on(interpreter, scopes, path, index):
            yield replace(_decorated_site(scopes, path, index, made), below=(), runs=False)


def _of_its_color(
    interpreter: Interpreter, scopes: FileScopes, index: int, values: Values
) -> Values:
    """Choose between the synchronous and the asynchronous closure of one decorator."""
    is_async = scopes.definition(index).is_async
    alike = tuple(
        value
        for value in values
        if not isinstance(value, Traced)
        or not isinstance(value.inner, Function)
        or interpreter.is_async(value.inner) == is_async
    )
    return alike or values


def _decorated_site(scopes: FileScopes, path: str, index: int, made: SpanMade) -> FoundSite:
    kind: SiteKind = "decorated" if len(made.trail) == 1 else "wrapper-use"
    site = _definition_site(scopes, path, index, kind, made.names)
    return _found(with_span(site, made), made)


def _definition_site(
    scopes: FileScopes, path: str, index: int, kind: SiteKind, names: tuple[SpanName, ...]
) -> Site:
    definition = scopes.definition(index)
    return Site(
        kind=kind,
        at=place_of(scopes.facts, path, definition.at),
        extent=extent_of(scopes.facts, definition.extent),
        names=names or (LiteralName(definition.name, "function"),),
        qualified_name=definition.qualified_name,
        function=function_id(scopes, path, index),
        is_generator=definition.is_generator,
        is_async=definition.is_async,
    )


def with_span(site: Site, made: SpanMade) -> Site:
    """Add to a site what its span is known to record."""
    site = replace(
        site,
        span_type=made.span_type,
        attributes=made.attributes,
        description=made.description,
    )
    if made.creator != "trace" or made.seen is None:
        return site
    return replace(
        site,
        function_name=None if made.seen.is_generator else made.seen.name,
        parameters=made.seen.parameters,
        variadic=made.seen.variadic,
    )


def _found(site: Site, made: SpanMade) -> FoundSite:
    return FoundSite(site, made.trail[-1], made.trail[:-1])


SCORER_KEYS = ("inputs", "outputs", "expectations", "trace", "session")


def marked_site(scopes: FileScopes, path: str, index: int, marked: Marked) -> FoundSite:
    """Make the site of a function that MLflow runs: handlers by `start_span`, scorers by `run`."""
    names = () if marked.name is None else (marked.name,)
    site = _definition_site(scopes, path, index, marked.how, names)
    if marked.how == "scorer":
        site = replace(site, function_name="run", parameters=SCORER_KEYS, span_type="EVALUATOR")
    return FoundSite(site, Spot(path, scopes.definition(index).at))


def registered_function(scopes: FileScopes, path: str, index: int) -> FoundSite:
    """Make the site of a function that MLflow traces because it was handed to it."""
    kept = recorded_parameters(scopes, index)
    definition = scopes.definition(index)
    site = replace(
        _definition_site(scopes, path, index, "handler", ()),
        function_name=None if definition.is_generator else definition.name,
        parameters=tuple(parameter.name for parameter in kept),
        variadic=variadic_names(kept),
    )
    return FoundSite(site, Spot(path, definition.at))


def _call_sites(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[FoundSite]:
    blocks = Blocks(interpreter, scopes, path)
    for number, call in enumerate(scopes.facts.calls):
        if call.role != "decorator" and _is_marked(interpreter, scopes, call.callee, path):
            yield from _sites_of_call(interpreter, scopes, path, number, call, blocks)


def _sites_of_call(
    interpreter: Interpreter,
    scopes: FileScopes,
    path: str,
    number: int,
    call: Call,
    blocks: Blocks,
) -> Iterator[FoundSite]:
    scope = Scope(path, call.scope)
    if _is_foreign(interpreter, call, scope):
        return
    callees = interpreter.evaluate(call.callee, scope)
    if not any(interpreter.may_make(callee) for callee in callees):
        return
    spot = spot_of(scopes, path, call)
    known: set[SpanMade] = set()
    for value in interpreter.evaluate(Invocation(number), scope):
        layer: Value = value
        while isinstance(layer, Traced):
            if layer.made.trail[-1] == spot and layer.made not in known:
                known.add(layer.made)
                yield _wrapped_site(interpreter, scopes, path, call, layer)
            layer = layer.inner
        if isinstance(layer, Context) and layer.made.trail[-1] == spot:
            known.add(layer.made)
            yield _context_site(scopes, path, number, call, layer.made, blocks)
    if not known:
        yield from _direct_sites(interpreter, scopes, path, call, spot)


def _is_foreign(interpreter: Interpreter, call: Call, scope: Scope) -> bool:
    """Tell whether a call only has a name as MLflow's API has them: `otel_tracer.start_span`.

    What such a name leads to need not be indexed: a file that hands MLflow's API on mentions it.
    """
    name = last_name(call.callee)
    if name not in API_NAMES or name in interpreter.own_markers:
        return False
    missed = set(interpreter.missed)
    callees = interpreter.evaluate(call.callee, scope)
    if any(isinstance(c, External) and c.dotted in APIS for c in callees):
        return False
    interpreter.missed = missed
    return not any(isinstance(c, Function | Class | Traced | Partial) for c in callees)


def _call_site(scopes: FileScopes, path: str, call: Call, kind: SiteKind, made: SpanMade) -> Site:
    around = call.scope
    at = spot_of(scopes, path, call).at
    site = Site(
        kind=kind,
        at=place_of(scopes.facts, path, at),
        extent=extent_of(scopes.facts, call.extent),
        names=made.names or (DynamicName("name"),),
        qualified_name=scopes.definition(around).qualified_name if around >= 0 else None,
        function=function_id(scopes, path, around),
    )
    return with_span(site, made)


def _wrapped_site(
    interpreter: Interpreter, scopes: FileScopes, path: str, call: Call, traced: Traced
) -> FoundSite:
    """A function of the tree handed to `mlflow.trace` is a site itself, as if it were decorated."""
    is_direct = len(traced.made.trail) == 1
    at = spot_of(scopes, path, call).at
    if is_direct and isinstance(traced.inner, Function):
        own = interpreter.scopes(traced.inner.path)
        if own is not None and own.definition(traced.inner.definition).kind == "function":
            site = _definition_site(
                own, traced.inner.path, traced.inner.definition, "wrapped", traced.made.names
            )
            secondary = place_of(scopes.facts, path, at)
            site = with_span(replace(site, secondary=secondary), traced.made)
            return replace(_found(site, traced.made), runs=False)
    site = _call_site(scopes, path, call, "wrapped" if is_direct else "wrapper-use", traced.made)
    given = arguments(interpreter, call.arguments, Scope(path, call.scope))
    function = _innermost(interpreter, traced, given)
    return replace(_found(replace(site, function=function), traced.made), runs=False)


def _innermost(
    interpreter: Interpreter, traced: Traced, given: tuple[Given, ...]
) -> FunctionId | None:
    """Name the definition that runs inside: the one traced, or the one given to a wrapper."""
    for argument in given if len(traced.made.trail) > 1 else ():
        for value in argument.values:
            function = defined_function(interpreter, value)
            if function is not None:
                return function
    return defined_function(interpreter, traced.inner)


def defined_function(interpreter: Interpreter, value: Value) -> FunctionId | None:
    """Name the definition a callable value runs, `None` when it is not in the tree."""
    while isinstance(value, Traced | Marked):
        value = value.inner
    if not isinstance(value, Function | Class):
        return None
    scopes = interpreter.scopes(value.path)
    return None if scopes is None else function_id(scopes, value.path, value.definition)


def _context_site(
    scopes: FileScopes, path: str, number: int, call: Call, made: SpanMade, blocks: Blocks
) -> FoundSite:
    kind: SiteKind = "wrapper-use"
    if len(made.trail) == 1:
        kind = "context" if made.creator == "context" else "call"
    site = _call_site(scopes, path, call, kind, made)
    block = blocks.around(number)
    if block is not None:
        whole = extent_of(scopes.facts, block)
        site = replace(site, extent=whole, block=whole)
    return _found(site, made)


def _direct_sites(
    interpreter: Interpreter, scopes: FileScopes, path: str, call: Call, spot: Spot
) -> Iterator[FoundSite]:
    """Yield the uses of wrappers that run their function at once: `traced_call("x", fn)`."""
    scope = Scope(path, call.scope)
    for callee in interpreter.evaluate(call.callee, scope):
        function = _run_at_once(interpreter, callee)
        if function is None:
            continue
        given = arguments(interpreter, call.arguments, scope)
        for made in direct_spans(interpreter, function, given, spot):
            site = _call_site(scopes, path, call, "wrapper-use", made)
            inside = [defined_function(interpreter, v) for g in given for v in g.values]
            functions = [function for function in inside if function is not None]
            if functions:
                site = replace(site, function=functions[0])
            elif isinstance(callee, Function):
                site = replace(site, function=defined_function(interpreter, function))
            yield _found(site, made)


def _run_at_once(interpreter: Interpreter, callee: Value) -> Function | None:
    """Give the function of the tree whose body a call runs: the callee, or its constructor."""
    if isinstance(callee, Function):
        return None if callee.managed else callee
    if isinstance(callee, Class):
        return constructor(interpreter, callee)
    return None
