"""What traces that were laid before tell of those laid now, without a store being asked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.findings.history import EarlierCall
from tracegloss.history.named_commit import named_commit
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Freshness
from tracegloss.model.settings import Settings
from tracegloss.model.trace import TraceInfo
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.workspace.neighbours import MOST_SPANS, calls_of

MOST_KEPT = 60


class _Kept(Struct, frozen=True):
    """A trace that was laid: its info and the calls of functions in it."""

    info: TraceInfo
    calls: tuple[EarlierCall, ...]


class LaidBefore:
    """The calls of the traces laid last, by trace, and the infos listed last."""

    def __init__(self, infos: Sequence[TraceInfo] = ()) -> None:
        """Take infos that are known from the beginning."""
        self.infos = infos
        self._kept: dict[str, _Kept] = {}

    def remember(self, laid: TraceOnCode, index: RepoIndex) -> None:
        """Keep the calls of a trace that ran at the code of `index`; not of very many spans."""
        edited = (each for each in laid.since.values() if each.freshness is not Freshness.IDENTICAL)
        if len(laid.trace.spans) > MOST_SPANS or any(edited):
            return
        resolutions = laid.correlation.resolutions
        calls = tuple(calls_of(laid.trace, laid.tree, resolutions, index, is_same=True))
        self._kept.pop(laid.trace.info.trace_id, None)
        self._kept[laid.trace.info.trace_id] = _Kept(laid.trace.info, calls)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def around(self, info: TraceInfo) -> KnownAround:
        """Give what is known for a trace: other infos, and calls in earlier traces of its name."""
        return KnownAround(self.infos, tuple(self._earlier(info)))

    def _earlier(self, info: TraceInfo) -> list[EarlierCall]:
        own, began = named_commit(info, None), info.request_ns
        calls: list[EarlierCall] = []
        for kept in self._kept.values():
            other = kept.info
            if info.name is None or began is None or other.request_ns is None:
                continue
            if other.name == info.name and other.request_ns < began:
                is_same = own is not None and own == named_commit(other, None)
                calls += kept.calls if is_same else _of_other_code(kept.calls)
        return calls


class KnownAround(Struct, frozen=True):
    """Infos and calls that are known already; they were laid on the index of then."""

    known: Sequence[TraceInfo]
    calls: tuple[EarlierCall, ...]

    def infos(self) -> Sequence[TraceInfo]:
        """Return the infos that were listed last."""
        return self.known

    def earlier_calls(self, index: RepoIndex, settings: Settings) -> tuple[EarlierCall, ...]:  # noqa: ARG002
        """Return the calls; hashes of texts tell which ran on the code of `index`."""
        return self.calls


def _of_other_code(calls: Sequence[EarlierCall]) -> list[EarlierCall]:
    return [replace(call, text_hash=None) for call in calls]
