"""Which logins a server may be given: a repository that names one does not get the reader's.

A login of the netrc file is kept for its very host, and goes there whoever names it. Those in
MLflow's variables and in its credentials file are for whichever server is meant: here that is one
that the reader names, or one on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from tracegloss.errors import SourceRefusedError
from tracegloss.traces.choose_store import VARIABLE, ChosenStore
from tracegloss.traces.query import ReferenceRoadError

# No shell can set a variable of this name.
_WITHHELD = "logins withheld"
_LOGINS = (
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_TRACKING_AWS_SIGV4",
    "MLFLOW_TRACKING_CLIENT_CERT_PATH",
)
REMEDY = "Your login goes only to a server that you name: --tracking-uri, or MLFLOW_TRACKING_URI"


def environment_for(chosen: ChosenStore, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment that a store's source is opened in, without logins where due."""
    if not chosen.named_by_repository or chosen.uri.kind != "server":
        return environment
    host = _host(chosen.uri.written)
    if _is_loopback(host) or host == _host(environment.get(VARIABLE, "")):
        return environment
    kept = {name: value for name, value in environment.items() if name not in _LOGINS}
    return {**kept, _WITHHELD: "yes"}


def is_withheld(environment: Mapping[str, str]) -> bool:
    """Tell whether an environment was stripped of its logins."""
    return _WITHHELD in environment


def no_reference(why: ReferenceRoadError) -> SourceRefusedError:
    """Say that MLflow's own client is not asked: it would take logins from where it likes."""
    return SourceRefusedError(why.what, where=why.where, remedy=REMEDY)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
