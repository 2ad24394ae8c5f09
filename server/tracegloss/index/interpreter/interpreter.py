"""Reads the facts of a tree without running any of it; keeps what it found out, within bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from types import MappingProxyType

from tracegloss.index.interpreter.applying import apply
from tracegloss.index.interpreter.attributes import attribute, bases
from tracegloss.index.interpreter.circles import Answer, Circles
from tracegloss.index.interpreter.class_tracing import tracers_around
from tracegloss.index.interpreter.constructing import frame_of_given, given_to_constructor
from tracegloss.index.interpreter.dressing import seen
from tracegloss.index.interpreter.expressions import evaluate, union
from tracegloss.index.interpreter.lookup import exported, lookup, stored
from tracegloss.index.interpreter.markers import Mentions
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.relations import FileRelations, Relations
from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.spans import wrapped_calls
from tracegloss.index.interpreter.tracing import ALL_APIS, REGISTERING_NAMES
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Context,
    External,
    Frame,
    Function,
    Given,
    Instance,
    Marked,
    Marker,
    Partial,
    Scope,
    Spot,
    Traced,
    Tracer,
    Unknown,
    Value,
)
from tracegloss.index.modules import ModuleMap
from tracegloss.syntax.facts import Expression, FileFacts, Invocation

_UNTOLD: Values = (Unknown("..."),)
_KEPT = (Traced, Tracer, Context, Marked, Marker)
_NONE_KNOWN: Mapping[str, FileRelations] = MappingProxyType({})


class Interpreter:
    """The one `Reader`. `facts_of` gives a file's facts, `None` while it is not indexed.

    `missed` collects the files that were asked for and not indexed; `reads` has, for each file, the
    files that answers about it were read from or asked on at, and `related` the names that were
    looked for among the classes and calls of all files for them. Work on one question is bounded:
    past the bound everything is unknown, so that no source can hold it up.
    """

    def __init__(
        self,
        modules: ModuleMap,
        facts_of: Callable[[str], FileFacts | None],
        markers: AbstractSet[str],
    ) -> None:
        self._modules = modules
        self._facts_of = facts_of
        self.markers = markers
        self.own_markers: AbstractSet[str] = frozenset()
        self.local_markers: dict[str, AbstractSet[str]] = {}
        self.wrappers: set[tuple[str, int]] = set()
        self.indexed: Callable[[], Iterable[str]] = tuple
        self.missed: set[str] = set()
        self.reads: defaultdict[str, set[str]] = defaultdict(set)
        self.related: defaultdict[str, set[str]] = defaultdict(set)
        self.relations: Mapping[str, FileRelations] = _NONE_KNOWN
        self._about, self._reads = "", self.reads[""]
        self._scopes: dict[str, FileScopes] = {}
        self._mentions: dict[str, Mentions] = {}
        self.forget()

    def forget(self) -> None:
        """Drop every answer; asked after files or markers were added."""
        self.aliases: dict[str, AbstractSet[str]] = {}
        self._traceable: dict[str, AbstractSet[int]] = {}
        self._answers: dict[Hashable, Answer[Values]] = {}
        self._constructed: dict[Hashable, Answer[Frame]] = {}
        self._wrapped: dict[Hashable, Answer[frozenset[Spot]]] = {}
        self._relations: Relations | None = None
        self._circles = Circles()

    @contextmanager
    def about(self, path: str) -> Iterator[None]:
        """Count what is read as read for answers about a file, however they are asked for."""
        around = self._about
        self._reads.add(path)
        self._about, self._reads = path, self.reads[path]
        try:
            yield
        finally:
            self._about, self._reads = around, self.reads[around]

    def assume(self) -> None:
        """Count an answer that code not seen may add to: what it leaves out may run as well."""
        self._circles.assume()

    @property
    def n_assumed(self) -> int:
        """How many answers so far may be added to by code not seen."""
        return self._circles.n_assumed

    @property
    def modules(self) -> ModuleMap:
        """The files of the tree by module name."""
        return self._modules

    def scopes(self, path: str) -> FileScopes | None:
        """Give a file's scopes; `None`, and a note that it is missed, when it is not indexed."""
        self._reads.add(path)
        found = self._scopes_of(path)
        if found is None:
            self.missed.add(path)
            self._circles.lose()  # an answer without this file is not to be kept
        return found

    def _scopes_of(self, path: str) -> FileScopes | None:
        found = self._scopes.get(path)
        if found is None and (facts := self._facts_of(path)) is not None:
            found = self._scopes[path] = FileScopes(facts)
        return found

    def evaluate(self, expression: Expression, scope: Scope) -> Values:
        """Tell what an expression may stand for."""
        if isinstance(expression, Invocation):
            number = expression.call
            return self._kept_answer(scope, number, lambda: evaluate(self, expression, scope))
        return self._circles.guarded(None, lambda: evaluate(self, expression, scope), _UNTOLD)

    def lookup(self, name: str, scope: Scope) -> Values:
        """Tell what a plain name may stand for."""
        return self._kept_answer(scope, name, lambda: lookup(self, name, scope))

    def stored(self, name: str, scope: Scope) -> Values:
        """Tell what is put into a scope's mapping under any key."""
        at = Scope(scope.path, scope.definition)
        return self._kept_answer(at, f"{name}[]", lambda: stored(self, name, at))

    def exported(self, path: str, name: str) -> Values:
        """Tell what a name of a module of the tree stands for."""
        at = Scope(path, MODULE)
        return self._kept_answer(at, f".{name}", lambda: exported(self, path, name))

    def _kept_answer(
        self,
        scope: Scope,
        asked: str | int,
        ask: Callable[[], Values],
        otherwise: Values = _UNTOLD,
    ) -> Values:
        """Ask once about a name or call of a scope."""
        frame = scope.frame
        question = (scope.path, frame, scope.definition, asked)
        around = self._about
        self._reads.add(scope.path)
        self._about, self._reads = scope.path, self.reads[scope.path]
        try:
            if frame is None:
                return self._circles.once(self._answers, question, ask, otherwise)
            if frame.path == scope.path:
                return self._circles.once(frame.known, question, ask, otherwise)
            return self._circles.guarded(None, ask, otherwise)
        finally:
            self._about, self._reads = around, self.reads[around]

    def attribute(self, value: Value, name: str) -> Values:
        """Tell what a member of a value may be."""
        question = ("member", id(value), name) if not isinstance(value, External) else None
        return self._circles.guarded(
            question, lambda: attribute(self, value, name), _UNTOLD, held=value
        )

    def apply(
        self, callee: Value, given: tuple[Given, ...], spot: Spot, *, decorating: bool = False
    ) -> Values:
        """Tell what calling a value may give."""
        return self._circles.guarded(
            None, lambda: apply(self, callee, given, spot, decorating=decorating), _UNTOLD
        )

    def decorated(self, path: str, definition: int, frame: Frame | None) -> Values:
        """Tell what a definition's name stands for once its decorators ran."""
        return self._kept_answer(
            Scope(path, definition, frame),
            "@",
            lambda: self._decorate(path, definition, frame),
            (self._plain(path, definition, frame),),
        )

    def decoration(
        self, path: str, definition: int, frame: Frame | None
    ) -> tuple[tuple[int, Values], ...]:
        """Give what a definition stands for after each of its decorators, its class's (-1) last."""
        scopes = self.scopes(path)
        if scopes is None:
            return ()
        described = scopes.definition(definition)
        scope = Scope(path, described.scope, frame)
        values: Values = (self._plain(path, definition, frame),)
        steps: list[tuple[int, Values]] = []
        for number in range(len(described.decorators) - 1, -1, -1):
            decorator = described.decorators[number]
            spot = Spot(path, decorator.at)
            callees = self.evaluate(decorator.expression, scope)
            values = union(
                self._kept(
                    value, self.apply(callee, (Given(None, (value,)),), spot, decorating=True)
                )
                for callee in callees
                for value in values
            )
            traced = tuple(value for value in values if isinstance(value, _KEPT))
            values = traced or values  # of twins, the one that traces
            steps.append((number, values))
        for tracer in tracers_around(self, scopes, path, definition):
            values = self.apply(tracer, (Given(None, values),), Spot(path, described.at))
            steps.append((-1, values))
        return tuple(steps)

    def subclasses(self, of: Class) -> tuple[Class, ...]:
        """Give the indexed classes below a class, however far."""
        found = self._kept_answer(
            Scope(of.path, of.definition),
            "<below>",
            lambda: self._related().subclasses(self, of),
            (),
        )
        return tuple(each for each in found if isinstance(each, Class))

    def bases(self, of: Class) -> Values:
        """Give a class and what it inherits from, in Python's order."""
        scope = Scope(of.path, of.definition)
        return self._kept_answer(scope, "<bases>", lambda: bases(self, of), (of,))

    def methods(self, name: str) -> Sequence[Function]:
        """Give the indexed methods of a name, of whatever class."""
        return self._related().methods(name)

    def callers(self, name: str) -> Iterator[str]:
        """Yield the indexed files that call something of a name."""
        return self._related().callers(name)

    def is_changed(self, name: str) -> bool:
        """Tell whether some code sets an attribute of that name on what is not its own."""
        return name in self._related().changed

    def _related(self) -> Relations:
        """Relate the files that are indexed, once for as long as answers are kept."""
        if self._relations is None:
            self._relations = Relations(
                self.indexed(), self._scopes_of, self.relations, self._look_for
            )
        return self._relations

    def _look_for(self, name: str) -> None:
        self.related[self._about].add(name)

    def _constructor_calls(self, argument: Argument) -> Iterator[tuple[str, int]]:
        for path, number in self._related().constructor_calls(self, argument):
            self._reads.add(path)
            yield path, number

    def given_to_constructor(self, argument: Argument, of: Class) -> Values:
        """Tell what indexed code gives the constructor of a class, or of one below it, if any."""
        scopes = self.scopes(argument.path) if argument.path else None
        if scopes is None or scopes.definition(argument.definition).name != "__init__":
            return (argument,)
        return self._kept_answer(
            Scope(argument.path, argument.definition),
            f"<{argument.name}> {of.path} {of.definition}",
            lambda: given_to_constructor(self, argument, of, self._constructor_calls(argument)),
            (argument,),
        )

    def constructed(self, of: Class, path: str, definition: int) -> Frame | None:
        """Bind the parameters of an `__init__` to what indexed code gives objects of a class."""
        scopes = self.scopes(path)
        if scopes is None or definition == MODULE:
            return None
        if scopes.definition(definition).name != "__init__":
            return None
        n_assumed = self.n_assumed
        question = (of, path, definition)
        with self.about(path):
            known = self._circles.once(
                self._constructed,
                question,
                lambda: frame_of_given(self, scopes, path, definition, of),
                Frame(path, definition, {}),
            )
        self._circles.n_assumed = n_assumed  # assumed is what a parameter's use depends on
        return known

    def is_async(self, function: Function) -> bool:
        """Tell whether a function is a coroutine function."""
        scopes = self.scopes(function.path)
        return scopes is not None and scopes.definition(function.definition).is_async

    def is_marker(self, name: str, path: str) -> bool:
        """Tell whether a last name may lead to a span in a file."""
        return name in self.markers or name in self.aliases_of(path) or name in self._local(path)

    def registers(self, name: str, path: str) -> bool:
        """Tell whether a last name may hand a function or class over to MLflow in a file."""
        return name in REGISTERING_NAMES or self.is_marker(name, path)

    def _local(self, path: str) -> AbstractSet[str]:
        self._reads.add(path)
        return self.local_markers.get(path, frozenset())

    def aliases_of(self, path: str) -> AbstractSet[str]:
        """Give the names by which a file calls what markers name."""
        self._reads.add(path)
        if path not in self.aliases:
            self._mark(path)
        return self.aliases[path]

    def may_trace(self, value: Function | Class) -> bool:
        """Tell whether a definition holds, however deep, a call that may make a span."""
        self._reads.add(value.path)
        if value.path not in self._traceable:
            self._mark(value.path)
        return value.definition in self._traceable[value.path]

    def may_make(self, callee: Value) -> bool:
        """Tell whether calling a value may make a span: MLflow's API, or a wrapper found so far."""
        match callee:
            case External(dotted):
                return dotted in ALL_APIS
            case Function():
                self._reads.add(callee.path)
                return callee.frame is not None or (callee.path, callee.definition) in self.wrappers
            case Class(path, definition) | Instance(Class(path, definition)):
                self._reads.add(path)
                return (path, definition) in self.wrappers
            case Partial(of, _):
                return self.may_make(of)
            case _:
                return isinstance(callee, _KEPT)

    def wrapped_calls(self, function: Function) -> frozenset[Spot]:
        """Name the creations in a function that stand for its caller's own span."""
        with self.about(function.path):
            return self._circles.once(
                self._wrapped,
                ("wrapped", function.path, function.definition),
                lambda: wrapped_calls(self, function),
                frozenset(),
            )

    def _mark(self, path: str) -> None:
        mentions = self._mentioned(path)
        if mentions is None:
            self.aliases[path] = frozenset()
            self._traceable[path] = frozenset()
        else:
            markers = self.markers | self._local(path)
            aliases = self.aliases[path] = mentions.aliases(markers)
            self._traceable[path] = mentions.definitions(markers | aliases)

    def _mentioned(self, path: str) -> Mentions | None:
        found = self._mentions.get(path)
        if found is None and (scopes := self.scopes(path)) is not None:
            found = self._mentions[path] = Mentions(scopes)
        return found

    def _plain(self, path: str, definition: int, frame: Frame | None) -> Value:
        scopes = self.scopes(path)
        if scopes is not None and scopes.definition(definition).kind == "class":
            return Class(path, definition)
        return Function(path, definition, frame)

    def _decorate(self, path: str, definition: int, frame: Frame | None) -> Values:
        steps = self.decoration(path, definition, frame)
        return steps[-1][1] if steps else (self._plain(path, definition, frame),)

    def _kept(self, before: Value, after: Values) -> Values:
        """Look through decorators that make no span, keeping the name and signature they leave."""
        if any(isinstance(value, _KEPT) for value in after):
            return tuple(value for value in after if isinstance(value, _KEPT))
        if before in after or not isinstance(before, Function):
            return (before,)
        functions = [value for value in after if isinstance(value, Function)]
        if not functions:
            return (before,)
        first = functions[0]
        if (first.path, first.definition) == (before.path, before.definition):
            return (first,)
        dress = seen(self, first)
        return (Function(before.path, before.definition, before.frame, before.receiver, dress),)
