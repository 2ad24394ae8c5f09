"""Which names of a day belong to one place of the code."""

from __future__ import annotations

from tracegloss.correlate.sole_site import of_one_site
from tracegloss.model.last_day import DayFigures
from tracegloss.model.site import (
    DynamicName,
    LiteralName,
    NamePattern,
    Place,
    Site,
    SiteKind,
    SpanName,
)
from tracegloss.recorded import Recorded
from tracegloss.reveal import reveal
from tracegloss.text import range_of


def site(line: int, *names: SpanName, kind: SiteKind = "context") -> Site:
    at = Place("a.py", range_of(line, 0, line, 1))
    return Site(kind, at, at.range, names, None, None)


def test_a_name_that_two_places_may_give_belongs_to_neither() -> None:
    sites = [
        site(1, LiteralName("alone", "literal")),
        site(2, LiteralName("twice", "literal")),
        site(3, LiteralName("twice", "literal")),
        site(4, LiteralName("step-1", "literal")),
        site(5, NamePattern(("step-", ""))),
        site(6, LiteralName("tooled", "literal")),
        site(6, LiteralName("tooled", "literal"), kind="tool"),
        site(7, LiteralName("node", "literal"), kind="node"),
        site(8, LiteralName("node", "literal")),
        site(9, DynamicName("name")),
    ]
    names = ("alone", "twice", "step-1", "step-2", "tooled", "node", "elsewhere")
    kept = of_one_site({Recorded(name): DayFigures(1, 0) for name in names}, sites)
    assert [reveal(name) for name in kept] == ["alone", "step-2", "tooled", "elsewhere"]
