"""Logins of the reader go to servers that the reader names, and to this machine; to no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.traces.hosts import Reply, serving
from tests.traces.test_servers import BASIC, PATIENT
from tracegloss.errors import SourceRefusedError
from tracegloss.traces.choose_store import choose_store, required
from tracegloss.traces.logins import environment_for
from tracegloss.traces.query import Source
from tracegloss.traces.sources import open_source

SERVER = "http://tracking.invalid"
LOGINS = {
    "token": {"MLFLOW_TRACKING_TOKEN": "t"},
    "user": {"MLFLOW_TRACKING_USERNAME": "user", "MLFLOW_TRACKING_PASSWORD": "pass"},
}
# Who names the server, what else the environment says, and whether it is given the login.
NAMED: dict[str, tuple[dict[str, object], dict[str, str], bool]] = {
    "the reader": ({"option": SERVER}, {}, True),
    "the environment": ({}, {"MLFLOW_TRACKING_URI": SERVER}, True),
    "a setting of the repository": ({"setting": SERVER}, {}, False),
    "its code": ({"in_code": (SERVER,)}, {}, False),
    "a setting, and the environment its host": (
        {"setting": SERVER}, {"MLFLOW_TRACKING_URI": f"{SERVER}/"}, True,
    ),
    "a setting, and the environment another host": (
        {"setting": SERVER}, {"MLFLOW_TRACKING_URI": "http://other.invalid"}, False,
    ),
}  # fmt: skip


def opened(folder: Path, named: dict[str, object], environment: dict[str, str]) -> Source:
    chosen = required(choose_store(folder, environment, **named))  # type: ignore[arg-type]
    return open_source(chosen.uri, environment_for(chosen, environment), folder, PATIENT)


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS)
@pytest.mark.parametrize("named, more, is_given", NAMED.values(), ids=NAMED)
def test_who_is_given_a_login(
    tmp_path: Path,
    named: dict[str, object],
    more: dict[str, str],
    is_given: bool,
    login: dict[str, str],
) -> None:
    with serving({f"{SERVER}/": Reply()}) as proxy:
        opened(tmp_path, named, {"http_proxy": proxy.address, **login, **more}).experiments()
        assert ["Authorization" in asked.headers for asked in proxy.asked] == [is_given]


def test_the_credentials_file_is_for_servers_of_the_reader_and_netrc_for_its_host(
    tmp_path: Path,
) -> None:
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = user\nmlflow_tracking_password = pass\n"
    )
    with serving({f"{SERVER}/": Reply()}) as proxy:
        environment = {"http_proxy": proxy.address}
        opened(tmp_path, {"option": SERVER}, environment).experiments()
        opened(tmp_path, {"setting": SERVER}, environment).experiments()
        (tmp_path / ".netrc").write_text("machine tracking.invalid login net password rc\n")
        opened(tmp_path, {"setting": SERVER}, environment).experiments()
        sent = [asked.headers.get("Authorization") for asked in proxy.asked]
    assert sent == [BASIC, None, "Basic bmV0OnJj"]


def test_a_server_on_this_machine_is_the_readers(tmp_path: Path) -> None:
    with serving({"/": Reply()}) as host:
        opened(tmp_path, {"setting": host.address}, {"MLFLOW_TRACKING_TOKEN": "t"}).experiments()
        assert host.asked[0].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_refused_without_a_login_is_told_how_to_give_one(
    tmp_path: Path, status: int
) -> None:
    with serving({f"{SERVER}/": Reply(status)}) as proxy:
        environment = {"http_proxy": proxy.address, "MLFLOW_TRACKING_TOKEN": "t"}
        with pytest.raises(SourceRefusedError, match="a server that you name: --tracking-uri"):
            opened(tmp_path, {"setting": SERVER}, environment).experiments()


def test_mlflows_own_client_is_not_asked_in_its_place(tmp_path: Path) -> None:
    environment = {"http_proxy": "socks5://127.0.0.1:9", "MLFLOW_TRACKING_AUTH": "plugin"}
    with pytest.raises(SourceRefusedError, match="a server that you name"):
        opened(tmp_path, {"setting": SERVER}, environment).experiments()
