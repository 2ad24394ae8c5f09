"""One Python file's bytes to its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec
from tree_sitter import Node as TreeNode

from tracegloss.syntax import (
    assignments,
    bodies,
    calls,
    choices,
    comprehensions,
    definitions,
    expressions,
    imports,
    lambdas,
    templates,
    type_statements,
    with_statements,
)
from tracegloss.syntax.databricks import uncomment
from tracegloss.syntax.facts import Definition, Extent, FileFacts
from tracegloss.syntax.parse import MAX_BYTES, first_error, parse, parse_again
from tracegloss.syntax.reading import Reading
from tracegloss.syntax.source import read_source

# Importing them fills the tables of `reading`.
READERS = (
    assignments,
    bodies,
    calls,
    choices,
    comprehensions,
    definitions,
    expressions,
    imports,
    lambdas,
    templates,
    type_statements,
    with_statements,
)

NO_SHIFTS: Mapping[int, int] = MappingProxyType({})

_NOWHERE = Extent(0, 0, 0, 0)
_TOO_DEEP = Definition("function", "", "", _NOWHERE, _NOWHERE, -1, (), (), (), (), "")


def extract(raw: bytes) -> FileFacts:
    """Extract the facts of a Python file; never raises.

    What is broken (encoding, syntax, size, depth) is told in `broken`; the rest is extracted.
    """
    source = read_source(raw)
    visible = uncomment(source.text)
    return extract_text(visible.text, source.problem, visible.shifts)


def extract_text(
    text: bytes, problem: str | None = None, shifts: Mapping[int, int] = NO_SHIFTS
) -> FileFacts:
    """Extract the facts of UTF-8 text; `problem` is what is known to be broken already.

    `shifts` has, by line, how many characters of the file stand before what the text has of it.
    """
    if len(text) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1_000_000} MB"
        return FileFacts(broken=problem or f"larger than {limit}")
    return _facts_of(text, parse(text).root_node, problem, shifts)


def extract_document(source: bytes, cancelled: Callable[[], bool]) -> FileFacts | None:
    """Extract the facts of a document that is being typed; `None` once `cancelled`.

    `source` is UTF-8 whatever the file declares. Other threads run while it is parsed.
    """
    visible = uncomment(source)
    if len(visible.text) > MAX_BYTES:
        return extract_text(visible.text)
    tree = parse_again(visible.text, cancelled=cancelled)
    if tree is None or cancelled():
        return None
    return _facts_of(visible.text, tree.root_node, None, visible.shifts)


def _facts_of(
    text: bytes, root: TreeNode, problem: str | None, shifts: Mapping[int, int]
) -> FileFacts:
    reading = Reading(text, shifts)
    definitions.run_statements(reading, root)
    return FileFacts(
        imports=tuple(reading.imports),
        definitions=_definitions(reading),
        calls=tuple(reading.calls),
        assignments=tuple(reading.assignments),
        body=tuple(reading.nodes),
        exports=None if reading.exports is None else tuple(reading.exports),
        broken=problem or _syntax_problem(reading, root),
        n_lines=reading.places.n_lines,
    )


def _definitions(reading: Reading) -> tuple[Definition, ...]:
    hashes = reading.layout.hashes()
    return tuple(
        msgspec.structs.replace(definition or _TOO_DEEP, text_hash=text_hash)
        for definition, text_hash in zip(reading.definitions, hashes, strict=True)
    )


def _syntax_problem(reading: Reading, root: TreeNode) -> str | None:
    if reading.too_deep is not None:
        return f"line {reading.too_deep + 1} is nested too deeply"
    error = first_error(root)
    if error is None:
        return None
    return f"syntax not understood at line {reading.places.line(error.start_byte) + 1}"
