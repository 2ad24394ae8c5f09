"""One exception as its traceback tells it: where it was raised, in which library, if expected."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TypeAlias

from msgspec.structs import replace

from tracegloss.findings.exceptions import type_name
from tracegloss.matcher import matcher
from tracegloss.model.finding import ExceptionRole, RaisedException
from tracegloss.model.resolution import PlacedFrame
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.model.trace import TracebackBlock
from tracegloss.recorded import Recorded
from tracegloss.reveal import reveal
from tracegloss.text import Position, TextRange

Frames: TypeAlias = tuple[PlacedFrame, ...]

# Raised to steer a run and not because something went wrong: LangGraph, PydanticAI, OpenAI Agents,
# Python's own protocols.
CONTROL_FLOW = frozenset(
    {
        "GraphInterrupt", "NodeInterrupt", "GraphBubbleUp", "ParentCommand", "ModelRetry",
        "ToolRetryError", "Handoff", "HandoffException", "StopIteration", "StopAsyncIteration",
        "GeneratorExit", "CancelledError",
    }
)  # fmt: skip

_FIRST_TOKEN = matcher(r"\w+|\S")
_PACKAGE = matcher(r"(?:^|[/\\])(?:site|dist)-packages[/\\]+([^/\\]+)")
_STANDARD = matcher(r"[/\\]python[0-9.]*[/\\]+([^/\\]+)")


def raised_exception(
    block: TracebackBlock,
    frames: Frames,
    roles: Mapping[str, ExceptionRole],
    cause: int | None,
    settings: Settings,
) -> RaisedException:
    """Put together what a traceback says of an exception; `cause` is the number of another."""
    name = type_name(block.type)
    own = [frame for frame in frames if frame.own and frame.place is not None]
    return RaisedException(
        type=Recorded(name),
        message=block.message,
        frames=frames,
        raised_at=_first_token(own[-1]) if own else None,
        in_library=_library(frames),
        roles=roles,
        cause=cause,
        control_flow=name in CONTROL_FLOW,
        expected=_is_expected(reveal(block.type), name, settings),
    )


def _is_expected(full: str, name: str, settings: Settings) -> bool:
    return any(
        fnmatchcase(full, pattern) or fnmatchcase(name, pattern.rpartition(".")[2])
        for pattern in settings.expected_exceptions
    )


def _first_token(frame: PlacedFrame) -> Place | None:
    """Narrow a frame's line to its first token, where the quoted line is the line there."""
    if frame.place is None or frame.frame.text is None or not frame.verified:
        return frame.place
    found = _FIRST_TOKEN.match(reveal(frame.frame.text).strip())
    start = frame.place.range.start
    if found is None:
        return frame.place
    end = Position(start.line, start.column + found.end())
    return replace(frame.place, range=TextRange(start, end))


def _library(frames: Frames) -> str | None:
    """Name the package that raised, when the last frame is not the workspace's own."""
    if not frames or frames[-1].own:
        return None
    path = reveal(frames[-1].frame.path)
    found = _PACKAGE.search(path) or _STANDARD.search(path)
    name = found.group(1) if found else PurePosixPath(path.replace("\\", "/")).name
    printable = "".join(c for c in name.removesuffix(".py") if c.isalnum() or c in "_-.")
    return printable[:80] or "a library"
