"""Our answers to the protocol's: ranges in the negotiated units, addresses, diagnostics, edits."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from json import dumps
from pathlib import Path
from urllib.parse import quote

from lsprotocol import types
from msgspec import Struct

import tracegloss
from tracegloss.ide.actions.action import Action
from tracegloss.ide.answers import CodePlace, FileEdit, Link, SpanTarget
from tracegloss.ide.diagnostics import Diagnostic
from tracegloss.ide.hover import Hover
from tracegloss.ide.workspace_symbols import SpanSymbol
from tracegloss.lsp.from_lsp import Encoding
from tracegloss.lsp.protocol import COMMAND_PIN, COMMAND_RELEASE
from tracegloss.lsp.wire_names import camel
from tracegloss.model.finding import Severity
from tracegloss.overlay.document import TextKey
from tracegloss.text import LineIndex, Position, TextRange
from tracegloss.workspace.session import RootSession

SOURCE = "tracegloss"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
_KINDS = {
    "quickfix": types.CodeActionKind.QuickFix,
    "refactor": types.CodeActionKind.Refactor,
    "source": types.CodeActionKind.Source,
}
COMMANDS = {
    "span": "tracegloss.showSpan",
    "stack": "tracegloss.showStack",
    "as-ran": "tracegloss.openAsRan",
    "changed": "tracegloss.compareAsRan",
    "pin": COMMAND_PIN,
}


class Client(Struct, frozen=True):
    """What answers depend on: the units of columns, and what the client can follow and make."""

    encoding: Encoding = types.PositionEncodingKind.Utf16
    command_links: bool = False
    creates_files: bool = False


def column(lines: LineIndex | None, at: Position, encoding: Encoding) -> int:
    """Convert a column; without its text it stays as it is."""
    if lines is None or encoding == types.PositionEncodingKind.Utf32:
        return at.column
    if encoding == types.PositionEncodingKind.Utf8:
        return len(lines.line_text(at.line)[: at.column].encode("utf-8", "replace"))
    return lines.utf16_column(at)


def position(lines: LineIndex | None, at: Position, encoding: Encoding) -> types.Position:
    """Convert a position."""
    return types.Position(at.line, column(lines, at, encoding))


def lsp_range(lines: LineIndex | None, at: TextRange, encoding: Encoding) -> types.Range:
    """Convert a range."""
    return types.Range(position(lines, at.start, encoding), position(lines, at.end, encoding))


def location(session: RootSession, place: CodePlace, client: Client) -> types.Location | None:
    """Convert a place; `None` for a cell of a notebook that is not open."""
    uri = session.uri(place.key)
    if uri is None:
        return None
    lines = session.snapshot().text(place.key)
    return types.Location(uri, lsp_range(lines, place.range, client.encoding))


def diagnostic(
    session: RootSession, lines: LineIndex | None, found: Diagnostic, client: Client
) -> types.Diagnostic:
    """Convert a diagnostic with its related places."""
    related = [
        types.DiagnosticRelatedInformation(where, each.message)
        for each in found.related
        if (where := location(session, each.place, client)) is not None
    ]
    href = _rule_page(found.page)
    return types.Diagnostic(
        range=lsp_range(lines, found.range, client.encoding),
        message=found.message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=None if href is None else types.CodeDescription(href),
        source=SOURCE,
        related_information=related or None,
        data={
            "fingerprint": found.fingerprint,
            "traceId": found.target.trace_id,
            "spanId": found.target.span_id,
        },
    )


def hover(lines: LineIndex, found: Hover, client: Client) -> types.Hover:
    """Convert a hover, with those of its links that the client can follow."""
    links = " · ".join(filter(None, (_link(link, client) for link in found.links)))
    text = f"{found.markdown}\n{links}\n" if links else found.markdown
    return types.Hover(
        types.MarkupContent(types.MarkupKind.Markdown, text),
        lsp_range(lines, found.range, client.encoding),
    )


def code_action(
    session: RootSession,
    action: Action,
    answered: tuple[types.Diagnostic, ...],
    client: Client,
) -> types.CodeAction | None:
    """Convert an action; `None` when the client cannot make the file it needs."""
    if action.pin is not None:
        name = COMMAND_RELEASE if action.release else COMMAND_PIN
        command = types.Command(action.title, name, arguments=_arguments(action.pin))
        return types.CodeAction(action.title, _KINDS[action.kind], command=command)
    if any(edit.creates for edit in action.edits) and not client.creates_files:
        return None
    return types.CodeAction(
        action.title,
        _KINDS[action.kind],
        diagnostics=list(answered) or None,
        edit=_workspace_edit(session, action, client),
    )


def symbol(session: RootSession, found: SpanSymbol, client: Client) -> types.WorkspaceSymbol | None:
    """Convert the spans of one name on one site."""
    where = location(session, found.place, client)
    if where is None:
        return None
    return types.WorkspaceSymbol(
        location=where,
        name=found.name,
        kind=types.SymbolKind.Event,
        container_name=found.container or None,
        data={"traceId": found.target.trace_id, "spanId": found.target.span_id},
    )


def plain(session: RootSession, value: object, client: Client) -> object:
    """Turn an answer of ours into JSON: keys in camel case, places as `{uri, range}`."""
    if isinstance(value, CodePlace):
        where = location(session, value, client)
        return None if where is None else {"uri": where.uri, "range": _plain_range(where.range)}
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, Struct):
        return {
            camel(name): plain(session, getattr(value, name), client)
            for name in value.__struct_fields__
        }
    if isinstance(value, Mapping):
        return {str(key): plain(session, each, client) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(session, each, client) for each in value]
    return value


def _plain_range(at: types.Range) -> dict[str, object]:
    return {
        "start": {"line": at.start.line, "character": at.start.character},
        "end": {"line": at.end.line, "character": at.end.character},
    }


def _arguments(target: SpanTarget) -> list[types.LSPAny]:
    return [target.trace_id, target.span_id]


def _link(link: Link, client: Client) -> str | None:
    if link.url is not None:
        safe = link.url.startswith(("http://", "https://"))
        return f"[{link.label}]({link.url})" if safe and ")" not in link.url else None
    name = COMMANDS.get(link.kind)
    if name is None or not client.command_links:
        return None
    # Ids are hex digits and a few signs; in the address they are quoted all the same.
    return f"[{link.label}](command:{name}?{_quoted(link.target)})"


def _quoted(target: SpanTarget) -> str:
    return quote(dumps([target.trace_id, target.span_id]), safe="")


def _rule_page(page: str) -> str | None:
    """Name the rule's page where this project's documentation lies beside the package."""
    path = Path(tracegloss.__file__).resolve().parents[2] / page
    return path.as_uri() if path.is_file() else None


def _workspace_edit(session: RootSession, action: Action, client: Client) -> types.WorkspaceEdit:
    if not any(edit.creates for edit in action.edits):
        return types.WorkspaceEdit(
            changes={
                uri: _edits(session, edit, client)
                for edit in action.edits
                if (uri := session.uri(edit.key)) is not None
            }
        )
    changes: list[
        types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
    ] = []
    for edit in action.edits:
        uri = session.uri(edit.key) or ""
        if edit.creates:
            options = types.CreateFileOptions(overwrite=False, ignore_if_exists=True)
            changes.append(types.CreateFile(uri, options=options))
        document = types.OptionalVersionedTextDocumentIdentifier(uri, _version(session, edit.key))
        changes.append(types.TextDocumentEdit(document, [*_edits(session, edit, client)]))
    return types.WorkspaceEdit(document_changes=changes)


def _version(session: RootSession, key: TextKey) -> int | None:
    text = session.texts.get(key)
    return None if text is None else text.document.version


def _edits(session: RootSession, edit: FileEdit, client: Client) -> list[types.TextEdit]:
    lines = None if edit.creates else session.snapshot().text(edit.key)
    return [
        types.TextEdit(lsp_range(lines, each.range, client.encoding), each.text)
        for each in edit.edits
    ]
