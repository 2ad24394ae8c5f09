"""The object a method is called on: how it is written, its class, whether it is a framework's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracegloss.index.frameworks.construct_rows import Construct
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.names import span_names
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Instance,
    Scope,
    Unknown,
    Value,
)
from tracegloss.model.site import DynamicName, LiteralName, SpanName
from tracegloss.syntax.facts import (
    Access,
    Argument,
    Call,
    Constant,
    Entries,
    Expression,
    Invocation,
    Name,
)

_GRAPHS = ("compile()", "create_agent()", "create_react_agent()", "create_supervisor()")


def written(scopes: FileScopes, expression: Expression) -> str:
    """Write a chain of names and calls with `()` for calls; `?` for what is neither."""
    match expression:
        case Name(dotted):
            return dotted
        case Access(of, attribute):
            return f"{written(scopes, of)}.{attribute}"
        case Invocation(number):
            return f"{written(scopes, scopes.call(number).callee)}()"
        case _:
            return "?"


def called_object(
    interpreter: Interpreter, scopes: FileScopes, call: Call, scope: Scope
) -> tuple[SpanName, ...] | None:
    """Name the class of the object a method is called on, as spans of such objects are called.

    `None` for objects that are known to make no such span, or one of another construct.
    """
    called = receiver(call.callee)
    if called is None:
        return None
    given = tuple(_run_names(interpreter, scopes, call, scope))
    if given:
        return given
    missed = set(interpreter.missed)
    values = interpreter.evaluate(called, scope)
    interpreter.missed = missed
    names: list[SpanName] = []
    for value in values:
        if isinstance(value, Function | Class):
            return None
        if isinstance(value, Instance) and isinstance(value.of, Class):
            own = interpreter.scopes(value.of.path)
            if own is not None:
                names.append(LiteralName(own.definition(value.of.definition).name, "default"))
        elif isinstance(value, Instance | External):
            dotted = value.dotted if isinstance(value, External) else _dotted(value)
            if any(graph in dotted for graph in _GRAPHS):
                return None
            made = [part for part in dotted.split(".") if part[:1].isupper()]
            if made:
                names.append(LiteralName(made[0].removesuffix("()"), "default"))
    return tuple(dict.fromkeys(names)) or (DynamicName(written(scopes, called)),)


def _run_names(
    interpreter: Interpreter, scopes: FileScopes, call: Call, scope: Scope
) -> Iterator[SpanName]:
    """Yield the name a run is given: by `with_config(run_name=...)`, or in the call's `config`."""
    for argument in _arguments_along(scopes, call):
        if argument.keyword == "run_name":
            yield from span_names(interpreter.evaluate(argument.value, scope))
        elif argument.keyword in {None, "config"} and isinstance(argument.value, Entries):
            for key, value in argument.value.entries:
                if key == Constant("run_name"):
                    yield from span_names(interpreter.evaluate(value, scope))


def _arguments_along(scopes: FileScopes, call: Call) -> Iterator[Argument]:
    current: Expression = call.callee
    yield from (a for a in call.arguments if a.keyword == "config" or a is not call.arguments[0])
    while isinstance(current, Access | Invocation):
        if isinstance(current, Access):
            current = current.of
            continue
        made = scopes.call(current.call)
        if last_name(made.callee) == "with_config":
            yield from made.arguments
        current = made.callee


def _dotted(value: Instance) -> str:
    return value.of.dotted if isinstance(value.of, External) else ""


def receiver(callee: Expression) -> Expression | None:
    """Give the object a method is called on, as it is written."""
    match callee:
        case Access(of, _):
            return of
        case Name(dotted) if "." in dotted:
            return Name(dotted.rpartition(".")[0])
        case _:
            return None


def fits(row: Construct, values: Values, last: str) -> bool:
    """Tell whether a callee is a construct, or may be: nothing of the tree, of untold type."""
    if any(isinstance(v, External) and row.fits(v.dotted) for v in values):
        return True
    if any(isinstance(v, Function | Class) for v in values) or "." in row.tail:
        return row.kind == "sdk-call" and not any(isinstance(v, Function | Class) for v in values)
    return all(isinstance(v, Unknown | Instance) for v in values) and any(
        isinstance(v, Unknown) and v.attribute == last for v in values
    )


def is_known(row: Construct, values: Values) -> bool:
    """Tell whether a callee is surely a construct, under whatever name it was imported."""
    return any(isinstance(v, External) and row.fits(v.dotted) for v in values)


def keywords_of_module(call: Call, names: Iterable[SpanName]) -> tuple[str, ...] | None:
    """Give the keywords of a call of modules, which are their inputs, when it has nothing else."""
    keywords = tuple(each.keyword for each in call.arguments)
    of_modules = all(isinstance(n, LiteralName) and n.text.endswith(".forward") for n in names)
    if not of_modules or None in keywords or not {"*", "**"}.isdisjoint(keywords):
        return None
    return tuple(keyword for keyword in keywords if keyword is not None)


def outside_class(value: Value) -> str:
    """Give the dotted class of an object from outside the tree, empty for anything else."""
    if isinstance(value, Instance) and isinstance(value.of, External):
        return value.of.dotted
    return ""
