"""`textDocument/codeAction`: what can be done at a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types

from tracegloss.ide.actions.action import Action
from tracegloss.ide.code_actions import code_actions
from tracegloss.lsp import from_lsp, to_lsp
from tracegloss.lsp.server import TraceglossServer

_KINDS = types.CodeActionOptions(
    [
        types.CodeActionKind.QuickFix,
        types.CodeActionKind.Refactor,
        types.CodeActionKind.Source,
    ]
)


def register(server: TraceglossServer) -> None:
    """Answer with actions."""

    @server.answers(types.TEXT_DOCUMENT_CODE_ACTION, _KINDS)
    async def answer(params: types.CodeActionParams) -> list[types.CodeAction]:
        at = server.locate(params.text_document.uri)
        if at is None:
            return []
        position = from_lsp.position(at.lines, params.range.start, server.client.encoding)
        found = (
            to_lsp.code_action(at.session, action, _answered(action, params), server.client)
            for action in code_actions(at.snapshot, at.key, position)
        )
        return [each for each in found if each is not None and _is_wanted(each, params)]


def _answered(action: Action, params: types.CodeActionParams) -> tuple[types.Diagnostic, ...]:
    """Find the diagnostics the client showed that an action answers."""
    if action.fingerprint is None:
        return ()
    return tuple(d for d in params.context.diagnostics if _fingerprint(d) == action.fingerprint)


def _fingerprint(diagnostic: types.Diagnostic) -> object:
    data = diagnostic.data
    return data.get("fingerprint") if isinstance(data, Mapping) else None


def _is_wanted(action: types.CodeAction, params: types.CodeActionParams) -> bool:
    only: Sequence[object] | None = params.context.only
    kind = str(getattr(action.kind, "value", action.kind))
    return only is None or any(
        kind == wanted or kind.startswith(f"{wanted}.")
        for wanted in (str(getattr(each, "value", each)) for each in only)
    )
