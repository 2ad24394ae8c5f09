"""Writes a repository of one module of traced functions, runs it under MLflow, keeps the trace.

Arguments: the folder, how many functions, how many lines each. `many.py` and `trace.json` are made.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FILLING = (
    "    rows = {key: [value * 2 for value in range(3)] for key in ('a', 'b')}",
    "    for key, values in rows.items():",
    "        if len(values) > 10 and key.startswith('x'):",
    "            rows[key] = sorted(values, key=lambda value: -value)",
    "    words = f'{len(rows)} rows of {sum(map(len, rows.values()))} values'",
)
# Decorator, signature, return and two empty lines.
LEAST_LINES = 5


def source(functions: int, lines: int) -> str:
    """Return a module of as many functions, each of as many lines, that calls them all."""
    body = [FILLING[n % len(FILLING)] for n in range((lines - LEAST_LINES) // len(FILLING) * 5)]
    made = [
        "\n".join(("@mlflow.trace", f"def step_{n:05}(number):", *body, f"    return {n}", "", ""))
        for n in range(functions)
    ]
    every = "@mlflow.trace\ndef every():\n    return [step(1) for step in STEPS]\n"
    steps = f"STEPS = [globals()[f'step_{{n:05}}'] for n in range({functions})]\n"
    return "\n".join(("import mlflow", "", "", *made, every, "", steps))


def main() -> None:
    folder, functions, lines = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    (folder / "many.py").write_text(source(functions, lines), "utf-8")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    sys.path.insert(0, str(folder))
    import many  # type: ignore[import-not-found]
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    many.every()
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
    if len(trace.data.spans) != functions + 1:
        sys.exit(f"{len(trace.data.spans)} of {functions + 1} spans were recorded")
    (folder / "trace.json").write_text(trace.to_json(), "utf-8")
    (folder / "mlflow.db").unlink()


if __name__ == "__main__":
    main()
