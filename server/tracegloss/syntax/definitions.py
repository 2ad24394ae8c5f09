"""Functions, classes and lambdas with their decorators, and the blocks they consist of."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from tree_sitter import Node as TreeNode

from tracegloss.syntax.assignments import annotation_text
from tracegloss.syntax.calls import last_name, read_arguments
from tracegloss.syntax.expressions import mark_role, name_text
from tracegloss.syntax.facts import (
    Decorator,
    Definition,
    Expression,
    Node,
    Parameter,
)
from tracegloss.syntax.kinds import (
    BLOCKS,
    ERROR,
    EXTRAS,
    STANDING,
    kind_ids,
    kinds,
    mark_id,
    named_children,
)
from tracegloss.syntax.parameters import read_parameters
from tracegloss.syntax.reading import MODULE, Reading, read, read_parts, run, runs

[_FUNCTION] = kind_ids("function_definition")
_ASYNC = mark_id("async")
[_DECORATOR] = kind_ids("decorator")
[_PARAMETERS] = kind_ids("parameters")
[_ARGUMENTS] = kind_ids("argument_list")
[_IDENTIFIER] = kind_ids("identifier")
[_TYPE] = kind_ids("type")
[_TYPE_PARAMETERS] = kind_ids("type_parameter")
_DECORATED = kinds("function_definition", "class_definition")


class _Head(Struct):
    """What stands before the body of a definition."""

    name: TreeNode | None = None
    parameters: tuple[Parameter, ...] = ()
    bases: tuple[Expression, ...] = ()
    returns: str | None = None
    block: TreeNode | None = None
    is_async: bool = False


class Body(Struct):
    """What was found in the body of a definition."""

    nodes: list[Node] = field(default_factory=list)
    yields: bool = False


@runs("decorated_definition")
def _decorated(reading: Reading, node: TreeNode) -> None:
    decorators: list[Decorator] = []
    for child in named_children(node):
        if child.kind_id == _DECORATOR:
            decorators.extend(_decorator(reading, child))
        elif child.kind_id in _DECORATED:
            _define(reading, child, node.start_byte, tuple(decorators))
        else:
            run(reading, child)


def _decorator(reading: Reading, node: TreeNode) -> list[Decorator]:
    inner = named_children(node)
    if not inner:
        return []
    expression = read(reading, inner[0])
    mark_role(reading, expression, "decorator")
    return [Decorator(expression, reading.places.extent(*last_name(inner[0])))]


@runs("function_definition", "class_definition")
def _definition(reading: Reading, node: TreeNode) -> None:
    _define(reading, node, node.start_byte, ())


def _define(
    reading: Reading, node: TreeNode, start: int, decorators: tuple[Decorator, ...]
) -> None:
    head = _head(reading, node)
    if head.name is None:
        read_parts(reading, node)
        return
    is_function = node.kind_id == _FUNCTION
    name = name_text(reading, head.name)
    prefix = "" if name in reading.outer else reading.prefix
    qualified_name = prefix + name
    index = reserve(reading, node)
    inner_prefix = f"{qualified_name}.<locals>." if is_function else f"{qualified_name}."
    body = Body()
    if head.block is not None:
        body = _run_body(reading, head.block, index, inner_prefix, is_function=is_function)
    end = node.end_byte if head.block is None else last_byte(head.block)
    reading.definitions[index] = Definition(
        "function" if is_function else "class",
        name,
        qualified_name,
        reading.places.extent(head.name.start_byte, head.name.end_byte),
        reading.places.extent(start, end),
        reading.scope,
        head.parameters,
        decorators,
        head.bases,
        tuple(body.nodes) if is_function else (),
        "",
        head.is_async,
        body.yields,
        head.returns,
        reading.guarded,
    )


def reserve(reading: Reading, node: TreeNode) -> int:
    """Take the next place among the definitions, so that outer ones come before inner ones."""
    reading.layout.add(node.start_byte, node.end_byte)
    reading.definitions.append(None)
    return len(reading.definitions) - 1


def _head(reading: Reading, node: TreeNode) -> _Head:
    head = _Head()
    for child in node.children:
        kind = child.kind_id
        if not STANDING[kind]:
            head.is_async |= kind == _ASYNC
            continue
        if kind == _IDENTIFIER and head.name is None:
            head.name = child
        elif kind == _PARAMETERS:
            head.parameters = read_parameters(reading, child)
        elif kind == _ARGUMENTS:
            head.bases = _bases(reading, child)
        elif kind == _TYPE:
            head.returns = annotation_text(reading, child)
        elif kind == _TYPE_PARAMETERS:
            annotation_text(reading, child)
        elif kind in BLOCKS:
            head.block = child
        elif kind == ERROR:
            read_parts(reading, child)
    return head


def _bases(reading: Reading, node: TreeNode) -> tuple[Expression, ...]:
    arguments = read_arguments(reading, node)
    if not arguments:
        reading.layout.drop(node.start_byte, node.end_byte)
    return tuple(argument.value for argument in arguments if argument.keyword in {None, "*"})


def _run_body(
    reading: Reading, block: TreeNode, index: int, prefix: str, *, is_function: bool
) -> Body:
    around = (reading.scope, reading.prefix, reading.outer, reading.guarded, reading.yields)
    blocks, depth = reading.blocks, reading.depth
    reading.scope, reading.prefix, reading.outer = index, prefix, {}
    reading.guarded, reading.yields = False, False
    reading.depth = 0
    if is_function:
        reading.blocks = 0
        reading.enclosing.append(index)
    nodes = reading.nodes
    body = Body([] if is_function else nodes)
    reading.nodes = body.nodes
    run_statements(reading, block)
    if is_function:
        reading.enclosing.pop()
    body.yields = reading.yields
    reading.nodes = nodes
    reading.blocks, reading.depth = blocks, depth
    reading.scope, reading.prefix, reading.outer, reading.guarded, reading.yields = around
    return body


def run_statements(reading: Reading, block: TreeNode) -> None:
    """Read the statements of a module, class or function; a broken one costs only itself."""
    standing = reading.standing()
    for child in _one_by_one(block):
        try:
            run(reading, child)
        except RecursionError:
            reading.stand(standing)
            reading.too_deep = reading.places.line(child.start_byte)
        except (IndexError, ValueError):
            # A statement that lacks a part; the tree says itself that it is broken.
            if not child.has_error:
                raise
            reading.stand(standing)
    reading.layout.end_block(block.end_byte)


def _one_by_one(block: TreeNode) -> Iterator[TreeNode]:
    """Yield the statements of a block; a list of them would keep all that was read in memory."""
    cursor = block.walk()
    more = cursor.goto_first_child()
    while more:
        child = cursor.node
        if child is not None and STANDING[child.kind_id]:
            yield child
        more = cursor.goto_next_sibling()


def last_byte(node: TreeNode) -> int:
    """Return where the code of a block ends, comments after its last statement left out."""
    while True:
        last = _last_child(node)
        if last is None or not last.is_named:
            return node.end_byte if last is None else last.end_byte
        if last.kind_id not in _ENDING_IN_BLOCKS:
            return last.end_byte
        node = last


def _last_child(node: TreeNode) -> TreeNode | None:
    """Return the last child that is no comment; asking for all would make them all."""
    number = node.child_count - 1
    last = node.child(number) if number >= 0 else None
    if last is None or last.kind_id not in EXTRAS:
        return last
    return next((each for each in reversed(node.children) if each.kind_id not in EXTRAS), None)


_ENDING_IN_BLOCKS = kinds(
    "block",
    "class_definition",
    "decorated_definition",
    "elif_clause",
    "else_clause",
    "except_clause",
    "finally_clause",
    "for_statement",
    "function_definition",
    "if_statement",
    "match_statement",
    "case_clause",
    "try_statement",
    "while_statement",
    "with_statement",
)


@runs("nonlocal_statement")
def _nonlocal(reading: Reading, node: TreeNode) -> None:
    for child in named_children(node):
        name = reading.text(child)
        reading.outer[name] = _owner(reading, name)


def _owner(reading: Reading, name: str) -> int:
    """Return the nearest function around this one that binds a name."""
    around = reading.enclosing[:-1]
    bound = {each.scope for each in reading.assignments if each.target == name}
    nearest = around[-1] if around else MODULE
    return next((scope for scope in reversed(around) if scope in bound), nearest)
