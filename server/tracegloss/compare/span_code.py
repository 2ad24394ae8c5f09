"""The code of a span as it ran and as it is now, and the difference of the two."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

Part: TypeAlias = Literal["function", "file"]
Shown: TypeAlias = Callable[[str], str]

_HUNK = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


class CodeText(Struct, frozen=True):
    """A file at one time, in lines without their ends, and the function in it.

    `first` and `end` are the function's 0-based lines, decorators included, the end exclusive.
    `commit` is a full id; `None` is the working tree. In a notebook the lines are those of `cell`.
    """

    path: str
    commit: str | None
    lines: tuple[str, ...]
    first: int
    end: int
    qualified_name: str
    cell: int | None = None

    def part(self, part: Part) -> tuple[str, ...]:
        """Return the lines of the function, or of the file."""
        return self.lines if part == "file" else self.lines[self.first : self.end]

    def offset(self, part: Part) -> int:
        """Return the 0-based line at which a part begins."""
        return 0 if part == "file" else self.first


class SpanCode(Struct, frozen=True):
    """The code of a span then and now; `now` is `None` when the function is gone.

    `is_certain` is false where edits that nobody committed may have been there when it ran.
    """

    then: CodeText
    now: CodeText | None
    is_certain: bool


def unified_diff(code: SpanCode, part: Part, shown: Shown) -> list[str]:
    """Write what changed since the run as a unified diff; nothing when the text is the same.

    Lines are counted in their files also where only the function is compared, so that the diff
    applies to the file. `shown` makes each line safe to show, before lines are compared.
    """
    labels = _label("a", code.then), "/dev/null" if code.now is None else _label("b", code.now)
    old = [shown(line) for line in code.then.part(part)]
    new = [] if code.now is None else [shown(line) for line in code.now.part(part)]
    offsets = code.then.offset(part), 0 if code.now is None else code.now.offset(part)
    found = difflib.unified_diff(old, new, *labels, lineterm="")
    return list(_shifted(found, offsets))


def _label(side: str, text: CodeText) -> str:
    cell = "" if text.cell is None else f"#{text.cell}"
    return f"{side}/{text.path}{cell}"


def _shifted(lines: Iterator[str], offsets: Sequence[int]) -> Iterator[str]:
    for line in lines:
        hunk = _HUNK.match(line)
        if hunk is None:
            yield line
            continue
        old, new = int(hunk[1]) + offsets[0], int(hunk[3]) + offsets[1]
        yield f"@@ -{old}{hunk[2] or ''} +{new}{hunk[4] or ''} @@"
