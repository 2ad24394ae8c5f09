"""The state of one pass over a tree, and the tables that say which function reads which node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from tree_sitter import Node as TreeNode

from tracegloss.syntax.facts import (
    Assignment,
    Call,
    Definition,
    Expression,
    Import,
    Node,
    Opaque,
)
from tracegloss.syntax.kinds import STANDING, TABLE, kind_ids
from tracegloss.syntax.layout import Layout
from tracegloss.syntax.places import Places

MODULE = -1

# Nested containers and blocks beyond these are read flat: facts must survive recursive encoders.
MAX_DEPTH = 40
MAX_BLOCKS = 60

_OPAQUE_LENGTH = 80


Standing: TypeAlias = "tuple[list[Node], int, str, dict[str, int], bool, bool, int, int, int]"


class Reading:
    """What one pass has found so far and where it stands.

    `nodes` is the body skeleton being filled, `scope` the definition whose code is read,
    `prefix` what stands before a qualified name here, `outer` maps names declared `global` or
    `nonlocal` to the scope they belong to, `enclosing` lists the functions around, outermost
    first, `known` keeps what names and plain literals say, by their source text, `guarded` is true
    inside `try` and `if`.
    """

    __slots__ = (
        "assignments",
        "blocks",
        "calls",
        "definitions",
        "depth",
        "enclosing",
        "exports",
        "guarded",
        "imports",
        "known",
        "layout",
        "nodes",
        "outer",
        "places",
        "prefix",
        "scope",
        "source",
        "too_deep",
        "yields",
    )

    def __init__(self, source: bytes, shifts: Mapping[int, int]) -> None:
        self.source = source
        self.places = Places(source, shifts)
        self.layout = Layout(source)
        # For one file only: a table large enough for many no longer fits the processor's cache.
        self.known: dict[bytes, Expression] = {}
        self.calls: list[Call] = []
        self.definitions: list[Definition | None] = []
        self.imports: list[Import] = []
        self.assignments: list[Assignment] = []
        self.exports: list[str] | None = None
        self.nodes: list[Node] = []
        self.scope = MODULE
        self.prefix = ""
        self.outer: dict[str, int] = {}
        self.guarded = False
        self.yields = False
        self.depth = 0
        self.blocks = 0
        self.enclosing: list[int] = []
        self.too_deep: int | None = None

    def standing(self) -> Standing:
        """Return where the pass stands, for `stand`."""
        return (
            self.nodes, self.scope, self.prefix, self.outer, self.guarded, self.yields, self.depth,
            self.blocks, len(self.enclosing),
        )  # fmt: skip

    def stand(self, standing: Standing) -> None:
        """Go back to where the pass stood, after it had to give up something nested too deeply."""
        (
            self.nodes, self.scope, self.prefix, self.outer, self.guarded, self.yields, self.depth,
            self.blocks, n_enclosing,
        ) = standing  # fmt: skip
        del self.enclosing[n_enclosing:]

    def text(self, node: TreeNode) -> str:
        """Return the source text of a node."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def opaque(self, node: TreeNode) -> Opaque:
        """Return an expression that is kept as its source text only, on one line and cut."""
        start = node.start_byte
        piece = self.source[start : min(node.end_byte, start + 4 * _OPAQUE_LENGTH)]
        return Opaque(" ".join(piece.decode("utf-8", "replace").split())[:_OPAQUE_LENGTH])


ReadExpression: TypeAlias = Callable[[Reading, TreeNode], Expression]
RunStatement: TypeAlias = Callable[[Reading, TreeNode], object]


def run_parts(reading: Reading, node: TreeNode) -> None:
    """Read whatever stands inside a node that says nothing by itself."""
    for child in node.children:
        kind = child.kind_id
        if STANDING[kind]:
            (STATEMENTS[kind] or EXPRESSIONS[kind])(reading, child)


def read_parts(reading: Reading, node: TreeNode) -> Expression:
    """Read whatever stands inside a node, and keep the node as its source text."""
    run_parts(reading, node)
    return reading.opaque(node)


EXPRESSIONS: list[ReadExpression] = [read_parts] * TABLE
STATEMENTS: list[RunStatement | None] = [None] * TABLE


def reads(*names: str) -> Callable[[ReadExpression], ReadExpression]:
    """Register a function as the reader of expressions of these kinds."""

    def register(function: ReadExpression) -> ReadExpression:
        for name in names:
            for kind in kind_ids(name):
                EXPRESSIONS[kind] = function
        return function

    return register


def runs(*names: str) -> Callable[[RunStatement], RunStatement]:
    """Register a function as the reader of statements of these kinds."""

    def register(function: RunStatement) -> RunStatement:
        for name in names:
            for kind in kind_ids(name):
                STATEMENTS[kind] = function
        return function

    return register


def read(reading: Reading, node: TreeNode) -> Expression:
    """Read an expression: its calls go into the body, its value is returned."""
    return EXPRESSIONS[node.kind_id](reading, node)


def run(reading: Reading, node: TreeNode) -> None:
    """Read a statement, or an expression that stands as one."""
    kind = node.kind_id
    statement = STATEMENTS[kind]
    if statement is not None:
        statement(reading, node)
    else:
        EXPRESSIONS[kind](reading, node)


def read_effects(reading: Reading, node: TreeNode) -> None:
    """Read an expression whose value nobody wants, if anything happens in it."""
    text = reading.source[node.start_byte : node.end_byte]
    # Without any of these an expression does nothing that is recorded.
    if b"(" in text or b":=" in text or b"yield" in text or b"lambda" in text:
        EXPRESSIONS[node.kind_id](reading, node)


def collect(reading: Reading, read_node: RunStatement, node: TreeNode) -> list[Node]:
    """Read a node into a part of the body by itself."""
    around = reading.nodes
    reading.nodes = []
    read_node(reading, node)
    nodes, reading.nodes = reading.nodes, around
    return nodes
