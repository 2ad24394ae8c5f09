"""The argument of `correlate`: standard input, the last trace, a file, an address, or an id."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from tracegloss.errors import TraceNotFoundError, UsageError
from tracegloss.traces.ids import bytes_of, safe_trace_id
from tracegloss.traces.ui_address import UiAddress, parse_ui_address

_LOOKS_LIKE_PATH = re.compile(r".*\.(?:json|jsonl|ndjson|txt)|[.~]?[/\\].*", re.IGNORECASE)


class StandardInput(Struct, frozen=True):
    """`-`: traces come on standard input."""


class Last(Struct, frozen=True):
    """`last`: the newest trace whose root this repository made."""


class TraceFile(Struct, frozen=True):
    """A file that exists."""

    path: Path


class TraceId(Struct, frozen=True):
    """The id of a trace in the chosen store."""

    trace_id: str


Argument: TypeAlias = StandardInput | Last | TraceFile | UiAddress | TraceId


def understand(written: str, base: Path) -> Argument:
    """Understand an argument, tried in this order; relative paths start at `base`.

    Raises `TraceNotFoundError` for what looks like a file that is not there, `UsageError` for what
    is nothing of all this.
    """
    if written == "-":
        return StandardInput()
    if written == "last":
        return Last()
    if written.strip() and _exists(base / written):
        return TraceFile(base / written)
    if written.lower().startswith(("http://", "https://")):
        return parse_ui_address(written)
    if not written.startswith("trace:/") and _LOOKS_LIKE_PATH.fullmatch(written):
        raise TraceNotFoundError(
            "no such file", where=written, remedy="Check its path, which starts at this folder"
        )
    if not written or safe_trace_id(written) != written:
        raise UsageError(
            "neither a trace id, nor a file, nor an address of the MLflow UI",
            where=written[:80].strip() or "nothing is given",
            remedy="List traces: tracegloss traces",
        )
    return TraceId(_whole_id(written))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _whole_id(written: str) -> str:
    """Turn the base64 of a V3 span's trace id into the id MLflow shows."""
    decoded = bytes_of(written, 16) if written.endswith("=") else None
    return written if decoded is None else f"tr-{decoded.hex()}"
