"""The worker process: reads jobs from standard input, writes parts of answers where it was told."""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from typing import BinaryIO

from tracegloss.errors import TraceglossError
from tracegloss.workspace.worker.frames import read_frame, write_frame
from tracegloss.workspace.worker.jobs import Asked, Cancel, Ended, Laid, Part, Reply, RootOpened
from tracegloss.workspace.worker.packing import packed
from tracegloss.workspace.worker.performing import Performer


class CancelledError(Exception):
    """Nobody waits any more for the job that is being done."""


class Inbox:
    """What came in: jobs in order, and which of them nobody waits for any more."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from a stream, in a thread of its own."""
        self.jobs: queue.SimpleQueue[Asked] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self._stream = stream
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while (frame := read_frame(self._stream)) is not None:
            message = pickle.loads(frame)  # noqa: S301 (written by our own parent process)
            if isinstance(message, Cancel):
                self.cancelled.add(message.number)
            elif isinstance(message, Asked):
                self.jobs.put(message)
        # The parent is gone: whatever is being done, nobody waits for it.
        os._exit(0)


def run() -> None:
    """Do jobs until the parent closes the pipe."""
    inbox = Inbox(sys.stdin.buffer)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints from now on must not end up between the answers.
    os.dup2(2, 1)
    performer = Performer()
    while True:
        asked = inbox.jobs.get()
        ended = _perform(performer, asked, inbox, answers)
        inbox.cancelled.discard(asked.number)
        _write(answers, ended)


def _perform(performer: Performer, asked: Asked, inbox: Inbox, answers: BinaryIO) -> Ended:
    def tell(part: object) -> None:
        if asked.number in inbox.cancelled:
            raise CancelledError
        small = packed(part) if isinstance(part, Laid | RootOpened) else part
        _write(answers, Part(asked.number, small))

    if asked.number in inbox.cancelled:
        return Ended(asked.number)
    try:
        performer.perform(asked.job, tell)
    except CancelledError:
        pass
    except TraceglossError as error:
        return Ended(asked.number, error)
    except Exception as error:
        if os.environ.get("TRACEGLOSS_DEBUG"):
            raise
        what = f"Internal error ({type(error).__name__})"
        remedy = "Set TRACEGLOSS_DEBUG=1 to see where"
        return Ended(asked.number, TraceglossError(what, remedy=remedy))
    return Ended(asked.number)


def _write(answers: BinaryIO, reply: Reply) -> None:
    try:
        write_frame(answers, pickle.dumps(reply, pickle.HIGHEST_PROTOCOL))
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    run()
