"""`python -m bench`: measures, prints the table, and with `--write` keeps it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version

from bench.contests import Contest, Result, hold
from bench.rows import CONTESTS
from bench.surroundings import Surroundings
from bench.table import as_text, cells, keep, key


def main() -> int:
    """Hold the contests that were named, or all; returns 1 when a row misses its target."""
    options = _options()
    wanted = [c for c in CONTESTS if not options.contest or c.name in options.contest]
    started = time.monotonic()
    results = _held(wanted, quick=options.quick)
    print(f"\n{as_text(results)}\n")
    missed = [result for result in results if not result.reached]
    minutes = (time.monotonic() - started) / 60
    print(f"{len(results) - len(missed)} of {len(results)} rows reached, in {minutes:.1f} minutes")
    if options.write:
        order = [key(contest.name, row) for contest in CONTESTS for row in contest.rows]
        keep(results, order, _about(minutes))
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    names = [contest.name for contest in CONTESTS]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("contest", nargs="*", choices=[*names, []], metavar="CONTEST",
                        help=f"some of: {', '.join(names)}")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="one round of each")
    parser.add_argument("--write", action="store_true", help="keep the table and the results")
    return parser.parse_args()


def _held(contests: list[Contest], *, quick: bool) -> list[Result]:
    results: list[Result] = []
    with Surroundings() as surroundings:
        for contest in contests:
            for result in hold(contest, surroundings, 1 if quick else contest.rounds):
                results.append(result)
                print("  ".join(cell for cell in cells(result) if cell), flush=True)
    return results


def _about(minutes: float) -> dict[str, str]:
    return {
        "command": f"`{' '.join(['python -m bench', *sys.argv[1:]])}`",
        "on": datetime.now(UTC).strftime("%Y-%m-%d"),
        "minutes": f"{minutes:.0f}",
        "cores": str(os.cpu_count()),
        "load at the end": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "mlflow": version("mlflow"),
        "tree-sitter": version("tree-sitter"),
    }


if __name__ == "__main__":
    sys.exit(main())
