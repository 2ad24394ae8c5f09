"""Sites of real code against an independent reader of Python's own syntax trees.

The reader below knows no wrappers and no flow of values: it resolves imports and dotted names
within one file. What it finds has to be found; what is found beyond it has to have a reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.index.repositories import write_files
from tracegloss.index.build import index_folder
from tracegloss.model.site import FRAMEWORK_KINDS, Site

APIS = {
    f"{home}.{name}"
    for home in ("mlflow", "mlflow.tracing", "mlflow.tracing.fluent")
    for name in ("trace", "start_span", "start_span_no_context", "log_trace")
}
MENTIONS = (b"start_span", b"mlflow.trace(", b"@mlflow.trace", b"import trace", b"log_trace(")

# What defines the calls cannot be told from what uses them by a reader of one file.
DEFINING = ("tracing/fluent.py", "tracing/__init__.py", "tracing/provider.py", "tracing/client.py")

NEEDS_VALUES = {
    "framework": "a call or function that a framework traces by itself",
    "client": "a method of a client held in a variable, an attribute or a parameter",
    "registered": "a class or function that MLflow traces because it was handed over",
    "handed on": "an API that another name, a parameter or a module stands for",
}


@dataclass
class _Reader(ast.NodeVisitor):
    """Collects the lines of tokens that name MLflow's API where it is called or decorates."""

    names: dict[str, str] = field(default_factory=dict)
    found: set[int] = field(default_factory=set)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.names[bound] = alias.name if alias.asname else bound

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names if node.level == 0 else ():
            self.names[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._decorators(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._decorators(node)

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if self._dotted(called) in APIS:
                self.found.add(_token_line(called))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if self._dotted(node.func) in APIS:
            self.found.add(_token_line(node.func))
        self.generic_visit(node)

    def _dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            return f"{self._dotted(node.value)}.{node.attr}"
        return self.names.get(node.id, "") if isinstance(node, ast.Name) else ""


def _token_line(node: ast.expr) -> int:
    return node.end_lineno or node.lineno


def _read(text: str) -> set[int]:
    tree = ast.parse(text)
    reader = _Reader()
    for node in ast.walk(tree):  # imports inside functions count for the whole file
        if isinstance(node, ast.Import | ast.ImportFrom):
            reader.visit(node)
    reader.visit(tree)
    return reader.found


def _sources(package: str) -> dict[str, str]:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    root = Path(spec.submodule_search_locations[0])
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root).as_posix()
        data = path.read_bytes()
        if relative not in DEFINING and any(mention in data for mention in MENTIONS):
            found[f"{package}/{relative}"] = data.decode()
    return found


def _creations(site: Site, text: dict[str, list[str]]) -> Iterator[tuple[str, int]]:
    """Yield where a site really makes its span: 1-based lines of tokens, decorators included."""
    if site.secondary is not None:
        yield site.secondary.path, site.secondary.range.start.line + 1
        return
    line = site.at.range.start.line
    yield site.at.path, line + 1
    if site.kind == "decorated":
        for above in range(site.extent.start.line, line):
            if "trace" in text[site.at.path][above]:
                yield site.at.path, above + 1


def _reason(site: Site) -> str | None:
    if site.kind in {"handler", "scorer"}:
        return "registered"
    if site.kind in FRAMEWORK_KINDS:
        return "framework"
    return "client" if site.kind == "call" else "handed on"


@dataclass(frozen=True)
class _Compared:
    expected: set[tuple[str, int]]
    sites: tuple[Site, ...]
    text: dict[str, list[str]]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> _Compared:
    sources = _sources("mlflow")
    root = write_files(tmp_path_factory.mktemp("installed"), sources)
    expected = {(path, line) for path, text in sources.items() for line in _read(text)}
    text = {path: source.splitlines() for path, source in sources.items()}
    return _Compared(expected, index_folder(root, (), None).index.sites, text)


def test_nothing_that_the_reader_finds_is_missed(compared: _Compared) -> None:
    found = {place for site in compared.sites for place in _creations(site, compared.text)}
    assert len(compared.expected) > 50
    assert sorted(compared.expected - found) == []


def test_what_is_found_beyond_it_has_a_reason(compared: _Compared) -> None:
    beyond = [
        site
        for site in compared.sites
        if not compared.expected & set(_creations(site, compared.text))
    ]
    unexplained = [
        (site.at.path, site.at.range.start.line + 1, site.kind)
        for site in beyond
        if _reason(site) == "handed on" and not _hands_on(site, compared.text)
    ]
    assert unexplained == []
    assert {_reason(site) for site in beyond} <= NEEDS_VALUES.keys()


def _hands_on(site: Site, text: dict[str, list[str]]) -> bool:
    """Tell whether the row of the creation names the API, under whatever name it came there."""
    place = site.secondary or site.at
    row = text[place.path][place.range.start.line]
    return any(name in row for name in ("trace", "span", "_span", "Span"))
