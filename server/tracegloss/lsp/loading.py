"""Keeps one root's traces: opens it, chooses its source, loads, follows, survives the source."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tracegloss.errors import TraceglossError
from tracegloss.lsp import status
from tracegloss.lsp.options import Options
from tracegloss.lsp.progress import StoppedError
from tracegloss.lsp.status import Status
from tracegloss.model.trace import TraceInfo
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.selection import LISTED, MOST_LOADED, Seen, news, seen_as, to_load
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.client import Worker
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    ExperimentUnclear,
    Laid,
    LayFile,
    LayTraces,
    NoSource,
    OpenRoot,
    RootRequest,
    SearchTraces,
    SourceAnswer,
    SourceChosen,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

SHORTEST_POLL = 2.0
LONGEST_POLL = 60.0
# Looking at a file's time stamps costs nothing, so that is done at the shortest pause always.
FILE_POLL = 1.0
FIRST_RETRY = 5.0
SHOWN_AFTER = 1.0
_LOOPBACK = ("http://localhost", "http://127.", "http://[::1]", "https://localhost", "https://127.")


class Host(Protocol):
    """The server as a loader sees it."""

    options: Options
    worker: Worker

    def show(self, session: RootSession) -> None:
        """Show a session's new state in the editor, soon."""

    def say(self, status: Status) -> None:
        """Tell the client the status of a root."""

    async def with_progress(self, title: str, work: Coroutine[Any, Any, T]) -> T:
        """Show progress while the work is done; raises `StoppedError` when it is stopped."""
        ...


class Loader:
    """One root's loading, from the first index to the end of the server."""

    def __init__(self, host: Host, session: RootSession) -> None:
        """Take the server and the root's state; nothing runs yet."""
        self.session = session
        self.following: bool | None = None
        self._host = host
        self._answer: SourceAnswer | None = None
        self._seen: dict[str, Seen] = {}
        self._wake = asyncio.Event()
        self._must_reopen = False
        self._indexed = -1
        self._stamp: object = None
        self._pause = SHORTEST_POLL

    @property
    def request(self) -> RootRequest:
        """How the worker opens this root."""
        options = self._host.options
        return RootRequest(
            self.session.path,
            options.tracking_uri,
            options.experiment,
            options.timeout_seconds,
            options.cache,
            self.session.generation,
        )

    def reopen(self) -> None:
        """Begin again soon, with other traces: settings changed."""
        self._must_reopen = True
        self.session.drop_traces(tuple(self.session.traces))
        self.session.generation += 1
        self._wake.set()

    def files_changed(self) -> None:
        """Read the tree again soon."""
        self.session.generation += 1
        self._wake.set()

    def look_now(self) -> None:
        """Look for new traces now: something happened that may have made some."""
        self._pause = SHORTEST_POLL
        self._stamp = None
        self._wake.set()

    async def run(self) -> None:
        """Load and follow for ever; a source that is down is asked again, later and later."""
        retry = FIRST_RETRY
        while True:
            self._must_reopen = False
            try:
                await self._open()
                await self._load_first()
                retry = FIRST_RETRY
                await self._follow()
            except StoppedError:
                self._host.say(status.stopped(self.session))
                await self._wake.wait()
            except TraceglossError as error:
                retry = await self._wait_to_retry(error, retry)
            except Exception as error:  # noqa: BLE001 (the one edge of what nobody asked for)
                logger.warning("loading: %s", type(error).__name__)
                fault = TraceglossError(f"Internal error ({type(error).__name__})")
                retry = await self._wait_to_retry(fault, retry)

    async def load(self, trace_ids: Iterable[str]) -> tuple[str, ...]:
        """Load traces whatever code they are of; gives those that were there."""
        job = LayTraces(self.request, tuple(trace_ids))
        return await self._put(job, every=True)

    async def load_file(self, file: Path) -> tuple[str, ...]:
        """Load the traces of a file."""
        return await self._put(LayFile(self.request, file), every=True)

    async def search(self, query: TraceQuery) -> tuple[TraceInfo, ...]:
        """Ask the chosen experiment; raises `TraceglossError`."""
        return await self._host.worker.ask(SearchTraces(self.request, query))

    async def source(self) -> SourceAnswer:
        """Give the chosen source, choosing it first where nothing was chosen yet."""
        if self._answer is None:
            self._answer = await self._host.worker.ask(ChooseSource(self.request, LISTED))
        return self._answer

    def tell(self) -> None:
        """Say the status of what is loaded."""
        if isinstance(self._answer, SourceChosen):
            following = self._follows(self._answer)
            self._host.say(status.loaded(self.session, self._answer, following=following))
        elif isinstance(self._answer, NoSource):
            self._host.say(status.no_source(self.session, self._answer))
        elif isinstance(self._answer, ExperimentUnclear):
            self._host.say(status.choose_experiment(self.session, self._answer))

    async def _wait_to_retry(self, error: TraceglossError, seconds: float) -> float:
        """Say what is wrong and wait; gives how long to wait the next time."""
        self._host.say(status.unreachable(self.session, error, seconds))
        await self._sleep(seconds)
        return min(seconds * 2, LONGEST_POLL)

    async def _open(self) -> None:
        generation = self.session.generation
        late = asyncio.get_running_loop().call_later(
            SHOWN_AFTER, lambda: self._host.say(status.indexing(self.session))
        )
        try:
            work = self._host.worker.ask(OpenRoot(self.request))
            title = f"Indexing {self.session.name}"
            opened = await (work if self._indexed >= 0 else self._host.with_progress(title, work))
        finally:
            late.cancel()
        self._indexed = generation
        self.session.put_index(opened.index, opened.settings)
        self._host.show(self.session)

    async def _load_first(self) -> None:
        self._answer = None
        answer = await self.source()
        self._pause = SHORTEST_POLL
        if isinstance(answer, SourceChosen):
            self._stamp = _stamp(answer.watched)
            self._seen = {info.trace_id: seen_as(info) for info in answer.infos}
            chosen = [
                trace_id
                for trace_id in to_load(answer.infos, time.time_ns())
                if trace_id not in self.session.traces
            ]
            if chosen:
                work = self._put(LayTraces(self.request, tuple(chosen)), every=False)
                await self._host.with_progress(f"Loading {len(chosen)} traces", work)
        self.tell()

    async def _follow(self) -> None:
        while not self._must_reopen:
            await self._sleep(self._until_next())
            if self._indexed != self.session.generation and not self._must_reopen:
                await self._open()
            answer = self._answer
            if isinstance(answer, NoSource) and _has_store(self.session.path):
                # What the worker opened before remembers that there was none.
                self.session.generation += 1
                await self._open()
                await self._load_first()
            elif isinstance(answer, SourceChosen) and self._follows(answer):
                await self._look(answer)

    def _until_next(self) -> float:
        answer = self._answer
        if isinstance(answer, SourceChosen) and answer.watched is not None:
            return FILE_POLL
        return self._pause if isinstance(answer, SourceChosen) else SHORTEST_POLL

    async def _look(self, answer: SourceChosen) -> None:
        stamp = _stamp(answer.watched)
        if stamp is not None and stamp == self._stamp:
            return
        infos = await self.search(TraceQuery((answer.experiment_id,), limit=MOST_LOADED))
        self._stamp = stamp
        new = news(infos, self._seen)
        if not new:
            self._pause = min(self._pause * 2, LONGEST_POLL)
            return
        self._pause = SHORTEST_POLL
        self._seen.update((info.trace_id, seen_as(info)) for info in new)
        wanted = tuple(info.trace_id for info in new)
        await self._put(LayTraces(self.request, wanted), every=False)
        self._forget_old()
        self.tell()

    async def _put(self, job: LayTraces | LayFile, *, every: bool) -> tuple[str, ...]:
        """Take traces over as they come; those of other code only when `every` is wanted."""
        async with aclosing(self._host.worker.stream(job)) as parts:
            taken = [self._take(laid) async for laid in parts if every or laid.is_ours]
        return tuple(taken)

    def _take(self, laid: Laid) -> str:
        self.session.put_trace(laid.on_code, laid.functions)
        self._host.show(self.session)
        return laid.on_code.trace.info.trace_id

    def _forget_old(self) -> None:
        newest = sorted(
            self.session.traces.values(),
            key=lambda each: each.trace.info.request_ns or 0,
            reverse=True,
        )
        self.session.drop_traces(each.trace.info.trace_id for each in newest[MOST_LOADED:])

    def _follows(self, answer: SourceChosen) -> bool:
        if self.following is not None:
            return self.following
        if self._host.options.follow != "auto":
            return self._host.options.follow == "on"
        return answer.watched is not None or (answer.source.uri or "").startswith(_LOOPBACK)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        self._wake.clear()


def _stamp(path: Path | None) -> object:
    """Tell whether a local store may have changed: the times and sizes of its files."""
    if path is None or path.is_dir():
        return None
    found = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            stat = each.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _has_store(root: Path) -> bool:
    return (root / "mlflow.db").is_file() or (root / "mlruns").is_dir()
