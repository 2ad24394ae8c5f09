"""Asks the worker about one root: its source, infos, traces, spans; takes traces over at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracegloss.errors import TraceError, TraceNotFoundError
from tracegloss.lsp.host import Host
from tracegloss.lsp.progress import Tell, tell_nobody
from tracegloss.lsp.taking import Taken, take_traces
from tracegloss.model.trace import Span, TraceInfo
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.selection import LISTED, MOST_BYTES, MOST_LOADED
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import (
    ChooseSource,
    LayFile,
    LayTraces,
    ReadRanFile,
    ReadSpan,
    RootRequest,
    SearchTraces,
    SourceAnswer,
)


class Reader:
    """One root's questions to the worker.

    `answer` is the source that was chosen, `None` while that is to be done. `round` grows when
    settings changed: what was asked for in an earlier one is of another source.
    """

    def __init__(self, host: Host, session: RootSession) -> None:
        """Take the server and the root's state; nothing is asked yet."""
        self.session = session
        self.answer: SourceAnswer | None = None
        self.round = 0
        self._host = host

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
            self._host.inside(self.session),
        )

    async def source(self) -> SourceAnswer:
        """Give the chosen source, choosing it first where nothing was chosen yet."""
        if self.answer is None:
            self.answer = await self._host.worker.ask(ChooseSource(self.request, LISTED))
        return self.answer

    async def search(self, query: TraceQuery) -> tuple[TraceInfo, ...]:
        """Ask the chosen experiment; raises `TraceglossError`."""
        return await self._host.worker.ask(SearchTraces(self.request, query))

    async def read_span(self, trace_id: str, span_id: str) -> Span | None:
        """Read one span of a skeleton in full; raises `TraceError`."""
        file = self.session.files.get(trace_id)
        return await self._host.worker.ask(ReadSpan(self.request, trace_id, span_id, file))

    async def read_ran_file(self, on_code: TraceOnCode, path: str) -> bytes | None:
        """Read a file as the diff stored with a trace's model made it; raises `TraceError`."""
        info, standing = on_code.trace.info, on_code.standing
        return await self._host.worker.ask(ReadRanFile(self.request, info, standing, path))

    async def load(self, trace_ids: Sequence[str], tell: Tell = tell_nobody) -> tuple[str, ...]:
        """Load traces whatever code they are of; gives those that were there.

        Raises `TraceError` when it is one and cannot be had.
        """
        taken = await self.put_traces(trace_ids, self.round, every=True, tell=tell)
        if len(trace_ids) == 1 and taken.missing:
            kind = TraceNotFoundError if taken.missing[0].is_gone else TraceError
            raise kind(taken.missing[0].reason)
        return taken.trace_ids

    async def load_file(self, file: Path) -> tuple[str, ...]:
        """Load the traces of a file."""
        taken = await self._put(self._of_file(file), self.round, every=True)
        self.session.files.update(dict.fromkeys(taken.trace_ids, file))
        return taken.trace_ids

    def _of_file(self, file: Path) -> LayFile:
        return LayFile(self.request, file, self._host.beside(self.session))

    async def put_traces(
        self,
        trace_ids: Sequence[str],
        this_round: int,
        *,
        every: bool = False,
        tell: Tell = tell_nobody,
    ) -> Taken:
        """Load traces of the source; those of other code only when `every` is wanted."""
        job = LayTraces(self.request, tuple(trace_ids), self._host.beside(self.session))
        return await self._put(job, this_round, every=every, tell=tell)

    async def _put(
        self, job: LayTraces | LayFile, this_round: int, *, every: bool, tell: Tell = tell_nobody
    ) -> Taken:
        """Take traces over, all at once; what comes after settings changed is left out."""
        taken = await take_traces(
            self._host.worker.stream(job),
            self.session,
            every=every,
            session_at=self._host.session_at,
            goes_on=lambda: self.round == this_round,
            tell=lambda done: tell(done, len(job.trace_ids) if isinstance(job, LayTraces) else 0),
        )
        self.session.drop_beyond(MOST_LOADED, MOST_BYTES)
        self._host.show(self.session)
        self._host.shared(self.session)
        return taken
