"""Which of a file's definitions make spans for their callers: the next round's markers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tracegloss.index.handed_on import GIVEN, decorators_of, hands_on
from tracegloss.index.implicit import is_registered_class, outside_bases
from tracegloss.index.interpreter.applying import returned
from tracegloss.index.interpreter.class_tracing import method_tracers
from tracegloss.index.interpreter.constructors import constructor
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.interpreter.tracing import (
    ALL_APIS,
    API_NAMES,
    RESPONSES_AGENTS,
    SCORER_CLASSES,
)
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Context,
    External,
    Function,
    Given,
    Instance,
    Marker,
    Partial,
    Scope,
    Spot,
    Traced,
    Tracer,
    Value,
)
from tracegloss.syntax.facts import Constant, Definition, Extent

_MAKERS = (Traced, Tracer, Context, Marker)


class FoundWrappers(Struct, frozen=True):
    """The wrappers of one file: their definitions, and the names by which spans are made.

    `local` are the names that only functions of the file can say.
    """

    definitions: frozenset[int]
    shared: frozenset[str]
    local: frozenset[str]


def find_wrappers(interpreter: Interpreter, path: str) -> FoundWrappers:
    """Find the wrappers, aliases of MLflow's API and agent classes of a file."""
    scopes = interpreter.scopes(path)
    if scopes is None:
        return FoundWrappers(frozenset(), frozenset(), frozenset())
    definitions = frozenset(_wrapping_definitions(interpreter, scopes, path))
    local = {index for index in definitions if _is_local(scopes, index)}
    shared = {scopes.definition(index).name for index in definitions - local}
    return FoundWrappers(
        definitions,
        frozenset(shared.union(_aliases(interpreter, scopes, path))),
        frozenset(scopes.definition(index).name for index in local),
    )


def _is_local(scopes: FileScopes, index: int) -> bool:
    around = scopes.outer(index)
    while around != MODULE:
        if scopes.definition(around).kind != "class":
            return True
        around = scopes.outer(around)
    return False


def _wrapping_definitions(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[int]:
    for index, definition in enumerate(scopes.facts.definitions):
        if definition.kind == "class":
            if _is_wrapping_class(interpreter, path, index) or (
                is_registered_class(interpreter, scopes, path, index)
                and _is_agent(interpreter, path, index)
            ):
                yield index
        elif (
            definition.kind == "function"
            and not definition.name.startswith("__")
            and interpreter.may_trace(Function(path, index))
            and _gives_something(definition)
            and is_wrapper(interpreter, scopes, path, index)
        ):
            yield index


def _gives_something(definition: Definition) -> bool:
    """Tell whether a function takes an argument, or returns more than a literal."""
    if any(parameter.name not in {"self", "cls"} for parameter in definition.parameters):
        return True
    return any(not isinstance(value, Constant) for value in returned(definition.body))


def is_wrapper(interpreter: Interpreter, scopes: FileScopes, path: str, index: int) -> bool:
    """Tell whether calling a function, or what it returns, makes a span in the caller's name."""
    for value in interpreter.decorated(path, index, None):
        if not isinstance(value, Function):
            continue
        if interpreter.wrapped_calls(value):
            return True
        decorators = decorators_of(interpreter, value)
        if any(hands_on(interpreter, each) for each in decorators):
            return True
        if any(any(method_tracers(interpreter, each, GIVEN)) for each in decorators):
            return True
        if makes_spans(interpreter, value, scopes.definition(index).name, depth=2):
            return True
    return False


def makes_spans(interpreter: Interpreter, value: Value, name: str, depth: int) -> bool:
    """Tell whether applying a value, a few times over, gives something that makes spans."""
    nowhere = Spot("", Extent(0, 0, 0, 0))
    anything = Given(None, (Argument("", MODULE, name),))
    attempts: tuple[tuple[Given, ...], ...] = ((anything,), ())
    for given in attempts:
        for result in interpreter.apply(value, given, nowhere):
            if isinstance(result, _MAKERS):
                return True
            inner = isinstance(result, Function) and result.frame is not None
            if inner and depth and makes_spans(interpreter, result, name, depth - 1):
                return True
    return False


def _is_wrapping_class(interpreter: Interpreter, path: str, index: int) -> bool:
    of = Class(path, index)
    if not interpreter.may_trace(of):
        return False
    made = constructor(interpreter, of)
    if made is not None and interpreter.wrapped_calls(made):
        return True
    nowhere = Spot("", Extent(0, 0, 0, 0))
    anything = Given(None, (Argument("", MODULE, "given"),))
    for given in ((), (anything,)):
        for value in interpreter.apply(of, given, nowhere):
            if isinstance(value, _MAKERS):
                return True
            if any(
                isinstance(result, _MAKERS)
                for result in interpreter.apply(value, (anything,), nowhere)
            ):
                return True
    return False


def _is_agent(interpreter: Interpreter, path: str, index: int) -> bool:
    return bool(
        outside_bases(interpreter, Class(path, index)) & (RESPONSES_AGENTS | SCORER_CLASSES)
    )


def _aliases(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[str]:
    aliases = interpreter.aliases_of(path) | API_NAMES
    for name in aliases & scopes.names.get(MODULE, {}).keys():
        if _names_api(interpreter.lookup(name, Scope(path, MODULE))):
            yield name
    for index, definition in enumerate(scopes.facts.definitions):
        if definition.kind != "class":
            continue
        held = scopes.names.get(index, {}).keys() | scopes.attributes.get(index, {}).keys()
        for name in aliases & held:
            if _names_api(interpreter.attribute(Instance(Class(path, index)), name)):
                yield name


def _names_api(values: tuple[Value, ...]) -> bool:
    return any(
        isinstance(value, Tracer | Marker)
        or (isinstance(value, Partial) and _names_api((value.of,)))
        or (isinstance(value, External) and value.dotted in ALL_APIS)
        for value in values
    )
