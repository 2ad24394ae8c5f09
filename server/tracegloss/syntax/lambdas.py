"""Lambdas, which are definitions inside expressions."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.definitions import Body, reserve
from tracegloss.syntax.expressions import mark_role
from tracegloss.syntax.facts import Definition, Expression, Lambda, Parameter, ReturnNode
from tracegloss.syntax.kinds import kind_ids, named_children
from tracegloss.syntax.parameters import read_parameters
from tracegloss.syntax.reading import Reading, read, reads

[_LAMBDA_PARAMETERS] = kind_ids("lambda_parameters")


@reads("lambda")
def _lambda(reading: Reading, node: TreeNode) -> Expression:
    parts = named_children(node)
    parameters: tuple[Parameter, ...] = ()
    if len(parts) > 1 and parts[0].kind_id == _LAMBDA_PARAMETERS:
        parameters = read_parameters(reading, parts[0])
    index = reserve(reading, node)
    qualified_name = f"{reading.prefix}<lambda>"
    body = _lambda_body(reading, parts[-1], index, f"{qualified_name}.<locals>.")
    reading.definitions[index] = Definition(
        "lambda",
        "<lambda>",
        qualified_name,
        reading.places.extent(node.start_byte, node.start_byte + len("lambda")),
        reading.places.extent(node.start_byte, node.end_byte),
        reading.scope,
        parameters,
        (),
        (),
        tuple(body.nodes),
        "",
        is_generator=body.yields,
        guarded=reading.guarded,
    )
    return Lambda(index)


def _lambda_body(reading: Reading, node: TreeNode, index: int, prefix: str) -> Body:
    around = (reading.scope, reading.prefix, reading.outer, reading.guarded, reading.yields)
    nodes = reading.nodes
    reading.scope, reading.prefix, reading.outer = index, prefix, {}
    reading.guarded, reading.yields = False, False
    body = Body()
    reading.nodes = body.nodes
    reading.enclosing.append(index)
    value = read(reading, node)
    reading.enclosing.pop()
    mark_role(reading, value, "return")
    body.nodes.append(ReturnNode(value))
    body.yields = reading.yields
    reading.nodes = nodes
    reading.scope, reading.prefix, reading.outer, reading.guarded, reading.yields = around
    return body
