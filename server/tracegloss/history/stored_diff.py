"""Applies the diff that MLflow stored with a logged model to the files of its commit, in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from tracegloss.matcher import matcher

_HUNK = matcher(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_FILE = "diff --git "
_NOTHING = "/dev/null"


class DiffError(ValueError):
    """The diff is broken, or is not of these files."""


class _Hunk(Struct, frozen=True):
    """Lines to be found from 0-based `start` on, and those that take their place."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


class _Patch(Struct, frozen=True):
    """The hunks of one file; `old` or `new` is `None` where there is no such file."""

    old: str | None
    new: str | None
    hunks: tuple[_Hunk, ...]


def apply_diff(
    diff: str, read: Callable[[str], bytes | None], wanted: Callable[[str], bool]
) -> dict[str, bytes | None]:
    """Give the texts of the files a diff touches, `None` for deleted ones, by path.

    `read` gives the bytes of a file at the commit; files that are not `wanted` are passed over.
    MLflow writes what was not staged first and what was staged behind it, so of two patches of one
    file the second comes first. Raises `DiffError` unless every line it takes away is there: the
    diff of a model can be that of a later run.
    """
    texts: dict[str, bytes | None] = {}
    for patch in reversed(list(_patches(_lines(diff)))):
        if not any(path is not None and wanted(path) for path in (patch.old, patch.new)):
            continue
        before = b"" if patch.old is None else texts.get(patch.old, read(patch.old))
        if before is None:
            raise DiffError(f"{patch.old} is not there")
        if patch.old is not None and patch.old != patch.new:
            texts[patch.old] = None
        if patch.new is not None:
            texts[patch.new] = _patched(before, patch.hunks)
    return texts


def _patched(before: bytes, hunks: Sequence[_Hunk]) -> bytes:
    lines = _lines(before.decode("utf-8", "surrogateescape"))
    made: list[str] = []
    at = 0
    for hunk in hunks:
        end = hunk.start + len(hunk.old)
        found = [_bare(line) for line in lines[hunk.start : end]]
        if hunk.start < at or found != [_bare(line) for line in hunk.old]:
            raise DiffError("a line is not as it was")
        made += lines[at : hunk.start]
        made += hunk.new
        at = end
    made += lines[at:]
    return "".join(made).encode("utf-8", "surrogateescape")


def _bare(line: str) -> str:
    """Leave out the line's end: MLflow's text may have lost it."""
    return line.rstrip("\r\n")


def _patches(lines: Sequence[str]) -> Iterator[_Patch]:
    starts = [number for number, line in enumerate(lines) if line.startswith(_FILE)]
    for start, end in pairwise([*starts, len(lines)]):
        yield _patch(lines[start:end])


def _patch(lines: Sequence[str]) -> _Patch:
    old = new = None
    is_named = False
    for number, line in enumerate(lines):
        words = _bare(line)
        if words.startswith("--- "):
            old = _path(words[4:], "a/")
        elif words.startswith("+++ "):
            new, is_named = _path(words[4:], "b/"), True
        elif words.startswith("rename from "):
            old = words.removeprefix("rename from ")
        elif words.startswith("rename to "):
            new, is_named = words.removeprefix("rename to "), True
        elif words.startswith("@@"):
            return _Patch(old, new, tuple(_hunks(lines[number:])))
    return _Patch(old, new if is_named else None, ())


def _path(written: str, prefix: str) -> str | None:
    """Read a path of a header; one in quotes holds characters that this does not read."""
    name = written.partition("\t")[0]
    if name == _NOTHING:
        return None
    if not name.startswith(prefix):
        raise DiffError("a path that cannot be read")
    return name.removeprefix(prefix)


def _hunks(lines: Sequence[str]) -> Iterator[_Hunk]:
    at = 0
    while at < len(lines):
        header = _HUNK.match(lines[at])
        if header is None:
            return  # the empty line between MLflow's two diffs
        start, n_old, n_new = int(header[1]), int(header[2] or 1), int(header[4] or 1)
        old: list[str] = []
        new: list[str] = []
        at += 1
        while at < len(lines) and (len(old) < n_old or len(new) < n_new):
            _take(lines[at], old, new)
            at += 1
        while at == len(lines) and len(old) < n_old and len(new) < n_new:
            _take("\n", old, new)  # empty lines at the end were stripped
        while at < len(lines) and lines[at].startswith("\\"):  # no end of line at the end of file
            _strip_last(new, lines[at - 1])
            at += 1
        if (len(old), len(new)) != (n_old, n_new):
            raise DiffError("a hunk is cut")
        yield _Hunk(start - 1 if n_old else start, tuple(old), tuple(new))


def _take(line: str, old: list[str], new: list[str]) -> None:
    line = line if line.endswith("\n") else f"{line}\n"  # the last one may have lost its end
    kind, rest = line[:1], line[1:]
    if kind in {" ", "\n", "\r"}:
        text = rest if kind == " " else line
        old.append(text)
        new.append(text)
    elif kind == "-":
        old.append(rest)
    elif kind == "+":
        new.append(rest)
    elif kind == "\\":
        _strip_last(new, "")
    else:
        raise DiffError("a line of no hunk")


def _strip_last(new: list[str], before: str) -> None:
    """Take the line's end off the line that a note speaks of."""
    if new and not before.startswith("-"):
        new[-1] = _bare(new[-1])


def _lines(text: str) -> list[str]:
    """Cut a text as git does, at line feeds only."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)
