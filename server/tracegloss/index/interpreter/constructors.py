"""What constructing a class of the tree gives: an object, a traced callable, or an entered span."""

from __future__ import annotations

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import Defined
from tracegloss.index.interpreter.spans import spans_around_target, spans_in
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
    Partial,
    SpanMade,
    Spot,
    Traced,
    Unknown,
)

_CALLABLES = (Function, Class, Traced, Marked, Argument, External, Unknown, Partial, Instance)


def construct(reader: Reader, of: Class, given: tuple[Given, ...], spot: Spot) -> Values:
    """Tell what constructing a class gives."""
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
    for base in reader.bases(of):
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
