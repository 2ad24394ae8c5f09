"""Messages on a pipe: eight bytes of length, big-endian, then as many bytes."""

from __future__ import annotations

from typing import IO

LENGTH = 8


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write one message and send it off."""
    stream.write(len(data).to_bytes(LENGTH, "big") + data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read one message; `None` at the end of the stream, also when it ends inside a message."""
    header = stream.read(LENGTH)
    if len(header) < LENGTH:
        return None
    data = stream.read(int.from_bytes(header, "big"))
    return data if len(data) == int.from_bytes(header, "big") else None
