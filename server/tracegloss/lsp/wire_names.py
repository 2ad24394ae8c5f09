"""Names on the wire: ours in camel case."""

from __future__ import annotations


def camel(name: str) -> str:
    """Write a name of ours as the wire does."""
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
