"""A real MLflow server on loopback, for as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from bench.processes import RunFailedError, environment

SLOWEST_START_S = 120.0
READY = b"Application startup complete"


@contextlib.contextmanager
def mlflow_server(store_uri: str) -> Iterator[str]:
    """Serve a store with one worker and yield the server's address; stops it afterwards."""
    port = _free_port()
    command = [
        str(Path(sys.executable).with_name("mlflow")), "server", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--backend-store-uri", store_uri,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            _await_start(process)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await_start(process: subprocess.Popen[bytes]) -> None:
    """Read what the server says until it is ready, and keep reading so that it never blocks."""
    limit = threading.Timer(SLOWEST_START_S, process.kill)
    limit.start()
    assert process.stderr is not None
    for line in process.stderr:
        if READY in line:
            break
    else:
        raise RunFailedError("the MLflow server did not start")
    limit.cancel()
    threading.Thread(target=process.stderr.read, daemon=True).start()
