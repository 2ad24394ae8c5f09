"""What is extracted, against Python's own parser over its standard library and a large package."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tracegloss.syntax.extract import extract
from tracegloss.text import LineIndex

LIBRARY = Path(sysconfig.get_path("stdlib"))
PACKAGES = Path(sysconfig.get_path("purelib"))

N_FILES = 200
LARGEST = 60_000


@dataclass
class Seen:
    """Definitions (name, lines, decorators), calls and imports, each with how often it occurs."""

    definitions: Counter[tuple[str, int, int, int]] = field(default_factory=Counter)
    calls: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    imports: Counter[tuple[str, str | None, str | None, int]] = field(default_factory=Counter)


def files() -> list[Path]:
    found = [
        path
        for root in (LIBRARY, PACKAGES / "mlflow")
        for path in sorted(root.rglob("*.py"))
        if "site-packages" not in path.relative_to(root).parts
        # Generated text that the grammar does not understand.
        and path.name != "test_compile.py"
        and path.stat().st_size < LARGEST
    ]
    return random.Random(17).sample(found, min(N_FILES, len(found)))


def seen_by_ast(text: bytes) -> Seen:
    seen = Seen()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node, prefix in walk(tree, "", frozenset()):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                last = node.end_lineno or 0
                place = (prefix + node.name, first, last, len(node.decorator_list))
                seen.definitions[place] += 1
            case ast.Lambda():
                seen.definitions[f"{prefix}<lambda>", node.lineno, node.end_lineno or 0, 0] += 1
            case ast.Call():
                end = (node.end_lineno or 0) - 1, node.end_col_offset or 0
                seen.calls[node.lineno - 1, node.col_offset, *end] += 1
            case ast.Import():
                for alias in node.names:
                    seen.imports[alias.name, None, alias.asname, alias.lineno] += 1
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    seen.imports[module, alias.name, alias.asname, alias.lineno] += 1
            case _:
                pass
    return seen


def walk(node: ast.AST, prefix: str, outer: frozenset[str]) -> Iterator[tuple[ast.AST, str]]:
    """Every node with what stands before the qualified name of a definition there."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            prefix = "" if node.name in outer else prefix
            yield node, prefix
            inner = prefix + node.name + ("." if isinstance(node, ast.ClassDef) else ".<locals>.")
            for name, value in ast.iter_fields(node):
                inside = declared_global(node.body) if name == "body" else outer
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and name == "body":
                        yield from walk(child, inner, inside)
                    elif isinstance(child, ast.AST):
                        yield from walk(child, prefix, outer)
        case ast.Lambda():
            yield node, prefix
            yield from walk(node.args, prefix, outer)
            yield from walk(node.body, f"{prefix}<lambda>.<locals>.", frozenset())
        case _:
            yield node, prefix
            inner = f"{prefix}<genexpr>." if isinstance(node, ast.GeneratorExp) else prefix
            for child in ast.iter_child_nodes(node):
                yield from walk(child, inner, outer)


def declared_global(body: list[ast.stmt]) -> frozenset[str]:
    return frozenset(
        name
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Global)
        for name in node.names
    )


def seen_by_us(text: bytes) -> Seen:
    seen = Seen()
    facts = extract(text)
    lines = LineIndex.of(text.removeprefix(b"\xef\xbb\xbf"))
    assert facts.broken is None
    for each in facts.definitions:
        first, last = each.extent.line + 1, each.extent.end_line + 1
        seen.definitions[each.qualified_name, first, last, len(each.decorators)] += 1
    for call in facts.calls:
        at = call.extent
        start = byte_column(lines, at.line, at.column)
        end = byte_column(lines, at.end_line, at.end_column)
        seen.calls[at.line, start, at.end_line, end] += 1
    for found in facts.imports:
        alias = found.bound if found.asname else None
        seen.imports[found.module, found.name, alias, found.line + 1] += 1
    return seen


def byte_column(lines: LineIndex, line: int, column: int) -> int:
    return len(lines.line_text(line)[:column].encode())


def differences(ours: Seen, theirs: Seen) -> dict[str, list[object]]:
    return {
        "missing": [
            *list(theirs.definitions - ours.definitions)[:3],
            *list(theirs.calls - ours.calls)[:3],
            *list(theirs.imports - ours.imports)[:3],
        ],
        "surplus": [
            *list(ours.definitions - theirs.definitions)[:3],
            *list(ours.calls - theirs.calls)[:3],
            *list(ours.imports - theirs.imports)[:3],
        ],
    }


def test_definitions_calls_and_imports_equal_python_s_own() -> None:
    found: dict[str, dict[str, list[object]]] = {}
    n_compared = 0
    for path in files():
        text = path.read_bytes()
        try:
            theirs = seen_by_ast(text)
            text.decode()
        except (SyntaxError, ValueError, RecursionError):
            continue
        n_compared += 1
        different = differences(seen_by_us(text), theirs)
        if any(different.values()):
            found[str(path)] = different
    assert found == {}
    assert n_compared > N_FILES * 0.9


@pytest.mark.parametrize("name", ["argparse", "typing", "dataclasses", "asyncio/tasks"])
def test_parameters_async_and_generators_equal_python_s_own(name: str) -> None:
    text = (LIBRARY / f"{name}.py").read_bytes()
    ours = {
        (each.qualified_name.rpartition(".")[2], each.at.line + 1): (
            tuple(p.name for p in each.parameters), each.is_async)
        for each in extract(text).definitions
        if each.kind == "function"
    }  # fmt: skip
    theirs = {
        (node.name, node.lineno): (
            tuple(names(node.args)), isinstance(node, ast.AsyncFunctionDef))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }  # fmt: skip
    assert ours == theirs


def names(arguments: ast.arguments) -> Iterator[str]:
    for each in (*arguments.posonlyargs, *arguments.args):
        yield each.arg
    if arguments.vararg:
        yield arguments.vararg.arg
    for each in arguments.kwonlyargs:
        yield each.arg
    if arguments.kwarg:
        yield arguments.kwarg.arg
