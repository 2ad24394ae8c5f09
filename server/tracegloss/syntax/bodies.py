"""Compound and flow statements: the skeleton of what a body does."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assigning import assign
from tracegloss.syntax.assignments import bare_target
from tracegloss.syntax.choices import add_branches
from tracegloss.syntax.expressions import (
    NONE,
    mark_role,
    read_bare,
)
from tracegloss.syntax.facts import (
    BranchNode,
    Expression,
    LoopNode,
    Node,
    Opaque,
    ReturnNode,
    Subscript,
    TryNode,
)
from tracegloss.syntax.kinds import BLOCKS, MEANT, kind_ids, named_children
from tracegloss.syntax.reading import (
    MAX_BLOCKS,
    Reading,
    collect,
    read_effects,
    run,
    run_parts,
    runs,
)

[_ELIF] = kind_ids("elif_clause")
[_ELSE] = kind_ids("else_clause")
[_EXCEPT] = kind_ids("except_clause")
[_FINALLY] = kind_ids("finally_clause")
[_CASE_PATTERN] = kind_ids("case_pattern")


runs("else_clause", "except_clause", "finally_clause")(run_parts)


@runs("block")
def run_block(reading: Reading, node: TreeNode) -> None:
    """Read the statements of a block and mark its end."""
    run_parts(reading, node)
    reading.layout.end_block(node.end_byte)


@runs("return_statement")
def _return(reading: Reading, node: TreeNode) -> None:
    value: Expression = NONE
    for child in node.named_children:
        if MEANT[child.kind_id]:
            value = read_bare(reading, child)
            mark_role(reading, value, "return")
    reading.nodes.append(ReturnNode(value))


@runs("raise_statement", "print_statement", "exec_statement", "chevron")
def _parts(reading: Reading, node: TreeNode) -> None:
    for child in named_children(node):
        run(reading, child)


@runs("delete_statement")
def _delete(reading: Reading, node: TreeNode) -> None:
    for child in named_children(node):
        read_bare(reading, child)


@runs("assert_statement")
def _assert(reading: Reading, node: TreeNode) -> None:
    condition, *message = named_children(node)
    read_effects(reading, condition)
    for child in message:
        add_branches(reading, [collect(reading, read_effects, child), []])


@runs("if_statement")
def _if(reading: Reading, node: TreeNode) -> None:
    guarded = reading.guarded
    reading.guarded = True
    reading.blocks += 1
    _alternatives(reading, named_children(node))
    reading.blocks -= 1
    reading.guarded = guarded


def _alternatives(reading: Reading, parts: list[TreeNode]) -> None:
    """Read condition, block and what follows; a later condition runs only if the earlier failed."""
    chains: list[list[list[Node]]] = [[]]
    heads: list[list[Node]] = []
    for part in parts:
        if part.kind_id in BLOCKS:
            chains[-1].append(collect(reading, run_block, part))
        elif part.kind_id == _ELSE:
            chains[-1].append(collect(reading, run_parts, part))
        elif part.kind_id == _ELIF:
            _elif(reading, named_children(part), heads, chains)
        else:
            read_effects(reading, part)
    if parts[-1].kind_id != _ELSE:
        chains[-1].append([])
    _nest(reading, heads, chains)


def _elif(
    reading: Reading,
    parts: list[TreeNode],
    heads: list[list[Node]],
    chains: list[list[list[Node]]],
) -> None:
    condition = collect(reading, read_effects, parts[0])
    block: list[Node] = []
    if condition and len(chains) + reading.blocks < MAX_BLOCKS:
        heads.append(condition)
        chains.append([])
    else:
        block.extend(condition)
    for part in parts[1:]:
        block.extend(collect(reading, run, part))
    chains[-1].append(block)


def _nest(reading: Reading, heads: list[list[Node]], chains: list[list[list[Node]]]) -> None:
    """Put each later chain, after its condition, where the earlier one has its `else`."""
    rest: list[Node] = []
    for number in range(len(chains) - 1, -1, -1):
        is_last = number == len(chains) - 1
        branches = chains[number] if is_last else [*chains[number], rest]
        rest = [*heads[number - 1]] if number else []
        if any(branches):
            rest.append(BranchNode(tuple([tuple(branch) for branch in branches])))
    reading.nodes.extend(rest)


@runs("for_statement")
def _for(reading: Reading, node: TreeNode) -> None:
    target, iterable, *rest = named_children(node)
    bare_target(reading, target)
    iterated = read_bare(reading, iterable)
    assign(reading, target, Subscript(iterated, Opaque("*")))
    _loop(reading, rest)


@runs("while_statement")
def _while(reading: Reading, node: TreeNode) -> None:
    condition, *rest = named_children(node)
    _loop(reading, rest, condition)


def _loop(reading: Reading, parts: list[TreeNode], condition: TreeNode | None = None) -> None:
    around = reading.nodes
    reading.nodes = body = list[Node]()
    reading.blocks += 1
    if condition is not None:
        read_effects(reading, condition)
    otherwise = _loop_blocks(reading, parts)
    reading.blocks -= 1
    reading.nodes = around
    _add_loop(reading, body, otherwise)


def _loop_blocks(reading: Reading, parts: list[TreeNode]) -> list[Node]:
    otherwise: list[Node] = []
    for part in parts:
        if part.kind_id == _ELSE:
            otherwise.extend(collect(reading, run_parts, part))
        else:
            run(reading, part)
    return otherwise


def _add_loop(reading: Reading, body: list[Node], otherwise: list[Node]) -> None:
    if reading.blocks >= MAX_BLOCKS:
        reading.nodes.extend(body)
    elif body:
        reading.nodes.append(LoopNode(tuple(body)))
    reading.nodes.extend(otherwise)


@runs("try_statement")
def _try(reading: Reading, node: TreeNode) -> None:
    guarded = reading.guarded
    reading.guarded = True
    reading.blocks += 1
    body: list[Node] = []
    handlers: list[tuple[Node, ...]] = []
    final: list[Node] = []
    for part in named_children(node):
        nodes = collect(reading, run, part)
        if part.kind_id == _EXCEPT:
            handlers.append(tuple(nodes))
        elif part.kind_id == _FINALLY:
            final.extend(nodes)
        else:
            body.extend(nodes)
    reading.blocks -= 1
    reading.guarded = guarded
    _add_try(reading, body, handlers, final)


def _add_try(
    reading: Reading, body: list[Node], handlers: list[tuple[Node, ...]], final: list[Node]
) -> None:
    if reading.blocks >= MAX_BLOCKS:
        reading.nodes.extend(body)
        for handler in handlers:
            reading.nodes.extend(handler)
        reading.nodes.extend(final)
    elif body or final or any(handlers):
        reading.nodes.append(TryNode(tuple(body), tuple(handlers), tuple(final)))


@runs("match_statement")
def _match(reading: Reading, node: TreeNode) -> None:
    guarded = reading.guarded
    reading.guarded = True
    reading.blocks += 1
    branches: list[list[Node]] = []
    exhaustive = False
    for child in named_children(node):
        if child.kind_id in BLOCKS:
            for case in named_children(child):
                branches.append(_case(reading, case))
                exhaustive = exhaustive or _is_wildcard(reading, case)
            reading.layout.end_block(child.end_byte)
        else:
            read_bare(reading, child)
    reading.blocks -= 1
    reading.guarded = guarded
    add_branches(reading, branches if exhaustive else [*branches, []])


def _case(reading: Reading, node: TreeNode) -> list[Node]:
    around = reading.nodes
    reading.nodes = nodes = list[Node]()
    for child in named_children(node):
        if child.kind_id != _CASE_PATTERN:
            run(reading, child)
    reading.nodes = around
    return nodes


def _is_wildcard(reading: Reading, case: TreeNode) -> bool:
    parts = [part for part in named_children(case) if part.kind_id not in BLOCKS]
    return len(parts) == 1 and reading.text(parts[0]) == "_"
