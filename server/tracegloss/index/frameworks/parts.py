"""Constructs that are told by more than a name: by settings, recorded texts, and their parts."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tracegloss.index.frameworks.construct_rows import Construct
from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.names import as_text, span_names
from tracegloss.index.interpreter.project_settings import key_place
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.tracing import pick
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Given,
    Instance,
    Scope,
    Sequence,
    Spot,
    Table,
)
from tracegloss.matcher import matcher
from tracegloss.model.site import LiteralName, NamePattern, Place, Site, SpanName
from tracegloss.syntax.facts import Call, Constant, Name, Subscript

_VARIABLE = matcher(r"\{[A-Za-z_][\w-]*\}")
_MOST_RECORDED = 200


def with_settings(row: Construct, given: tuple[Given, ...]) -> tuple[Given, ...]:
    """Add what stands in the mapping of settings that a construct was given."""
    if row.settings is None:
        return given
    tables = [v for v in pick(given, 99, row.settings) or () if isinstance(v, Table)]
    if len(tables) != 1:
        return given
    known = {argument.keyword for argument in given}
    more = (Given(key, values) for key, values in tables[0].entries if key not in known)
    return (*given, *more)


def names_of(row: Construct, given: tuple[Given, ...]) -> tuple[SpanName, ...]:
    """Read the names that a construct was given, with holes for variables that a run fills in."""
    if row.named is None:
        return ()
    values = pick(given, *row.named) or ()
    named = span_names(
        v for v in values if not isinstance(v, Function | Class | Instance | External)
    )
    return tuple(map(_filled, named)) if row.filled else named


def _filled(name: SpanName) -> SpanName:
    if not isinstance(name, LiteralName):
        return name
    pieces = tuple(_VARIABLE.split(name.text.strip()))
    return NamePattern(pieces) if pieces[1:] else LiteralName(pieces[0], name.origin)


def recorded_by(row: Construct, given: tuple[Given, ...]) -> tuple[tuple[str, str], ...]:
    """Give the literal texts of a construct that its spans have as attributes, cut as they are."""
    found: list[tuple[str, str]] = []
    for keyword in row.recorded:
        values = pick(given, 99, keyword) or ()
        text = as_text(values[0]) if len(values) == 1 else None
        if text is not None and _VARIABLE.search(text) is None:
            found.append((keyword, text[:_MOST_RECORDED]))
    return tuple(found)


def taken_by(row: Construct, given: tuple[Given, ...]) -> tuple[str, ...] | None:
    """Name the parameters that a call passes, `None` when it may pass more than is told."""
    if not row.takes or any(argument.keyword in {"*", "**"} for argument in given):
        return None
    found: list[str] = []
    for number, argument in enumerate(given):
        if argument.keyword is None:
            found.append(row.takes[number] if number < len(row.takes) else "kwargs")
        else:
            found.append(argument.keyword if argument.keyword in row.takes else "kwargs")
    return tuple(dict.fromkeys(found))


def method_around(
    interpreter: Interpreter, scopes: FileScopes, path: str, scope: int, row: Construct
) -> int | None:
    """Find the method under the framework's decorator that makes a construct, `None` for none."""
    if row.method_of is None or scope < 0:
        return None
    around = Scope(path, MODULE)  # `@crew def crew`: the decorator is not what it decorates
    for decorator in scopes.definition(scope).decorators:
        if last_name(decorator.expression) == row.method_of:
            values = interpreter.evaluate(decorator.expression, around)
            if any(isinstance(v, External) and row.is_of(v.dotted) for v in values):
                return scope
    return None


def settings_place(interpreter: Interpreter, path: str, row: Construct, call: Call) -> Place | None:
    """Find the key in a file of settings that a construct is told by: `self.agents_config["x"]`."""
    for argument in call.arguments:
        given = argument.value
        if argument.keyword == row.settings and isinstance(given, Subscript):
            of, key = given.of, given.key
            if isinstance(of, Name) and of.dotted.startswith("self.") and isinstance(key, Constant):
                return key_place(
                    interpreter, Scope(path, call.scope), of.dotted[5:], str(key.value)
                )
    return None


def part_names(
    interpreter: Interpreter, values: Values, rows: Iterable[Construct]
) -> tuple[str, ...]:
    """Name the constructs in a list by what their spans are called; `*` for what is not told."""
    parts = {row.last: row for row in rows if row.kind == "node"}
    if not any(isinstance(value, Sequence) for value in values):
        return ("*",)
    found: list[str] = []
    for value in values:
        for item in value.items if isinstance(value, Sequence) else ():
            spots = [v.made for v in item if isinstance(v, Instance) and v.made is not None]
            whole = len(spots) == len(item) == 1
            found.append(_part_name(interpreter, spots[0], parts) if whole else "*")
    return tuple(dict.fromkeys(found))


def _part_name(interpreter: Interpreter, made: Spot, parts: dict[str, Construct]) -> str:
    scopes = interpreter.scopes(made.path)
    call = next((c for c in scopes.facts.calls if c.at == made.at), None) if scopes else None
    row = None if call is None else parts.get(last_name(call.callee))
    if scopes is None or call is None or row is None:
        return "*"
    names = names_of(row, _given(interpreter, row, call, made.path))
    method = method_around(interpreter, scopes, made.path, call.scope, row)
    if not names:
        return row.default or "*" if method is None else scopes.definition(method).name
    return names[0].text if len(names) == 1 and isinstance(names[0], LiteralName) else "*"


def _given(interpreter: Interpreter, row: Construct, call: Call, path: str) -> tuple[Given, ...]:
    given = arguments(interpreter, call.arguments, Scope(path, call.scope))
    return with_settings(row, given)


def of_method(name: SpanName, method: str) -> SpanName:
    """Name the spans of a method's calls by the object's class, or by the method alone."""
    if isinstance(name, LiteralName):
        return LiteralName(f"{name.text}.{method}", "default")
    return NamePattern(("", f".{method}"))


def with_members(site: Site, members: Iterable[str]) -> Site:
    """Name what an agent is made of; nothing when a part of it is not told."""
    listed = tuple(members)
    return site if "*" in listed else replace(site, members=listed)
