"""The worker process: parts in order, errors in words, cancelled work, a process that hangs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from msgspec.structs import replace

from tests.conftest import REPOSITORY
from tracegloss.errors import TraceError
from tracegloss.reveal import reveal
from tracegloss.workspace.worker import client
from tracegloss.workspace.worker.client import Worker, WorkerGoneError
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    Indexing,
    Job,
    Laid,
    LayFile,
    NoSource,
    OpenRoot,
    RootOpened,
    RootRequest,
)
from tracegloss.workspace.worker.performing import Performer

T = TypeVar("T")

AGENT = REPOSITORY / "fixtures" / "apps" / "support_agent"
TRACES = REPOSITORY / "fixtures" / "traces"


@pytest_asyncio.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    worker.kill()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RootRequest:
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "agent"
    shutil.copytree(AGENT, folder, ignore=shutil.ignore_patterns("__pycache__", "*.db", "mlruns"))
    return RootRequest(folder.resolve(), cache=False)


def test_an_index_that_grows_with_a_trace_tells_only_who_asked_for_it(
    root: RootRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    stored = replace(root, cache=True)
    Performer().perform(OpenRoot(stored), lambda _part: None)
    performer = Performer()
    told_of_index: list[object] = []
    told_of_traces: list[object] = []
    performer.perform(OpenRoot(stored), told_of_index.append)
    n_told = len(told_of_index)
    # The stored facts are read now, when a trace needs them.
    performer.perform(LayFile(stored, TRACES / "error-in-tool.json"), told_of_traces.append)
    assert (len(told_of_index), len(told_of_traces)) == (n_told, 1)


async def test_a_trace_comes_back_as_the_worker_laid_it(worker: Worker, root: RootRequest) -> None:
    *come, opened = await told(worker, OpenRoot(root))
    assert isinstance(opened, RootOpened)
    assert "retrieval/kb.py" in opened.index.files
    n_files = len(opened.index.files)
    counts = [part.n_done for part in come if isinstance(part, Indexing)]
    assert (counts[0], counts[-1], len(counts)) == (0, n_files, len(come))
    assert counts == sorted(counts)
    laid = await worker.ask(LayFile(root, TRACES / "error-in-tool.json"))
    assert isinstance(laid, Laid)
    names = {reveal(span.name) for span in laid.on_code.trace.spans}
    assert "find_order" in names
    assert laid.is_ours
    assert "SupportAgent.handle" in {f.qualified_name for f in laid.functions}
    assert laid.on_code.text_hashes.keys() == laid.functions.keys()
    assert isinstance(await worker.ask(ChooseSource(root)), NoSource)


async def test_what_cannot_be_done_is_said_and_the_next_job_is_done(
    worker: Worker, root: RootRequest
) -> None:
    with pytest.raises(TraceError, match="cannot be read"):
        await worker.ask(LayFile(root, root.path / "no-such.json"))
    pid = worker.pid
    await worker.ask(OpenRoot(root))
    assert worker.pid == pid


class Hanging:
    """A job that the worker cannot end, for it reads a pipe that nobody writes to."""

    def __init__(self, worker: Worker, root: RootRequest) -> None:
        self._pipe = root.path / "never-written.json"
        os.mkfifo(self._pipe)
        self.task = asyncio.ensure_future(worker.ask(LayFile(root, self._pipe)))
        self._writing = -1

    async def begun(self) -> None:
        # Opening the other end returns once the worker has opened its own; then it waits for bytes.
        self._writing = await asyncio.to_thread(os.open, self._pipe, os.O_WRONLY)

    def end(self) -> None:
        os.close(self._writing)
        self._pipe.unlink()


async def test_a_process_that_hangs_is_replaced_when_nobody_waits(
    worker: Worker, root: RootRequest
) -> None:
    await worker.ask(OpenRoot(root))
    hung = worker.pid
    hanging = Hanging(worker, root)
    behind = asyncio.ensure_future(worker.ask(ChooseSource(root)))
    await hanging.begun()
    hanging.task.cancel()
    assert isinstance(await behind, NoSource)
    assert worker.pid != hung
    hanging.end()


async def test_what_nobody_wants_any_more_is_not_asked_of_the_next_process(
    worker: Worker, root: RootRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = client._started, list[int]()

    def counted() -> subprocess.Popen[bytes]:
        process = start()
        started.append(process.pid)
        return process

    monkeypatch.setattr(client, "_started", counted)
    await worker.ask(OpenRoot(root))
    hanging = Hanging(worker, root)
    never = root.path / "nobody-writes.json"
    os.mkfifo(never)
    unwanted = [asyncio.ensure_future(worker.ask(LayFile(root, never))) for _ in range(3)]
    behind = asyncio.ensure_future(worker.ask(ChooseSource(root)))
    await hanging.begun()
    for task in (*unwanted, hanging.task):
        task.cancel()
    assert isinstance(await behind, NoSource)
    # Each of the unwanted ones would have cost a process.
    assert len(started) == 2
    hanging.end()


async def test_a_job_that_waits_in_line_is_cancelled_without_harm_to_the_first(
    worker: Worker, root: RootRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SECONDS_TO_YIELD", 0.0)
    await worker.ask(OpenRoot(root))
    pid = worker.pid
    hanging = Hanging(worker, root)
    behind = asyncio.ensure_future(worker.ask(OpenRoot(root)))
    await hanging.begun()
    behind.cancel()
    with pytest.raises(asyncio.CancelledError):
        await behind
    # Whoever counted the time of a job in line would have ended the process within these turns.
    for _ in range(10):
        await asyncio.sleep(0)
    monkeypatch.setattr(client, "SECONDS_TO_YIELD", 60.0)
    hanging.end()
    with pytest.raises(TraceError):
        await hanging.task
    assert isinstance(await worker.ask(ChooseSource(root)), NoSource)
    assert worker.pid == pid


async def test_a_process_that_dies_fails_its_job_and_no_other(
    worker: Worker, root: RootRequest
) -> None:
    await worker.ask(OpenRoot(root))
    hanging = Hanging(worker, root)
    behind = asyncio.ensure_future(worker.ask(ChooseSource(root)))
    await hanging.begun()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(WorkerGoneError):
        await hanging.task
    assert isinstance(await behind, NoSource)
    hanging.end()


async def told(worker: Worker, job: Job[T]) -> list[T]:
    async with aclosing(worker.stream(job)) as parts:
        return [part async for part in parts]


async def test_leaving_early_keeps_the_process(worker: Worker, root: RootRequest) -> None:
    both = root.path / "both.jsonl"
    one = (TRACES / "error-in-tool.json").read_bytes().replace(b"\n", b"")
    both.write_bytes(one + b"\n" + one + b"\n")
    async with aclosing(worker.stream(LayFile(root, both))) as parts:
        async for _ in parts:
            break
    pid = worker.pid
    await worker.ask(OpenRoot(root))
    assert worker.pid == pid


async def test_nothing_is_started_after_the_end(worker: Worker, root: RootRequest) -> None:
    worker.kill()
    with pytest.raises(WorkerGoneError):
        await worker.ask(OpenRoot(root))
