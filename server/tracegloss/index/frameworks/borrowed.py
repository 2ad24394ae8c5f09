"""Objects of a framework in files that do not import it: closed over, or imported from others."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.frameworks.construct_rows import Construct, package_of
from tracegloss.index.frameworks.receivers import receiver
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.values import Argument, Scope
from tracegloss.syntax.facts import Call, Import, Name


def is_borrowed(
    interpreter: Interpreter, scopes: FileScopes, path: str, row: Construct, call: Call
) -> bool:
    """Tell whether the object of a method comes from elsewhere, maybe of the row's framework.

    It is a parameter of a function around the method's that a file of the framework calls, or
    imported from such a file.
    """
    of = receiver(call.callee)
    if not isinstance(of, Name) or "." in of.dotted:
        return False
    missed = set(interpreter.missed)
    values = interpreter.evaluate(of, Scope(path, call.scope))
    givers = [
        *_callers(interpreter, scopes, path, call, values),
        *(
            file
            for bound in _imports(scopes, call.scope, of.dotted)
            for file in interpreter.modules.resolve(path, bound.module)
        ),
    ]
    found = any(
        package_of(imported.module) in row.packages
        for file in givers
        for imported in _imported_by(interpreter, file)
    )
    interpreter.missed = missed
    return found


def _callers(
    interpreter: Interpreter, scopes: FileScopes, path: str, call: Call, values: Values
) -> Iterator[str]:
    """Yield the files that call what made the function of a call and gave it the object."""
    around = {
        value.definition for value in values if isinstance(value, Argument) and value.path == path
    }
    for index in sorted(around - {call.scope, MODULE}):
        yield from interpreter.callers(scopes.definition(index).name)


def _imports(scopes: FileScopes, scope: int, name: str) -> Iterator[Import]:
    for level in dict.fromkeys((scope, MODULE)):
        for bound in scopes.names.get(level, {}).get(name, ()):
            if isinstance(bound, Import) and bound.name is not None:
                yield bound


def _imported_by(interpreter: Interpreter, path: str) -> tuple[Import, ...]:
    scopes = interpreter.scopes(path)
    return () if scopes is None else scopes.facts.imports
