"""How a tracking server is reached from this environment: credentials, proxy, certificates.

The rules are those of MLflow's client and of `requests` under it
(`mlflow.utils.credentials`, `mlflow.utils.rest_utils`, `requests.sessions`): an entry of the netrc
file wins, then user and password in the address, then MLflow's own variables, and among those Basic
wins over a token.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from tracegloss.errors import SettingError, SourceError
from tracegloss.traces.logins import is_withheld
from tracegloss.traces.query import ReferenceRoadError
from tracegloss.traces.tracking_uri import safe_uri

_ONLY_MLFLOW_KNOWS = ("MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4")
_TRUE = ("true", "1")


class Access(Struct, frozen=True):
    """What a request to one host needs; `proxy` is the proxy's address or `None`."""

    headers: Mapping[str, str]
    proxy: SplitResult | None


def access_to(address: str, environment: Mapping[str, str], home: Path) -> Access:
    """Gather headers and proxy for an address; raises `ReferenceRoadError` for plug-in logins."""
    for name in _ONLY_MLFLOW_KNOWS:
        if environment.get(name, "").lower() not in ("", "false", "0"):
            raise ReferenceRoadError(f"{name} is set", where=safe_uri(address))
    headers = {}
    authorization = _authorization(address, environment, home)
    if authorization is not None:
        headers["Authorization"] = authorization
    if workspace := environment.get("MLFLOW_WORKSPACE"):
        headers["X-MLFLOW-WORKSPACE"] = workspace
    return Access(headers, proxy_for(address, environment))


def _authorization(address: str, environment: Mapping[str, str], home: Path) -> str | None:
    parts = urlsplit(address)
    login = _netrc(parts.hostname or "", environment, home)
    if login is None and parts.username is not None:
        login = unquote(parts.username), unquote(parts.password or "")
    if login is None:
        login = _mlflow_login(environment, home)
    if login is not None:
        return "Basic " + base64.b64encode(":".join(login).encode()).decode()
    token = environment.get("MLFLOW_TRACKING_TOKEN")
    return f"Bearer {token}" if token else None


def _netrc(host: str, environment: Mapping[str, str], home: Path) -> tuple[str, str] | None:
    named = environment.get("NETRC")
    paths = [Path(named).expanduser()] if named else [home / ".netrc", home / "_netrc"]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return None
    import netrc

    try:
        entry = netrc.netrc(str(path)).authenticators(host)
    except (netrc.NetrcParseError, OSError):
        return None
    return (entry[0] or entry[1] or "", entry[2] or "") if entry else None


def _mlflow_login(environment: Mapping[str, str], home: Path) -> tuple[str, str] | None:
    user = environment.get("MLFLOW_TRACKING_USERNAME")
    password = environment.get("MLFLOW_TRACKING_PASSWORD")
    if is_withheld(environment):
        return None
    path = home / ".mlflow" / "credentials"
    if not (user and password) and path.is_file():
        import configparser

        stored = configparser.ConfigParser()
        try:
            stored.read(path)
        except configparser.Error:
            raise SettingError("not an MLflow credentials file", where=str(path)) from None
        user = user or stored.get("mlflow", "mlflow_tracking_username", fallback=None)
        password = password or stored.get("mlflow", "mlflow_tracking_password", fallback=None)
    return (user, password) if user and password else None


def proxy_for(address: str, environment: Mapping[str, str]) -> SplitResult | None:
    """Choose the proxy of `<scheme>_proxy` or `all_proxy`, unless `no_proxy` names the host."""
    parts = urlsplit(address)
    named = _variable(environment, f"{parts.scheme}_proxy") or _variable(environment, "all_proxy")
    if not named or _is_exempt(parts, _variable(environment, "no_proxy") or ""):
        return None
    proxy = urlsplit(named if "://" in named else f"http://{named}")
    if proxy.scheme not in ("http", "https"):
        raise ReferenceRoadError(f"a {proxy.scheme} proxy", where=safe_uri(address))
    return proxy


def _variable(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name) or environment.get(name.upper())


def _is_exempt(parts: SplitResult, exempt: str) -> bool:
    host = (parts.hostname or "").lower()
    for entry in (entry.strip().lower() for entry in exempt.split(",")):
        if entry == "*" or (entry and _names(entry, host, parts.port)):
            return True
    return False


def _names(entry: str, host: str, port: int | None) -> bool:
    if "/" in entry:
        return _in_network(host, entry)
    name = entry.lstrip(".")
    with_port = f"{host}:{port}"
    return any(where == name or where.endswith(f".{name}") for where in (host, with_port))


def _in_network(host: str, network: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def tls_context(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Build the TLS settings MLflow's client would use; raises `SettingError` when they clash."""
    bundle = environment.get("MLFLOW_TRACKING_SERVER_CERT_PATH")
    if environment.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in _TRUE:
        if bundle:
            raise SettingError(
                "MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH exclude "
                "each other",
                remedy="Unset one of them",
            )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        named = bundle or environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
        context = _verifying(named)
    client = environment.get("MLFLOW_TRACKING_CLIENT_CERT_PATH")
    if client:
        _load(context.load_cert_chain, client, "MLFLOW_TRACKING_CLIENT_CERT_PATH")
    return context


def _verifying(bundle: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if bundle is None:
        import certifi

        context.load_verify_locations(certifi.where())
    elif Path(bundle).is_dir():
        context.load_verify_locations(capath=bundle)
    else:
        _load(context.load_verify_locations, bundle, "the certificate bundle")
    return context


def _load(load: object, path: str, what: str) -> None:
    assert callable(load)
    try:
        load(path)
    except (OSError, ssl.SSLError):
        raise SourceError(f"{what} cannot be read", where=path) from None
