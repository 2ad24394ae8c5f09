"""The type of JSON members under construction, and the shapes every part of the report shares."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TypeAlias

from tracegloss.model.finding import Severity
from tracegloss.model.site import Place
from tracegloss.model.trace import Tokens
from tracegloss.report.tally import tokens_of
from tracegloss.wording.printable import one_line

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Members: TypeAlias = dict[str, Json]


def place_members(place: Place | None) -> Json:
    """Write a place: 1-based lines, 1-based columns in code points, ends exclusive."""
    if place is None:
        return None
    return {
        "repository": place.repository,
        "path": one_line(place.path),
        "line": place.range.start.line + 1,
        "column": place.range.start.column + 1,
        "end_line": place.range.end.line + 1,
        "end_column": place.range.end.column + 1,
        "cell": place.cell,
    }


def finite(number: float | None) -> float | None:
    """Return a recorded number; what JSON has no word for (NaN, infinities) counts as absent."""
    return number if number is not None and isfinite(number) else None


def tokens_members(tokens: Tokens | None) -> Json:
    """Write token counts; a total that was not recorded is input and output together."""
    if tokens is None:
        return None
    return {
        "input": tokens.input,
        "output": tokens.output,
        "total": tokens_of(tokens),
        "cached": tokens.cached,
    }


def severity_word(severity: Severity | None) -> Json:
    """Write a severity in lower case."""
    return None if severity is None else severity.name.lower()


def strings(texts: Iterable[str]) -> Json:
    """Write texts as a list."""
    return list(texts)
