"""What calling a value may give: MLflow's API, the standard library's dressing, the tree's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tracegloss.index.attributes import bases
from tracegloss.index.binding import bound_frame
from tracegloss.index.dressing import seen, traced
from tracegloss.index.expressions import element, union
from tracegloss.index.lookup import annotated, module
from tracegloss.index.names import as_text, owners_of, span_names, string_method
from tracegloss.index.reader import Reader, Values
from tracegloss.index.scopes import Defined, FileScopes, inner_nodes
from tracegloss.index.spans import contexts_around_yield, spans_around_target, spans_in
from tracegloss.index.tracing import APIS, HANDLERS, SCORER_DECORATORS, pick, span_made
from tracegloss.index.values import (
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
_CALLABLES = (Function, Class, Traced, Marked, Argument, External, Unknown, Partial, Instance)


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
            return _construct(reader, callee, given, spot)
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
            return _each(pick(given, 0, "wrapped"), lambda value: _dress(reader, value, of))


def _each(values: Values | None, make: Callable[[Value], Value]) -> Values:
    callables = [v for v in values or () if not isinstance(v, _NO_CALLABLES)]
    return tuple(make(value) for value in callables) or (Unknown(""),)


def _unknown(callee: Value, given: tuple[Given, ...], *, decorating: bool) -> Values:
    if isinstance(callee, Method):
        return _plain_method(callee.of, callee.name, given)
    if decorating and given:
        return given[0].values
    return (Unknown("call", owners=owners_of([callee])),)


def _dress(reader: Reader, value: Value, of: Value) -> Value:
    if isinstance(value, Function):
        as_seen = seen(reader, of)
        own = seen(reader, value)
        if as_seen is not None and own is not None:
            as_seen = replace(as_seen, is_generator=own.is_generator)
        return replace(value, seen=as_seen)
    return value


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
    if callee.dotted in _STANDARD:
        return _STANDARD[callee.dotted](reader, given, spot)
    if decorating and given:
        return given[0].values
    if callee.last[:1].isupper():
        return (Instance(callee),)
    if callee.dotted.startswith(("builtins.", "mlflow.")):
        return (Unknown(f"{callee.dotted}()"),)
    return (Instance(External(f"{callee.dotted}()")),)


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
    results = [reader.evaluate(value, scope) for value in returned(definition.body)]
    if not results:
        return annotated_result(reader, scopes, function) or (Plain(None),)
    found = union(
        _used(reader, value, frame, given, spot) for values in results for value in values
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
    reader: Reader, value: Value, frame: Frame, given: tuple[Given, ...], spot: Spot
) -> Values:
    """Note this call as a use of what it returns, when the spans come from inside it."""
    if isinstance(value, Function) and _closes_over(value.frame, frame):
        mades = spans_around_target(reader, value)
        if not mades:
            return (value,)
        wrapped: Value = value
        for made in reversed(mades):
            wrapped = Traced(made.used_at(spot), wrapped)
        return (wrapped,)
    passed_in = {id(v) for argument in given for v in argument.values}
    return (_extend(value, spot, passed_in),)


def _closes_over(frame: Frame | None, searched: Frame) -> bool:
    while frame is not None:
        if frame is searched:
            return True
        frame = frame.outer
    return False


def _extend(value: Value, spot: Spot, passed_in: set[int]) -> Value:
    if id(value) in passed_in:
        return value
    if isinstance(value, Traced):
        return Traced(value.made.used_at(spot), _extend(value.inner, spot, passed_in))
    if isinstance(value, Tracer | Context):
        return replace(value, made=value.made.used_at(spot))
    return value


def _construct(reader: Reader, of: Class, given: tuple[Given, ...], spot: Spot) -> Values:
    made = Instance(of, given=_constructor_frame(reader, of, given))
    for call in reader.attribute(made, "__call__") if _passes_callable(given) else ():
        if isinstance(call, Function):
            mades = spans_around_target(reader, call)
            if mades:
                return tuple(Traced(span.used_at(spot), made) for span in mades[:1])
    spans = _entered_spans(reader, of, made) if reader.may_trace(of) else ()
    return tuple(Context(span.used_at(spot)) for span in spans) or (made,)


def _entered_spans(reader: Reader, of: Class, made: Instance) -> tuple[SpanMade, ...]:
    """Give the spans of a context-manager class: made when it is entered, or constructed."""
    entering = _methods(reader, of, made, ("__enter__", "__aenter__"))
    if not entering:
        return ()
    for method in entering:
        spans = spans_in(reader, method, None)
        if spans:
            return spans
    for method in _methods(reader, of, made, ("__init__",)):
        return spans_in(reader, method, made.given)
    return ()


def _methods(
    reader: Reader, of: Class, receiver: Instance, names: tuple[str, ...]
) -> list[Function]:
    """Give the methods of a class with any of the names, its bases included."""
    found: list[Function] = []
    for base in bases(reader, of):
        scopes = reader.scopes(base.path) if isinstance(base, Class) else None
        if scopes is None or not isinstance(base, Class):
            continue
        held = scopes.names.get(base.definition, {})
        found.extend(
            Function(base.path, bound.definition, None, receiver)
            for name in names
            for bound in held.get(name, ())
            if isinstance(bound, Defined)
        )
    return found


def _passes_callable(given: tuple[Given, ...]) -> bool:
    return any(isinstance(v, _CALLABLES) for argument in given for v in argument.values)


def constructor(reader: Reader, of: Class) -> Function | None:
    """Give the `__init__` a class of the tree has or inherits."""
    methods = _methods(reader, of, Instance(of), ("__init__",))
    return methods[0] if methods else None


def _constructor_frame(reader: Reader, of: Class, given: tuple[Given, ...]) -> Frame | None:
    method = constructor(reader, of)
    scopes = None if method is None else reader.scopes(method.path)
    return bound_frame(reader, scopes, method, given) if method and scopes else None


def _call_object(
    reader: Reader, value: Instance, given: tuple[Given, ...], spot: Spot, *, decorating: bool
) -> Values:
    if isinstance(value.of, External):
        return _unknown(value, given, decorating=decorating)
    calls = [v for v in reader.attribute(value, "__call__") if isinstance(v, Function | Traced)]
    if not calls:
        return _unknown(value, given, decorating=decorating)
    return union(reader.apply(call, given, spot, decorating=decorating) for call in calls)


def _plain_method(of: Value, name: str, given: tuple[Given, ...]) -> Values:
    if isinstance(of, Table) and name in {"get", "pop", "setdefault"} and given:
        found = element_or_none(of, given[0].values)
        default = given[1].values if len(given) > 1 else ()
        return found or default or (Plain(None),)
    if isinstance(of, Table) and name in {"values", "copy"}:
        return (Sequence((of.all(),)),) if name == "values" else (of,)
    if isinstance(of, Table) and name == "items":
        return (Sequence(((Sequence(((Unknown("key"),), of.all())),),)),)
    if isinstance(of, Plain | Member):
        values = [v for argument in given for v in argument.values[:1]]
        folded = string_method(of, name, values)
        if folded is not None:
            return (folded,)
    return (Unknown(f"{name}()"),)


def element_or_none(table: Table, keys: Values) -> Values:
    """Look known keys up in a mapping; empty when it has none of them."""
    texts = [as_text(key) for key in keys]
    if None in texts:
        return element(table, keys)
    return tuple(v for text in texts if text is not None for v in table.get(text))


def _first(given: tuple[Given, ...]) -> Values:
    return given[0].values if given else (Unknown(""),)


def _get_attribute(reader: Reader, given: tuple[Given, ...], _: Spot) -> Values:
    if len(given) < 2:
        return (Unknown("getattr"),)
    names = [as_text(name) for name in given[1].values]
    known = [name for name in names if name is not None]
    if not known:
        return (Unknown("getattr"),)
    return union(reader.attribute(v, name) for v in given[0].values for name in known)


def _import_module(reader: Reader, given: tuple[Given, ...], spot: Spot) -> Values:
    names = [as_text(value) for value in _first(given)]
    return union(module(reader, spot.path, name) for name in names if name)


def _classes_of(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(v.of if isinstance(v, Instance) else Unknown("type") for v in _first(given))


def _partial(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(Partial(value, given[1:]) for value in _first(given))


def _managed(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(replace(v, managed=True) if isinstance(v, Function) else v for v in _first(given))


def _update_wrapper(reader: Reader, given: tuple[Given, ...], _: Spot) -> Values:
    if len(given) < 2:
        return _first(given)
    return tuple(_dress(reader, value, given[1].values[0]) for value in given[0].values)


def _table(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    spread = [v for argument in given for v in argument.values if isinstance(v, Table)]
    named = [(a.keyword, a.values) for a in given if a.keyword not in {None, "*", "**"}]
    return (Table((*(entry for table in spread for entry in table.entries), *named)),)


def _as_it_is(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return _first(given)


def _wraps(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    return tuple(Wraps(value) for value in _first(given))


def _caching(_: Reader, given: tuple[Given, ...], __: Spot) -> Values:
    functions = [v for v in _first(given) if isinstance(v, Function | Traced | Class)]
    return tuple(functions) or (Unknown("cache"),)


_STANDARD: dict[str, Callable[[Reader, tuple[Given, ...], Spot], Values]] = {
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.partial": _partial,
    "functools.lru_cache": _caching,
    "functools.cache": _caching,
    "contextlib.contextmanager": _managed,
    "contextlib.asynccontextmanager": _managed,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
    "builtins.getattr": _get_attribute,
    "builtins.type": _classes_of,
    "builtins.dict": _table,
    **{
        f"builtins.{name}": _as_it_is
        for name in ("staticmethod", "classmethod", "property", "list", "tuple", "str", "iter")
    },
    **{
        f"builtins.{name}": _as_it_is for name in ("sorted", "reversed", "set", "enumerate", "next")
    },
    "typing.cast": lambda _, given, __: given[1].values if len(given) > 1 else (Unknown("cast"),),
}
