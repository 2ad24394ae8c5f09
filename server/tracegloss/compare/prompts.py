"""The versions of registered prompts that two traces used, as MLflow linked them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct

from tracegloss.recorded import JsonValue, Recorded, RecordedText
from tracegloss.reveal import reveal
from tracegloss.trace_on_code import TraceOnCode

_LINKED = "mlflow.linkedPrompts"


class PromptChange(Struct, frozen=True):
    """A prompt with the versions either trace used, in the order of use."""

    name: RecordedText
    before: tuple[RecordedText, ...]
    after: tuple[RecordedText, ...]


def prompt_changes(before: TraceOnCode, after: TraceOnCode) -> tuple[PromptChange, ...]:
    """List the prompts that the traces used in different versions, or only one of them used.

    MLflow writes the tag and the span attribute `mlflow.linkedPrompts`, a JSON list of names and
    versions.
    """
    old, new = _versions(before), _versions(after)
    names = dict.fromkeys((*old, *new))
    return tuple(
        PromptChange(Recorded(name), _closed(old.get(name, [])), _closed(new.get(name, [])))
        for name in names
        if old.get(name) != new.get(name)
    )


def _closed(versions: list[str]) -> tuple[RecordedText, ...]:
    return tuple(Recorded(version) for version in versions)


def _versions(on_code: TraceOnCode) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, version in _linked(on_code):
        versions = found.setdefault(name, [])
        if version not in versions:
            versions.append(version)
    return found


def _linked(on_code: TraceOnCode) -> Iterator[tuple[str, str]]:
    yield from _pairs(reveal(on_code.trace.info.tags).get(_LINKED))
    for span in on_code.trace.spans:
        yield from _pairs(reveal(span.attributes).get(_LINKED))


def _pairs(written: JsonValue) -> Iterator[tuple[str, str]]:
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except (ValueError, RecursionError):
            return
    for each in written if isinstance(written, list | tuple) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"], str(each.get("version", ""))
