"""What is found at each place of a source, construct by construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, CheckMarks
from tests.marks import Mark, read_marks
from tests.syntax.shown import shown_call, shown_definition, shown_import
from tracegloss.syntax.extract import extract
from tracegloss.syntax.facts import Extent, FileFacts

FIXTURES = sorted((REPOSITORY / "fixtures" / "syntax" / "python").glob("*.py"))
KINDS = ("def", "call", "import", "broken")


def marks(facts: FileFacts) -> list[Mark]:
    found = [mark(each.at, "def", shown_definition(each, facts)) for each in facts.definitions]
    found += [mark(each.at, "call", shown_call(each, facts)) for each in facts.calls]
    found += [Mark(each.line, 0, 1, "import", shown_import(each, facts)) for each in facts.imports]
    if facts.broken is not None:
        line = int(facts.broken.rpartition(" ")[2]) - 1
        found.append(Mark(line, 0, 1, "broken", facts.broken))
    return found


def mark(at: Extent, kind: str, text: str) -> Mark:
    return Mark(at.line, at.column, at.end_column, kind, " ".join(text.split()))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_construct(path: Path, check_marks: CheckMarks) -> None:
    source = read_marks(path.read_text(encoding="utf-8")).text
    check_marks(path, marks(extract(source.encode())), KINDS)
