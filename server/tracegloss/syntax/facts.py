"""The plain data extracted from one file; survives in the store and knows no path and no parser.

Lines are 0-based, columns 0-based code points. In a notebook all code cells are joined into one
text, in which lines count; `cells` leads back to each cell. Indices point into the tuples of the
same `FileFacts`; -1 stands for the module itself where a scope is meant. Frozen values made from
the inside out hold no cycles, so the garbage collector need not know of them (`gc=False`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec


class Extent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A range as four numbers; `end_*` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Name(msgspec.Struct, frozen=True, array_like=True, tag="n", gc=False):
    """A dotted chain of plain names: `mlflow.trace`, `self.tools.run`."""

    dotted: str


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="c", gc=False):
    """A literal string, number, bool or None; adjacent and concatenated literals are joined."""

    value: str | int | float | bool | None


class Template(msgspec.Struct, frozen=True, array_like=True, tag="t", gc=False):
    """Text with holes: f-strings, `+`, `%` and `.format` on literals; a piece is text or a hole."""

    pieces: tuple[str | Expression, ...]


class Invocation(msgspec.Struct, frozen=True, array_like=True, tag="i", gc=False):
    """The value of a call, by its index in `calls`."""

    call: int


class Options(msgspec.Struct, frozen=True, array_like=True, tag="o", gc=False):
    """One of several values: `a if c else b`, `a and b`; with `fallback`, `a or b`."""

    options: tuple[Expression, ...]
    fallback: bool = False


class Items(msgspec.Struct, frozen=True, array_like=True, tag="l", gc=False):
    """A list, tuple or set display."""

    items: tuple[Expression, ...]


class Entries(msgspec.Struct, frozen=True, array_like=True, tag="d", gc=False):
    """A dict display; a `**mapping` entry has the key `Opaque("**")`."""

    entries: tuple[tuple[Expression, Expression], ...]


class Comprehension(msgspec.Struct, frozen=True, array_like=True, tag="m", gc=False):
    """A list, set or dict comprehension: what one turn gives, and what its loops bind, outer first.

    `element` is an `Items` of one or an `Entries` of one; conditions are left out. The bound values
    are as in `Assignment`.
    """

    element: Items | Entries
    bound: tuple[tuple[str, Expression], ...]


class Access(msgspec.Struct, frozen=True, array_like=True, tag="a", gc=False):
    """An attribute or method of something that is no plain name: `f(x).run`, `items[0].run`."""

    of: Expression
    attribute: str


class Subscript(msgspec.Struct, frozen=True, array_like=True, tag="s", gc=False):
    """An element: `TOOLS[name]`."""

    of: Expression
    key: Expression


class Lambda(msgspec.Struct, frozen=True, array_like=True, tag="f", gc=False):
    """A lambda, by its index in `definitions`."""

    definition: int


class Opaque(msgspec.Struct, frozen=True, array_like=True, tag="x", gc=False):
    """Any other expression, as its source text cut to 80 characters."""

    text: str


Expression: TypeAlias = (
    Name
    | Constant
    | Template
    | Invocation
    | Options
    | Items
    | Entries
    | Comprehension
    | Access
    | Subscript
    | Lambda
    | Opaque
)


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One bound name of an import: `import a.b` binds `a`, `from .m import x as y` binds `y`.

    `module` keeps leading dots; `name` is `None` for `import m` and `"*"` for a star. `asname`
    tells `import a.b as c` (bound to a.b) from `import a.b` (bound to a).
    """

    module: str
    name: str | None
    bound: str
    asname: bool
    scope: int
    line: int
    guarded: bool


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument; `keyword` is `None` when positional, `"*"` and `"**"` when unpacked."""

    keyword: str | None
    value: Expression


Role: TypeAlias = Literal["plain", "with", "decorator", "await", "return"]


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A call. `at` is the callee's last name (or the opening of what is called), `extent` the call.

    Calls are in order of evaluation. `scope` is the definition whose body runs it: the class for
    calls in a class body, the enclosing scope for decorators, defaults and annotations. `role` says
    where it stands, the nearest word first: `return await f()` is `await`.
    """

    callee: Expression
    arguments: tuple[Argument, ...]
    at: Extent
    extent: Extent
    scope: int
    role: Role = "plain"


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter with its default, in signature order."""

    name: str
    kind: Literal["positional-only", "plain", "variadic", "keyword-only", "keywords"]
    default: Expression | None = None
    annotation: str | None = None


class Decorator(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A decorator: `Name` when bare, `Invocation` when called; `at` is its last name."""

    expression: Expression
    at: Extent


class CallNode(msgspec.Struct, frozen=True, array_like=True, tag="c", gc=False):
    """A call happens, after the calls in its arguments."""

    call: int


class WithNode(msgspec.Struct, frozen=True, array_like=True, tag="w", gc=False):
    """A `with` statement: its header expressions with bound names, and its body.

    Calls of a header stand before the node. A second item is a `with` of its own inside the first,
    as Python runs it, so there is one header; both have the extent of the statement.
    """

    headers: tuple[Expression, ...]
    bound: tuple[str | None, ...]
    body: tuple[Node, ...]
    extent: Extent


class LoopNode(msgspec.Struct, frozen=True, array_like=True, tag="l", gc=False):
    """A `for`, `while` or comprehension."""

    body: tuple[Node, ...]


class BranchNode(msgspec.Struct, frozen=True, array_like=True, tag="b", gc=False):
    """Alternatives: `if`/`elif`/`else`, `match`, conditional and short-circuit expressions."""

    branches: tuple[tuple[Node, ...], ...]


class TryNode(msgspec.Struct, frozen=True, array_like=True, tag="t", gc=False):
    """A `try` with its handlers; `else` follows the body, `final` always runs."""

    body: tuple[Node, ...]
    handlers: tuple[tuple[Node, ...], ...]
    final: tuple[Node, ...]


class ReturnNode(msgspec.Struct, frozen=True, array_like=True, tag="r", gc=False):
    """A `return` or `yield` of a value (its calls stand before it); a lambda returns its body."""

    value: Expression
    is_yield: bool = False


Node: TypeAlias = CallNode | WithNode | LoopNode | BranchNode | TryNode | ReturnNode


class Definition(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function, class or lambda.

    `qualified_name` follows Python's `__qualname__`, `<locals>` and `<lambda>` included (those of
    Python 3.12, where list comprehensions leave no trace in it). `at` is the name, or the word
    `lambda`; `extent` begins with the first decorator. `text_hash` covers its tokens without
    comments and layout (16 hex digits), its decorators excluded: a formatter does not change it.
    `body` is empty for classes: what a class body does stands where the class statement does.
    `guarded` tells a definition inside `try` or `if`.
    """

    kind: Literal["function", "class", "lambda"]
    name: str
    qualified_name: str
    at: Extent
    extent: Extent
    scope: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Decorator, ...]
    bases: tuple[Expression, ...]
    body: tuple[Node, ...]
    text_hash: str
    is_async: bool = False
    is_generator: bool = False
    returns: str | None = None
    guarded: bool = False


class Assignment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`target = value`; `target` is dotted (`NAME`, `self.model`) and `annotation` its source text.

    Class attributes and enum members are assignments whose scope is the class; `global` and
    `nonlocal` names belong to the scope they name. A bare annotation has the value `Opaque("")`, an
    augmented assignment its source text. Unpacked values are `Subscript(value, Constant(i))`, the
    values a loop goes through `Subscript(iterated, Opaque("*"))`, what `with` binds
    `Access(header, "__enter__")`. `owner[key] = value` has the target `owner[]`.
    """

    target: str
    value: Expression
    scope: int
    line: int
    annotation: str | None = None
    guarded: bool = False
    key: Expression | None = None


class CellStart(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The joined text of a notebook reaches cell `cell` at `line`, `offset` lines into it."""

    line: int
    cell: int
    offset: int = 0


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything the index knows of one file. `broken` says why parts of it may be missing."""

    imports: tuple[Import, ...] = ()
    definitions: tuple[Definition, ...] = ()
    calls: tuple[Call, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    body: tuple[Node, ...] = ()
    exports: tuple[str, ...] | None = None
    cells: tuple[CellStart, ...] = ()
    broken: str | None = None
    n_lines: int = 0
