"""What an editor opens: modules of many traced functions that really ran, and a huge trace."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.places import PROBES, home
from bench.processes import environment
from bench.recording import ROOM

MANY = PROBES / "many_functions.py"


def many_functions(functions: int, lines: int) -> Path:
    """Return a folder with `many.py`, so many functions of so many lines, and its `trace.json`."""
    folder = home() / "scenes" / f"{functions}-functions-of-{lines}-lines"
    noted, made_of = folder / "made_of", MANY.read_text("utf-8")
    if not noted.exists() or noted.read_text("utf-8") != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(
            [sys.executable, MANY, str(folder), str(functions), str(lines)],
            cwd=folder,
            env=environment() | ROOM,
            check=True,
            capture_output=True,
        )
        noted.write_text(made_of, "utf-8")
    return folder


def repeated(trace: Path, times: int, target: Path) -> Path:
    """Write a trace with everything below its root so many times; the copies have their own ids."""
    document = json.loads(trace.read_bytes())
    spans = document["data"]["spans"]
    [root] = (span for span in spans if not span["parent_span_id"])
    below = [span for span in spans if span is not root]
    ids = {span["span_id"] for span in below}
    for time in range(1, times):
        spans += [_renamed(span, ids, time) for span in below]
    target.write_text(json.dumps(document), "utf-8")
    return target


def _renamed(span: dict[str, object], ids: set[object], time: int) -> dict[str, object]:
    changed = {key: _other(str(span[key]), time) for key in ("span_id", "parent_span_id")
               if span[key] in ids}  # fmt: skip
    return {**span, **changed}


def _other(span_id: str, time: int) -> str:
    """Return another id of the same kind: eight bytes in base64, of which one is changed."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    first = alphabet[(alphabet.index(span_id[0]) + time) % len(alphabet)]
    return first + span_id[1:]
