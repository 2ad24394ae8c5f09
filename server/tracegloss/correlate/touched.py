"""The files of the workspace that Claude Code's own tools read or wrote."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.correlate.aliases import Quote, learn_paths, normal
from tracegloss.model.resolution import Resolution, Unresolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.model.trace import Span, Trace
from tracegloss.recorded import Recorded, phrase
from tracegloss.reveal import reveal
from tracegloss.text import range_of

_TOOLS = frozenset(
    Recorded(f"tool_{name}") for name in ("Read", "Edit", "MultiEdit", "Write", "NotebookEdit")
)
_KEYS = ("file_path", "notebook_path")
_LONGEST = 4096


def with_touched(
    trace: Trace, resolutions: dict[str, Resolution], files: frozenset[str], settings: Settings
) -> None:
    """Say of tools that Claude Code ran which file they touched.

    Recorded paths lead to the workspace as those of stack frames do, and to `files` alone.
    """
    paths: dict[str, str] = {}
    for span in trace.spans:
        if span.name in _TOOLS and isinstance(resolutions[span.span_id], Unresolved):
            path = _path(span)
            if path is not None:
                paths[span.span_id] = path
    if not paths:
        return
    meant = learn_paths([Quote(path, 0, None, "") for path in paths.values()], files, {}, settings)
    spans = {span.span_id: span for span in trace.spans if span.span_id in paths}
    for span_id, path in paths.items():
        file = meant.file_of(path)
        if file is not None:
            near = _place(file, spans[span_id])
            said = phrase("a tool of Claude Code's own, which touched {file}", file=file)
            resolutions[span_id] = Unresolved("library", said, near)


def _inputs(span: Span) -> Mapping[str, object]:
    inputs = None if span.inputs is None else reveal(span.inputs)
    return inputs if isinstance(inputs, Mapping) else {}


def _path(span: Span) -> str | None:
    told = (_inputs(span).get(key) for key in _KEYS)
    path = next((each for each in told if isinstance(each, str)), None)
    return None if path is None or not 0 < len(path) <= _LONGEST else normal(path)


def _place(file: str, span: Span) -> Place:
    """Name the line it began to read at, 1-based in `offset`, else the first."""
    offset = _inputs(span).get("offset")
    is_line = isinstance(offset, int) and not isinstance(offset, bool) and 0 < offset < 10**9
    line = offset - 1 if isinstance(offset, int) and is_line else 0
    return Place(file, range_of(line, 0, line, 0))
