"""Tells the client the status of one root, when it is another than what was said last."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from tracegloss.errors import TraceglossError
from tracegloss.lsp import status
from tracegloss.lsp.status import Status
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import (
    ExperimentUnclear,
    Indexing,
    NoSource,
    SourceAnswer,
    SourceChosen,
)


class Teller:
    """Words what is known of a root and remembers since when its source is not to be had."""

    def __init__(self, session: RootSession, say: Callable[[Status], None]) -> None:
        """Take a root's state and the way to the client; nothing is said yet."""
        self._session = session
        self._send = say
        self._said: Status | None = None
        self._unreachable_since: int | None = None

    def source(
        self, answer: SourceAnswer | None, *, following: bool, gone: Sequence[str] = ()
    ) -> None:
        """Say what is shown and where it comes from, and which pins were released."""
        match answer:
            case SourceChosen():
                said = status.loaded(self._session, answer, following=following)
                self._say(status.remarked(said, status.pins_gone(gone)))
            case NoSource():
                self._say(status.no_source(self._session, answer))
            case ExperimentUnclear():
                self._say(status.choose_experiment(self._session, answer))
            case None:
                pass

    def indexing(self, come: Indexing) -> None:
        """Say how far the index has come."""
        self._say(status.indexing(self._session, come))

    def stopped(self) -> None:
        """Say that the reader stopped what was being done."""
        self._say(status.stopped(self._session))

    def unreachable(self, error: TraceglossError, seconds: float) -> None:
        """Say what is wrong with the source, since when, and when it is asked again."""
        self._unreachable_since = self._unreachable_since or time.time_ns()
        self._say(status.unreachable(self._session, error, seconds, self._unreachable_since))

    def reached(self) -> None:
        """Remember that the source answered."""
        self._unreachable_since = None

    def _say(self, said: Status) -> None:
        if said != self._said:
            self._said = said
            self._send(said)
