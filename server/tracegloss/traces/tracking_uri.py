"""Tracking URIs: what kind of store they name, where it lies, and how to show them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from tracegloss.errors import SourceError

Kind: TypeAlias = Literal["server", "sqlite", "file-store", "databricks", "other"]

_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")


class TrackingUri(Struct, frozen=True):
    """A tracking URI understood; `path` is set for stores on this machine."""

    written: str
    kind: Kind
    path: Path | None = None


def parse_tracking_uri(written: str, base: Path) -> TrackingUri:
    """Understand a tracking URI as MLflow does; relative paths start at `base`.

    `sqlite:///name.db` is relative, `sqlite:////name.db` absolute (SQLAlchemy's rule). Raises
    `SourceError` for a sqlite URI without a file.
    """
    written = written.strip()
    scheme = urlsplit(written).scheme.lower() if not _WINDOWS_PATH.match(written) else ""
    if scheme in ("http", "https"):
        return TrackingUri(written.rstrip("/"), "server")
    if scheme.partition("+")[0] == "sqlite":
        return TrackingUri(written, "sqlite", _sqlite_path(written, base))
    if scheme == "databricks" or written == "databricks" or scheme == "databricks-uc":
        return TrackingUri(written, "databricks")
    if scheme in ("", "file"):
        return TrackingUri(written, "file-store", _local_path(written, base))
    return TrackingUri(written, "other")


def _sqlite_path(written: str, base: Path) -> Path:
    after = written.partition("://")[2]
    host, slash, name = after.partition("/")
    name = name.partition("?")[0]
    if host or not slash or not name or name == ":memory:":
        raise SourceError(
            "a sqlite tracking URI without a file",
            where=safe_uri(written),
            remedy="Write sqlite:///PATH; an absolute path gives four slashes",
        )
    return base / name


def _local_path(written: str, base: Path) -> Path:
    if not written.lower().startswith("file:"):
        return base / Path(written).expanduser()
    path = unquote(urlsplit(written).path)
    return base / (path[1:] if _WINDOWS_PATH.match(path[1:]) else path)


def safe_uri(uri: str) -> str:
    """Return an address without user, password, query and fragment."""
    try:
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}{parts.path}" if "://" in uri else parts.path
    except ValueError:
        return "an address that cannot be read"
