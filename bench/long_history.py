"""A repository of 5,000 files with 500 commits that touched a tenth of them, and traces of it."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILES, COMMITS, FUNCTIONS = 5_000, 500, 25
TRACED = 30  # every so many files has one traced function
_BEGAN = 1_700_000_000
_TRACE_ID = "tr-" + "0" * 32


def make(folder: Path) -> None:
    """Make the repository and check its last commit out."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    stream = b"".join(_stream())
    subprocess.run(
        ["git", "fast-import", "--quiet", "--done"], cwd=folder, input=stream, check=True
    )
    subprocess.run(["git", "reset", "-q", "--hard", "main"], cwd=folder, check=True)
    subprocess.run(["git", "gc", "-q"], cwd=folder, check=True)


def write_trace(folder: Path, revision: str, file: Path) -> Path:
    """Write a trace of ten calls that ran at a commit."""
    asked = ["git", "rev-parse", revision]
    found = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)
    spans = [_span(number, f"function_{number * TRACED}_0") for number in range(10)]
    info = {
        "trace_id": _TRACE_ID,
        "request_time": "2026-09-21T14:13:20Z",
        "state": "OK",
        "trace_metadata": {"mlflow.source.git.commit": found.stdout.strip()},
        "tags": {},
    }
    file.write_text(json.dumps({"info": info, "data": {"spans": spans}}), "utf-8")
    return file


def _span(number: int, function: str) -> dict[str, object]:
    began = 1_790_000_000_000_000_000 + number * 1_000
    return {
        "trace_id": _TRACE_ID,
        "span_id": f"{number + 1:016x}",
        "parent_span_id": f"{1:016x}" if number else None,
        "name": function,
        "start_time_unix_nano": began,
        "end_time_unix_nano": began + (900 if number else 20_000),
        "status": {"code": "STATUS_CODE_OK"},
        "attributes": {
            "mlflow.spanFunctionName": json.dumps(function),
            "mlflow.spanInputs": json.dumps({"value": 1, "other": 2}),
            "mlflow.traceRequestId": json.dumps(_TRACE_ID),
        },
    }


def _stream() -> Iterator[bytes]:
    """Write what `git fast-import` reads."""
    touched = random.Random(1).sample(range(FILES), FILES // 10)
    yield from _commit(1, "start", list(range(FILES)))
    for number in range(COMMITS):
        yield from _commit(number + 2, f"commit {number}", [touched[number % len(touched)]])
    yield b"done\n"


def _commit(mark: int, message: str, files: list[int]) -> Iterator[bytes]:
    who = f"Ada <ada@example.com> {_BEGAN + mark * 1_000} +0000"
    yield f"commit refs/heads/main\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
    yield _data(message)
    if mark > 1:
        yield f"from :{mark - 1}\n".encode()
    for number in files:
        yield f"M 100644 inline package{number % 50}/module_{number}.py\n".encode()
        yield _data("\n".join(_module(number, mark)))


def _data(text: str) -> bytes:
    return f"data {len(text.encode())}\n{text}\n".encode()


def _module(number: int, version: int) -> Iterator[str]:
    traced = number % TRACED == 0
    yield from ("import json", "import mlflow" if traced else "import os", "")
    for function in range(FUNCTIONS):
        if traced and not function:
            yield "@mlflow.trace"
        yield f"def function_{number}_{function}(value, other=None):"
        yield f'    """Do thing {function} of module {number}."""'
        yield f"    result = [value, other, {version if function == 1 else 0}]"
        yield "    for each in range(10):"
        yield "        result.append(each * 2)"
        yield "    return json.dumps(result)\n"
