"""Runs whole processes and says what they cost: time, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from bench.places import home

LONGEST_S = 900.0


class Usage(Struct, frozen=True):
    """What one run cost.

    `cpu_s` is user and system time of the process and of the children it waited for; `peak_mb` the
    resident memory of the largest single process, in 10^6 bytes. It cannot read below this
    program's own size, which is why nothing heavy is imported here. `message_mb` is the largest
    message of a server, in 10^6 bytes.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    message_mb: float = 0.0


def environment() -> dict[str, str]:
    """Return this process's environment, with Python keeping compiled modules in a folder of ours.

    Where it keeps none, every run would measure the compiler.
    """
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(home() / "compiled")}


class RunFailedError(Exception):
    """A measured program ended badly; the message holds the end of what it said."""


def measure(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout: Path | None = None,
) -> Usage:
    """Run a command to its end and return what it cost; raises `RunFailedError` unless it exits 0.

    `env` is added to `environment`. Output goes to `stdout`, or nowhere.
    """
    said = Path(f"{stdout or os.devnull}")
    with said.open("wb") as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**environment(), **(env or {})}, stdin=subprocess.DEVNULL,
            stdout=out, stderr=errors,
        )  # fmt: skip
        limit = threading.Timer(LONGEST_S, process.kill)
        limit.start()
        _, status, resources = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        limit.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            told = errors.read().decode(errors="replace").strip()[-2000:]
            raise RunFailedError(f"{' '.join(command)} exited {process.returncode}: {told}")
    cpu = resources.ru_utime + resources.ru_stime
    return Usage(wall, cpu, resources.ru_maxrss * 1024 / 1e6)
