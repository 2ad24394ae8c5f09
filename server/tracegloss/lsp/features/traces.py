"""`tracegloss/traces/*`, `openTraceFile`: which traces there are, and which are shown."""

from __future__ import annotations

from tracegloss.errors import SourceError, UsageError
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.lsp.loading import Loader
from tracegloss.lsp.protocol import (
    OPEN_TRACE_FILE,
    TRACES_FOLLOW,
    TRACES_LIST,
    TRACES_LOAD,
    TRACES_PIN,
    TRACES_RELEASE,
    TRACES_SEARCH,
    FollowParams,
    ListParams,
    LoadParams,
    OpenFileParams,
    PinParams,
    ReleaseParams,
    SearchParams,
)
from tracegloss.lsp.server import TraceglossServer
from tracegloss.lsp.trace_rows import TraceRows, opened_rows, trace_rows
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.worker.jobs import SourceChosen


def register(server: TraceglossServer) -> None:
    """Answer questions about traces, and load, pin, release and follow them."""

    @server.answers(TRACES_LIST)
    async def listed(params: ListParams) -> object:
        loader = server.loader(params.root)
        chosen = await _chosen(loader)
        query = TraceQuery((chosen.experiment_id,), limit=params.offset + params.limit + 1)
        infos = await loader.reader.search(query)
        page = infos[params.offset : params.offset + params.limit]
        rows = trace_rows(loader.session, chosen, page)
        return _plain(server, loader, rows, len(infos) > params.offset + params.limit)

    @server.answers(TRACES_SEARCH)
    async def found(params: SearchParams) -> object:
        loader = server.loader(params.root)
        chosen = await _chosen(loader)
        infos = await loader.reader.search(_query(chosen.experiment_id, params))
        return _plain(server, loader, trace_rows(loader.session, chosen, infos), False)

    @server.answers(TRACES_LOAD)
    async def load(params: LoadParams) -> object:
        loader = server.loader(params.root)
        loaded = await server.with_progress(
            "Loading traces",
            lambda tell: loader.reader.load(params.trace_ids, tell),
            params.work_done_token,
        )
        loader.tell()
        return {"traceIds": list(loaded)}

    @server.answers(TRACES_PIN)
    async def pin(params: PinParams) -> object:
        loader = server.loader(params.root)
        missing = [each for each in params.trace_ids if each not in loader.session.traces]
        if missing:
            await server.with_progress(
                "Loading traces",
                lambda tell: loader.reader.load(missing, tell),
                params.work_done_token,
            )
        return {"pinned": server.pin(loader, params.trace_ids)}

    @server.answers(TRACES_RELEASE)
    async def release(params: ReleaseParams) -> object:
        loader = server.loader(params.root)
        return {"pinned": server.release(loader, params.trace_ids)}

    @server.answers(TRACES_FOLLOW)
    async def follow(params: FollowParams) -> object:
        loader = server.loader(params.root)
        loader.follow(enabled=params.enabled)
        return {"following": params.enabled}

    @server.answers(OPEN_TRACE_FILE)
    async def open_file(params: OpenFileParams) -> object:
        path = from_lsp.path(params.uri)
        if path is None:
            raise UsageError("Only files on this machine can be opened", where=params.uri[:80])
        session = server.session_of(path)
        loader = server.loader(None if session is None else session.path.as_uri())
        loaded = await server.with_progress(
            "Reading traces", lambda _tell: loader.reader.load_file(path), params.work_done_token
        )
        loader.tell()
        rows = to_lsp.plain(loader.session, opened_rows(loader.session, loaded), server.client)
        return {"traceIds": list(loaded), "traces": rows}


async def _chosen(loader: Loader) -> SourceChosen:
    answer = await loader.reader.source()
    if not isinstance(answer, SourceChosen):
        raise SourceError(
            "No experiment is chosen",
            where=loader.session.name,
            remedy="Set tracegloss.trackingUri and tracegloss.experiment",
        )
    return answer


def _query(experiment_id: str, params: SearchParams) -> TraceQuery:
    return TraceQuery(
        (experiment_id,),
        state=params.state,
        name=params.name,
        session=params.session,
        since_ns=params.since_ns,
        until_ns=params.until_ns,
        shortest_ms=params.shortest_ms,
        longest_ms=params.longest_ms,
        filter=params.filter,
        limit=params.limit,
        order=params.order,
    )


def _plain(
    server: TraceglossServer, loader: Loader, rows: TraceRows, has_more: bool
) -> dict[str, object]:
    plain = to_lsp.plain(loader.session, rows, server.client)
    assert isinstance(plain, dict)
    return {**plain, "hasMore": has_more}
