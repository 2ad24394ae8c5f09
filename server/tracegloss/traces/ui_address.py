"""Addresses pasted from the MLflow UI, in every form its versions have used."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from msgspec import Struct

from tracegloss.errors import UsageError
from tracegloss.matcher import matcher
from tracegloss.traces.ids import safe_trace_id

_TRACE_KEYS = (
    "selectedEvaluationId",
    "selectedTraceId",
    "traceId",
    "trace_id",
    "requestId",
    "request_id",
)
_EXPERIMENT = matcher(r"/experiments/([\w-]+)")
_TRACE_IN_PATH = matcher(r"/traces/(tr-[\w-]+|[0-9a-f]{32}|trace:[^/?]+)(?:/|$)")
_WORKSPACE = matcher(r"/workspaces/([\w.-]+)(?:/|$)", re.ASCII)
_WORKSPACE_NAME = matcher(r"[\w.-]+", re.ASCII)
_API = matcher(r"/(?:ajax-)?api/\d\.\d/mlflow/.*")
_DATABRICKS = (".databricks.com", ".azuredatabricks.net", ".databricks.us", ".databricks.cn")


class UiAddress(Struct, frozen=True):
    """What an address says: the server, and maybe the trace, experiment and workspace."""

    tracking_uri: str
    trace_id: str | None = None
    experiment_id: str | None = None
    workspace: str | None = None


def parse_ui_address(address: str) -> UiAddress:
    """Take an address apart; the page may stand in the fragment (MLflow) or path (Databricks).

    Without a trace it means the last trace of its experiment. Raises `UsageError` when it is no
    address at all.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname
    if not host:
        raise UsageError(
            "an address without a host", where=address[:80], remedy="Copy it from the MLflow UI"
        )
    fragment, _, fragment_query = parts.fragment.partition("?")
    page = f"{parts.path}/{fragment}" if fragment else parts.path
    asked = dict(parse_qsl(parts.query)) | dict(parse_qsl(fragment_query))
    experiment = _EXPERIMENT.search(page)
    workspace = _WORKSPACE.search(page)
    return UiAddress(
        tracking_uri=_server(parts.scheme, parts.netloc, parts.path, host),
        trace_id=_trace_id(page, asked),
        experiment_id=experiment[1] if experiment else None,
        workspace=_workspace(asked) or (workspace[1] if workspace else None),
    )


def _workspace(asked: dict[str, str]) -> str | None:
    """Give the workspace asked for; it becomes a header, where only a plain name may stand."""
    named = asked.get("workspace", "")
    return named if _WORKSPACE_NAME.fullmatch(named) else None


def _trace_id(page: str, asked: dict[str, str]) -> str | None:
    for key in _TRACE_KEYS:
        if asked.get(key):
            return safe_trace_id(asked[key])
    found = _TRACE_IN_PATH.search(unquote(page))
    return safe_trace_id(found[1]) if found else None


def _server(scheme: str, netloc: str, path: str, host: str) -> str:
    """Keep the path a server may live under, without the page or endpoint below it."""
    if host.endswith(_DATABRICKS):
        return "databricks"
    base = _API.sub("", path)
    base = base.removesuffix("/").removesuffix("/index.html").removesuffix("/static-files")
    if "/experiments/" in base:
        base = base[: base.index("/experiments/")].removesuffix("/ml")
    return urlunsplit((scheme, netloc, base.rstrip("/"), "", ""))
