"""The contests of the bench, in the order in which they are printed."""

from __future__ import annotations

from bench.contests import Contest
from bench.rows import carrying, correlating, growing, indexing, serving

CONTESTS: tuple[Contest, ...] = (
    *indexing.CONTESTS,
    *correlating.CONTESTS,
    *carrying.CONTESTS,
    *growing.CONTESTS,
    *serving.CONTESTS,
)
