"""What a function returns and passes on, read off its source without running it."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, inner_nodes, last_name
from tracegloss.index.interpreter.values import (
    Class,
    Function,
    Instance,
    Plain,
    Scope,
    Spot,
    Table,
    Text,
    Value,
)
from tracegloss.model.outcome import (
    NOTHING_TOLD,
    Fields,
    Just,
    Made,
    Outcome,
    Passed,
    Row,
    Shape,
    Taken,
    Untold,
    Worded,
)
from tracegloss.syntax.facts import (
    Access,
    Constant,
    Decorator,
    Definition,
    Entries,
    Expression,
    Invocation,
    Items,
    Name,
    Node,
    Opaque,
    Options,
    ReturnNode,
    Subscript,
    Template,
)

_MOST_RETURNS = 12
_DEEPEST = 4
_MOST_CLASSES = 40
_UNTOLD = Untold()

# Decorators that leave what a function returns as it is.
_FAITHFUL = frozenset({"trace", "staticmethod", "classmethod", "cache", "lru_cache", "override"})


def outcome_of(reader: Reader, scopes: FileScopes, path: str, definition: int) -> Outcome:
    """Read what a definition's body says of the values its span records."""
    if definition == MODULE or scopes.definition(definition).kind == "class":
        return NOTHING_TOLD
    found = scopes.definition(definition)
    shapes = _Shapes(reader, scopes, Scope(path, definition))
    return Outcome(
        tuple(shapes.returned(found)),
        all(_is_faithful(scopes, decorator) for decorator in _below_tracing(scopes, found)),
        frozenset(_passed(scopes, definition)),
        tuple(_taken(reader, scopes, path, definition)),
    )


class _Shapes:
    """Turns expressions of one function into shapes."""

    def __init__(self, reader: Reader, scopes: FileScopes, scope: Scope) -> None:
        self._reader = reader
        self._scopes = scopes
        self._scope = scope
        names = [parameter.name for parameter in scopes.definition(scope.definition).parameters]
        assigned = {
            assignment.target
            for assignment in scopes.facts.assignments
            if assignment.scope == scope.definition
        }
        self._given = frozenset(names) - {"self", "cls"} - assigned

    def returned(self, found: Definition) -> list[Shape]:
        """List the shapes of all returns."""
        if found.is_generator:
            return [_UNTOLD]
        shapes: dict[Shape, None] = {}
        for value in _returned(found.body):
            options = value.options if isinstance(value, Options) else (value,)
            for option in options:
                shapes.update(dict.fromkeys(self._alternatives(option)))
        shapes.pop(Just(None), None)
        if len(shapes) > _MOST_RETURNS:
            return [_UNTOLD]
        return list(shapes)

    def _alternatives(self, expression: Expression) -> tuple[Shape, ...]:
        """Give the shapes of a name that may stand for one of several literals, or the one."""
        if isinstance(expression, Name) and not self._is_made(expression):
            if self._reader.is_changed(expression.dotted.rpartition(".")[2]):
                return (_UNTOLD,)
            values = self._reader.evaluate(expression, self._scope)
            return tuple(_known((value,)) for value in values)
        return (self._shape(expression, 0),)

    def _shape(self, expression: Expression, depth: int) -> Shape:
        if depth > _DEEPEST:
            return _UNTOLD
        match expression:
            case Constant(value):
                return Just(value)
            case Template(pieces):
                return Worded(_pieces(pieces))
            case Items(items) if not any(map(_is_unpacked, items)):
                return Row(tuple(self._shape(item, depth + 1) for item in items))
            case Entries(entries):
                return self._fields(entries, depth)
            case Invocation(call) if self._scopes.call(call).callee == Name("dict"):
                return self._called(call, depth)
            case Name() if not self._is_made(expression):
                return _known(self._reader.evaluate(expression, self._scope))
            case _:
                return Made() if self._is_made(expression) else _UNTOLD

    def _is_made(self, expression: Expression) -> bool:
        """Tell what is taken from parameters by their members, methods and elements."""
        match expression:
            case Name(dotted):
                return dotted.partition(".")[0] in self._given
            case Access(of, _) | Subscript(of, _):
                return self._is_made(of)
            case Invocation(number):
                call = self._scopes.call(number)
                return self._is_made(call.callee) and not any(
                    isinstance(argument.value, Constant | Template) for argument in call.arguments
                )
            case _:
                return False

    def _fields(self, entries: tuple[tuple[Expression, Expression], ...], depth: int) -> Shape:
        told = {
            key.value: self._shape(value, depth + 1)
            for key, value in entries
            if isinstance(key, Constant) and isinstance(key.value, str)
        }
        more = len(told) < len(entries)
        # What is unpacked later may replace what stands before it.
        return Fields(tuple(told.items()), more, sure=not more)

    def _called(self, number: int, depth: int) -> Shape:
        call = self._scopes.call(number)
        told = {
            argument.keyword: self._shape(argument.value, depth + 1)
            for argument in call.arguments
            if argument.keyword is not None and argument.keyword not in {"*", "**"}
        }
        unpacked = any(argument.keyword == "**" for argument in call.arguments)
        return Fields(tuple(told.items()), len(told) < len(call.arguments), sure=not unpacked)


def _returned(nodes: tuple[Node, ...]) -> Iterator[Expression]:
    for node in nodes:
        if isinstance(node, ReturnNode):
            yield node.value
        for inner in inner_nodes(node):
            yield from _returned(inner)


def _pieces(pieces: tuple[str | Expression, ...]) -> tuple[str, ...]:
    """Join the texts of a template; what stands between two of them is a hole."""
    texts = [""]
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1] += piece
        elif isinstance(piece, Constant) and isinstance(piece.value, str):
            texts[-1] += piece.value
        else:
            texts.append("")
    return tuple(texts)


def _is_unpacked(item: Expression) -> bool:
    return isinstance(item, Opaque) and item.text.startswith("*")


def _known(values: Values) -> Shape:
    """Give the shape of what a name stands for, when that is one thing."""
    if len(values) != 1:
        return _UNTOLD
    match values[0]:
        case Plain(value):
            return Just(value)
        case Text(pieces):
            return Worded(pieces)
        case Table(entries):
            told = tuple((key, _known(held)) for key, held in entries if key is not None)
            return Fields(told, more=True, sure=False)
        case _:
            return _UNTOLD


def _below_tracing(scopes: FileScopes, found: Definition) -> tuple[Decorator, ...]:
    """Give the decorators that run before MLflow's sees what is returned."""
    for position, decorator in enumerate(found.decorators):
        if _decorator_name(scopes, decorator) == "trace":
            return found.decorators[position + 1 :]
    return found.decorators


def _is_faithful(scopes: FileScopes, decorator: Decorator) -> bool:
    return _decorator_name(scopes, decorator) in _FAITHFUL


def _decorator_name(scopes: FileScopes, decorator: Decorator) -> str:
    expression = decorator.expression
    if isinstance(expression, Invocation):
        expression = scopes.call(expression.call).callee
    return last_name(expression)


def _passed(scopes: FileScopes, definition: int) -> Iterator[Passed]:
    """Yield the literal arguments and entries in a function's body."""
    for number in scopes.calls.get(definition, ()):
        call = scopes.call(number)
        callee = last_name(call.callee)
        if call.role == "decorator" or not callee:
            continue
        for position, argument in enumerate(call.arguments):
            if argument.keyword in {"*", "**"}:
                break
            if isinstance(argument.value, Constant):
                keyword = position if argument.keyword is None else argument.keyword
                yield Passed(callee, keyword, argument.value.value)
    for assignment in scopes.facts.assignments:
        match assignment.key, assignment.value:
            case Constant(str(key)), Constant(value) if assignment.scope == definition:
                yield Passed("", key, value)


def _taken(reader: Reader, scopes: FileScopes, path: str, definition: int) -> Iterator[Taken]:
    """Yield the classes of the tree that annotations and defaults of parameters name."""
    for parameter in scopes.definition(definition).parameters:
        values = reader.lookup(parameter.name, Scope(path, definition))
        if isinstance(parameter.default, Invocation):
            values = (*values, *_provided(reader, scopes, path, parameter.default.call))
        for value in values:
            if isinstance(value, Instance) and isinstance(value.of, Class):
                below = () if value.exact else reader.subclasses(value.of)
                for owner in (value.of, *below[:_MOST_CLASSES]):
                    around = reader.scopes(owner.path)
                    if around is not None:
                        named = around.definition(owner.definition).qualified_name
                        yield Taken(parameter.name, owner.path, named)


def _provided(reader: Reader, scopes: FileScopes, path: str, number: int) -> Iterator[Value]:
    """Yield what the functions given to a default give: `store=Depends(open_store)`."""
    call = scopes.call(number)
    for argument in call.arguments:
        for value in reader.evaluate(argument.value, Scope(path, MODULE)):
            if isinstance(value, Function):
                yield from reader.apply(value, (), Spot(path, call.at))
            elif isinstance(value, Class):
                yield Instance(value)
