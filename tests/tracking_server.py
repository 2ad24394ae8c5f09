"""A real tracking server of the locked MLflow, started once for the tests that need one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from msgspec import Struct

ROOT = Path(__file__).parents[1]
STORES = ROOT / "fixtures" / "stores"
NEWEST_STORE = "3.17.2"
PATIENCE = 180


class Server(Struct, frozen=True):
    """A server on loopback over a copy of the newest recorded store."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    database = folder / "store.db"
    shutil.copy(STORES / NEWEST_STORE / "store.db", database)
    with serving(database, free_port()) as address:
        yield Server(address, database)


@contextmanager
def serving(database: Path, port: int) -> Iterator[str]:
    """Serve a store on a port of loopback; gives the address once it answers."""
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--backend-store-uri",
        f"sqlite:///{database}",
    ]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    environment = {
        **os.environ,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        # Its background jobs are a dozen processes that no test asks anything of.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "GIT_PYTHON_REFRESH": "quiet",
    }
    folder = database.parent
    log = (folder / "log").open("a")
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)
        log.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Ask for the server's health until it answers; each attempt waits for the one before."""
    import time

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError("the tracking server did not start")
