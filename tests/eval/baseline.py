"""The naive way to find a span's line: search `def <span name>`, take it when there is one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.eval.cases import Case, spans_of
from tests.eval.scoring import Answer, Spot

DEFINITION = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)")


def baseline(case: Case) -> list[Answer]:
    """Answer every span of a case; a line that is named counts as confident, it has no doubts."""
    defined = _definitions(case.root)
    answers = []
    for trace in case.traces:
        trace_id, names = spans_of(trace)
        for span_id, name in names.items():
            truth = case.truths[trace_id][span_id]
            hits = defined.get(name, [])
            named = len(hits) == 1
            right = named and hits[0] in truth.spots
            question = (name, truth.spots)
            answers.append(Answer(question, truth, named=named, right=right, confident=named))
    return answers


def _definitions(root: Path) -> dict[str, list[Spot]]:
    found: dict[str, list[Spot]] = {}
    for path, cell, text in _texts(root):
        for number, line in enumerate(text.split("\n"), start=1):
            if match := DEFINITION.match(line):
                found.setdefault(match.group(1), []).append((path, cell, number))
    return found


def _texts(root: Path) -> Iterator[tuple[str, int | None, str]]:
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root).as_posix(), None, path.read_text(encoding="utf-8")
    for path in sorted(root.rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            yield path.relative_to(root).as_posix(), number, "".join(cell["source"])
