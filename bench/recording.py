"""Real traces of 10, 1,000 and 10,000 spans: the sample shop, run again and again under MLflow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from bench.corpora import WEEK, Corpus
from bench.places import stores_folder
from bench.processes import environment

# A day of the shop is 187 spans; no day at all is one checkout.
DAYS = {10: 0, 1_000: 5, 10_000: 54}

# Fifty traces as a team leaves them: checkouts, and one or two days of the shop.
FIFTY = {number: number % 3 for number in range(50)}

# MLflow exports span by span. By default it drops what does not fit its queue, gives up after some
# minutes, and has ten threads wait for each other's locks of one file.
ROOM = {
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE": "50000",
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_WORKERS": "1",
    "MLFLOW_ASYNC_TRACE_LOGGING_RETRY_TIMEOUT": "3600",
}


class RecordedTrace(Struct, frozen=True):
    """A trace in the store; `json` holds it as MLflow writes it."""

    trace_id: str
    spans: int
    json: Path


class Store(Struct, frozen=True):
    """A local tracking store and the traces in it by their rounded number of spans."""

    folder: Path
    traces: dict[int, RecordedTrace]

    @property
    def uri(self) -> str:
        """The tracking address of the sqlite store itself."""
        return f"sqlite:///{self.folder / 'mlflow.db'}"


def record(corpus: Corpus, days: Mapping[int, int] = DAYS, suffix: str = "") -> Store:
    """Run the shop that lies in a corpus and keep its traces, anew only when something changed.

    `days` says how many days each trace holds, by a number that names it.
    """
    folder = stores_folder() / f"{corpus.root.name}{suffix}"
    noted = folder / "recorded.json"
    made_of = _made_of(corpus, days)
    if not noted.exists() or json.loads(noted.read_bytes())["made_of"] != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        traces = _run(corpus, folder, days)
        noted.write_text(json.dumps({"made_of": made_of, "traces": traces}))
    traces = json.loads(noted.read_bytes())["traces"]
    return Store(folder, {int(n): _recorded(folder, t) for n, t in traces.items()})


def copied(store: Store, name: str) -> Store:
    """Return a store of its own for a peer that would change what it reads."""
    folder = store.folder.with_name(f"{store.folder.name}-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(store.folder, folder)
    return Store(folder, store.traces)


def _made_of(corpus: Corpus, days: Mapping[int, int]) -> list[str]:
    said = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=corpus.root, capture_output=True, check=True, text=True
    )
    return [said.stdout.strip(), str(sorted(days.items()))]


def _recorded(folder: Path, trace: dict[str, str | int]) -> RecordedTrace:
    trace_id = str(trace["trace_id"])
    return RecordedTrace(trace_id, int(trace["spans"]), folder / f"{trace_id}.json")


def _run(corpus: Corpus, folder: Path, days: Mapping[int, int]) -> object:
    command = [sys.executable, WEEK, str(folder), json.dumps(days)]
    said = subprocess.run(
        command,
        cwd=corpus.root / "application",
        env=environment() | ROOM,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(said.stdout.splitlines()[-1])
