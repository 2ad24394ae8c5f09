"""Lays traces on sources by hand: calls by the name of the function, places found in the text.

Functions are read with Python's own parser, so that nothing here leans on the index.
"""

from __future__ import annotations

import ast
from typing import Any

from msgspec.structs import replace

from tests.report.builder import BEGAN_NS, S, on_code
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.finding import Finding, Severity
from tracegloss.model.resolution import Confidence, Evidence, EvidenceKind, Resolved
from tracegloss.model.site import FunctionId, LiteralName, Place, Site
from tracegloss.overlay.document import Document, TextKey
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.text import LineIndex, TextRange, range_of
from tracegloss.trace_on_code import TraceOnCode

APP = "app.py"
MINUTE_NS = 60_000_000_000


def key(path: str = APP) -> TextKey:
    return TextKey("r0", path)


def functions_of(source: str, path: str = APP) -> tuple[FunctionEntry, ...]:
    """Read the definitions of a source; the hash is the text Python prints of one."""
    entries: list[FunctionEntry] = []

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                entries.append(_entry(child, prefix, source, path))
                inner = "" if isinstance(child, ast.ClassDef) else "<locals>."
                visit(child, f"{prefix}{child.name}.{inner}")
            else:
                visit(child, prefix)

    visit(ast.parse(source), "")
    return tuple(entries)


def document(source: str, path: str = APP, *, version: int | None = 1, facts: str = "") -> Document:
    """Open a text; `facts` is the earlier text that its functions come from, if it is broken."""
    functions = functions_of(facts or source, path)
    return Document(key(path), LineIndex.of(source.encode()), version, functions)


def site_at(source: str, name: str, path: str = APP, **changes: Any) -> Site:
    """Return the site of a decorated function, by its qualified name."""
    found = next(f for f in functions_of(source, path) if f.function.qualified_name == name)
    short = name.rpartition(".")[2]
    return replace(
        Site(
            kind="decorated",
            at=found.at,
            extent=found.extent.range,
            names=(LiteralName(short, "function"),),
            qualified_name=name,
            function=found.function,
            function_name=short,
            parameters=tuple(p for p in found.parameters if p not in {"self", "cls"}),
        ),
        **changes,
    )


def place_of(source: str, words: str, path: str = APP, *, token: str = "") -> Place:
    """Return the place of a token (by default all of it) in the line that holds some words."""
    for number, row in enumerate(source.split("\n")):
        column = row.find(words)
        if column >= 0:
            column += words.index(token)
            return Place(path, range_of(number, column, number, column + len(token or words)))
    raise AssertionError(f"{words!r} is not in the source")


def call(
    source: str,
    name: str,
    start: float = 0.0,
    ms: float | None = 1.0,
    *children: S,
    path: str = APP,
    confidence: Confidence = Confidence.EXACT,
    called_from: Place | None = None,
    site: Site | None = None,
    **more: Any,
) -> S:
    """Describe a span on a function of a source."""
    where = site or site_at(source, name, path)
    evidence = (Evidence(EvidenceKind.FUNCTION_NAME, True, _words(where)),)
    resolved = Resolved(where, confidence, evidence, called_from=called_from)
    return S(name.rpartition(".")[2], resolved, start, ms, children=children, **more)


def laid(
    source: str,
    *spans: S,
    trace: str = "tr-1",
    minute: int = 0,
    findings: tuple[Finding, ...] = (),
    path: str = APP,
    **changes: Any,
) -> TraceOnCode:
    """Lay a trace on a source, recorded `minute` minutes after the first."""
    sources = changes.pop("sources", {path: source})
    laid_on = on_code(
        *(_later(span, minute) for span in spans),
        sources=sources,
        findings=findings,
        trace_id=trace,
        request_ns=BEGAN_NS + minute * MINUTE_NS,
        **changes,
    )
    hashes = {
        entry.function: entry.text_hash
        for each, text in sources.items()
        if each.endswith(".py")
        for entry in functions_of(text, each)
    }
    return replace(laid_on, text_hashes=hashes)


def raised(
    source: str,
    name: str,
    words: str = "raise",
    *,
    error: str = "ValueError",
    message: str = "no",
    calls: int = 1,
    failed: int = 1,
    **more: Any,
) -> Finding:
    """A finding of `error-raised` at the first line that holds some words."""
    text = phrase("{type}: {message}", type=Recorded(error), message=Recorded(message))
    if calls > 1:
        text = text + phrase(f" ({failed} of {calls} calls)")
    at = more.pop("at", place_of(source, words, token=words.split(maxsplit=1)[0]))
    return stated(
        source, name, "error-raised", text, severity=Severity.ERROR, at=at,
        values={"calls": calls, "failed": failed}, **more,
    )  # fmt: skip


def stated(
    source: str,
    name: str,
    rule: str,
    message: str | Phrase,
    *,
    severity: Severity = Severity.WARNING,
    at: Place | None = None,
    spans: tuple[str, ...] = ("0000000000000001",),
    **more: Any,
) -> Finding:
    """A finding on a function of a source, at its name unless a place is given."""
    site = more.pop("site", None) or site_at(source, name)
    defaults: dict[str, Any] = {
        "rule": rule,
        "severity": severity,
        "editor_severity": severity,
        "message": phrase(message) if isinstance(message, str) else message,
        "detail": None,
        "span_ids": spans,
        "place": at or site.at,
        "site": site,
        "fingerprint": f"{rule} {name}",
    }
    return Finding(**{**defaults, **more})


def spot(source: str, at: TextRange | None) -> str:
    """Write a range as `line: its text`, 1-based, to be read in a failing test."""
    if at is None:
        return "nowhere"
    row = source.split("\n")[at.start.line]
    return f"{at.start.line + 1}: {row[at.start.column : at.end.column]}"


def _entry(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, prefix: str, source: str, path: str
) -> FunctionEntry:
    line = node.lineno - 1
    column = source.split("\n")[line].index(node.name, node.col_offset)
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
    extent = range_of(first, node.col_offset, (node.end_lineno or 1) - 1, node.end_col_offset or 0)
    bare = ast.parse(ast.unparse(node)).body[0]
    bare.decorator_list = []  # type: ignore[attr-defined]
    is_class = isinstance(node, ast.ClassDef)
    arguments = [] if isinstance(node, ast.ClassDef) else [*node.args.posonlyargs, *node.args.args]
    return FunctionEntry(
        function=FunctionId(path, prefix + node.name, line),
        name=node.name,
        at=Place(path, range_of(line, column, line, column + len(node.name))),
        extent=Place(path, extent),
        parameters=tuple(a.arg for a in arguments),
        kind="class" if is_class else "function",
        text_hash=ast.unparse(bare),
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node)),
    )


def _words(site: Site) -> Phrase:
    listed = ", ".join(site.parameters or ())
    return phrase(
        "the only site with this function name and the parameters {listed}",
        listed=listed,
    )


def _later(span: S, minute: int) -> S:
    return replace(
        span,
        start=span.start + minute * MINUTE_NS / 1_000_000,
        children=tuple(_later(child, minute) for child in span.children),
    )
