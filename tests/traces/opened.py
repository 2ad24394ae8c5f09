"""Traces with their recorded values opened, so that a failing comparison shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from tracegloss.recorded import Phrase, Recorded
from tracegloss.reveal import reveal


def opened(value: object) -> Any:
    """Turn model values into plain ones, recorded values opened."""
    if isinstance(value, Recorded):
        return opened(reveal(value))
    if isinstance(value, Phrase):
        return "".join(part if isinstance(part, str) else reveal(part) for part in value.parts)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Struct):
        return {name: opened(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [opened(item) for item in value]
    return value
