"""`tracegloss/span/code`: the file a span ran in as it was then, and where its function is now."""

from __future__ import annotations

import asyncio

from tracegloss.compare.span_code import CodeText, SpanCode
from tracegloss.errors import UsageError
from tracegloss.lsp.protocol import SPAN_CODE, SpanParams
from tracegloss.lsp.server import TraceglossServer
from tracegloss.report.span_code import raw_diff
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.printable import one_line
from tracegloss.workspace.session import RootSession
from tracegloss.workspace.span_code import Read, path_of_diff, span_code

LARGEST_TEXT = 900_000


def register(server: TraceglossServer) -> None:
    """Answer with texts that an editor shows as documents, beside each other."""

    @server.answers(SPAN_CODE)
    async def code(params: SpanParams) -> object:
        session = server.session_with(params.trace_id, params.span_id)
        on_code = session.traces.get(params.trace_id)
        if on_code is None or params.span_id not in on_code.tree.spans:
            raise UsageError("This trace has no such span", where=params.trace_id)
        # Git is asked beside the loop: the first question to a repository starts a process.
        read = await _read_with_diff(server, session, on_code, params.span_id)
        found = await asyncio.to_thread(span_code, session.path, on_code, params.span_id, read)
        return _answer(session, found)


async def _read_with_diff(
    server: TraceglossServer, session: RootSession, on_code: TraceOnCode, span_id: str
) -> Read | None:
    """Have the worker ask the store for the edits a span ran with, where it has them."""
    path = path_of_diff(on_code, span_id)
    if path is None:
        return None
    text = await server.loaders[session.path].reader.read_ran_file(on_code, path)
    return {path: text}.get


def _answer(session: RootSession, code: SpanCode) -> dict[str, object]:
    """Write both files; an editor opens the one of now by itself, unsaved edits included."""
    display = Display(session.settings.redaction)
    then = "".join(f"{display.source(line)}\n" for line in code.then.lines)
    diff = raw_diff(code, "function", display)
    if len(then) + len(diff) > LARGEST_TEXT:
        raise UsageError("The file that ran is too large to be shown", where=code.then.path)
    return {
        "then": {**_place(code.then), "commit": code.then.commit, "text": then},
        "now": None if code.now is None else {**_place(code.now), "uri": _uri(session, code.now)},
        "diff": diff,
        "uncommittedEditsKnown": code.is_certain,
    }


def _place(text: CodeText) -> dict[str, object]:
    return {
        "path": one_line(text.path),
        "cell": text.cell,
        "startLine": text.first,
        "endLine": text.end,
        "qualifiedName": one_line(text.qualified_name),
    }


def _uri(session: RootSession, text: CodeText) -> str:
    return (session.path / text.path).as_uri()
