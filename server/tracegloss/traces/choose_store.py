"""Which store, without anybody configuring one; every look is remembered for the empty answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from tracegloss.errors import SourceError
from tracegloss.traces.tracking_uri import TrackingUri, parse_tracking_uri, safe_uri

VARIABLE = "MLFLOW_TRACKING_URI"


class Look(Struct, frozen=True):
    """One place that was looked at, and what was there, in words for a reader."""

    place: str
    found: str


class ChosenStore(Struct, frozen=True):
    """The store that was chosen, why, and where else was looked before.

    `named_by_repository` tells that a file of the repository names it, not the reader.
    """

    uri: TrackingUri
    because: str
    looked: tuple[Look, ...] = ()
    named_by_repository: bool = False


class NoStore(Struct, frozen=True):
    """No place names a store; `looked` says which were tried."""

    looked: tuple[Look, ...]


def choose_store(
    workspace: Path,
    environment: Mapping[str, str],
    *,
    option: str | None = None,
    setting: str | None = None,
    in_code: tuple[str, ...] = (),
) -> ChosenStore | NoStore:
    """Try option, setting, `MLFLOW_TRACKING_URI`, the code's literals, then the workspace's files.

    Relative paths start at the workspace. `in_code` are the literal arguments of
    `set_tracking_uri` that the index knows; several different ones decide nothing, and one that
    names a local store counts only when the store is there.
    """
    named = (
        (option, "given with --tracking-uri", "--tracking-uri"),
        (setting, "tracking_uri of [tool.tracegloss]", "setting"),
        (environment.get(VARIABLE), VARIABLE, VARIABLE),
    )
    looked: list[Look] = []
    for written, because, place in named:
        if written:
            uri = parse_tracking_uri(written, workspace)
            return ChosenStore(uri, because, tuple(looked), place == "setting")
        if place != "--tracking-uri":
            looked.append(Look(place, "not set"))
    for choose in (_from_code, _from_files):
        chosen = choose(workspace, in_code, looked)
        if chosen is not None:
            return chosen
    return NoStore(tuple(looked))


def required(chosen: ChosenStore | NoStore) -> ChosenStore:
    """Return the chosen store, or raise the `SourceError` that says where was looked."""
    if isinstance(chosen, ChosenStore):
        return chosen
    places = ", ".join(look.place for look in chosen.looked)
    raise SourceError(
        "no tracking store found",
        where=f"looked at: {places}",
        remedy="Name it with --tracking-uri, or give a trace file",
    )


def _from_code(workspace: Path, in_code: tuple[str, ...], looked: list[Look]) -> ChosenStore | None:
    place = "set_tracking_uri in code"
    distinct = tuple(dict.fromkeys(in_code))
    if len(distinct) != 1:
        found = f"{len(distinct)} different ones" if distinct else "none"
        looked.append(Look(place, found))
        return None
    try:
        uri = parse_tracking_uri(distinct[0], workspace)
    except SourceError:
        looked.append(Look(place, "no usable address"))
        return None
    if uri.path is not None and not uri.path.exists():
        looked.append(Look(place, f"{safe_uri(uri.written)}, which is not there"))
        return None
    return ChosenStore(uri, "set_tracking_uri in code", tuple(looked), named_by_repository=True)


def _from_files(
    workspace: Path, _in_code: tuple[str, ...], looked: list[Look]
) -> ChosenStore | None:
    database = workspace / "mlflow.db"
    if database.is_file():
        uri = TrackingUri("sqlite:///mlflow.db", "sqlite", database)
        return ChosenStore(uri, "found in this folder", tuple(looked))
    looked.append(Look("mlflow.db", "not in this folder"))
    runs = workspace / "mlruns"
    if is_file_store(runs):
        uri = TrackingUri("mlruns", "file-store", runs)
        return ChosenStore(uri, "found in this folder", tuple(looked))
    looked.append(Look("mlruns", "no store" if runs.is_dir() else "not in this folder"))
    return None


def is_file_store(folder: Path) -> bool:
    """Tell a file store from a folder of artifacts: an experiment in it has its `meta.yaml`."""
    try:
        return any((entry / "meta.yaml").is_file() for entry in folder.iterdir())
    except OSError:
        return False
