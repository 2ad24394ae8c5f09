"""The worker process as the server sees it: ask, get parts, cancel, replace, end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterable
from typing import TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.errors import TraceglossError
from tracegloss.workspace.worker.frames import LENGTH, write_frame
from tracegloss.workspace.worker.jobs import Asked, Cancel, Ended, Job, Laid, Part, Request
from tracegloss.workspace.worker.packing import Packed, unpacked

T = TypeVar("T")

logger = logging.getLogger(__name__)

SECONDS_TO_YIELD = 1.0
# Smaller answers are unpickled at once; larger ones beside the loop.
_LARGE = 65_536


class WorkerGoneError(TraceglossError):
    """The worker process ended while something was asked of it."""


class _Awaited(Struct, eq=False):
    """A job that was asked for, its parts so far, whether it is first in line and still wanted."""

    asked: Asked
    parts: asyncio.Queue[Part | Ended] = field(default_factory=asyncio.Queue)
    is_first: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: bool = False
    is_wanted: bool = True


class Worker:
    """Starts the process when first asked, and anew when it is gone; for one event loop.

    The process does one job after the other. When it ends over one, the others are asked anew.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._output: asyncio.ReadTransport | None = None
        self._reading: asyncio.Task[None] | None = None
        self._awaited: dict[int, _Awaited] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._number = 0
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return None if self._process is None else self._process.pid

    async def ask(self, job: Job[T]) -> T:
        """Do a job and give its last part; raises `TraceglossError`."""
        async with contextlib.aclosing(self.stream(job)) as parts:
            told = [part async for part in parts]
        if told:
            return told[-1]
        raise WorkerGoneError("The background process did not answer", remedy="Try again")

    async def stream(self, job: Job[T]) -> AsyncGenerator[T, None]:
        """Do a job and yield its parts; leaving early cancels it. Raises `TraceglossError`."""
        await self._start()
        self._number += 1
        job_awaited = self._await_job(Asked(self._number, job))
        try:
            self._send(job_awaited.asked)
            while isinstance(answer := await job_awaited.parts.get(), Part):
                yield cast("T", answer.value)
            self._forget(job_awaited)
            if answer.error is not None:
                raise answer.error
        finally:
            if self._awaited.get(job_awaited.asked.number) is job_awaited:
                self._cancel(job_awaited)

    def kill(self) -> None:
        """End the process at once, whatever it does; nothing is started any more."""
        self._is_closed = True
        self._end()
        self._fail(self._awaited.values())

    async def _start(self) -> None:
        async with self._starting:
            if self._process is not None and self._process.poll() is None:
                return
            if self._is_closed:
                raise WorkerGoneError("The server is shutting down")
            process = self._process = _started()
            answers = asyncio.StreamReader()
            self._output, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(answers), process.stdout
            )
            self._reading = asyncio.create_task(self._read(process, answers))

    def _send(self, message: Request) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise WorkerGoneError("The background process is gone", remedy="Try again")
        # The worker reads in a thread of its own, whatever it does: this never blocks for long.
        with contextlib.suppress(OSError):
            write_frame(process.stdin, pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def _await_job(self, asked: Asked) -> _Awaited:
        awaited = self._awaited[asked.number] = _Awaited(asked)
        self._mark_first()
        return awaited

    def _forget(self, awaited: _Awaited) -> None:
        self._awaited.pop(awaited.asked.number, None)
        self._mark_first()

    def _mark_first(self) -> None:
        for awaited in self._awaited.values():
            awaited.is_first.set()
            break

    async def _read(self, process: subprocess.Popen[bytes], answers: asyncio.StreamReader) -> None:
        """Hand parts on until the pipe ends; then the job that was being done is lost."""
        try:
            while True:
                header = await answers.readexactly(LENGTH)
                data = await answers.readexactly(int.from_bytes(header, "big"))
                self._take(process, await _unpickled(data))
        except (asyncio.IncompleteReadError, OSError):
            pass
        except Exception as error:  # noqa: BLE001 (the edge of what the process says)
            logger.warning("background process: %s", type(error).__name__)
        if process is self._process:
            self._end()
            first = list(self._awaited.values())[:1]
            self._fail(first)
            self._ask_anew(first)

    def _take(self, process: subprocess.Popen[bytes], answer: Part | Ended) -> None:
        awaited = self._awaited.get(answer.number)
        if awaited is not None and process is self._process:
            awaited.has_begun = True
            awaited.parts.put_nowait(answer)

    def _fail(self, lost: Iterable[_Awaited]) -> None:
        """Tell those who wait for some jobs that the process is gone."""
        gone = WorkerGoneError("The background process ended", remedy="It is started anew")
        for awaited in lost:
            awaited.parts.put_nowait(Ended(awaited.asked.number, gone))

    def _ask_anew(self, lost: Iterable[_Awaited]) -> None:
        """Ask a new process for the jobs that the one before had not begun and somebody wants."""
        others = [awaited for awaited in self._awaited.values() if awaited not in lost]
        again = [awaited for awaited in others if awaited.is_wanted and not awaited.has_begun]
        self._fail(awaited for awaited in others if awaited not in again)
        if again:
            self._keep(asyncio.ensure_future(self._send_again(again)))

    async def _send_again(self, jobs: list[_Awaited]) -> None:
        try:
            await self._start()
            for awaited in jobs:
                if awaited.asked.number in self._awaited:
                    self._send(awaited.asked)
        except (WorkerGoneError, OSError):
            self._fail(jobs)

    def _cancel(self, awaited: _Awaited) -> None:
        if self._is_closed:
            self._forget(awaited)
        else:
            self._keep(asyncio.ensure_future(self._await_end(awaited)))

    async def _await_end(self, awaited: _Awaited) -> None:
        """Replace the process when a cancelled job, once it is being done, does not end in time."""
        awaited.is_wanted = False
        try:
            self._send(Cancel(awaited.asked.number))
            await awaited.is_first.wait()
            async with asyncio.timeout(SECONDS_TO_YIELD):
                while isinstance(await awaited.parts.get(), Part):
                    pass
        except TimeoutError:
            self._end()
            self._ask_anew([awaited])
        except WorkerGoneError:
            pass
        finally:
            self._forget(awaited)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if self._output is not None:
            self._output.close()


def _started() -> subprocess.Popen[bytes]:
    # -P: the current folder is the one that is looked at, and nothing of it is ever run.
    command = [sys.executable, "-P", "-m", "tracegloss.workspace.worker"]
    return subprocess.Popen(  # noqa: S603 (our own module, our own interpreter)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


async def _unpickled(data: bytes) -> Part | Ended:
    answer = _loads(data) if len(data) < _LARGE else await asyncio.to_thread(_loads, data)
    if not isinstance(answer, Part) or not isinstance(answer.value, Packed):
        return answer
    value = await asyncio.to_thread(unpacked, answer.value)
    if isinstance(value, Laid):
        value = replace(value, size=len(data))
    return replace(answer, value=value)


def _loads(data: bytes) -> Part | Ended:
    answer = pickle.loads(data)  # noqa: S301 (written by our own child process)
    assert isinstance(answer, Part | Ended)
    return answer
