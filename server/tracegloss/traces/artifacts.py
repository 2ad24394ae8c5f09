"""Finds and reads the `traces.json` that a local store keeps beside its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracegloss.recorded import JsonValue
from tracegloss.traces.fields import items, mapping
from tracegloss.traces.json_bytes import collection_paused, decode_document
from tracegloss.traces.query import ReferenceRoadError
from tracegloss.traces.tracking_uri import parse_tracking_uri, safe_uri

_ROOTS = ("mlruns", "mlartifacts")


def read_artifact(location: JsonValue, folder: Path) -> Sequence[JsonValue] | None:
    """Read the spans of a trace's artifact folder; `None` when there is no such file.

    A store that was moved, or written in a container, still finds its artifacts: what follows
    `mlruns` or `mlartifacts` in the recorded place is also looked for beside the database. Raises
    `ReferenceRoadError` for places that are not on this machine.
    """
    if not isinstance(location, str) or not location:
        return None
    for candidate in _candidates(location, folder):
        path = candidate / "traces.json"
        try:
            data = path.read_bytes()
        except OSError:
            continue
        return _spans(data)
    return None


def _spans(data: bytes) -> Sequence[JsonValue] | None:
    try:
        with collection_paused(len(data)):
            return items(mapping(decode_document(data)).get("spans"))
    except (ValueError, RecursionError):
        return None


def _candidates(location: str, folder: Path) -> Iterator[Path]:
    if location.startswith("mlflow-artifacts:"):
        yield folder / "mlartifacts" / unquote(urlsplit(location).path).lstrip("/")
        yield folder / "mlruns" / unquote(urlsplit(location).path).lstrip("/")
        return
    place = parse_tracking_uri(location, folder)
    if place.kind != "file-store" or place.path is None:
        raise ReferenceRoadError("the spans are in another store", where=safe_uri(location))
    yield place.path
    parts = place.path.parts
    for root in _ROOTS:
        if root in parts:
            yield folder.joinpath(*parts[parts.index(root) :])
