"""Where the code itself says its traces go: literal stores and experiments of MLflow's set-up."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.reader import Reader
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import External, Member, Plain, Scope
from tracegloss.syntax.facts import Access, Argument, Call, Expression, Name

_KEYWORDS = {"set_tracking_uri": "uri", "set_experiment": "experiment_name"}
FUNCTIONS = tuple(_KEYWORDS)


def configured(reader: Reader, path: str) -> tuple[tuple[str, ...], ...]:
    """Read the text arguments of calls of `mlflow`'s set-up functions in a file, by function.

    Only what the source tells in full counts, constants included.
    """
    scopes = reader.scopes(path)
    if scopes is None:
        return tuple(() for _ in FUNCTIONS)
    return tuple(tuple(_in_file(reader, path, scopes, function)) for function in FUNCTIONS)


def _in_file(reader: Reader, path: str, scopes: FileScopes, function: str) -> Iterator[str]:
    for call in scopes.facts.calls:
        if _last_name(call.callee) == function:
            scope = Scope(path, call.scope)
            if _is_mlflow(reader, call, scope):
                yield from _texts(reader, call, scope, _KEYWORDS[function])


def _last_name(callee: Expression) -> str:
    if isinstance(callee, Name):
        return callee.dotted.rpartition(".")[2]
    return callee.attribute if isinstance(callee, Access) else ""


def _is_mlflow(reader: Reader, call: Call, scope: Scope) -> bool:
    values = reader.evaluate(call.callee, scope)
    return any(isinstance(v, External) and v.dotted.startswith("mlflow.") for v in values)


def _texts(reader: Reader, call: Call, scope: Scope, keyword: str) -> Iterator[str]:
    argument = _argument(call.arguments, keyword)
    for value in reader.evaluate(argument.value, scope) if argument is not None else ():
        if isinstance(value, Plain | Member) and isinstance(value.value, str) and value.value:
            yield value.value


def _argument(arguments: tuple[Argument, ...], keyword: str) -> Argument | None:
    if arguments and arguments[0].keyword is None:
        return arguments[0]
    return next((argument for argument in arguments if argument.keyword == keyword), None)
