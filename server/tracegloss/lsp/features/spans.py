"""`tracegloss/spanLocation`, `traces/spans`, `span/detail`: the spans of loaded traces."""

from __future__ import annotations

from tracegloss.ide.span_detail import span_detail
from tracegloss.ide.span_location import span_location
from tracegloss.ide.trace_pages import TracePage, trace_page
from tracegloss.lsp import to_lsp
from tracegloss.lsp.protocol import (
    SPAN_DETAIL,
    SPAN_LOCATION,
    TRACE_SPANS,
    SpanParams,
    SpansParams,
)
from tracegloss.lsp.server import TraceglossServer
from tracegloss.workspace.session import RootSession


def register(server: TraceglossServer) -> None:
    """Answer questions about spans."""

    @server.answers(SPAN_LOCATION)
    async def locate(params: SpanParams) -> object:
        session = server.session_with(params.trace_id, params.span_id)
        found = span_location(session.snapshot(), params.trace_id, params.span_id)
        return to_lsp.plain(session, found, server.client)

    @server.answers(SPAN_DETAIL)
    async def detail(params: SpanParams) -> object:
        session = server.session_with(params.trace_id, params.span_id)
        on_code = session.traces.get(params.trace_id)
        span = None
        if on_code is not None and on_code.is_skeleton and params.span_id in on_code.tree.spans:
            reader = server.loaders[session.path].reader
            span = await reader.read_span(params.trace_id, params.span_id)
        found = span_detail(session.snapshot(), params.trace_id, params.span_id, span)
        return to_lsp.plain(session, found, server.client)

    @server.answers(TRACE_SPANS)
    async def page(params: SpansParams) -> object:
        home = server.session_with(params.trace_id)
        found = _page(home, params)
        rows = [(home, row) for row in found.rows]
        for session in server.sessions.values():
            if session is not home and params.trace_id in session.traces:
                theirs = [(session, row) for row in _page(session, params).rows]
                pairs = zip(rows, theirs, strict=True)
                rows = [there if here[1].place is None else here for here, there in pairs]
        plain = [to_lsp.plain(session, row, server.client) for session, row in rows]
        return {
            "traceId": found.trace_id,
            "offset": found.offset,
            "total": found.total,
            "rows": plain,
        }


def _page(session: RootSession, params: SpansParams) -> TracePage:
    """Read a page of a trace as it lies on one folder; a place there is that folder's."""
    return trace_page(
        session.snapshot(),
        params.trace_id,
        offset=params.offset,
        limit=params.limit,
        parent=params.parent,
    )
