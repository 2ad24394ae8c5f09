"""Lines inside functions carried to where they are now, edits around and in them included."""

from __future__ import annotations

import pytest

from tracegloss.history.code import Code
from tracegloss.history.functions import CarriedFunctions
from tracegloss.history.places import CarriedPlaces
from tracegloss.index.repo import RepoIndex
from tracegloss.model.site import Place
from tracegloss.text import range_of

Files = dict[str, str]
NO_INDEX = RepoIndex(frozenset(), frozenset(), (), {}, {})
ASK = """\
import os

LIMIT = 3


def ask(question, tries=LIMIT):
    if not question:
        raise ValueError("nothing was asked")
    answer = question.upper()
    return answer[:tries]


def other():
    raise ValueError("nothing was asked")
"""
RAISE = 'raise ValueError("nothing was asked")'
SPREAD = 'raise ValueError(\n            "nothing was asked"\n        )'
HEAD, _, REST = ASK.partition("def ask")
BODY, _, OTHER = REST.partition("def other")

CASES: dict[str, tuple[Files, str]] = {
    "nothing": ({"app.py": ASK}, f"app.py:8 {RAISE}"),
    "lines above": ({"app.py": f"# a\n{ASK}"}, f"app.py:9 {RAISE}"),
    "a line above it in its function": (
        {"app.py": ASK.replace("    if not", "    question = question.strip()\n    if not")},
        f"app.py:9 {RAISE}",
    ),
    "its file renamed": ({"talk.py": ASK}, f"talk.py:8 {RAISE}"),
    "below the other, which has the same line": (
        {"app.py": f"{HEAD}def other{OTHER}\n\ndef ask{BODY}"},
        f"app.py:12 {RAISE}",
    ),
    "in another file": (
        {"app.py": f"{HEAD}def other{OTHER}", "talk.py": f"def ask{BODY}"},
        f"talk.py:3 {RAISE}",
    ),
    "its words changed": (
        {"app.py": ASK.replace("nothing was asked", "ask something", 1)},
        'app.py:8 raise ValueError("ask something")',
    ),
    "spread over lines": ({"app.py": ASK.replace(RAISE, SPREAD, 1)}, "app.py:8 raise ValueError("),
    "deeper in": (
        {"app.py": ASK.replace(f"        {RAISE}", f"        if tries:\n            {RAISE}", 1)},
        f"app.py:9 {RAISE}",
    ),
    "its function deleted": ({"app.py": f"{HEAD}def other{OTHER}"}, "gone"),
}  # fmt: skip


def carried(now: Files, line: int, then: str = ASK, path: str = "app.py") -> str:
    """Carry a 1-based line; gives where it is and what stands there."""
    before, after = _code({path: then}), _code(now)
    places = CarriedPlaces(CarriedFunctions(before, after), NO_INDEX, NO_INDEX)
    text = then.splitlines()[line - 1]
    indent = len(text) - len(text.lstrip())
    there = places.place(Place(path, range_of(line - 1, indent, line - 1, len(text))))
    if there is None:
        return "gone"
    number = there.range.start.line
    return f"{there.path}:{number + 1} {now[there.path].splitlines()[number].strip()}"


def _code(files: Files) -> Code:
    encoded = {path: text.encode() for path, text in files.items()}
    return Code(encoded.keys(), encoded.get)


@pytest.mark.parametrize("now, expected", CASES.values(), ids=CASES.keys())
def test_where_a_line_is_now(now: Files, expected: str) -> None:
    assert carried(now, 8) == expected


def test_a_line_of_the_module_itself() -> None:
    assert carried({"app.py": f"# a\n{ASK}"}, 3) == "app.py:4 LIMIT = 3"
    assert carried({"app.py": ASK.replace("LIMIT = 3", "LIMIT = 4")}, 3) == "app.py:3 LIMIT = 4"
    assert carried({"talk.py": ASK}, 3) == "talk.py:3 LIMIT = 3"
