"""Looks at one root's source again and again: whether something came, and how soon to look next."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tracegloss.lsp.host import Host
from tracegloss.lsp.pinning import Pinning
from tracegloss.lsp.polling import NEAR_POLL, SHORTEST_POLL, Pace, is_near, stamp_of
from tracegloss.lsp.reading import Reader
from tracegloss.model.trace import TraceInfo
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.selection import MOST_LOADED, Seen, news, seen_as
from tracegloss.workspace.worker.jobs import SourceAnswer, SourceChosen


class Seeing(Struct, frozen=True):
    """What a look found: whether traces came, and the pins that the store has no more."""

    has_news: bool
    gone: tuple[str, ...]


class Follower:
    """Remembers what was seen of a source; `wanted` is the reader's own choice, if one was made."""

    def __init__(self, host: Host, reader: Reader, pinning: Pinning) -> None:
        """Take the server, what reads traces, and what is pinned; nothing was seen yet."""
        self.wanted: bool | None = None
        self._host = host
        self._reader = reader
        self._pinning = pinning
        self._seen: dict[str, Seen] = {}
        self._stamp: object = None
        self._pace = Pace()

    def follows(self, answer: SourceAnswer | None) -> bool:
        """Tell whether new traces are looked for: by choice, by setting, or where it is cheap."""
        if not isinstance(answer, SourceChosen):
            return False
        if self.wanted is not None:
            return self.wanted
        if self._host.options.follow != "auto":
            return self._host.options.follow == "on"
        return is_near(answer)

    def is_due(self, answer: SourceChosen) -> bool:
        """Tell whether to look now: what woke the loop may have been something else."""
        return self.follows(answer) and self.seconds(answer) is not None

    def seconds(self, answer: SourceAnswer | None) -> float | None:
        """Say how long to wait until the next look; `None` for until somebody looks.

        A source on this machine is looked at also while nobody does: that costs nothing, and what
        an application just recorded is there when its reader turns to the editor.
        """
        if not isinstance(answer, SourceChosen):
            return SHORTEST_POLL
        if is_near(answer):
            return NEAR_POLL
        return self._pace.seconds if self._host.is_visible else None

    def look_now(self) -> None:
        """Let the next look be a real one, and soon: something may have come."""
        self._pace.quicken()
        self._stamp = None

    def changed(self, infos: Sequence[TraceInfo]) -> frozenset[str]:
        """Name the traces that are new, or say something else than when they were seen."""
        return frozenset(info.trace_id for info in news(infos, self._seen))

    def saw(self, infos: Sequence[TraceInfo]) -> None:
        """Remember that these were loaded, or passed over."""
        self._seen.update((info.trace_id, seen_as(info)) for info in infos)

    async def look(self, answer: SourceChosen, this_round: int) -> Seeing:
        """Load what came since the last look; a local store that did not change is not asked."""
        stamp = stamp_of(answer.watched)
        if stamp is not None and stamp == self._stamp:
            return Seeing(False, ())
        query = TraceQuery((answer.experiment_id,), limit=MOST_LOADED)
        infos = await self._reader.search(query)
        gone = await self._pinning.check({info.trace_id for info in infos}, this_round)
        self._stamp = stamp
        new = news(infos, self._seen)
        if not new:
            self._pace.slacken()
            return Seeing(False, gone)
        self._pace.quicken()
        await self._reader.put_traces([info.trace_id for info in reversed(new)], this_round)
        self.saw(new)
        return Seeing(True, gone)
