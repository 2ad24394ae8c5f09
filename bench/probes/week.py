"""Runs the shop of the current folder under MLflow and leaves its traces in a sqlite store.

Arguments: the store's folder, and a JSON object of days to run by name. The last line printed is
a JSON object of `{"trace_id", "spans"}` by name; each trace lies beside the store as JSON.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

import mlflow
from main import build, one_day  # type: ignore[import-not-found]
from shop.llm.client import CarefulModel  # type: ignore[import-not-found]
from shop.pricing import quote  # type: ignore[import-not-found]


@mlflow.trace(name="week", span_type="CHAIN")  # type: ignore[untyped-decorator]
def week(days: int) -> int:
    flow = build(CarefulModel())
    quote.checkout([quote.Line("lamp", 3)], "ada", "gift", wrapped=True)
    return sum(len(one_day(flow)) for _ in range(days))


def main() -> None:
    folder = Path(sys.argv[1])
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.create_experiment("shop", artifact_location=(folder / "artifacts").as_uri())
    mlflow.set_experiment("shop")
    recorded = {}
    for name, days in json.loads(sys.argv[2]).items():
        with contextlib.redirect_stdout(sys.stderr):
            week(days)
            mlflow.flush_trace_async_logging()
            trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
        (folder / f"{trace.info.trace_id}.json").write_text(trace.to_json())
        recorded[name] = {"trace_id": trace.info.trace_id, "spans": len(trace.data.spans)}
    print(json.dumps(recorded))


if __name__ == "__main__":
    main()
