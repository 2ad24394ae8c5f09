"""Source texts whose lines carry labels: edits move the labels along, so that places stay known.

A line that ends in `#@label` labels the definition or `with` whose header ends there; a label that
begins with `line.` means the line itself. Labels are taken out before a text is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

LABEL = re.compile(r" *# ?@([\w.]+)$", re.MULTILINE)
HEADER = re.compile(r"\s*(?:async )?(?:def (?P<name>\w+)|class \w+|with\b)")
CLASS = re.compile(r"(\s*)class (\w+)")
CELLS = ".cells.py"
CELL = re.compile(r"^# %%(.*)\n", re.MULTILINE)

Files = Mapping[str, str]
"""Labelled texts by path; a path that ends in `.cells.py` is written as a notebook."""


class Spot(Struct, frozen=True):
    """Where a label stands: path as written, 1-based line (in a notebook within its cell)."""

    path: str
    line: int
    cell: int | None = None
    name: str = ""


def spots(files: Files) -> dict[str, Spot]:
    """Find every label."""
    return {label: spot for path, text in files.items() for label, spot in _labels(path, text)}


def written(files: Files) -> dict[str, str]:
    """Return the files as they stand in the repository."""
    return {
        written_path(path): _notebook(text) if path.endswith(CELLS) else LABEL.sub("", text)
        for path, text in files.items()
    }


def written_path(path: str) -> str:
    """Return the path under which a labelled text is written."""
    return path.removesuffix(CELLS) + ".ipynb" if path.endswith(CELLS) else path


def block(text: str, label: str) -> tuple[int, int]:
    """Return the lines, 0-based and end exclusive, of the definition with a label, decorated."""
    lines = text.split("\n")
    header = next(line for line, found in _headers(lines) if found == label)
    indent = _indent(lines[header])
    first = header
    while first and lines[first - 1].startswith(f"{indent}@"):
        first -= 1
    end = header + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(f"{indent} ")):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return first, end


def _labels(path: str, text: str) -> Iterator[tuple[str, Spot]]:
    parts = [text] if not path.endswith(CELLS) else [source for _, source in cells(text)]
    for number, part in enumerate(parts):
        lines = part.split("\n")
        cell = number if path.endswith(CELLS) else None
        for line, label in _headers(lines):
            yield label, Spot(written_path(path), line + 1, cell, _name(lines, line))


def _headers(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield every label with the 0-based line that its header begins on."""
    for number, line in enumerate(lines):
        found = LABEL.search(line)
        if found is None:
            continue
        at = _opening(lines, number)
        while not found[1].startswith("line.") and not HEADER.match(lines[at]):
            at -= 1
        yield at, found[1]


def _opening(lines: list[str], at: int) -> int:
    """Return the line on which a statement begins that a bracket on this line ends."""
    if not lines[at].lstrip().startswith(")"):
        return at
    indent = _indent(lines[at])
    return max(n for n in range(at) if lines[n].strip() and _indent(lines[n]) == indent)


def _name(lines: list[str], at: int) -> str:
    """Return `Class.function` of a header, the function around a `with`."""
    names: list[str] = []
    indent = len(lines[at]) - len(lines[at].lstrip()) + 1
    for line in reversed(lines[: at + 1]):
        depth = len(line) - len(line.lstrip())
        if not line.strip() or depth >= indent:
            continue
        header = HEADER.match(line)
        kind = CLASS.match(line)
        if header is not None or kind is not None:
            indent = depth
            name = kind[2] if kind is not None else header["name"] if header is not None else None
            names += [name] if name else []
    return ".".join(reversed(names))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def cells(text: str) -> list[tuple[str, str]]:
    """Split the text of a notebook: what stands behind `# %%`, and the cell's source."""
    pieces = CELL.split(text)[1:]
    return [
        (kind.strip(), body.rstrip("\n")) for kind, body in zip(*[iter(pieces)] * 2, strict=True)
    ]


def _notebook(text: str) -> str:
    """Write a notebook of format 4.4; its markdown cells are the commented ones."""
    made: list[dict[str, object]] = []
    for kind, body in cells(LABEL.sub("", text)):
        if kind == "[markdown]":
            plain = "\n".join(line.removeprefix("# ") for line in body.split("\n"))
            made.append(
                {"cell_type": "markdown", "metadata": {}, "source": plain.splitlines(keepends=True)}
            )
            continue
        metadata = {"tags": [kind]} if kind else {}
        made.append(
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": metadata,
                "outputs": [],
                "source": body.splitlines(keepends=True),
            }
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": made,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(document, indent=1) + "\n"
