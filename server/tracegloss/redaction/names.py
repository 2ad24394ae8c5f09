"""Tells from the name of a mapping key or setting whether its value is a secret."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import Literal, TypeAlias

NameKind: TypeAlias = Literal["password", "entropy", "person", "harmless"]

# Each entry is a run of word parts; `dbApiKey` and `X-API-KEY` both hold the run `api key`.
_PASSWORD_RUNS = frozenset(
    {
        ("password",), ("passwords",), ("passwd",), ("pwd",), ("passphrase",), ("secret",),
        ("secrets",), ("apikey",), ("api", "key"), ("api", "keys"), ("access", "key"),
        ("private", "key"), ("client", "secret"), ("auth", "token"), ("access", "token"),
        ("refresh", "token"), ("session", "token"), ("authorization",), ("cookie",), ("cookies",),
        ("connection", "string"),
    }
)  # fmt: skip
_ENTROPY_PARTS = frozenset({"key", "keys", "secret", "token"})
_PERSON_NAMES = frozenset({"mlflow.user", "mlflow.trace.user", "source_id"})
_LONGEST_RUN = 2

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_MIN_ENTROPY_LENGTH = 20
_MIN_ENTROPY_BITS = 3.5


@lru_cache(maxsize=4096)
def name_parts(name: str) -> tuple[str, ...]:
    """Split a snake, kebab, dotted or camel case name into lower-case words."""
    return tuple(part.lower() for part in _PART.findall(name[:200]))


@lru_cache(maxsize=4096)
def name_kind(name: str, own: frozenset[str] = frozenset()) -> NameKind:
    """Say what the value of a name is: a password, worth a look at its entropy, a person, neither.

    `own` are further names from the settings, compared by word parts as the built-in ones are.
    """
    if name.lower() in _PERSON_NAMES:
        return "person"
    parts = name_parts(name)
    if _has_run(parts, _PASSWORD_RUNS) or _has_run(parts, _own_runs(own)):
        return "password"
    return "entropy" if not _ENTROPY_PARTS.isdisjoint(parts) else "harmless"


@lru_cache(maxsize=64)
def _own_runs(own: frozenset[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(name_parts(name) for name in own) - {()}


def _has_run(parts: tuple[str, ...], runs: frozenset[tuple[str, ...]]) -> bool:
    longest = max(_LONGEST_RUN, *(len(run) for run in runs), 0) if runs else 0
    return any(
        parts[start : start + length] in runs
        for length in range(1, longest + 1)
        for start in range(len(parts) - length + 1)
    )


def looks_random(value: str) -> bool:
    """Tell whether a value is long, without spaces, and as mixed as generated ones are."""
    if len(value) < _MIN_ENTROPY_LENGTH or any(character.isspace() for character in value):
        return False
    sample = value[:512]
    counts = Counter(sample).values()
    bits = -sum(n / len(sample) * math.log2(n / len(sample)) for n in counts)
    return bits >= _MIN_ENTROPY_BITS
