"""The names that a file binds outside of its functions, and which of them a function reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from tracegloss.history.likeness import parsed, parsed_statement
from tracegloss.text import Position, TextRange, range_of

if TYPE_CHECKING:
    import ast

LARGEST_PARSED = 400_000


class Imported(Struct, frozen=True):
    """What an import binds: `member` of `module` (dots kept), or the module when that is empty."""

    module: str
    member: str = ""


class Binding(Struct, frozen=True):
    """A name at module level, `Class.NAME` for one in a class, or a call that stands there.

    `text` is all that is said of it there, layout and comments aside; `at` its first place.
    `imported` is set when an import binds it.
    """

    name: str
    text: str
    at: TextRange
    imported: Imported | None = None


def bindings(raw: bytes) -> Mapping[str, Binding]:
    """Read what a file's top level says of each name, in order; a broken file binds nothing.

    Nothing of it runs. Functions, docstrings and what only type checkers see are left out.
    """
    module = parsed(raw, LARGEST_PARSED)
    found: dict[str, Binding] = {}
    lines = raw.splitlines()
    for each in () if module is None else _of_body(module.body, ""):
        known = found.get(each.name)
        text = each.text if known is None else f"{known.text}\n{each.text}"
        at = _in_code_points(each.at, lines) if known is None else known.at
        found[each.name] = Binding(each.name, text, at, each.imported)
    return found


def hashes(_path: str, raw: bytes) -> dict[str, str]:
    """Name what a file's top level says of each name by a hash."""
    return {
        name: hashlib.sha1(each.text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        for name, each in bindings(raw).items()
    }


def names_read(lines: Sequence[str]) -> frozenset[str]:
    """Name what a function reads, decorators included: `NAME`, and `base.NAME` for a member."""
    import ast

    node = parsed_statement(lines)
    if not isinstance(node, ast.AST):
        return frozenset()
    return frozenset(name for each in ast.walk(node) if (name := _read(each)))


def _read(node: ast.AST) -> str:
    import ast

    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""


def _of_body(body: Iterable[ast.stmt], within: str) -> Iterator[Binding]:
    import ast

    for statement in body:
        match statement:
            case ast.ClassDef() if not within:
                yield from _of_body(statement.body, f"{statement.name}.")
            case ast.Import() | ast.ImportFrom():
                yield from _of_import(statement, within)
            case ast.If() if not _is_for_types(statement.test):
                yield from _of_body((*statement.body, *statement.orelse), within)
            case ast.Try():
                handled = (each for handler in statement.handlers for each in handler.body)
                parts = (*statement.body, *handled, *statement.orelse, *statement.finalbody)
                yield from _of_body(parts, within)
            case ast.With() | ast.For() | ast.While():
                yield from _of_body(statement.body, within)
            case _:
                yield from _of_statement(statement, within)


def _of_statement(statement: ast.stmt, within: str) -> Iterator[Binding]:
    import ast

    match statement:
        case ast.Assign(targets=targets):
            pass
        case ast.AnnAssign(target=target, value=value) if value is not None:
            targets = [target]
        case ast.AugAssign(target=target):
            targets = [target]
        case ast.Expr(value=ast.Call(func=called)):
            targets = [called]
        case _:
            return
    for whole in targets:
        for part in whole.elts if isinstance(whole, ast.Tuple | ast.List) else (whole,):
            root = _root(part)
            if root is not None:
                yield Binding(f"{within}{root.id}", _dump(statement), _range(root, len(root.id)))


def _of_import(statement: ast.Import | ast.ImportFrom, within: str) -> Iterator[Binding]:
    import ast

    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            imported = Imported(module, alias.name)
        else:
            imported = Imported(alias.name if alias.asname else alias.name.partition(".")[0])
        name = alias.asname or alias.name.partition(".")[0]
        text = f"{imported.module}:{imported.member}"
        yield Binding(f"{within}{name}", text, _range(statement, 0), imported)


def _root(target: ast.expr) -> ast.Name | None:
    """Find the name that an assignment or a call is about: `X` of `X["a"].b = 1`."""
    import ast

    if isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
        return _root(target.value)
    if isinstance(target, ast.Call):
        return _root(target.func)
    return target if isinstance(target, ast.Name) else None


def _is_for_types(test: ast.expr) -> bool:
    import ast

    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _dump(statement: ast.stmt) -> str:
    import ast

    try:
        return ast.dump(statement)
    except RecursionError:
        return ""


def _in_code_points(at: TextRange, lines: Sequence[bytes]) -> TextRange:
    """Count columns as ranges do; Python's parser counts bytes."""
    line, length = at.start.line, at.end.column - at.start.column
    before = lines[line][: at.start.column] if line < len(lines) else b""
    column = len(before.decode("utf-8", "replace"))
    return range_of(line, column, line, column + length)


def _range(node: ast.expr | ast.stmt, length: int) -> TextRange:
    start = Position(node.lineno - 1, node.col_offset)
    return range_of(start.line, start.column, start.line, start.column + length)
