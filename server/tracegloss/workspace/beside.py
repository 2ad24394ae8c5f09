"""Work that goes on in a thread while something else is done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """One call that runs from now on; `result` waits for it and gives or raises what came of it.

    The thread ends with the process: who interrupts the wait is not kept by it.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        """Begin the call."""
        self._call = call
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="tracegloss-beside", daemon=True)
        self._thread.start()

    def result(self) -> T:
        """Wait for the end of the call."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._call())
        except BaseException as error:  # noqa: BLE001 (raised again by who waits)
            self._error = error
