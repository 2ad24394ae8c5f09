"""What an expression may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracegloss.index.interpreter.names import as_text, join, owners_of
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.turns import comprehended
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    External,
    Function,
    Given,
    Instance,
    Member,
    Plain,
    Scope,
    Sequence,
    Spot,
    Super,
    Table,
    Traced,
    Unknown,
    Value,
)
from tracegloss.syntax.facts import (
    Access,
    Call,
    Comprehension,
    Constant,
    Entries,
    Expression,
    Invocation,
    Items,
    Lambda,
    Name,
    Opaque,
    Options,
    Subscript,
    Template,
)
from tracegloss.syntax.facts import (
    Argument as WrittenArgument,
)

MAX_VALUES = 12
# With so many values no further one is told: there are not as many ways to say `None`.
_ENOUGH = 2 * MAX_VALUES
_MAX_ITEMS = 64
_WHOLE_NUMBER = re.compile(r"-?\d*")


def evaluate(reader: Reader, expression: Expression, scope: Scope) -> Values:
    """Tell what an expression may stand for; never empty, bounded in number."""
    match expression:
        case Name(dotted):
            return name(reader, dotted, scope)
        case Invocation(call):
            return _invocation(reader, call, scope)
        case Constant() | Template() | Items() | Entries() | Lambda() | Opaque() | Comprehension():
            return _display(reader, expression, scope)
        case Options(options, fallback):
            return _options(reader, options, scope, fallback=fallback)
        case Access(of, attribute):
            return union(reader.attribute(v, attribute) for v in reader.evaluate(of, scope))
        case Subscript(of, key):
            stored = _stored_here(reader, of, key, scope)
            if stored is not None:
                return reader.evaluate(stored, scope)
            if isinstance(key, Opaque) and ":" in key.text:
                return tuple(_sliced(value, key.text) for value in reader.evaluate(of, scope))
            held = reader.evaluate(of, scope)
            return _only_item(held) or _element(held, reader.evaluate(key, scope))


def _display(
    reader: Reader,
    expression: Constant | Template | Items | Entries | Lambda | Opaque | Comprehension,
    scope: Scope,
) -> Values:
    """Tell what an expression stands for that names nothing itself."""
    match expression:
        case Constant(value):
            return (Plain(value),)
        case Template(pieces):
            return join([p if isinstance(p, str) else reader.evaluate(p, scope) for p in pieces])
        case Items(items):
            kept = items[:_MAX_ITEMS]
            return (Sequence(tuple(reader.evaluate(item, scope) for item in kept)),)
        case Entries(entries):
            return (_table(reader, entries, scope),)
        case Lambda(definition):
            return (Function(scope.path, definition, scope.frame),)
        case Comprehension():
            return _comprehension(reader, expression, scope)
        case Opaque(text):
            return (Unknown(text),)


def _comprehension(reader: Reader, expression: Comprehension, scope: Scope) -> Values:
    """Give the elements of a comprehension, turn by turn as far as its loops are known."""
    scopes = reader.scopes(scope.path)
    if scopes is None:
        return (Unknown("comprehension"),)
    scopes_of_turns = comprehended(reader, scopes, expression, scope)
    if isinstance(expression.element, Entries):
        tables = [_table(reader, expression.element.entries, at) for at in scopes_of_turns]
        return (Table(tuple(entry for table in tables for entry in table.entries)),)
    [item] = expression.element.items
    return (Sequence(tuple(reader.evaluate(item, at) for at in scopes_of_turns)),)


def _stored_here(
    reader: Reader, of: Expression, key: Expression, scope: Scope
) -> Expression | None:
    """Find what the same scope puts under the same key: `TOOLS[name] = fn; return TOOLS[name]`."""
    scopes = reader.scopes(scope.path)
    if scopes is None or not isinstance(of, Name):
        return None
    return scopes.stored_in(scope.definition, of.dotted, key)


def _options(
    reader: Reader, options: tuple[Expression, ...], scope: Scope, *, fallback: bool
) -> Values:
    """Join the options; an option of `or` that is certainly true hides those after it."""
    found: list[Values] = []
    for option in options:
        values = reader.evaluate(option, scope)
        kept = tuple(v for v in values if not (fallback and _is_false(v)))
        found.append(kept or (values if option is options[-1] else ()))
        if fallback and all(_is_true(v) for v in values):
            break
    return union(found)


def _is_false(value: Value) -> bool:
    return isinstance(value, Plain) and not value.value


def _is_true(value: Value) -> bool:
    if isinstance(value, Plain):
        return bool(value.value)
    return isinstance(value, Member | Function | Class | Traced)


def union(parts: Iterable[Values]) -> Values:
    """Join sets of values, keeping order; a lone `None` gives way to anything better."""
    found: dict[Value, None] = {}
    for values in parts:
        found.update(dict.fromkeys(values))
        if len(found) > _ENOUGH:
            break
    if len(found) > 1:
        found = {v: None for v in found if not (isinstance(v, Plain) and v.value is None)} or found
    return bounded(tuple(found)) or (Unknown(""),)


def bounded(values: Values) -> Values:
    """Cut many values, leaving a word of those left out."""
    return values if len(values) <= MAX_VALUES else (*values[: MAX_VALUES - 1], Unknown("..."))


def name(reader: Reader, dotted: str, scope: Scope) -> Values:
    """Tell what a dotted chain of plain names may stand for."""
    head, *rest = dotted.split(".")
    values = reader.lookup(head, scope)
    for attribute in rest:
        values = union(reader.attribute(value, attribute) for value in values)
    return values


def arguments(
    reader: Reader, written: tuple[WrittenArgument, ...], scope: Scope
) -> tuple[Given, ...]:
    """Evaluate the arguments of a call; unpacked ones that are known are spread."""
    given: list[Given] = []
    for argument in written:
        values = reader.evaluate(argument.value, scope)
        if argument.keyword == "*" and len(values) == 1 and isinstance(values[0], Sequence):
            given.extend(Given(None, item) for item in values[0].items)
        elif argument.keyword == "**" and len(values) == 1 and isinstance(values[0], Table):
            given.extend(Given(key or "**", held) for key, held in values[0].entries)
        else:
            given.append(Given(argument.keyword, values))
    return tuple(given)


def spot_of(scopes: FileScopes, path: str, call: Call) -> Spot:
    """Give the token a call is known by: `make` in `make("x")(fn)`."""
    while isinstance(call.callee, Invocation):
        call = scopes.call(call.callee.call)
    return Spot(path, call.at)


def _invocation(reader: Reader, number: int, scope: Scope) -> Values:
    scopes = reader.scopes(scope.path)
    if scopes is None:
        return (Unknown("call"),)
    call = scopes.call(number)
    if call.scope != scope.definition:  # `nonlocal` and `global` names are bound from within
        scope = Scope(scope.path, call.scope, scope.frame)
    if call.callee == Name("super"):
        owner = scopes.enclosing_class(scope.definition)
        if owner is None:
            return (Unknown("super()"),)
        return (Super(Class(scope.path, owner), _kind(scopes, scope)),)
    given = arguments(reader, call.arguments, scope)
    callees = reader.evaluate(call.callee, scope)
    return union(
        reader.apply(callee, given, spot_of(scopes, scope.path, call)) for callee in callees
    )


def _kind(scopes: FileScopes, scope: Scope) -> Class | None:
    """Tell the class of the object that a method runs on, where its frame does."""
    frame = scope.frame
    if frame is None or (frame.path, frame.definition) != (scope.path, scope.definition):
        return None
    parameters = scopes.definition(scope.definition).parameters
    bound = frame.bound.get(parameters[0].name, ()) if parameters else ()
    match bound:
        case (Instance(Class() as kind, exact=True),):
            return kind
        case _:
            return None


def _table(
    reader: Reader, entries: tuple[tuple[Expression, Expression], ...], scope: Scope
) -> Table:
    held: list[tuple[str | None, Values]] = []
    for key, value in entries[:_MAX_ITEMS]:
        values = reader.evaluate(value, scope)
        if key == Opaque("**"):
            for inner in values:
                held.extend(inner.entries if isinstance(inner, Table) else [(None, (inner,))])
            continue
        held.extend((as_text(k), values) for k in reader.evaluate(key, scope))
    return Table(tuple(held))


def _only_item(containers: Values) -> Values:
    """Give what a list of one holds: its key says nothing, nor may what decides the key."""
    match containers:
        case (Sequence((item,)),):
            return item
        case _:
            return ()


def _element(containers: Values, keys: Values) -> Values:
    held = [c for c in containers if not (isinstance(c, Sequence) and not c.items)]
    return union(element(container, keys) for container in held or containers)


def _sliced(value: Value, written: str) -> Value:
    """Take the slice of a known sequence by its literal ends; others stay whole."""
    if not isinstance(value, Sequence):
        return value
    ends = [part.strip() for part in written.split(":")]
    if len(ends) != 2 or not all(_WHOLE_NUMBER.fullmatch(end) for end in ends):
        return value
    start, stop = (int(end) if end else None for end in ends)
    return Sequence(value.items[start:stop])


def element(container: Value, keys: Values) -> Values:
    """Give one element of a container: the one under a known key, otherwise any of them.

    One key that is not known, as of a parameter beside its default, leaves them all.
    """
    if isinstance(container, Table):
        texts = [as_text(key) for key in keys]
        known = [v for text in texts if text is not None for v in container.get(text)]
        found = tuple(known) if None not in texts and known else container.all()
        return bounded(found) or (Unknown("element"),)
    if isinstance(container, Sequence):
        return _item(container, keys)
    if isinstance(container, External) and container.last[:1].isupper():
        return (container,)  # `Agent[Context]` is the class, with a word on its types
    if isinstance(container, Argument):
        return (Unknown(f"{container.name}[...]", owners=owners_of([container])),)
    return (Unknown("element", attribute=None),)


def _item(sequence: Sequence, keys: Values) -> Values:
    positions = [k.value for k in keys if isinstance(k, Plain) and isinstance(k.value, int)]
    picked = [
        value
        for position in positions
        if -len(sequence.items) <= position < len(sequence.items)
        for value in sequence.items[position]
    ]
    all_known = len(positions) == len(keys)
    found = picked if picked and all_known else [v for item in sequence.items for v in item]
    return bounded(tuple(dict.fromkeys(found))) or (Unknown("element"),)
