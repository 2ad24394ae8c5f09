"""Bounds work that may hang in a resolver, a handshake or a slow answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tracegloss.errors import SourceUnreachableError

T = TypeVar("T")


class _Work(Generic[T]):
    """One call and what came of it."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._call())
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            self.error = error


def within(seconds: float, call: Callable[[], T], *, where: str, give_up: Callable[[], None]) -> T:
    """Run `call` for at most `seconds`, name resolution and all; then raise and leave it behind.

    `give_up` is called once time is over, so that the call can be made to end (close its socket).
    Raises what the call raises, or `SourceUnreachableError`.
    """
    work = _Work(call)
    thread = threading.Thread(target=work.run, name="tracegloss-request", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        give_up()
        raise SourceUnreachableError(
            f"no answer within {seconds:g} s",
            where=where,
            remedy="Give it longer with --timeout, or check the address and the network",
        )
    if work.error is not None:
        raise work.error
    return work.result[0]
