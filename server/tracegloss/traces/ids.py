"""Span and trace ids in base64, hex or `0x` hex, told apart by what they decode to."""

from __future__ import annotations

import binascii
import re

from tracegloss.digest import blake2b
from tracegloss.recorded import JsonValue

LONGEST_TRACE_ID = 300
_HEX = frozenset("0123456789abcdefABCDEF")
_UNSAFE = re.compile(r"[^A-Za-z0-9._:/+=@-]")
_URL_SAFE = str.maketrans("-_", "+/")


def bytes_of(written: str, size: int) -> bytes | None:
    """Decode an id of `size` bytes; `None` when it is neither hex nor base64 of that many bytes.

    Sixteen hex digits are valid base64 too (of twelve bytes), so only the length decides. MLflow
    2.14 to 2.20 writes `0x` before hex without leading zeros.
    """
    if written[:2] in ("0x", "0X"):
        written = written[2:].zfill(2 * size)
    if len(written) == 2 * size:
        return bytes.fromhex(written) if _HEX.issuperset(written) else None
    if len(written.rstrip("=")) != -(-size * 4 // 3):
        return None
    padded = written if written[-1] == "=" else written + "=" * (-size % 3)
    try:
        decoded = binascii.a2b_base64(padded.translate(_URL_SAFE), strict_mode=True)
    except ValueError:
        return None
    return decoded if len(decoded) == size else None


def span_id_of(value: JsonValue) -> tuple[str | None, bool]:
    """Give 16 hex digits for a recorded span id, and whether the id was one.

    Empty, absent and all-zero ids are none at all. What is no id of 8 bytes gets a stable digest,
    so that the parents and assessments that use the same text still find their span.
    """
    if value is None or value == "":
        return None, True
    if isinstance(value, str) and len(value) == 12 and value[-1] == "=":
        found = _plain_base64(value)
        if found is not None:
            return found, True
    decoded = bytes_of(value, 8) if isinstance(value, str) else None
    if decoded is None:
        return digest(str(value)), False
    return (decoded.hex(), True) if decoded != bytes(8) else (None, True)


def _plain_base64(written: str) -> str | None:
    """Decode the usual writing of 8 bytes; anything unusual in it is left to `bytes_of`."""
    try:
        found = binascii.a2b_base64(written, strict_mode=True).hex()
    except ValueError:
        return None
    return found if len(found) == 16 and found != "0" * 16 else None


def digest(written: str) -> str:
    """Give a stable 16-digit stand-in for an id that is none."""
    return blake2b(written.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def trace_id_of(value: JsonValue) -> str | None:
    """Give a trace id as MLflow writes it; bare 16-byte ids become `tr-` and 32 hex digits.

    `tr-...`, `trace:/place/hex` and request ids of MLflow 2 pass, reduced to characters that are
    safe in a terminal, a file name and a shell.
    """
    if not isinstance(value, str) or not value:
        return None
    decoded = bytes_of(value, 16)
    if decoded is not None:
        return f"tr-{decoded.hex()}" if any(decoded) else None
    return safe_trace_id(value)


def safe_trace_id(written: str) -> str:
    """Reduce a trace id to its safe characters; very long ones are cut and end in a digest."""
    safe = _UNSAFE.sub("_", written).lstrip("-") or "_"
    if len(safe) > LONGEST_TRACE_ID:
        return f"{safe[: LONGEST_TRACE_ID - 17]}_{digest(written)}"
    return safe
