"""Places in source that can create spans, and the names their spans may carry."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.outcome import Shape
from tracegloss.text import TextRange

SiteKind: TypeAlias = Literal[
    "decorated",
    "wrapped",
    "context",
    "call",
    "wrapper-use",
    "node",
    "edge",
    "tool",
    "agent",
    "sdk-call",
    "module",
    "handler",
    "scorer",
    "test",
]


class Place(Struct, frozen=True):
    """A range in a file of the workspace; `path` is posix and relative to its repository's root.

    In a notebook `cell` counts from 0 over all cells and the range's lines count within the cell.
    `repository` is the root's id; with `@` and a commit behind it, the root as it was at a commit.
    """

    path: str
    range: TextRange
    cell: int | None = None
    repository: str = "r0"

    @property
    def text_key(self) -> str:
        """The name of the text it lies in: `path`, in a notebook `path#cell`.

        Of a text as it was at a commit the repository's id stands before it.
        """
        label = self.path if self.cell is None else f"{self.path}#{self.cell}"
        return f"{self.repository}:{label}" if "@" in self.repository else label


class FunctionId(Struct, frozen=True, order=True):
    """One definition of the index.

    `line` is the 0-based line of its name token in the file text (for notebooks: of the joined
    cells), which keeps twins of one qualified name apart.

    The module's own top-level code is `qualified_name == ""`, `line == 0`.
    """

    path: str
    qualified_name: str
    line: int


class LiteralName(Struct, frozen=True):
    """A span name known in full.

    `origin` says what it was read from: a string `literal` at the site, a `constant` (enum members,
    class attributes, name helpers), the `function`'s own name, or the API's `default`.
    """

    text: str
    origin: Literal["literal", "constant", "function", "default"]


class NamePattern(Struct, frozen=True):
    """A span name with holes: `pieces` are the fixed texts around them, in order.

    `("step-", "")` is `step-*`, `("", "_agent")` is `*_agent`; there is one hole between each two.
    """

    pieces: tuple[str, ...]

    @property
    def n_fixed(self) -> int:
        """Count the fixed letters and digits, the measure of how much a match says."""
        return sum(character.isalnum() for piece in self.pieces for character in piece)


class DynamicName(Struct, frozen=True):
    """A span name that source does not tell; `expression` is its source text, cut."""

    expression: str


SpanName: TypeAlias = LiteralName | NamePattern | DynamicName


class Site(Struct, frozen=True):
    """A place in source that can create spans.

    `at` is the one token an editor marks: the `def`'s name for a decorated function, the last name
    of the callee for calls (`start_span` in `mlflow.start_span`). `extent` is the whole function or
    statement. `names` lists the names its spans may carry (several for conditional names).
    `function_name` is what MLflow writes as `mlflow.spanFunctionName` for it, `None` when this
    construct writes none (`start_span`, traced generators). `parameters` are the input keys it
    records, in signature order, `None` when it records no bound arguments. `function` is the
    definition whose body runs inside the span: the decorated function, or for a `with` the function
    around it. `block` is the part of that body inside the span when it is not the whole.
    `secondary` is where the repository's own wrapper really creates the span, or where a framework
    is given the function. `framework` names the framework a site was told by, `members` the nodes
    or tools that it was seen to be built from. A call `runs` what was built at these places, and
    hands over one of the inputs `given`, empty when these may be anything.
    """

    kind: SiteKind
    at: Place
    extent: TextRange
    names: tuple[SpanName, ...]
    qualified_name: str | None
    function: FunctionId | None
    function_name: str | None = None
    parameters: tuple[str, ...] | None = None
    variadic: tuple[str, ...] = ()
    span_type: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    description: str | None = None
    block: TextRange | None = None
    secondary: Place | None = None
    is_generator: bool = False
    is_async: bool = False
    framework: str | None = None
    members: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    given: tuple[Shape, ...] = ()


FRAMEWORK_KINDS: frozenset[SiteKind] = frozenset(
    {"node", "edge", "tool", "agent", "sdk-call", "module"}
)
"""Sites whose spans a framework's own instrumentation makes; their names alone tell little."""


def key_of(path: str, line: int, column: int) -> str:
    """Name what is built at a place, 0-based, for the calls that run it."""
    return f"{path}:{line}:{column}"


def place_key(at: Place) -> str:
    """Name what is built at a place of the index."""
    return key_of(at.path, at.range.start.line, at.range.start.column)


def spot(place: Place) -> str:
    """Write a place as `path:line`, 1-based; in notebooks with the cell, from 0."""
    line = place.range.start.line + 1
    return f"{place.path}:{line}" if place.cell is None else f"{place.path}#{place.cell}:{line}"
