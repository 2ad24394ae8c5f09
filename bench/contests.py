"""What is measured against what: contests of several runners, and the rows read off them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Literal

from msgspec import Struct

from bench.processes import RunFailedError, Usage
from bench.surroundings import PeerMissingError, Surroundings

Quantity = Literal["wall_s", "cpu_s", "peak_mb", "message_mb"]
Round = Mapping[str, Usage]
Runner = Callable[[], Usage | Round]


class Row(Struct, frozen=True):
    """One line of the table: `ours` against `peer`, both names of runners of the contest.

    `target` and `stretch` are the highest ratio; without a peer, seconds or 10^6 bytes.
    """

    title: str
    quantity: Quantity
    ours: str
    peer: str | None
    target: float
    stretch: float | None = None


class Contest(Struct, frozen=True):
    """Runners that take turns, and what is read off them.

    `prepare` makes the runners; a runner gives one usage, or several by name when it measures
    inside one process. `rounds` is how often each takes its turn.
    """

    name: str
    prepare: Callable[[Surroundings], Mapping[str, Runner]]
    rows: tuple[Row, ...]
    rounds: int = 3


class Result(Struct, frozen=True):
    """What a row came to.

    `ratio` is the median of the ratios of each round: what slows a machine for a while slows both.
    `skipped` says why there is none.
    """

    contest: str
    row: Row
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    rounds: int = 0
    skipped: str | None = None

    @property
    def measured(self) -> float | None:
        """The figure that the target is about."""
        return self.ratio if self.row.peer is not None else self.ours

    @property
    def reached(self) -> bool:
        """Tell whether the target was reached."""
        return self.measured is not None and self.measured <= self.row.target


def hold(contest: Contest, surroundings: Surroundings, rounds: int) -> tuple[Result, ...]:
    """Let the runners of a contest take turns; a missing peer or a failed run leaves rows out."""
    try:
        runners = contest.prepare(surroundings)
    except (PeerMissingError, RunFailedError) as error:
        return tuple(Result(contest.name, row, skipped=str(error)) for row in contest.rows)
    failed: dict[str, str] = {}
    held = [_round(runners, failed) for _ in range(rounds)]
    return tuple(_result(contest.name, row, held, failed) for row in contest.rows)


def _round(runners: Mapping[str, Runner], failed: dict[str, str]) -> Round:
    usages: dict[str, Usage] = {}
    for name, run in runners.items():
        if name in failed:
            continue
        try:
            given = run()
        except (PeerMissingError, RunFailedError) as error:
            failed[name] = str(error)
            continue
        usages |= {name: given} if isinstance(given, Usage) else given
    return usages


def _result(contest: str, row: Row, held: Sequence[Round], failed: Mapping[str, str]) -> Result:
    names = [name for name in (row.ours, row.peer) if name is not None]
    whole = [each for each in held if all(name in each for name in names)]
    if not whole:
        why = next((failed[name] for name in names if name in failed), "; ".join(failed.values()))
        return Result(contest, row, skipped=why or "nothing was measured")
    ours = [getattr(each[row.ours], row.quantity) for each in whole]
    if row.peer is None:
        return Result(contest, row, median(ours), rounds=len(whole))
    peers = [getattr(each[row.peer], row.quantity) for each in whole]
    ratios = [mine / theirs for mine, theirs in zip(ours, peers, strict=True)]
    return Result(contest, row, median(ours), median(peers), median(ratios), len(whole))
