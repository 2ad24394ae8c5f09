"""What an expression of a repository may stand for, as far as its source tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from tracegloss.model.site import SpanName
from tracegloss.syntax.facts import Extent

Owners: TypeAlias = frozenset[tuple[str, int]]
"""Definitions by path and index."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A token of a file: where a span is created, or where a wrapper that creates one is used."""

    path: str
    at: Extent


class Answer(NamedTuple):
    """The values found for a question; an `assumed` answer may miss some that run all the same."""

    values: tuple[Value, ...]
    assumed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The parameters of one application of a definition, and those of the definitions around it.

    `known` keeps what was found out within this application. What `assumed` parameters are bound to
    is what indexed code was seen to give.
    """

    path: str
    definition: int
    bound: Mapping[str, tuple[Value, ...]]
    outer: Frame | None = None
    known: dict[tuple[int, str | int], Answer] = field(default_factory=dict, repr=False)
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: a definition of a file (-1 is the module), perhaps applied."""

    path: str
    definition: int
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class External:
    """Something outside the tree, by its dotted path: `mlflow.trace`, `functools.wraps`."""

    dotted: str

    @property
    def last(self) -> str:
        """The last name of the path."""
        return self.dotted.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the tree, imported."""

    path: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the tree imported as a namespace: `module` as it was written in `importer`."""

    importer: str
    module: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What `mlflow.trace` sees of a callable; `functools.wraps` dresses one up as another.

    `parameters` is `None` for callables whose signature is not in the tree.
    """

    name: str
    parameters: tuple[str, ...] | None
    variadic: tuple[str, ...] = ()
    is_generator: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function or lambda of the tree, the frame it closes over, the object it is bound to.

    `managed` marks a generator that `contextlib.contextmanager` turned into a context manager.
    """

    path: str
    definition: int
    frame: Frame | None = None
    receiver: Value | None = None
    seen: Seen | None = None
    managed: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the tree."""

    path: str
    definition: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An object. `exact` tells a constructor's result from "this class or one below it".

    `given` are the constructor's arguments as the parameters of `__init__`.
    """

    of: Class | External
    exact: bool = True
    given: Frame | None = None


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` inside a class of the tree."""

    of: Class


@dataclass(frozen=True, slots=True)
class Plain:
    """A literal value; it stood where it is used, elsewhere, or is a function's name."""

    value: str | int | float | bool | None
    origin: Literal["literal", "constant", "function"] = "literal"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum."""

    name: str
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """Text with holes; `owners` are the definitions whose parameters fill any of them."""

    pieces: tuple[str, ...]
    owners: Owners = frozenset()


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a definition that nothing is known to be given for."""

    path: str
    definition: int
    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple or set of values; `items` are all the values it may hold."""

    items: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; keys that are no literal are under `None`."""

    entries: tuple[tuple[str | None, tuple[Value, ...]], ...]

    def get(self, key: str) -> tuple[Value, ...]:
        """Give the values under a key, empty when it has none."""
        return tuple(v for name, values in self.entries if name == key for v in values)

    def all(self) -> tuple[Value, ...]:
        """Give every value of the mapping."""
        return tuple(value for _, values in self.entries for value in values)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a value that is no object of the tree: `"A".lower`, `kwargs.pop`."""

    of: Value
    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial` of something, with the arguments given so far."""

    of: Value
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Wraps:
    """`functools.wraps(of)`, waiting for the function to dress up."""

    of: Value


@dataclass(frozen=True, slots=True)
class Unknown:
    """What source does not tell. `attribute` is set for a member of an object of unknown type."""

    text: str
    attribute: str | None = None
    owners: Owners = frozenset()


Creator: TypeAlias = Literal["trace", "context", "call"]


@dataclass(frozen=True, slots=True)
class SpanMade:
    """How a span comes to be. No `names` stands for the function's own name.

    `creator` tells `mlflow.trace` from `start_span` from calls that enter no context. `trail` leads
    from the place that really creates the span through each wrapper's use of the one below.
    `seen` is the function as `mlflow.trace` sees it. `owners` are the definitions whose parameters
    decide the name, all of it when `is_given`.
    """

    creator: Creator
    names: tuple[SpanName, ...]
    trail: tuple[Spot, ...]
    span_type: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    seen: Seen | None = None
    owners: Owners = frozenset()
    is_given: bool = False

    def used_at(self, spot: Spot) -> SpanMade:
        """Extend the trail by the use of a wrapper."""
        return replace(self, trail=(*self.trail, spot))


@dataclass(frozen=True, slots=True)
class Traced:
    """A callable that runs `inner` inside a span."""

    made: SpanMade
    inner: Value


@dataclass(frozen=True, slots=True)
class Tracer:
    """`mlflow.trace(name=...)`, waiting for the function to trace."""

    made: SpanMade


@dataclass(frozen=True, slots=True)
class Context:
    """A span to be entered by `with`, or started already."""

    made: SpanMade


@dataclass(frozen=True, slots=True)
class Marked:
    """A function registered with MLflow that is traced without a tracing call."""

    how: Literal["handler", "scorer"]
    name: SpanName | None
    inner: Value


@dataclass(frozen=True, slots=True)
class Marker:
    """`invoke()`, `stream()` or `scorer(name=...)`, waiting for the function."""

    how: Literal["handler", "scorer"]
    name: SpanName | None


Value: TypeAlias = (
    External
    | Module
    | Folder
    | Function
    | Class
    | Instance
    | Super
    | Plain
    | Member
    | Text
    | Argument
    | Sequence
    | Table
    | Method
    | Partial
    | Wraps
    | Unknown
    | Traced
    | Tracer
    | Context
    | Marked
    | Marker
)


@dataclass(frozen=True, slots=True)
class Given:
    """One evaluated argument; `keyword` as in `facts.Argument`."""

    keyword: str | None
    values: tuple[Value, ...] = field(default=())
