"""What a function's body can do in order, as far as spans are concerned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.index.callees import Callees, Reached
from tracegloss.index.interpreter.expressions import spot_of
from tracegloss.index.interpreter.scopes import MODULE, FileScopes, last_name
from tracegloss.index.interpreter.spans import header_calls
from tracegloss.index.interpreter.values import Frame, Instance, Scope, Sequence, Spot
from tracegloss.index.interpreter.withs import entered_calls, withs
from tracegloss.index.places import function_id, place_of
from tracegloss.index.sites import FoundSite
from tracegloss.model.site import FunctionId
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered
from tracegloss.syntax.facts import (
    BranchNode,
    Call,
    CallNode,
    Expression,
    Extent,
    Invocation,
    LoopNode,
    Name,
    Node,
    Opaque,
    Subscript,
    TryNode,
    WithNode,
)

_MAX_TURNS = 16
_MAX_KINDS = 6
_MAX_ALTERNATIVES = 6
_EACH = frozenset({"sorted", "sort", "min", "max", "filter", "reduce"})
_TOGETHER = frozenset(
    {"gather", "wait", "as_completed", "create_task", "ensure_future", "start_soon"}
    | {"submit", "run_coroutine_threadsafe", "run_in_executor", "apply_async", "Thread", "Process"}
    | {"imap", "imap_unordered", "starmap"}
)


class _Placed(Struct, frozen=True):
    """A step, and where the first call in it stands."""

    step: Step
    at: Extent


class StepReader:
    """Makes the steps of one function; `numbers` are the sites by the token they are known by."""

    def __init__(
        self,
        callees: Callees,
        found: tuple[FoundSite, ...],
        numbers: Mapping[Spot, tuple[int, ...]],
    ) -> None:
        self._callees = callees
        self._found = found
        self._numbers = numbers

    def steps(self, scopes: FileScopes, path: str, scope: int) -> Steps:
        """Give the steps of a definition's body, or of the module for -1.

        What a method calls on its own object hangs together: objects of each class are a branch.
        """
        plain = self._read(scopes, path, scope, None)
        alone = len(plain.steps) < 2 and all(isinstance(step, CallStep) for step in plain.steps)
        kinds = () if alone else self._callees.receivers(scopes, path, scope)
        if len(kinds) < 2:
            return plain
        name = scopes.definition(scope).parameters[0].name
        frames = [Frame(path, scope, {name: (Instance(kind),)}) for kind in kinds]
        read = tuple(dict.fromkeys(self._read(scopes, path, scope, frame) for frame in frames))
        if len(read) == 1 or len(read) > _MAX_KINDS:
            return plain
        return Steps((Choice(read, exclusive=True, whole=True),))

    def _read(self, scopes: FileScopes, path: str, scope: int, frame: Frame | None) -> Steps:
        return _Body(self._callees, self._found, self._numbers, scopes, path, scope, frame).read()


class _Body:
    def __init__(
        self,
        callees: Callees,
        found: tuple[FoundSite, ...],
        numbers: Mapping[Spot, tuple[int, ...]],
        scopes: FileScopes,
        path: str,
        scope: int,
        frame: Frame | None,
    ) -> None:
        self._callees = callees
        self._found = found
        self._numbers = numbers
        self._scopes = scopes
        self._path = path
        self._scope = scope
        self._assigned = scopes.assigned(scope)
        self._entered = set(header_calls(scopes.body(scope)))
        self._frame = self._around = frame

    def read(self) -> Steps:
        nodes = self._scopes.body(self._scope)
        self._entered.update(call for call, _ in self._variables(nodes))
        return _steps(self._sequence(nodes))

    def _variables(self, nodes: tuple[Node, ...]) -> Iterator[tuple[int, WithNode]]:
        for node in withs(nodes):
            for header in node.headers:
                for call in entered_calls(header, self._assigned):
                    yield call, node

    def _sequence(self, nodes: tuple[Node, ...]) -> list[_Placed]:
        placed: list[_Placed] = []
        for node in nodes:
            match node:
                case CallNode(call):
                    self._call(call, placed)
                case WithNode(headers, _, body):
                    placed.extend(self._with(headers, self._sequence(body)))
                case LoopNode(body):
                    placed.extend(self._turns(body) or _wrapped(self._sequence(body), Loop))
                case BranchNode(branches):
                    parts = [self._sequence(branch) for branch in branches]
                    placed.extend(_choice(parts, exclusive=True))
                case TryNode(body, handlers, final):
                    parts = [self._sequence(part) for part in (body, *handlers)]
                    placed.extend(_choice(parts, exclusive=False) if handlers else parts[0])
                    placed.extend(self._sequence(final))
                case _:
                    pass
        return placed

    def _turns(self, body: tuple[Node, ...]) -> list[_Placed]:
        """Write a loop over a known sequence out, turn by turn, so that its order counts.

        Sequences that differ from one object to the next are alternatives. Empty when not known.
        """
        around = self._around
        variable = self._variable(body) if self._frame is around else None
        if variable is None:
            return []
        name, sequences = variable
        known = {} if around is None else around.bound
        written: list[list[_Placed]] = []
        for sequence in sequences:
            turns: list[_Placed] = []
            for item in sequence.items:
                self._frame = Frame(self._path, self._scope, {**known, name: item})
                turns.extend(self._sequence(body))
            written.append(turns)
        self._frame = around
        return written[0] if len(written) == 1 else _choice(written, exclusive=True)

    def _variable(self, body: tuple[Node, ...]) -> tuple[str, tuple[Sequence, ...]] | None:
        """Find a variable that a body calls, or a member of which, and that goes over sequences."""
        for node in body:
            if not isinstance(node, CallNode):
                continue
            callee = self._scopes.call(node.call).callee
            name = callee.dotted.partition(".")[0] if isinstance(callee, Name) else ""
            value = self._assigned.get(name)
            if isinstance(value, Subscript) and value.key == Opaque("*"):
                sequences = self._sequences(value.of)
                if sequences:
                    return name, sequences
        return None

    def _sequences(self, iterated: Expression) -> tuple[Sequence, ...]:
        found = self._callees.evaluate(iterated, Scope(self._path, self._scope, self._around))
        sequences = tuple(v for v in found if isinstance(v, Sequence))
        if len(sequences) < len(found):
            return ()
        held = tuple(sequence for sequence in sequences if sequence.items)
        known = len(held) <= _MAX_ALTERNATIVES and all(len(s.items) <= _MAX_TURNS for s in held)
        return held if known and any(len(s.items) > 1 for s in held) else ()

    def _with(self, headers: tuple[Expression, ...], body: list[_Placed]) -> list[_Placed]:
        for header in reversed(headers):
            for number in entered_calls(header, self._assigned):
                call = self._scopes.call(number)
                for site in reversed(self._sites_at(call)):
                    body = [_Placed(SiteStep(site, _steps(body)), call.at)]
        return body

    def _sites_at(self, call: Call) -> tuple[int, ...]:
        numbers = self._numbers.get(spot_of(self._scopes, self._path, call), ())
        return tuple(n for n in numbers if self._found[n].runs)

    def _call(self, number: int, placed: list[_Placed]) -> None:
        call = self._scopes.call(number)
        if call.role == "decorator":
            return
        own = self._sites_at(call)
        if (number in self._entered and own) or self._only_prepares(call, own):
            return
        reached = self._callees.reached(self._path, call, self._frame)
        if own and all(self._found[n].site.kind == "sdk-call" for n in own):
            sites = (*own, *reached.sites)
            reached = replace(reached, sites=sites, functions=self._others(reached))
        elif own:  # the wrapper used here is no further function to look into
            reached = Reached(own, reached.passed, (), is_open=False)
        together = reached.is_outside and last_name(call.callee) in _TOGETHER
        inner = _pop_within(placed, call.extent) if together else []
        step = self._step(call, reached)
        if step is not None:
            inner.append(_Placed(step, call.at))
        if together:
            placed.extend(_wrapped(inner, Unordered))
        elif step is not None and last_name(call.callee) == "map" and reached.is_outside:
            placed.extend(_wrapped(_wrapped(inner, Loop), Unordered))
        elif step is not None and last_name(call.callee) in _EACH and reached.is_outside:
            placed.extend(_wrapped(inner, Loop))
        else:
            placed.extend(inner)

    def _others(self, reached: Reached) -> tuple[FunctionId, ...]:
        """Leave out the function itself: `self.chain.stream()` in a `stream` calls no other one.

        Of an object of untold type its method is a guess by name.
        """
        if not reached.is_open or self._scope == MODULE:
            return reached.functions
        itself = function_id(self._scopes, self._path, self._scope)
        return tuple(each for each in reached.functions if each != itself)

    def _only_prepares(self, call: Call, own: tuple[int, ...]) -> bool:
        """Tell whether a call makes something traced that runs when it is called itself."""
        spot = spot_of(self._scopes, self._path, call)
        return spot in self._numbers and not own and not isinstance(call.callee, Invocation)

    def _step(self, call: Call, reached: Reached) -> CallStep | None:
        functions = tuple(dict.fromkeys((*reached.functions, *reached.passed)))
        if not (reached.sites or functions or reached.is_open):
            return None
        at = place_of(self._scopes.facts, self._path, call.at)
        return CallStep(at, reached.sites, functions, reached.is_open, reached.is_assumed)


def _steps(placed: list[_Placed]) -> Steps:
    return Steps(tuple(each.step for each in placed))


def _wrapped(placed: list[_Placed], kind: type[Loop | Unordered]) -> list[_Placed]:
    return [_Placed(kind(_steps(placed)), placed[0].at)] if placed else []


def _choice(parts: list[list[_Placed]], *, exclusive: bool) -> list[_Placed]:
    firsts = [part[0].at for part in parts if part]
    if not firsts:
        return []
    step = Choice(tuple(_steps(part) for part in parts), exclusive)
    return [_Placed(step, min(firsts, key=lambda at: (at.line, at.column)))]


def _pop_within(placed: list[_Placed], extent: Extent) -> list[_Placed]:
    """Take back the steps that stand in the arguments of a call that runs them together."""
    position = len(placed)
    while position and _covers(extent, placed[position - 1].at):
        position -= 1
    inner = placed[position:]
    del placed[position:]
    return inner


def _covers(extent: Extent, at: Extent) -> bool:
    start = (extent.line, extent.column)
    return start <= (at.line, at.column) < (extent.end_line, extent.end_column)
