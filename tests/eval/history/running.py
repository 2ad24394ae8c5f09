"""Makes every history, lays its traces, and prints the committed table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from tests.eval.history.cases import HISTORIES
from tests.eval.history.judging import Answer, FrameAnswer, answers, frame_answers, lay
from tests.eval.history.making import History, make
from tracegloss.model.resolution import Freshness

COLUMNS = ("history", "spans", "freshness", "line", "commit", "frames", "edited called unchanged")


class Judged(Struct, frozen=True):
    """The answers of one history."""

    name: str
    spans: tuple[Answer, ...]
    frames: tuple[FrameAnswer, ...]


class Sum(Struct, frozen=True):
    """Right answers and those asked for; lines are asked of spans whose site is not gone."""

    spans: int
    fresh: int
    lines: int
    lines_asked: int
    commits: int
    commits_asked: int
    frames: int
    frames_asked: int
    unchanged: int


def judged(history: History) -> Judged:
    """Make one history in a folder of its own and judge every span and frame."""
    with tempfile.TemporaryDirectory(prefix="history-") as scratch:
        made = make(history, Path(scratch).resolve())
        laid = lay(history, made)
        spans, frames = answers(history, made, laid), frame_answers(made, laid)
    return Judged(history.name, tuple(spans), tuple(frames))


def all_judged() -> list[Judged]:
    """Judge every history."""
    return [judged(history) for history in HISTORIES]


def added(several: Iterable[Judged]) -> Sum:
    """Add answers up."""
    listed = list(several)
    spans = [answer for each in listed for answer in each.spans]
    frames = [answer for each in listed for answer in each.frames]
    lines = [answer for answer in spans if answer.true is not Freshness.GONE]
    changed = [answer for answer in spans if answer.true in {Freshness.EDITED, Freshness.GONE}]
    return Sum(
        spans=len(spans),
        fresh=sum(answer.said is answer.true for answer in spans),
        lines=sum(answer.is_line_right for answer in lines),
        lines_asked=len(lines),
        commits=sum(answer.true_commit == answer.said_commit for answer in changed),
        commits_asked=len(changed),
        frames=sum(answer.true_spot == answer.said_spot for answer in frames),
        frames_asked=len(frames),
        unchanged=sum(answer.is_wrongly_identical for answer in spans),
    )


def table(listed: list[Judged]) -> str:
    """Print a Markdown table: one row a history, the sum of all last."""
    rows = [_row(each.name, added([each])) for each in listed]
    rows.append(_row("**all**", added(listed)))
    return f"| {' | '.join(COLUMNS)} |\n|---|{'---:|' * (len(COLUMNS) - 1)}\n" + "".join(rows)


def mistakes(listed: list[Judged]) -> list[str]:
    """Name every answer that is not right, for who works on them."""
    told = []
    for each in listed:
        told += [f"{each.name}: {answer}" for answer in each.spans if not _is_right(answer)]
        told += [f"{each.name}: {f}" for f in each.frames if f.true_spot != f.said_spot]
    return told


def _is_right(answer: Answer) -> bool:
    is_gone = answer.true is Freshness.GONE
    is_changed = is_gone or answer.true is Freshness.EDITED
    is_placed = is_gone or answer.is_line_right
    is_dated = not is_changed or answer.true_commit == answer.said_commit
    return answer.said is answer.true and is_placed and is_dated


def table_path() -> Path:
    """Name the committed table."""
    return Path(__file__).parents[3] / "fixtures" / "history" / "TABLE.md"


def _row(name: str, sums: Sum) -> str:
    cells = (
        name,
        str(sums.spans),
        f"{sums.fresh / sums.spans:.1%}",
        f"{sums.lines / sums.lines_asked:.1%}",
        _of(sums.commits, sums.commits_asked),
        _of(sums.frames, sums.frames_asked),
        str(sums.unchanged),
    )
    return f"| {' | '.join(cells)} |\n"


def _of(right: int, asked: int) -> str:
    return f"{right} of {asked}" if asked else "none"
