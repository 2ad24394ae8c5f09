"""What an expression of a repository may stand for, as far as its source tells."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.index.interpreter.circles import Answer
from tracegloss.model.site import SpanName
from tracegloss.syntax.facts import Extent

Owners: TypeAlias = frozenset[tuple[str, int]]
"""Definitions by path and index."""


class Spot(Struct, frozen=True):
    """A token of a file: where a span is created, or where a wrapper that creates one is used."""

    path: str
    at: Extent


class Frame(Struct, frozen=True, eq=False):
    """The parameters of one application of a definition, and those of the definitions around it.

    `known` keeps what was found out within this application. What `assumed` parameters are bound to
    is what indexed code was seen to give.
    """

    path: str
    definition: int
    bound: Mapping[str, tuple[Value, ...]]
    outer: Frame | None = None
    known: dict[Hashable, Answer[tuple[Value, ...]]] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()


class Scope(Struct, frozen=True):
    """Where an expression stands: a definition of a file (-1 is the module), perhaps applied."""

    path: str
    definition: int
    frame: Frame | None = None


class External(Struct, frozen=True):
    """Something outside the tree, by its dotted path: `mlflow.trace`, `functools.wraps`."""

    dotted: str

    @property
    def last(self) -> str:
        """The last name of the path."""
        return self.dotted.rpartition(".")[2]


class Module(Struct, frozen=True):
    """A file of the tree, imported."""

    path: str


class Folder(Struct, frozen=True):
    """A folder of the tree imported as a namespace: `module` as it was written in `importer`."""

    importer: str
    module: str


class Seen(Struct, frozen=True):
    """What `mlflow.trace` sees of a callable; `functools.wraps` dresses one up as another.

    `parameters` is `None` for callables whose signature is not in the tree.
    """

    name: str
    parameters: tuple[str, ...] | None
    variadic: tuple[str, ...] = ()
    is_generator: bool = False


class Function(Struct, frozen=True):
    """A function or lambda of the tree, the frame it closes over, the object it is bound to.

    `managed` marks a generator that `contextlib.contextmanager` turned into a context manager.
    """

    path: str
    definition: int
    frame: Frame | None = None
    receiver: Value | None = None
    seen: Seen | None = None
    managed: bool = False


class Class(Struct, frozen=True):
    """A class of the tree."""

    path: str
    definition: int


class Instance(Struct, frozen=True):
    """An object. `exact` tells a constructor's result from "this class or one below it".

    `given` are the constructor's arguments as the parameters of `__init__`; `made` is where objects
    of frameworks were constructed whose kind is told apart by that, `called` the name they got.
    """

    of: Class | External
    exact: bool = True
    given: Frame | None = None
    made: Spot | None = None
    called: str | None = None


class Super(Struct, frozen=True):
    """`super()` inside a class of the tree; `kind` is the class of the object, where it is told."""

    of: Class
    kind: Class | None = None


class Plain(Struct, frozen=True):
    """A literal value; it stood where it is used, elsewhere, or is a function's name."""

    value: str | int | float | bool | None
    origin: Literal["literal", "constant", "function"] = "literal"


class Member(Struct, frozen=True):
    """A member of an enum."""

    name: str
    value: str | int | float | bool | None


class Text(Struct, frozen=True):
    """Text with holes; `owners` are the definitions whose parameters fill any of them."""

    pieces: tuple[str, ...]
    owners: Owners = frozenset()


class Argument(Struct, frozen=True):
    """A parameter of a definition that nothing is known to be given for."""

    path: str
    definition: int
    name: str


class Sequence(Struct, frozen=True):
    """A list, tuple or set of values; `items` are all the values it may hold."""

    items: tuple[tuple[Value, ...], ...]


class Table(Struct, frozen=True):
    """A mapping; keys that are no literal are under `None`."""

    entries: tuple[tuple[str | None, tuple[Value, ...]], ...]

    def get(self, key: str) -> tuple[Value, ...]:
        """Give the values under a key, empty when it has none."""
        return tuple(v for name, values in self.entries if name == key for v in values)

    def all(self) -> tuple[Value, ...]:
        """Give every value of the mapping."""
        return tuple(value for _, values in self.entries for value in values)


class Method(Struct, frozen=True):
    """A method of a value that is no object of the tree: `"A".lower`, `kwargs.pop`."""

    of: Value
    name: str


class Partial(Struct, frozen=True):
    """`functools.partial` of something, with the arguments given so far."""

    of: Value
    given: tuple[Given, ...]


class Wraps(Struct, frozen=True):
    """`functools.wraps(of)`, waiting for the function to dress up."""

    of: Value


class Unknown(Struct, frozen=True):
    """What source does not tell. `attribute` is set for a member of an object of unknown type."""

    text: str
    attribute: str | None = None
    owners: Owners = frozenset()


Creator: TypeAlias = Literal["trace", "context", "call"]


class SpanMade(Struct, frozen=True):
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


class Traced(Struct, frozen=True):
    """A callable that runs `inner` inside a span."""

    made: SpanMade
    inner: Value


class Tracer(Struct, frozen=True):
    """`mlflow.trace(name=...)`, waiting for the function to trace."""

    made: SpanMade


class Context(Struct, frozen=True):
    """A span to be entered by `with`, or started already."""

    made: SpanMade


class Marked(Struct, frozen=True):
    """A function registered with MLflow that is traced without a tracing call."""

    how: Literal["handler", "scorer"]
    name: SpanName | None
    inner: Value


class Marker(Struct, frozen=True):
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


class Given(Struct, frozen=True):
    """One evaluated argument; `keyword` as in `facts.Argument`."""

    keyword: str | None
    values: tuple[Value, ...] = field(default=())
