"""What earlier traces tell about a function: how long its calls took, how much they read."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class EarlierCall(Struct, frozen=True):
    """One call of a function in an earlier trace, found by path and qualified name.

    `text_hash` is the hash of the function's text it ran on, `None` when that is not known.
    `duration_ns` is `None` for a call that failed or did not end.
    """

    path: str
    qualified_name: str
    text_hash: str | None
    duration_ns: int | None
    input_tokens: int | None = None


def percentile(values: Sequence[int], share: float) -> int:
    """Return the smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-len(ordered) * share // 1) - 1))]


def calls_lack(n_calls: int, n_needed: int) -> str:
    """Say why nothing was compared with earlier calls."""
    if not n_calls:
        return "no earlier traces were read"
    return f"{n_calls} earlier {'call' if n_calls == 1 else 'calls'}, {n_needed} needed"
