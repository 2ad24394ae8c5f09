"""The sites of an index as rows of text and as the document `tracegloss.index/1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tracegloss.index.repo import RepoIndex
from tracegloss.model.site import DynamicName, LiteralName, NamePattern, Place, Site, SpanName
from tracegloss.model.trace import Problem

Json: TypeAlias = "str | int | bool | None | list[Json] | dict[str, Json]"

_GAP = "  "


def index_document(index: RepoIndex) -> Mapping[str, Json]:
    """Describe an index; lines and columns are 1-based in code points, ends exclusive.

    In a notebook lines count within the cell and `cell` counts from 0 over all cells.
    """
    return {
        "schema": "tracegloss.index/1",
        "sites": [_site(site) for site in index.sites],
        "problems": [_problem(problem) for problem in index.problems],
    }


def _site(site: Site) -> Json:
    token = site.at.range
    literals = [name.text for name in site.names if isinstance(name, LiteralName)]
    patterns = [pattern_text(name) for name in site.names if isinstance(name, NamePattern)]
    return {
        "path": site.at.path,
        "line": token.start.line + 1,
        "column": token.start.column + 1,
        "end_line": token.end.line + 1,
        "end_column": token.end.column + 1,
        "cell": site.at.cell,
        "kind": site.kind,
        "name": literals[0] if literals else None,
        "pattern": patterns[0] if patterns else None,
        "qualified_name": site.qualified_name,
    }


def _problem(problem: Problem) -> Json:
    return {"code": problem.code, "message": problem_text(problem), "path": problem.path}


def problem_text(problem: Problem) -> str:
    """Spell a problem of the index: its words are all our own."""
    return "".join(part for part in problem.message.parts if isinstance(part, str))


def pattern_text(name: NamePattern) -> str:
    """Spell a pattern with `*` for each hole."""
    return "*".join(name.pieces)


def index_rows(index: RepoIndex) -> Iterator[str]:
    """Yield one row a site, in columns, then what was seen and what could not be read."""
    cells = [_cells(site) for site in index.sites]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(3)]
    for row in cells:
        padded = [text.ljust(width) for text, width in zip(row[:3], widths, strict=True)]
        yield _GAP.join([*padded, row[3]]).rstrip()
    if cells:
        yield ""
    yield _summary(index)
    for problem in index.problems:
        yield f"! {problem_text(problem)}"


def _cells(site: Site) -> tuple[str, str, str, str]:
    names = ", ".join(_spelled(name) for name in site.names)
    return place_text(site.at), site.kind, names, site.qualified_name or ""


def place_text(place: Place) -> str:
    """Spell a place as `path:line`, in a notebook as `path#cell:line`."""
    cell = "" if place.cell is None else f"#{place.cell}"
    return f"{place.path}{cell}:{place.range.start.line + 1}"


def _spelled(name: SpanName) -> str:
    match name:
        case LiteralName(text):
            return text
        case NamePattern():
            return pattern_text(name)
        case DynamicName(expression):
            return f"<{expression}>"


def _summary(index: RepoIndex) -> str:
    n_files = len({site.at.path for site in index.sites})
    return (
        f"{_counted(len(index.sites), 'site')} in {_counted(n_files, 'file')}; "
        f"{_counted(index.n_files_seen, 'file')} seen, {len(index.indexed):,} read closely"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
