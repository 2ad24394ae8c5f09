"""Says what reading a file's facts costs by its stages, and other ways through the same trees.

`python bench/probes/reading.py [ROUNDS]` reads the installed MLflow package. Processor time in
milliseconds, of each stage the least of the rounds.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from tree_sitter import Node, Query, QueryCursor

from tracegloss.syntax.definitions import run_statements
from tracegloss.syntax.extract import extract
from tracegloss.syntax.parse import PYTHON, parse
from tracegloss.syntax.reading import Reading
from tracegloss.syntax.source import read_source

# What facts are made of, in one query, so that captures come in the order of the text.
_WANTED = Query(
    PYTHON,
    "(call function: (_) @callee arguments: (_) @arguments) @call"
    " (assignment left: (_) @target) @assignment [(function_definition) (class_definition)] @made"
    " [(import_statement) (import_from_statement)] @import (with_statement) @with"
    " [(return_statement) (yield) (lambda)] @value"
    " [(if_statement) (for_statement) (try_statement)] @block",
)


class Stages:
    """Processor seconds by stage, in one round."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count what happens inside to a stage."""
        before = time.process_time()
        yield
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - before


def read(stages: Stages, raw: bytes) -> None:
    """Read one file stage by stage, and go through its tree in the other ways."""
    text = read_source(raw).text
    with stages.of("parsing"):
        root = parse(text).root_node
    with stages.of("line starts"):
        reading = Reading(text, {})
    with stages.of("walk"):
        run_statements(reading, root)
    with stages.of("hashes of functions"):
        reading.layout.hashes()
    facts = extract(raw)
    with stages.of("packing"):
        msgspec.msgpack.encode(facts)
    for way, go in _WAYS.items():
        fresh = parse(text).root_node
        with stages.of(f"instead: {way}"):
            go(fresh)


def _query(root: Node) -> None:
    QueryCursor(_WANTED).captures(root)


def _query_with_places(root: Node) -> None:
    for nodes in QueryCursor(_WANTED).captures(root).values():
        for node in nodes:
            _ = node.start_byte, node.end_byte, node.kind_id


def _cursor(root: Node) -> None:
    cursor = root.walk()
    while True:
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _children(node: Node) -> None:
    for child in node.children:
        _children(child)


_WAYS: dict[str, Callable[[Node], None]] = {
    "a query": _query,
    "a query, and where its captures are": _query_with_places,
    "a cursor over all nodes, none looked at": _cursor,
    "all nodes as objects": _children,
}


def main() -> None:
    found = importlib.util.find_spec("mlflow")
    if found is None or found.origin is None:
        raise SystemExit("MLflow is not installed")
    files = [path.read_bytes() for path in sorted(Path(found.origin).parent.rglob("*.py"))]
    least: dict[str, float] = {}
    gc.disable()
    for _ in range(int(sys.argv[1]) if sys.argv[1:] else 3):
        stages = Stages()
        for raw in files:
            read(stages, raw)
        least = {stage: min(s, least.get(stage, s)) for stage, s in stages.spent.items()}
    for stage, seconds in least.items():
        print(f"{seconds * 1000:6.0f} ms  {stage}")


if __name__ == "__main__":
    main()
