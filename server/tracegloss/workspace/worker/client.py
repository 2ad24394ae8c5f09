"""The worker process as the server sees it: ask, get parts, cancel, replace, end."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import subprocess
import sys
from collections.abc import AsyncGenerator
from typing import TypeVar, cast

from tracegloss.errors import TraceglossError
from tracegloss.workspace.worker.frames import LENGTH, write_frame
from tracegloss.workspace.worker.jobs import Asked, Cancel, Ended, Job, Part, Request

T = TypeVar("T")

SECONDS_TO_YIELD = 1.0
# Smaller answers are unpickled at once; larger ones beside the loop.
_LARGE = 65_536


class WorkerGoneError(TraceglossError):
    """The worker process ended while something was asked of it."""


class Worker:
    """Starts the process when first asked, and anew when it is gone; for one event loop."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._output: asyncio.ReadTransport | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Queue[Part | Ended]] = {}
        self._watches: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._number = 0
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return None if self._process is None else self._process.pid

    async def ask(self, job: Job[T]) -> T:
        """Do a job of one part; raises `TraceglossError`."""
        async with contextlib.aclosing(self.stream(job)) as parts:
            async for part in parts:
                return part
        raise WorkerGoneError("The background process did not answer", remedy="Try again")

    async def stream(self, job: Job[T]) -> AsyncGenerator[T, None]:
        """Do a job and yield its parts; leaving early cancels it. Raises `TraceglossError`."""
        await self._start()
        self._number += 1
        number = self._number
        answers = self._answers[number] = asyncio.Queue()
        try:
            self._send(Asked(number, job))
            while isinstance(answer := await answers.get(), Part):
                yield cast("T", answer.value)
            del self._answers[number]
            if answer.error is not None:
                raise answer.error
        finally:
            if number in self._answers:
                self._cancel(number)

    def kill(self) -> None:
        """End the process at once, whatever it does; nothing is started any more."""
        self._is_closed = True
        self._end()

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

    async def _read(self, process: subprocess.Popen[bytes], answers: asyncio.StreamReader) -> None:
        try:
            while True:
                header = await answers.readexactly(LENGTH)
                data = await answers.readexactly(int.from_bytes(header, "big"))
                answer = await _unpickled(data)
                if answer.number in self._answers:
                    self._answers[answer.number].put_nowait(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            if process is self._process:
                self._end()

    def _lose(self) -> None:
        """Tell everybody who waits that the process is gone."""
        gone = WorkerGoneError("The background process ended", remedy="It is started anew")
        for number, answers in self._answers.items():
            answers.put_nowait(Ended(number, gone))

    def _cancel(self, number: int) -> None:
        if self._is_closed:
            return
        watch = asyncio.ensure_future(self._await_end(number, self._answers[number]))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _await_end(self, number: int, answers: asyncio.Queue[Part | Ended]) -> None:
        """Replace the process when a cancelled job does not end in time."""
        try:
            self._send(Cancel(number))
            async with asyncio.timeout(SECONDS_TO_YIELD):
                while isinstance(await answers.get(), Part):
                    pass
        except TimeoutError:
            self._end()
        except WorkerGoneError:
            pass
        finally:
            self._answers.pop(number, None)

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
        self._lose()


def _started() -> subprocess.Popen[bytes]:
    # -P: the current folder is the one that is looked at, and nothing of it is ever run.
    command = [sys.executable, "-P", "-m", "tracegloss.workspace.worker"]
    return subprocess.Popen(  # noqa: S603 (our own module, our own interpreter)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


async def _unpickled(data: bytes) -> Part | Ended:
    if len(data) < _LARGE:
        return _loads(data)
    return await asyncio.to_thread(_loads, data)


def _loads(data: bytes) -> Part | Ended:
    answer = pickle.loads(data)  # noqa: S301 (written by our own child process)
    assert isinstance(answer, Part | Ended)
    return answer
