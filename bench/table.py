"""Results as a table for a terminal, as a page and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.contests import Result, Row
from bench.places import PAGE, RESULTS

HEADINGS = ("row", "ours", "peer", "ratio", "target", "stretch", "n", "")
UNITS = {"wall_s": "s wall", "cpu_s": "s CPU", "peak_mb": "MB", "message_mb": "MB"}
# Waits of an editor are told in milliseconds.
SHORT_S = 0.1
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def cells(result: Result) -> tuple[str, ...]:
    """Return the cells of one row in the order of `HEADINGS`."""
    row = result.row
    if result.measured is None or result.ours is None:
        return (
            row.title,
            "",
            "",
            "",
            _bound(result, row.target),
            "",
            "0",
            f"left out: {result.skipped}",
        )
    return (
        row.title,
        _amount(result.ours, row.quantity),
        "" if result.peer is None else f"{_amount(result.peer, row.quantity)} {row.peer}",
        "" if result.ratio is None else f"{result.ratio:.2f}x",
        _bound(result, row.target),
        _stretch(result),
        str(result.rounds),
        "reached" if result.reached else "MISSED",
    )


def as_text(results: Iterable[Result]) -> str:
    """Return the table for a terminal."""
    rows = [HEADINGS, *(cells(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def keep(results: Sequence[Result], order: Iterable[str], about: Mapping[str, str]) -> None:
    """Write the results and the page's table; rows that were not run now stay as they were.

    `order` has the keys of all rows that there are.
    """
    kept = json.loads(RESULTS.read_bytes())["rows"] if RESULTS.exists() else {}
    fresh = {key(result.contest, result.row): _as_json(result, about) for result in results}
    rows = {name: {**kept, **fresh}[name] for name in order if name in kept or name in fresh}
    RESULTS.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")
    _into_page(PAGE, f"{_sentence(about)}\n\n{_as_markdown(row['cells'] for row in rows.values())}")


def key(contest: str, row: Row) -> str:
    """Return the name of a row among all."""
    return f"{contest}: {row.title}"


def _as_markdown(rows: Iterable[Sequence[str]]) -> str:
    lines = (HEADINGS, ("---",) * len(HEADINGS), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _into_page(page: Path, text: str) -> None:
    before = page.read_text(encoding="utf-8")
    marked = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    page.write_text(marked.sub(lambda _: f"{BEGIN}\n{text}\n{END}", before), encoding="utf-8")


def _sentence(about: Mapping[str, str]) -> str:
    return (
        "Rows of the last run: "
        + "; ".join(f"{name} {value}" for name, value in about.items())
        + "."
    )


def _as_json(result: Result, about: Mapping[str, str]) -> dict[str, object]:
    row = result.row
    return {
        "cells": cells(result),
        "quantity": row.quantity,
        "ours": result.ours,
        "peer": row.peer,
        "peer_amount": result.peer,
        "ratio": result.ratio,
        "target": row.target,
        "stretch": row.stretch,
        "n": result.rounds,
        "reached": result.reached,
        "left_out": result.skipped,
        "about": about,
    }


def _amount(value: float, quantity: str) -> str:
    unit = UNITS[quantity]
    if unit.startswith("s ") and value < SHORT_S:
        return f"{value * 1000:.3g} m{unit}"
    digits = f"{value:.0f}" if quantity == "peak_mb" else f"{value:.3g}"
    return f"{digits} {unit}"


def _bound(result: Result, bound: float) -> str:
    return f"{bound:g}x" if result.row.peer is not None else _amount(bound, result.row.quantity)


def _stretch(result: Result) -> str:
    """Return the stretch goal and how far above or below it this is."""
    stretch = result.row.stretch
    if stretch is None or result.measured is None:
        return ""
    return f"{_bound(result, stretch)} ({result.measured / stretch - 1:+.0%})"
