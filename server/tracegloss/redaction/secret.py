"""What a redaction found in a text: where it stands and of which kind it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

SecretKind: TypeAlias = Literal[
    "private key",
    "key",
    "token",
    "password",
    "url secret",
    "card number",
    "high-entropy value",
    "own pattern",
    "e-mail",
    "phone number",
    "IBAN",
    "national id",
    "IP address",
    "person",
]


class Secret(Struct, frozen=True, order=True):
    """One stretch of a text to hide: 0-based code points, `end` exclusive."""

    start: int
    end: int
    kind: SecretKind


def merged(secrets: Iterable[Secret]) -> list[Secret]:
    """Join overlapping stretches, in order of place; the first detector's kind names the whole.

    `secrets` come in order of how telling their detectors are.
    """
    ranked = sorted(enumerate(secrets), key=lambda numbered: numbered[1].start)
    joined: list[tuple[int, Secret]] = []
    for rank, secret in ranked:
        if joined and secret.start < joined[-1][1].end:
            joined[-1] = _union(joined[-1], (rank, secret))
        else:
            joined.append((rank, secret))
    return [secret for _, secret in joined]


def _union(one: tuple[int, Secret], other: tuple[int, Secret]) -> tuple[int, Secret]:
    rank, telling = min(one, other)
    end = max(one[1].end, other[1].end)
    return rank, Secret(one[1].start, end, telling.kind)
