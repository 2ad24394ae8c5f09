"""Import statements, absolute and relative, at any depth."""

from __future__ import annotations

from tree_sitter import Node as TreeNode

from tracegloss.syntax.facts import Import
from tracegloss.syntax.kinds import kind_ids, named_children
from tracegloss.syntax.reading import Reading, runs

[_ALIASED] = kind_ids("aliased_import")
[_STAR] = kind_ids("wildcard_import")


@runs("import_statement")
def _import(reading: Reading, node: TreeNode) -> None:
    for member in named_children(node):
        if member.kind_id == _ALIASED:
            name, alias = named_children(member)
            _add(reading, member, _dotted(reading, name), None, reading.text(alias))
        else:
            dotted = _dotted(reading, member)
            _add(reading, member, dotted, None, None)


@runs("import_from_statement")
def _import_from(reading: Reading, node: TreeNode) -> None:
    module, *members = named_children(node)
    _drop_parentheses(reading, node)
    source = _dotted(reading, module)
    for member in members:
        if member.kind_id == _STAR:
            _add(reading, member, source, "*", None)
        elif member.kind_id == _ALIASED:
            name, alias = named_children(member)
            _add(reading, member, source, _dotted(reading, name), reading.text(alias))
        elif not member.is_error:
            _add(reading, member, source, _dotted(reading, member), None)


@runs("future_import_statement")
def _import_from_future(reading: Reading, node: TreeNode) -> None:
    for member in named_children(node):
        parts = named_children(member) if member.kind_id == _ALIASED else [member]
        alias = reading.text(parts[1]) if len(parts) == 2 else None
        _add(reading, member, "__future__", _dotted(reading, parts[0]), alias)
    _drop_parentheses(reading, node)


def _dotted(reading: Reading, node: TreeNode) -> str:
    return "".join(reading.text(node).split())


def _drop_parentheses(reading: Reading, node: TreeNode) -> None:
    if b"(" not in reading.source[node.start_byte : node.end_byte]:
        return
    marks = [child for child in node.children if child.type in {"(", ",", ")"}]
    if marks and marks[-1].type == ")":
        trailing = [
            mark for mark in marks[-2:-1] if mark.start_byte > named_children(node)[-1].start_byte
        ]
        for mark in (marks[0], marks[-1], *trailing):
            reading.layout.drop(mark.start_byte, mark.end_byte)


def _add(
    reading: Reading, node: TreeNode, module: str, name: str | None, alias: str | None
) -> None:
    bound = alias or name or module.partition(".")[0]
    scope = reading.outer.get(bound, reading.scope)
    line = reading.places.line(node.start_byte)
    reading.imports.append(
        Import(module, name, bound, alias is not None, scope, line, reading.guarded)
    )
