"""The worker process: parts in order, errors in words, cancelled work, a process that hangs."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import REPOSITORY
from tracegloss.errors import TraceError
from tracegloss.reveal import reveal
from tracegloss.workspace.worker.client import Worker, WorkerGoneError
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    LayFile,
    NoSource,
    OpenRoot,
    RootRequest,
)

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


async def test_a_trace_comes_back_as_the_worker_laid_it(worker: Worker, root: RootRequest) -> None:
    opened = await worker.ask(OpenRoot(root))
    assert "retrieval/kb.py" in opened.index.files
    laid = await worker.ask(LayFile(root, TRACES / "error-in-tool.json"))
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


async def test_a_process_that_hangs_is_replaced_when_nobody_waits(
    worker: Worker, root: RootRequest
) -> None:
    await worker.ask(OpenRoot(root))
    hung = worker.pid
    pipe = root.path / "never-written.json"
    os.mkfifo(pipe)
    waiting = asyncio.ensure_future(worker.ask(LayFile(root, pipe)))
    behind = asyncio.ensure_future(worker.ask(OpenRoot(root)))
    # Opening the other end returns once the worker has opened its own; then it waits for bytes.
    writing = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)
    waiting.cancel()
    with pytest.raises(WorkerGoneError):
        await behind
    os.close(writing)
    await worker.ask(OpenRoot(root))
    assert worker.pid != hung


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
