"""Works out what functions do whose variables are made of each other, so many of them each time.

Arguments: how many functions each time.
"""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.probes.reporting import Stopwatch
from tracegloss.index.build import index_folder

FUNCTION = """
@mlflow.trace
def group{n}(items):
    rows = {{}}
    first, second = items, rows
    for item in items:
        rows.setdefault(str(item), []).append(item)
        first, second = second, merge(first, second)
    for key, values in rows.items():
        rows[key] = sorted(values, key=repr)
    return merge(rows, first.join(second))
"""
HEAD = "import mlflow\ndef merge(one, other):\n    return one or other\n"


def read_all(root: Path) -> None:
    """Index a folder and ask for the steps of every function."""
    index = index_folder(root, (), None).index
    for function in index.functions:
        index.steps[function]


def main() -> None:
    watch = Stopwatch()
    for number in sys.argv[1:]:
        with TemporaryDirectory() as folder:
            written = HEAD + "".join(FUNCTION.format(n=n) for n in range(int(number)))
            Path(folder, "circles.py").write_text(written, "utf-8")
            gc.collect()
            watch.time(number, partial(read_all, Path(folder)))
    watch.report()


if __name__ == "__main__":
    main()
