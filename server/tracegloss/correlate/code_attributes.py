"""OpenTelemetry's `code.*` attributes: the one record that says outright where a span was made.

MLflow stores them unchanged. The current names are `code.file.path`, `code.line.number` and
`code.function.name` (qualified); the older ones `code.filepath`, `code.lineno`, `code.function` and
`code.namespace`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from tracegloss.correlate.aliases import Defines, PathMap, Quote
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.site import Place, Site
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue
from tracegloss.reveal import reveal
from tracegloss.text import range_of

_PATH = ("code.file.path", "code.filepath")
_LINE = ("code.line.number", "code.lineno")
_FUNCTION = ("code.function.name", "code.function")


CODE_KEYS = frozenset(_PATH)
"""Attributes without which a span names no file."""


class CodePointer(Struct, frozen=True):
    """What a span says of its own place: a recorded path, a 1-based line, a bare function name."""

    path: str
    line: int | None
    function: str | None


def code_pointers(spans: Iterable[Span]) -> list[CodePointer]:
    """Read the `code.*` attributes of all spans that name a file."""
    is_without = CODE_KEYS.isdisjoint
    named = [span for span in spans if not is_without(reveal(span.attributes))]
    return [pointer for pointer in map(code_pointer, named) if pointer is not None]


def code_pointer(span: Span) -> CodePointer | None:
    """Read the `code.*` attributes of a span; `None` when it names no file."""
    attributes = reveal(span.attributes)
    if CODE_KEYS.isdisjoint(attributes):
        return None
    path = _first(attributes, _PATH)
    if not isinstance(path, str) or not path:
        return None
    function = _first(attributes, _FUNCTION)
    name = function.rpartition(".")[2] if isinstance(function, str) and function else None
    return CodePointer(path, _whole(_first(attributes, _LINE)), name)


def pointed_sites(
    pointer: CodePointer, sites: Sequence[Site], numbers: Sequence[int]
) -> frozenset[int]:
    """Find the sites a pointer means: those that start at its line, else the innermost around it.

    `numbers` are the sites of its file. Without a line the function's name must be that of the only
    such site there.
    """
    if pointer.line is None:
        named = [n for n in numbers if _is_called(sites[n], pointer.function)]
        return frozenset(named) if len(named) == 1 else frozenset()
    line = pointer.line - 1
    here = [n for n in numbers if sites[n].at.range.start.line == line]
    if here:
        return frozenset(here)
    around = [
        n
        for n in numbers
        if _covers(sites[n], line)
        and (pointer.function is None or _is_called(sites[n], pointer.function))
    ]
    if not around:
        return frozenset()
    innermost = max(sites[n].extent.start for n in around)
    return frozenset(n for n in around if sites[n].extent.start == innermost)


def definitions_in(index: RepoIndex) -> Defines:
    """Prepare the check that a file defines a function around a line."""

    def defines(quote: Quote, file: str) -> bool:
        return quote.function is not None and any(
            not quote.line or _stands_around(entry, quote.line - 1)
            for entry in _named(index, file, quote.function)
        )

    return defines


def _named(index: RepoIndex, file: str, name: str) -> Iterator[FunctionEntry]:
    for function in index.functions_in(file):
        if function.qualified_name.rpartition(".")[2] == name:
            yield index.functions[function]


def sites_of_others(
    pointers: Iterable[CodePointer], paths: PathMap, index: RepoIndex
) -> tuple[Site, ...]:
    """Make sites of functions that other instrumentation than MLflow's put spans around.

    Only for pointers that name a function of this code around their line, and no site of the index.
    """
    by_path: dict[str, list[int]] = {}
    for number, site in enumerate(index.sites):
        by_path.setdefault(site.at.path, []).append(number)
    made: dict[Site, None] = {}
    for pointer in dict.fromkeys(pointers):
        file = paths.file_of(pointer.path)
        if file is None or pointed_sites(pointer, index.sites, by_path.get(file, ())):
            continue
        entry = _pointed_function(pointer, file, index)
        if entry is not None:
            made[_site_of(entry, pointer)] = None
    return tuple(made)


def _pointed_function(pointer: CodePointer, file: str, index: RepoIndex) -> FunctionEntry | None:
    """Find the one definition a pointer names, which stands around its line when it has one."""
    if pointer.function is None:
        return None
    entries = [
        entry
        for entry in _named(index, file, pointer.function)
        if pointer.line is None or _stands_around(entry, pointer.line - 1)
    ]
    return entries[0] if len(entries) == 1 else None


def _site_of(entry: FunctionEntry, pointer: CodePointer) -> Site:
    at = entry.at
    if pointer.line is not None:
        line = pointer.line - 1
        if line != at.range.start.line and not _is_header(entry, line):
            at = Place(at.path, range_of(line, 0, line, 0), at.cell, at.repository)
    return Site("call", at, entry.extent.range, (), entry.function.qualified_name, entry.function)


def _is_header(entry: FunctionEntry, line: int) -> bool:
    return entry.extent.range.start.line <= line <= entry.at.range.start.line


def _stands_around(entry: FunctionEntry, line: int) -> bool:
    return entry.extent.range.start.line <= line <= entry.extent.range.end.line


def _covers(site: Site, line: int) -> bool:
    return site.extent.start.line <= line <= site.extent.end.line


def _is_called(site: Site, function: str | None) -> bool:
    return function is not None and (site.qualified_name or "").rpartition(".")[2] == function


def _first(attributes: Mapping[str, JsonValue], keys: tuple[str, ...]) -> JsonValue:
    return next((attributes[key] for key in keys if key in attributes), None)


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value > 0 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None
