"""Arguments bound to the parameters of a definition of the tree."""

from __future__ import annotations

from tracegloss.index.interpreter.lookup import default_of
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import Frame, Function, Given, Scope, Sequence, Table
from tracegloss.syntax.facts import Definition, Name, Parameter


def bound_frame(
    reader: Reader, scopes: FileScopes, function: Function, given: tuple[Given, ...]
) -> Frame:
    """Bind arguments as a call would. Parameters that nothing tells of stay unbound."""
    definition = scopes.definition(function.definition)
    bound: dict[str, Values] = {}
    parameters = list(definition.parameters)
    if _takes_receiver(scopes, function) and parameters:
        first = parameters.pop(0)
        if function.receiver is not None:
            bound[first.name] = (function.receiver,)
    _bind_given(parameters, given, bound)
    if not any(argument.keyword in {"*", "**"} for argument in given):
        _bind_defaults(reader, function, definition, bound)
    return Frame(function.path, function.definition, bound, function.frame)


def decorator_names(definition: Definition) -> set[str]:
    """Give the decorators of a definition that are plain dotted names."""
    return {d.expression.dotted for d in definition.decorators if isinstance(d.expression, Name)}


def _takes_receiver(scopes: FileScopes, function: Function) -> bool:
    if not scopes.is_method(function.definition):
        return False
    names = decorator_names(scopes.definition(function.definition))
    if "staticmethod" in names:
        return False
    return "classmethod" in names or function.receiver is not None


def _bind_given(
    parameters: list[Parameter], given: tuple[Given, ...], bound: dict[str, Values]
) -> None:
    positional = [p.name for p in parameters if p.kind in {"positional-only", "plain"}]
    by_keyword = {p.name for p in parameters if p.kind in {"plain", "keyword-only"}}
    rest: list[Values] = []
    others: list[tuple[str | None, Values]] = []
    for argument in given:
        if argument.keyword is None:
            if positional:
                bound[positional.pop(0)] = argument.values
            else:
                rest.append(argument.values)
        elif argument.keyword in by_keyword:
            bound[argument.keyword] = argument.values
            positional = [name for name in positional if name != argument.keyword]
        elif argument.keyword == "*":
            rest.append(argument.values)
        else:
            keyword = None if argument.keyword == "**" else argument.keyword
            others.append((keyword, argument.values))
    for parameter in parameters:
        if parameter.kind == "variadic":
            bound[parameter.name] = (Sequence(tuple(rest)),)
        elif parameter.kind == "keywords":
            bound[parameter.name] = (Table(tuple(others)),)


def _bind_defaults(
    reader: Reader, function: Function, definition: Definition, bound: dict[str, Values]
) -> None:
    at = Scope(function.path, definition.scope, function.frame)
    for parameter in definition.parameters:
        if parameter.default is not None and parameter.name not in bound:
            bound[parameter.name] = default_of(reader, parameter.default, at)
