"""`correlate` of a trace that ran 500 commits ago against one that ran at HEAD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bench.contests import Contest, Row, Runner
from bench.long_history import COMMITS, FILES, make, write_trace
from bench.processes import Usage, measure
from bench.surroundings import Surroundings

HEAD, KNOWN, NEW, COLD = "head", "old, known", "old, new", "old, cold"
_FILES = f"{FILES:,} files"


def _prepare(at: Surroundings) -> Mapping[str, Runner]:
    folder = at.scratch / "long-history"
    make(folder)
    head = write_trace(folder, "HEAD", at.scratch / "head.json")
    last = write_trace(folder, "HEAD~1", at.scratch / "last.json")
    old = write_trace(folder, f"HEAD~{COMMITS}", at.scratch / "old.json")
    run = partial(_run, at, folder)
    run("known", head)
    run("known", old)

    def new() -> Usage:
        """Look at the old commit when only HEAD and the commit before it were looked at."""
        at.forget("new")
        run("new", head)
        run("new", last)
        return run("new", old)

    def cold() -> Usage:
        at.forget("cold")
        return run("cold", old)

    return {
        HEAD: partial(run, "known", head),
        KNOWN: partial(run, "known", old),
        NEW: new,
        COLD: cold,
    }


def _run(at: Surroundings, folder: Path, cache: str, trace: Path) -> Usage:
    command = [at.peer("correlate"), str(trace)]
    return measure(command, cwd=folder, env=at.cache(cache), stdout=at.scratch / "said")


CONTESTS = (
    Contest(
        "carrying",
        _prepare,
        (
            Row(f"{COMMITS} commits old, {_FILES}, known", "wall_s", KNOWN, HEAD, 1.5),
            Row(f"{COMMITS} commits old, {_FILES}, new", "wall_s", NEW, HEAD, 1.5),
            Row(f"{COMMITS} commits old, {_FILES}, cold", "wall_s", COLD, HEAD, 10.0),
        ),
        rounds=5,
    ),
)
