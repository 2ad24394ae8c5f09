"""Keeps which traces are pinned over restarts: one small file a workspace folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct


class _Kept(Struct, frozen=True):
    root: str
    pinned: tuple[str, ...]


def pins_file(root: Path) -> Path:
    """Name the file that keeps a root's pins, in the user's folder for state."""
    base = os.environ.get("XDG_STATE_HOME")
    state = Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "state"
    return state / "tracegloss" / "pins" / f"{sha256(os.fsencode(root)).hexdigest()[:32]}.json"


def read_pins(root: Path) -> tuple[str, ...]:
    """Return the ids of the traces that were pinned; none where that cannot be told."""
    try:
        kept = msgspec.json.decode(pins_file(root).read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return ()
    return kept.pinned if kept.root == str(root) else ()


def keep_pins(root: Path, pinned: Sequence[str]) -> None:
    """Keep the ids of pinned traces, readable by the user alone; raises `OSError`."""
    file = pins_file(root)
    if not pinned:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.encode(_Kept(str(root), tuple(pinned))))
    written.replace(file)
