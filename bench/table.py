"""Results as a table for a terminal, as a page and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.contests import Result
from bench.places import PAGE, RESULTS

HEADINGS = ("row", "ours", "peer", "ratio", "target", "stretch", "n", "")
UNITS = {"wall_s": "s wall", "cpu_s": "s CPU", "peak_mb": "MB"}
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


def as_markdown(results: Iterable[Result]) -> str:
    """Return the table for the page."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(cells(result) for result in results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def keep(results: Sequence[Result], about: Mapping[str, str]) -> None:
    """Write the results and the page's table; rows that were not run stay as they were."""
    fresh = {_key(result): _as_json(result) for result in results}
    kept = json.loads(RESULTS.read_bytes())["rows"] if RESULTS.exists() else []
    rows = [fresh.pop(row["row"], row) for row in kept] + list(fresh.values())
    RESULTS.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    _into_page(PAGE, f"{_sentence(about)}\n\n{as_markdown(results)}")


def _into_page(page: Path, text: str) -> None:
    before = page.read_text(encoding="utf-8")
    marked = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    page.write_text(marked.sub(lambda _: f"{BEGIN}\n{text}\n{END}", before), encoding="utf-8")


def _sentence(about: Mapping[str, str]) -> str:
    return "Made by " + "; ".join(f"{name} {value}" for name, value in about.items()) + "."


def _key(result: Result) -> str:
    return f"{result.contest}: {result.row.title}"


def _as_json(result: Result) -> dict[str, object]:
    row = result.row
    return {
        "row": _key(result),
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
    }


def _amount(value: float, quantity: str) -> str:
    digits = f"{value:.0f}" if quantity == "peak_mb" else f"{value:.3g}"
    return f"{digits} {UNITS[quantity]}"


def _bound(result: Result, bound: float) -> str:
    return f"{bound:g}x" if result.row.peer is not None else f"{bound:g} MB"


def _stretch(result: Result) -> str:
    """Return the stretch goal and how far above or below it this is."""
    stretch = result.row.stretch
    if stretch is None or result.measured is None:
        return ""
    return f"{_bound(result, stretch)} ({result.measured / stretch - 1:+.0%})"
