"""What probes share: taking the time of a step, and saying what was measured."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


class Stopwatch:
    """Measures steps of one process, each under a name."""

    def __init__(self) -> None:
        self._measured: dict[str, dict[str, float]] = {}

    def time(self, name: str, step: Callable[[], T]) -> T:
        """Run a step and keep what it cost, its finished child processes included."""
        cpu, wall = _processor_time(), time.perf_counter()
        result = step()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        self._measured[name] = {
            "wall_s": time.perf_counter() - wall,
            "cpu_s": _processor_time() - cpu,
            "peak_mb": peak,
        }
        return result

    def report(self) -> None:
        """Print what was measured as one line of JSON."""
        json.dump(self._measured, sys.stdout)


def print_seconds(measured: Mapping[str, float], message_mb: float = 0.0) -> None:
    """Print wall times that a probe took itself, and the largest message it saw in 10^6 bytes."""
    rest = {"cpu_s": 0.0, "peak_mb": 0.0, "message_mb": message_mb}
    usages = {name: {"wall_s": seconds, **rest} for name, seconds in measured.items()}
    json.dump(usages, sys.stdout)


def _processor_time() -> float:
    return sum(os.times()[:4])
