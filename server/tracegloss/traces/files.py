"""Trace files and standard input to traces."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tracegloss.errors import TraceError, TraceFormatError
from tracegloss.model.trace import Trace
from tracegloss.traces.decode import decode_traces

LARGEST = 256_000_000
"""Bytes; a file this size holds a quarter of a million spans."""

_OTHER_FORMATS = {
    b"\x1f\x8b": "compressed with gzip",
    b"PK\x03\x04": "a zip archive",
    b"SQLite format 3": "a sqlite store",
    b"PAR1": "a Parquet table",
}
_REMEDIES = {
    "a sqlite store": "Name it with --tracking-uri sqlite:///PATH",
    "compressed with gzip": "Unpack it first: gunzip",
}


def read_file(path: Path) -> tuple[Trace, ...]:
    """Read every trace of a file; raises `TraceError` when it cannot be read, or holds none."""
    where = str(path)
    try:
        if path.is_dir():
            raise TraceError("a folder, not a trace file", where=where, remedy="Name traces.json")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        remedy = "Check its path and who may read it"
        raise TraceError(f"the file cannot be read: {reason}", where=where, remedy=remedy) from None
    return _decoded(data, where)


def read_stream(stream: BinaryIO) -> tuple[Trace, ...]:
    """Read every trace of standard input to its end."""
    return _decoded(stream.read(LARGEST + 1), "standard input")


def _decoded(data: bytes, where: str) -> tuple[Trace, ...]:
    for start, name in _OTHER_FORMATS.items():
        if data.startswith(start):
            remedy = _REMEDIES.get(name, "Give JSON as MLflow writes it")
            raise TraceFormatError(f"{name}, not JSON", where=where, remedy=remedy)
    if len(data) > LARGEST:
        raise TraceFormatError(
            f"larger than {LARGEST // 1_000_000} MB",
            where=where,
            remedy="Write each trace to a file of its own: mlflow traces get --trace-id ID",
        )
    try:
        return decode_traces(data, where)
    except MemoryError:
        raise TraceFormatError("too large for this machine's memory", where=where) from None
