"""What `mlflow.trace` sees of a callable: its name and the parameters it will record."""

from __future__ import annotations

from msgspec.structs import replace

from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Marked,
    Method,
    Seen,
    SpanMade,
    Traced,
    Unknown,
    Value,
)
from tracegloss.model.site import LiteralName
from tracegloss.syntax.facts import Parameter


def seen(reader: Reader, value: Value) -> Seen | None:
    """Tell a callable's `__name__` and signature; `None` when source does not tell the name."""
    match value:
        case Function():
            return value.seen or _of_function(reader, value)
        case Class():
            return _of_class(reader, value)
        case Traced(_, inner) | Marked(_, _, inner):
            return seen(reader, inner)
        case External():
            return Seen(value.last, None)
        case Method(_, name) | Unknown(_, str(name)):
            return Seen(name, None)
        case _:
            return None


def _of_function(reader: Reader, function: Function) -> Seen | None:
    scopes = reader.scopes(function.path)
    if scopes is None:
        return None
    definition = scopes.definition(function.definition)
    kept = recorded_parameters(scopes, function.definition)
    return Seen(
        definition.name if definition.kind != "lambda" else "<lambda>",
        tuple(parameter.name for parameter in kept),
        variadic_names(kept),
        definition.is_generator,
    )


def _of_class(reader: Reader, of: Class) -> Seen | None:
    """MLflow binds the arguments of a decorated class to its `__init__`."""
    scopes = reader.scopes(of.path)
    if scopes is None:
        return None
    name = scopes.definition(of.definition).name
    for value in reader.attribute(of, "__init__"):
        if isinstance(value, Function):
            found = _of_function(reader, value)
            return None if found is None else Seen(name, found.parameters, found.variadic)
    return Seen(name, None)


def recorded_parameters(scopes: FileScopes, definition: int) -> tuple[Parameter, ...]:
    """Give the parameters MLflow records: all but one called `self`, and a leading `cls`."""
    found = scopes.definition(definition).parameters
    leading = found[:1]
    if leading and leading[0].name == "cls" and scopes.is_method(definition):
        found = found[1:]
    return tuple(parameter for parameter in found if parameter.name != "self")


def variadic_names(parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    """Name the `*args` and `**kwargs` of a signature."""
    return tuple(p.name for p in parameters if p.kind in {"variadic", "keywords"})


def traced(reader: Reader, made: SpanMade, inner: Value) -> Traced:
    """Trace a callable: the span without a name of its own takes the callable's."""
    dress = seen(reader, inner)
    names = made.names
    if not names and dress is not None:
        names = (LiteralName(dress.name, "function"),)
    return Traced(replace(made, names=names, seen=dress), inner)
