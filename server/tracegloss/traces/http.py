"""One HTTP exchange at a time over the standard library, bounded in time and size."""

from __future__ import annotations

import base64
import http.client
import ssl
import zlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from msgspec import Struct

from tracegloss.errors import SourceError, SourceUnreachableError
from tracegloss.traces.access import Access, access_to, proxy_for, tls_context
from tracegloss.traces.deadline import within
from tracegloss.traces.tracking_uri import safe_uri

LARGEST_ANSWER = 1 << 30
MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_CREDENTIALS = ("Authorization", "X-MLFLOW-WORKSPACE")


class Answer(Struct, frozen=True):
    """What a server said; `kind` is the content type without its parameters."""

    status: int
    kind: str
    body: bytes
    location: str | None = None

    @property
    def is_json(self) -> bool:
        """Tell JSON from the HTML of a missing path, a gateway or a sign-in page."""
        return self.kind.endswith("json") or self.kind == "application/octet-stream"


class HttpClient:
    """Asks one tracking server; keeps its connection and its time."""

    __slots__ = (
        "_connected_to",
        "_connection",
        "_tls",
        "address",
        "environment",
        "home",
        "timeout",
    )

    def __init__(
        self, address: str, timeout: float, environment: Mapping[str, str], home: Path
    ) -> None:
        """Take a server's address; `timeout` bounds each question in seconds, all included."""
        self.address = address
        self.timeout = timeout
        self.environment = environment
        self.home = home
        self._connection: http.client.HTTPConnection | None = None
        self._connected_to: tuple[str, str] | None = None
        self._tls: ssl.SSLContext | None = None

    @property
    def _patience(self) -> float:
        """How long a socket may be silent: longer than a question, so that its bound speaks."""
        return 2 * self.timeout + 1

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send a request below the address; raises `SourceUnreachableError` or `SourceError`."""
        access = access_to(self.address, self.environment, self.home)
        parts = urlsplit(self.address)
        netloc = parts.netloc.rpartition("@")[2]
        url = f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}{path}"
        where = safe_uri(self.address)
        try:
            return within(
                self.timeout,
                lambda: self._follow(method, url, body, access),
                where=where,
                give_up=self.close,
            )
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _unreachable(error, where) from None

    def close(self) -> None:
        """Drop the connection; a request under way on it fails."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if connection.sock is not None:
            connection.sock.close()
        connection.close()

    def _follow(self, method: str, url: str, body: bytes | None, access: Access) -> Answer:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **access.headers}
        proxy = access.proxy
        if body is not None:
            headers["Content-Type"] = "application/json"
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(method, urlsplit(url), body, headers, proxy)
            if answer.status not in _REDIRECTS or answer.location is None:
                return answer
            target = urljoin(url, answer.location)
            if not _same_place(urlsplit(url), urlsplit(target)):
                headers = {k: v for k, v in headers.items() if k not in _CREDENTIALS}
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, body = "GET", None
            url, proxy = target, proxy_for(target, self.environment)
        raise SourceError(
            "redirected in a circle",
            where=safe_uri(self.address),
            remedy="Name the address it should end at",
        )

    def _send(
        self,
        method: str,
        url: SplitResult,
        body: bytes | None,
        headers: Mapping[str, str],
        proxy: SplitResult | None,
    ) -> Answer:
        if url.scheme not in ("http", "https"):
            raise SourceError(
                f"redirected to a {url.scheme} address",
                where=safe_uri(self.address),
                remedy="Name an http or https address",
            )
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        sent = dict(headers)
        if proxy is not None and url.scheme == "http":
            target = f"http://{url.netloc.rpartition('@')[2]}{target}"
            sent |= _proxy_login(proxy)
        is_kept = self._connected_to == (url.scheme, url.netloc) and self._connection is not None
        try:
            return self._exchange(self._connect(url, proxy), method, target, body, sent)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if not is_kept:
                raise
        self.close()
        return self._exchange(self._connect(url, proxy), method, target, body, sent)

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        data = response.read(LARGEST_ANSWER + 1)
        if response.headers.get("Content-Encoding", "").lower() == "gzip":
            data = zlib.decompressobj(wbits=31).decompress(data, LARGEST_ANSWER + 1)
        if len(data) > LARGEST_ANSWER:
            raise SourceError(
                "the answer is larger than 1 GB",
                where=safe_uri(self.address),
                remedy="Is this a tracking server?",
            )
        return Answer(
            response.status,
            response.headers.get_content_type(),
            data,
            response.headers.get("Location"),
        )

    def _connect(self, url: SplitResult, proxy: SplitResult | None) -> http.client.HTTPConnection:
        if self._connection is not None and self._connected_to == (url.scheme, url.netloc):
            return self._connection
        self.close()
        near = proxy or url
        host = near.hostname or ""
        if url.scheme == "https":
            self._tls = self._tls or tls_context(self.environment)
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, near.port, timeout=self._patience, context=self._tls
            )
            if proxy is not None:
                connection.set_tunnel(url.hostname or "", url.port or 443, _proxy_login(proxy))
        else:
            connection = http.client.HTTPConnection(host, near.port, timeout=self._patience)
        self._connection, self._connected_to = connection, (url.scheme, url.netloc)
        return connection


def _proxy_login(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


def _same_place(here: SplitResult, there: SplitResult) -> bool:
    """Tell whether credentials may go along: same host, scheme and port, or http made https."""
    if here.hostname != there.hostname:
        return False
    ports = (here.port or _PORTS.get(here.scheme), there.port or _PORTS.get(there.scheme))
    is_upgrade = (here.scheme, there.scheme) == ("http", "https") and ports == (80, 443)
    return is_upgrade or (here.scheme == there.scheme and ports[0] == ports[1])


_PORTS = {"http": 80, "https": 443}


def _unreachable(error: Exception, where: str) -> SourceError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceUnreachableError(
            "the server's certificate is not trusted",
            where=where,
            remedy="Name its authority in MLFLOW_TRACKING_SERVER_CERT_PATH or REQUESTS_CA_BUNDLE",
        )
    if isinstance(error, TimeoutError):
        reason = "no answer in time"
    elif isinstance(error, ConnectionRefusedError):
        reason = "nobody listens there"
    elif isinstance(error, OSError) and type(error).__name__ == "gaierror":
        reason = "no such host"
    else:
        reason = f"the connection failed ({type(error).__name__})"
    return SourceUnreachableError(
        reason, where=where, remedy="Is the tracking server running, and is this its address?"
    )
