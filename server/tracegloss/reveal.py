"""Opens recorded values for code that reasons over them and shows nothing to anyone."""

from __future__ import annotations

from typing import TypeVar

from tracegloss.recorded import Recorded

T = TypeVar("T")


def reveal(recorded: Recorded[T]) -> T:
    """Return the raw recorded value; what is made of it must be closed again before it leaves."""
    return recorded._value
