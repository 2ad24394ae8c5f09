"""Certificates of a tracking server: trusted only when its authority was named."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tracegloss.errors import SettingError, SourceError, SourceUnreachableError, TraceglossError
from tracegloss.traces.http import HttpClient


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own authority for loopback, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


class Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(params=["any client", "a known client"])
def address(certificate: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if request.param == "a known client":
        context.load_verify_locations(certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Fine)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    listener.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{listener.server_port}"
    listener.shutdown()
    listener.server_close()


TRUSTING = {
    "MLflow's variable": {"MLFLOW_TRACKING_SERVER_CERT_PATH": "PEM"},
    "requests' variable": {"REQUESTS_CA_BUNDLE": "PEM"},
    "no checks": {"MLFLOW_TRACKING_INSECURE_TLS": "true"},
}


def outcome(address: str, environment: dict[str, str]) -> int | type[TraceglossError]:
    client = HttpClient(address, 60, environment, Path("/nonexistent"))
    try:
        return client.ask("GET", "/").status
    except TraceglossError as error:
        return type(error)


@pytest.mark.parametrize("case", TRUSTING)
def test_a_server_whose_authority_is_named(address: str, certificate: Path, case: str) -> None:
    environment = {
        key: value.replace("PEM", str(certificate)) for key, value in TRUSTING[case].items()
    }
    known = {**environment, "MLFLOW_TRACKING_CLIENT_CERT_PATH": str(certificate)}
    assert outcome(address, known) == 200


def test_a_server_nobody_vouches_for(address: str) -> None:
    assert outcome(address, {}) is SourceUnreachableError


FAULTY: dict[str, tuple[dict[str, str], type[TraceglossError]]] = {
    "a bundle that is not there": ({"REQUESTS_CA_BUNDLE": "/nonexistent"}, SourceError),
    "a certificate that is not there": (
        {
            "MLFLOW_TRACKING_INSECURE_TLS": "true",
            "MLFLOW_TRACKING_CLIENT_CERT_PATH": "/nonexistent",
        },
        SourceError,
    ),
    "no checks and a bundle": (
        {
            "MLFLOW_TRACKING_INSECURE_TLS": "true",
            "MLFLOW_TRACKING_SERVER_CERT_PATH": "/nonexistent",
        },
        SettingError,
    ),
}


@pytest.mark.parametrize("case", FAULTY)
def test_settings_that_cannot_be_used(case: str) -> None:
    environment, wanted = FAULTY[case]
    assert outcome("https://127.0.0.1:1", environment) is wanted
