"""What calling a value may give: MLflow's API, the standard library's dressing, the tree's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.constructors import construct
from tracegloss.index.interpreter.dressing import traced
from tracegloss.index.interpreter.expressions import union
from tracegloss.index.interpreter.factories import closes_over, is_own
from tracegloss.index.interpreter.lookup import annotated
from tracegloss.index.interpreter.names import owners_of, span_names
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes, inner_nodes
from tracegloss.index.interpreter.spans import contexts_around_yield, spans_around_target
from tracegloss.index.interpreter.standard import STANDARD, dress, plain_method
from tracegloss.index.interpreter.told_apart import is_built, is_told_apart, name_given
from tracegloss.index.interpreter.tracing import APIS, HANDLERS, SCORER_DECORATORS, pick, span_made
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Context,
    External,
    Frame,
    Function,
    Given,
    Instance,
    Marked,
    Marker,
    Member,
    Method,
    Partial,
    Plain,
    Scope,
    Sequence,
    SpanMade,
    Spot,
    Table,
    Text,
    Traced,
    Tracer,
    Unknown,
    Value,
    Wraps,
)
from tracegloss.syntax.facts import Expression, Node, ReturnNode

_NO_CALLABLES = (Plain, Text, Member, Sequence, Table)


def apply(
    reader: Reader, callee: Value, given: tuple[Given, ...], spot: Spot, *, decorating: bool
) -> Values:
    """Tell what calling a value gives. An unknown decorator leaves its function as it is."""
    match callee:
        case External():
            return _outside(reader, callee, given, spot, decorating=decorating)
        case Function():
            return _function(reader, callee, given, spot)
        case Class():
            return construct(reader, callee, given, spot)
        case Instance():
            return _call_object(reader, callee, given, spot, decorating=decorating)
        case Partial(of, earlier):
            return reader.apply(of, (*earlier, *given), spot, decorating=decorating)
        case Tracer() | Marker() | Wraps():
            return _decorate(reader, callee, given, spot)
        case Traced(_, inner) | Marked(_, _, inner):
            return _result_of_traced(reader, inner, given, spot)
        case _:
            return _unknown(callee, given, decorating=decorating)


def _decorate(
    reader: Reader, waiting: Tracer | Marker | Wraps, given: tuple[Given, ...], spot: Spot
) -> Values:
    """Give a decorator that waits for its function the function."""
    match waiting:
        case Tracer(made):
            used = made if made.trail[-1] == spot else made.used_at(spot)
            return _each(pick(given, 0, "func"), lambda value: traced(reader, used, value))
        case Marker(how, named):
            return _each(pick(given, 0, "func"), lambda value: Marked(how, named, value))
        case Wraps(of):
            return _each(pick(given, 0, "wrapped"), lambda value: dress(reader, value, of))


def _each(values: Values | None, make: Callable[[Value], Value]) -> Values:
    callables = [v for v in values or () if not isinstance(v, _NO_CALLABLES)]
    return tuple(make(value) for value in callables) or (Unknown(""),)


def _unknown(callee: Value, given: tuple[Given, ...], *, decorating: bool) -> Values:
    if isinstance(callee, Method):
        return plain_method(callee.of, callee.name, given)
    if decorating and given:
        return given[0].values
    return (Unknown("call", owners=owners_of([callee])),)


def _result_of_traced(reader: Reader, inner: Value, given: tuple[Given, ...], spot: Spot) -> Values:
    if isinstance(inner, Class):
        return reader.apply(inner, given, spot)
    if isinstance(inner, Function):
        return tuple(v for v in reader.apply(inner, given, spot) if not isinstance(v, Context))
    return (Unknown("call"),)


def _outside(
    reader: Reader, callee: External, given: tuple[Given, ...], spot: Spot, *, decorating: bool
) -> Values:
    api = APIS.get(callee.dotted)
    if api is not None:
        return _api(reader, span_made(api, given, spot), given)
    if callee.dotted in HANDLERS:
        return (Marker("handler", None),)
    if callee.dotted in SCORER_DECORATORS:
        return _scorer(given)
    if callee.dotted in STANDARD:
        return STANDARD[callee.dotted](reader, given, spot)
    if decorating and given:
        return given[0].values
    if callee.last[:1].isupper():
        return (_object(callee, given, spot),)
    if callee.dotted.startswith(("builtins.", "mlflow.")):
        return (Unknown(f"{callee.dotted}()"),)
    made = spot if is_built(callee.dotted) else None
    return (Instance(External(f"{callee.dotted}()"), made=made),)


def _object(of: External, given: tuple[Given, ...], spot: Spot) -> Instance:
    if not is_told_apart(of.dotted):
        return Instance(of)
    return Instance(of, made=spot, called=name_given(of.dotted, given))


def _api(reader: Reader, made: SpanMade, given: tuple[Given, ...]) -> Values:
    if made.creator != "trace":
        return (Context(made),)
    functions = pick(given, 0, "func")
    if functions is None or functions == (Plain(None),):
        return (Tracer(made),)
    callables = [f for f in functions if not isinstance(f, _NO_CALLABLES)]
    return tuple(traced(reader, made, f) for f in callables) or (Unknown("untraced"),)


def _scorer(given: tuple[Given, ...]) -> Values:
    names = span_names(pick(given, 99, "name") or ())
    functions = pick(given, 0, "func")
    name = names[0] if names else None
    if functions is None:
        return (Marker("scorer", name),)
    return tuple(Marked("scorer", name, function) for function in functions)


def _function(reader: Reader, function: Function, given: tuple[Given, ...], spot: Spot) -> Values:
    scopes = reader.scopes(function.path)
    if scopes is None:
        return (Unknown("call"),)
    frame = bound_frame(reader, scopes, function, given)
    definition = scopes.definition(function.definition)
    if function.managed:
        return tuple(
            Context(made.used_at(spot)) for made in contexts_around_yield(reader, function, frame)
        ) or (Unknown("context"),)
    if definition.is_generator:
        return (Unknown("generator"),)
    scope = Scope(function.path, function.definition, frame)
    results = [(each, reader.evaluate(each, scope)) for each in returned(definition.body)]
    if not results:
        return annotated_result(reader, scopes, function) or (Plain(None),)
    found = union(
        _used(reader, value, each, frame, given, spot)
        for each, values in results
        for value in values
    )
    if all(isinstance(value, Unknown | Argument) for value in found):
        return annotated_result(reader, scopes, function) or found
    return found


def annotated_result(reader: Reader, scopes: FileScopes, function: Function) -> Values:
    """Read what a definition says it returns."""
    definition = scopes.definition(function.definition)
    return annotated(reader, definition.returns, Scope(function.path, definition.scope))


def returned(nodes: tuple[Node, ...]) -> Iterable[Expression]:
    """Yield the values a body returns."""
    for node in nodes:
        if isinstance(node, ReturnNode) and not node.is_yield:
            yield node.value
        for part in inner_nodes(node):
            yield from returned(part)


def _used(
    reader: Reader,
    value: Value,
    expression: Expression,
    frame: Frame,
    given: tuple[Given, ...],
    spot: Spot,
) -> Values:
    """Note this call as a use of what it returns, when the spans come from inside it."""
    if isinstance(value, Function) and closes_over(value.frame, frame):
        mades = spans_around_target(reader, value)
        if not mades:
            return (value,)
        wrapped: Value = value
        for made in reversed(mades):
            wrapped = Traced(made.used_at(spot), wrapped)
        return (wrapped,)
    passed_in = {id(v) for argument in given for v in argument.values}
    if (
        isinstance(value, Traced)
        and not _is_passed(value, passed_in)
        and is_own(reader, value, expression, frame)
    ):
        return (value,)
    return (_extend(value, spot, passed_in),)


def _is_passed(value: Value, passed_in: set[int]) -> bool:
    """Tell whether a traced value, or what is traced by it, was given to the call."""
    while isinstance(value, Traced) and id(value) not in passed_in:
        value = value.inner
    return id(value) in passed_in


def _extend(value: Value, spot: Spot, passed_in: set[int]) -> Value:
    if id(value) in passed_in:
        return value
    if isinstance(value, Traced):
        return Traced(value.made.used_at(spot), _extend(value.inner, spot, passed_in))
    if isinstance(value, Tracer | Context):
        return replace(value, made=value.made.used_at(spot))
    return value


def _call_object(
    reader: Reader, value: Instance, given: tuple[Given, ...], spot: Spot, *, decorating: bool
) -> Values:
    if isinstance(value.of, External):
        return _unknown(value, given, decorating=decorating)
    calls = [v for v in reader.attribute(value, "__call__") if isinstance(v, Function | Traced)]
    if not calls:
        return _unknown(value, given, decorating=decorating)
    return union(reader.apply(call, given, spot, decorating=decorating) for call in calls)
