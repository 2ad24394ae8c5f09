"""Loops over what the source knows, turn by turn: `for name, fn in NODES.items(): add(name, fn)`.

What one turn registers with a framework belongs together: a name and a function, say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.values import Frame, Plain, Scope, Sequence, Table, Unknown, Value
from tracegloss.syntax.facts import (
    Access,
    Assignment,
    Call,
    Comprehension,
    Constant,
    Entries,
    Expression,
    Invocation,
    Items,
    Name,
    Opaque,
    Options,
    Subscript,
    Template,
)

_MAX_TURNS = 32
_MAX_DEPTH = 4
_EACH = Opaque("*")


def turns(reader: Reader, scopes: FileScopes, path: str, call: Call) -> tuple[Scope, ...]:
    """Give the scopes in which a call runs, one a turn of the loops whose variables it is given.

    One scope, with nothing bound, outside of loops and in loops over what is not known.
    """
    plain = Scope(path, call.scope)
    return _each_turn(reader, scopes, _loops(scopes, call), plain) or (plain,)


def comprehended(
    reader: Reader, scopes: FileScopes, comprehension: Comprehension, scope: Scope
) -> tuple[Scope, ...]:
    """Give the scopes in which a comprehension's element is evaluated, one a turn.

    One scope, whose loops' variables are unknown, when what they go through is not known or makes
    no difference.
    """
    used = set(_heads(scopes, comprehension.element))
    if used.isdisjoint(name for name, _ in comprehension.bound):
        return (scope,)
    loops: dict[Expression, _Variables] = {}
    for name, value in comprehension.bound:
        looped = _looped(value)
        if looped is not None:
            loops.setdefault(looped[0], {})[name] = looped[1]
    untold: dict[str, Values] = {name: (Unknown(name),) for name, _ in comprehension.bound}
    return _each_turn(reader, scopes, loops, scope) or (_bound(scope, untold),)


def is_open(scope: Scope) -> bool:
    """Tell whether a turn stands for those that the source does not tell."""
    bound = scope.frame.bound.values() if scope.frame is not None else ()
    return any(isinstance(value, Unknown) for values in bound for value in values)


_Variables = dict[str, tuple[int, ...]]


def _each_turn(
    reader: Reader, scopes: FileScopes, loops: dict[Expression, _Variables], scope: Scope
) -> tuple[Scope, ...]:
    """Bind the variables of loops in each other, empty when that is not known or too much."""
    found = [scope] if loops else []
    for iterated, variables in loops.items():
        found = [
            _bound(around, _taken(item, variables))
            for around in found
            for item in _items(reader, scopes, iterated, around)
        ]
        if len(found) > _MAX_TURNS:
            return ()
    return tuple(found)


def _bound(scope: Scope, bound: dict[str, Values]) -> Scope:
    """Bind names of a scope, beside what its frame binds already."""
    frame, definition = scope.frame, scope.definition
    if frame is None or (frame.path, frame.definition) != (scope.path, definition):
        return Scope(scope.path, definition, Frame(scope.path, definition, bound, frame))
    bound = {**frame.bound, **bound}
    inner = Frame(scope.path, definition, bound, frame.outer, assumed=frame.assumed)
    return Scope(scope.path, definition, inner)


def _loops(scopes: FileScopes, call: Call) -> dict[Expression, _Variables]:
    """Find the loops whose variables a call's arguments lead to, outer ones first."""
    found: dict[Expression, _Variables] = {}
    waiting = [(name, 0) for a in call.arguments for name in _heads(scopes, a.value)]
    seen: set[str] = set()
    while waiting:
        name, depth = waiting.pop()
        if name in seen or depth > _MAX_DEPTH:
            continue
        seen.add(name)
        for value in _assigned(scopes, name, call.scope):
            looped = _looped(value)
            if looped is not None:
                found.setdefault(looped[0], {})[name] = looped[1]
            waiting.extend((head, depth + 1) for head in _heads(scopes, value))
    return dict(reversed(found.items()))


def _assigned(scopes: FileScopes, name: str, scope: int) -> Iterator[Expression]:
    for bound in scopes.names.get(scope, {}).get(name, ()):
        if isinstance(bound, Assignment):
            yield bound.value


def _looped(value: Expression) -> tuple[Expression, tuple[int, ...]] | None:
    """Tell what a loop's variable goes through, and where in each item it stands."""
    if not isinstance(value, Subscript):
        return None
    if value.key == _EACH:
        return value.of, ()
    around = _looped(value.of)
    if around is None or not isinstance(value.key, Constant):
        return None
    return (around[0], (*around[1], value.key.value)) if isinstance(value.key.value, int) else None


def _heads(scopes: FileScopes, expression: Expression, depth: int = 0) -> Iterator[str]:
    """Yield the plain names that an expression is made from."""
    if isinstance(expression, Name):
        yield expression.dotted.partition(".")[0]
    elif depth <= _MAX_DEPTH:
        for each in _parts(scopes, expression):
            yield from _heads(scopes, each, depth + 1)


def _parts(scopes: FileScopes, expression: Expression) -> Iterable[Expression]:
    match expression:
        case Invocation(number):
            call = scopes.call(number)
            return (call.callee, *(each.value for each in call.arguments))
        case Template(pieces):
            return (piece for piece in pieces if not isinstance(piece, str))
        case Subscript(of, key):
            return (of, key)
        case Access(of, _):
            return (of,)
        case Items(items) | Options(items, _):
            return items
        case Entries(entries):
            return (each for pair in entries for each in pair)
        case _:
            return ()


def _items(reader: Reader, scopes: FileScopes, iterated: Expression, scope: Scope) -> list[Values]:
    """Give what a loop goes through; what source leaves open is one turn of its own."""
    if isinstance(iterated, Invocation):
        call = scopes.call(iterated.call)
        given = [each.value for each in call.arguments if each.keyword is None]
        if call.callee == Name("enumerate") and given:
            counted = enumerate(_items(reader, scopes, given[0], scope))
            return [(Sequence(((Plain(number),), item)),) for number, item in counted]
        if call.callee == Name("zip") and given:
            parts = [_items(reader, scopes, each, scope) for each in given]
            return [(Sequence(each),) for each in zip(*parts, strict=False)]
    values = reader.evaluate(iterated, scope)
    known = list(dict.fromkeys(item for value in values for item in _elements(value)))
    if known and not all(isinstance(value, Sequence | Table) for value in values):
        known.append((Unknown("element"),))
    return known


def _elements(value: Value) -> Iterator[Values]:
    if isinstance(value, Sequence):
        yield from value.items
    elif isinstance(value, Table):
        yield from (
            (Plain(key, "constant") if key is not None else Unknown("key"),)
            for key, _ in value.entries
        )


def _taken(item: Values, variables: _Variables) -> dict[str, Values]:
    return {name: _part(item, where) for name, where in variables.items()}


def _part(item: Values, where: tuple[int, ...]) -> Values:
    for position in where:
        parts = [
            value.items[position]
            for value in item
            if isinstance(value, Sequence) and position < len(value.items)
        ]
        item = tuple(value for part in parts for value in part) or (Unknown("element"),)
    return item
