"""The parameters of functions and lambdas."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tree_sitter import Node as TreeNode

from tracegloss.syntax.assignments import annotation_text
from tracegloss.syntax.expressions import name_text
from tracegloss.syntax.facts import Expression, Parameter
from tracegloss.syntax.kinds import kind_ids, named_children
from tracegloss.syntax.reading import Reading, read

Kind: TypeAlias = Literal["positional-only", "plain", "variadic", "keyword-only", "keywords"]

[_IDENTIFIER] = kind_ids("identifier")
[_TYPE] = kind_ids("type")
[_SPLAT] = kind_ids("list_splat_pattern")
[_DICTIONARY_SPLAT] = kind_ids("dictionary_splat_pattern")
_STARRED = frozenset({_SPLAT, _DICTIONARY_SPLAT})
[_POSITIONAL_SEPARATOR] = kind_ids("positional_separator")
[_KEYWORD_SEPARATOR] = kind_ids("keyword_separator")


def read_parameters(reading: Reading, node: TreeNode) -> tuple[Parameter, ...]:
    """Read a signature in its order; defaults are read where the definition stands."""
    found: list[Parameter] = []
    kind: Kind = "plain"
    for child in named_children(node):
        if child.kind_id == _POSITIONAL_SEPARATOR:
            found = [_positional_only(each) for each in found]
        elif child.kind_id == _KEYWORD_SEPARATOR:
            kind = "keyword-only"
        else:
            parameter = _parameter(reading, child, kind)
            if parameter is None:
                continue
            found.append(parameter)
            if parameter.kind == "variadic":
                kind = "keyword-only"
    return tuple(found)


def _positional_only(parameter: Parameter) -> Parameter:
    return Parameter(parameter.name, "positional-only", parameter.default, parameter.annotation)


def _parameter(reading: Reading, node: TreeNode, kind: Kind) -> Parameter | None:
    if node.kind_id == _IDENTIFIER:
        return Parameter(name_text(reading, node), kind)
    parts = named_children(node)
    if not parts:
        return None
    named = node if node.kind_id in _STARRED else parts[0]
    if named.kind_id == _SPLAT:
        kind = "variadic"
    elif named.kind_id == _DICTIONARY_SPLAT:
        kind = "keywords"
    name = named if named.kind_id == _IDENTIFIER else named_children(named)[-1]
    annotation: str | None = None
    default: Expression | None = None
    for part in parts[1:]:
        if part.kind_id == _TYPE:
            annotation = annotation_text(reading, part)
        else:
            default = read(reading, part)
    return Parameter(name_text(reading, name), kind, default, annotation)
