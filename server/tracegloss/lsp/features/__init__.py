"""What the server answers, one method family a file; each registers itself on a server."""

from __future__ import annotations

from tracegloss.lsp.features import (
    code_action,
    code_lens,
    commands,
    configuration,
    definition,
    hover,
    inlay_hint,
    lifecycle,
    notebooks,
    span_code,
    spans,
    text_sync,
    traces,
    visibility,
    watched_files,
    workspace_symbol,
)

FEATURES = (
    lifecycle,
    configuration,
    watched_files,
    text_sync,
    notebooks,
    hover,
    inlay_hint,
    code_lens,
    code_action,
    definition,
    workspace_symbol,
    spans,
    span_code,
    traces,
    visibility,
    commands,
)
