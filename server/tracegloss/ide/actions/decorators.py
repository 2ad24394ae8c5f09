"""The decorators of one function, read from its own lines alone."""

from __future__ import annotations

import ast
import textwrap
import warnings

from tracegloss.index.repo import FunctionEntry
from tracegloss.text import LineIndex


def decorators_of(text: LineIndex, entry: FunctionEntry) -> tuple[str, ...] | None:
    """Return the dotted names of a function's decorators, outermost first, without arguments.

    `None` while its lines do not parse, or when they hold no function.
    """
    extent = entry.extent.range
    rows = [text.line_text(line) for line in range(extent.start.line, extent.end.line + 1)]
    match _parsed("\n".join(rows)):
        case [ast.FunctionDef(decorator_list=found) | ast.AsyncFunctionDef(decorator_list=found)]:
            return tuple(ast.unparse(_callee(each)) for each in found)
        case _:
            return None


def _parsed(source: str) -> list[ast.stmt]:
    """Parse without the warnings that Python has about other people's strings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(textwrap.dedent(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _callee(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator
