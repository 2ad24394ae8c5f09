"""Numbers and lists in sentences: `1 span`, `2 spans`, `a, b and c`."""

from __future__ import annotations

from collections.abc import Sequence

_PLURALS = {"information": "information", "copy": "copies", "query": "queries"}


def count(number: int, noun: str) -> str:
    """Say how many: `1 span`, `1,240 spans`."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Name more than one of a thing; of several words the last one changes."""
    *before, last = noun.split(" ")
    return " ".join([*before, _PLURALS.get(last, f"{last}s")])


def listing(items: Sequence[str], last_join: str = "and") -> str:
    """Join as in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last_join} {items[-1]}"


def times(number: int) -> str:
    """Write what follows the name of a thing that occurs often (` x3`); nothing for one."""
    return f" \N{MULTIPLICATION SIGN}{number:,}" if number > 1 else ""


def some(items: Sequence[str], limit: int, separator: str = ", ") -> str:
    """Join the first `limit` items and say how many more there are."""
    shown = list(items[:limit])
    if len(items) > limit:
        shown.append(f"… {len(items) - limit:,} more")
    return separator.join(shown)
