"""The standard streams where one is closed, full, or read by nobody any more."""

from __future__ import annotations

import errno
import os
import sys

from tracegloss.errors import OutputError


def open_closed() -> None:
    """Put the empty device on every standard stream that the process was started without.

    A file that is opened later would otherwise get the stream's number, and with it what child
    processes write. To write to a standard output that was closed stays a fault; what standard
    error would have said is dropped.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            _empty(os.O_WRONLY if number == 2 else os.O_RDONLY)
    sys.stdin = sys.stdin or os.fdopen(_empty(os.O_RDONLY), encoding="utf-8")
    sys.stdout = sys.stdout or os.fdopen(_empty(os.O_RDONLY), "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(_empty(os.O_WRONLY), "w", encoding="utf-8")


def output_fault(error: OSError) -> OutputError:
    """Word why standard output cannot be written."""
    why = "closed" if error.errno == errno.EBADF else error.strerror or type(error).__name__
    return OutputError(
        "The output cannot be written",
        where=f"standard output: {why[:1].lower()}{why[1:]}",
        remedy="Send it to another file, a pipe or a terminal",
    )


def drop_pending() -> None:
    """Keep the interpreter from writing at its end what could not be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(_empty(os.O_WRONLY), stream.fileno())


def _empty(mode: int) -> int:
    """Open the empty device at the lowest free number; for reading alone, it takes no output."""
    return os.open(os.devnull, mode)
