"""Which spans a function of the tree makes in its own body, and what stands inside them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from tracegloss.index.interpreter.binding import bound_frame
from tracegloss.index.interpreter.expressions import arguments, evaluate, spot_of
from tracegloss.index.interpreter.given import (
    CALLABLE,
    own_frame,
    runs_given,
    targets_of,
    with_receiver,
)
from tracegloss.index.interpreter.reader import Reader, Values
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Context,
    Frame,
    Function,
    Given,
    Scope,
    SpanMade,
    Spot,
    Traced,
    Value,
)
from tracegloss.syntax.facts import (
    BranchNode,
    CallNode,
    Expression,
    Invocation,
    LoopNode,
    Name,
    Node,
    Options,
    ReturnNode,
    TryNode,
    WithNode,
)


class _Found(Struct):
    made: SpanMade
    around_yield: bool = False
    around_target: bool = False


class _Walk(Struct):
    """One walk over a body: the spans open at each moment, and what happens inside them."""

    reader: Reader
    scopes: FileScopes
    scope: Scope
    targets: tuple[Value, ...]
    found: dict[tuple[Spot, ...], _Found] = field(default_factory=dict)
    headers: set[int] = field(default_factory=set)
    depth: int = 0

    def body(self, nodes: tuple[Node, ...], opened: list[_Found]) -> None:
        for node in nodes:
            match node:
                case CallNode(call):
                    self._call(call, opened)
                case WithNode(headers, _, body):
                    self.body(body, [*opened, *self._entered(headers)])
                case LoopNode(body):
                    self.body(body, opened)
                case BranchNode(branches):
                    for branch in branches:
                        self.body(branch, opened)
                case TryNode(body, handlers, final):
                    for part in (body, *handlers, final):
                        self.body(part, opened)
                case ReturnNode(value, is_yield):
                    self._left(value, opened, is_yield=is_yield)

    def _entered(self, headers: tuple[Expression, ...]) -> list[_Found]:
        values = [v for header in headers for v in evaluate(self.reader, header, self.scope)]
        return [self._note(value.made) for value in values if isinstance(value, Context)]

    def _note(self, made: SpanMade) -> _Found:
        return self.found.setdefault(made.trail, _Found(made))

    def _left(self, value: Expression, opened: list[_Found], *, is_yield: bool) -> None:
        if is_yield:
            for found in opened:
                found.around_yield = True
        elif isinstance(value, Name) and self._is_target(self._values(value)):
            return

    def _values(self, expression: Expression) -> Values:
        return self.reader.evaluate(expression, self.scope)

    def _is_target(self, values: Values) -> bool:
        return any(isinstance(v, Argument) or v in self.targets for v in values)

    def _call(self, number: int, opened: list[_Found]) -> None:
        call = self.scopes.call(number)
        if not opened and not self._may_make(call.callee):
            return
        callees = self._values(call.callee)
        given = arguments(self.reader, call.arguments, self.scope)
        runs_it = last_name(call.callee) in _RUNNERS and not any(map(_is_of_tree, callees))
        passes_target = any(self._is_passed(argument, runs_it=runs_it) for argument in given)
        if self._is_target(callees) or passes_target:
            for found in opened:
                found.around_target = True
        for value in (*callees, *(v for argument in given for v in argument.values)):
            self._runs_traced(value)
        if not self._may_make(call.callee):
            return
        if not any(self.reader.may_make(callee) for callee in callees):
            return
        for value in self._values(Invocation(number)):
            self._made_by(value, opened, is_header=number in self.headers)
        spot = spot_of(self.scopes, self.scope.path, call)
        for callee in callees:
            for made in self._direct(callee, given, spot):
                self._note(made).around_target |= passes_target

    def _is_passed(self, given: Given, *, runs_it: bool) -> bool:
        """Tell whether the callable wrapped is handed on: given to a function around this one."""
        return any(
            (isinstance(v, Argument) and (runs_it or not self._is_own(v)))
            or (v in self.targets and isinstance(v, CALLABLE))
            for v in given.values
        )

    def _is_own(self, argument: Argument) -> bool:
        return (argument.path, argument.definition) == (self.scope.path, self.scope.definition)

    def _may_make(self, callee: Expression) -> bool:
        """Tell by its name whether a call may make a span; `make("x")(fn)` by what makes it."""
        while isinstance(callee, Invocation):
            callee = self.scopes.call(callee.call).callee
        return self.reader.is_marker(last_name(callee), self.scope.path)

    def _made_by(self, value: Value, opened: list[_Found], *, is_header: bool) -> None:
        if isinstance(value, Context):
            found = self._note(value.made)
            if not is_header:
                opened.append(found)

    def _runs_traced(self, value: Value) -> None:
        """Note that something traced is called, or handed on to be called, here."""
        while isinstance(value, Traced):
            if self._is_target((value.inner,)) or self._runs_target(value.inner):
                self._note(value.made).around_target = True
            value = value.inner

    def _runs_target(self, value: Value) -> bool:
        """Tell whether a function defined here runs what the functions around were given."""
        if not isinstance(value, Function) or value.frame is None:
            return False
        return value.frame is self.scope.frame and runs_given(self.reader, value)

    def _direct(self, callee: Value, given: tuple[Given, ...], spot: Spot) -> tuple[SpanMade, ...]:
        if isinstance(callee, Function) and callee.definition != self.scope.definition:
            return direct_spans(self.reader, callee, given, spot)
        return ()


def _is_of_tree(callee: Value) -> bool:
    return isinstance(callee, Function | Class | Traced)


_RUNNERS = frozenset(
    {"to_thread", "run_in_executor", "submit", "run_sync", "run", "create_task", "gather"}
)


def _walk(reader: Reader, function: Function, frame: Frame | None) -> list[_Found]:
    scopes = reader.scopes(function.path)
    if scopes is None:
        return []
    scope = Scope(function.path, function.definition, frame)
    walk = _Walk(reader, scopes, scope, tuple(targets_of(frame)))
    nodes = scopes.body(function.definition)
    walk.headers = set(header_calls(nodes))
    walk.body(nodes, [])
    return list(walk.found.values())


def header_calls(nodes: tuple[Node, ...]) -> Iterator[int]:
    """Yield the calls that stand as the header of a `with`, as a whole or as one of its options."""
    for node in nodes:
        match node:
            case WithNode(headers, _, body):
                for header in headers:
                    yield from calls_in_header(header)
                yield from header_calls(body)
            case LoopNode(body):
                yield from header_calls(body)
            case BranchNode(branches):
                for branch in branches:
                    yield from header_calls(branch)
            case TryNode(body, handlers, final):
                for part in (body, *handlers, final):
                    yield from header_calls(part)
            case _:
                pass


def calls_in_header(header: Expression) -> Iterator[int]:
    """Yield the calls whose value a `with` header may be."""
    if isinstance(header, Invocation):
        yield header.call
    elif isinstance(header, Options):
        for option in header.options:
            yield from calls_in_header(option)


def contexts_around_yield(reader: Reader, function: Function, frame: Frame) -> tuple[SpanMade, ...]:
    """Give the spans a generator-made context manager holds open while its `with` body runs."""
    return tuple(found.made for found in _walk(reader, function, frame) if found.around_yield)


def spans_around_target(reader: Reader, closure: Function) -> tuple[SpanMade, ...]:
    """Give the spans a closure opens around the callable it closes over."""
    if not reader.may_trace(closure):
        return ()
    found = _walk(reader, closure, own_frame(closure))
    return tuple(f.made for f in found if f.around_target)


def spans_in(reader: Reader, method: Function, frame: Frame | None) -> tuple[SpanMade, ...]:
    """Give every span a method such as `__enter__` makes in its own body."""
    scopes = reader.scopes(method.path)
    if scopes is None or not reader.may_trace(method):
        return ()
    frame = frame or bound_frame(reader, scopes, method, ())
    return tuple(found.made for found in _walk(reader, method, frame))


def wrapped_calls(reader: Reader, function: Function) -> frozenset[Spot]:
    """Name the creations in a body that stand for their caller's own span.

    Those named by a parameter as it is, and those named with one around a call of another.
    """
    if not reader.may_trace(function):
        return frozenset()
    own = (function.path, function.definition)
    unbound = with_receiver(function)
    found = _walk(reader, function, unbound)
    return frozenset(
        f.made.trail[0]
        for f in found
        if (own in f.made.owners and (f.made.is_given or f.around_target))
        or (f.made.creator == "trace" and f.around_target and not f.made.names)
    )


def direct_spans(
    reader: Reader, function: Function, given: tuple[Given, ...], spot: Spot
) -> tuple[SpanMade, ...]:
    """Give the spans that a call of a function makes in its own body in the caller's name."""
    wrapped = reader.wrapped_calls(function)
    scopes = reader.scopes(function.path)
    if not wrapped or scopes is None or function.managed:
        return ()
    frame = bound_frame(reader, scopes, function, given)
    return tuple(
        found.made.used_at(spot)
        for found in _walk(reader, function, frame)
        if found.made.trail[0] in wrapped
    )
