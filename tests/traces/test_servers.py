"""A real tracking server by both roads; servers that are slow, closed, strange or elsewhere."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.traces.hosts import HTML, Host, Reply, serving
from tests.traces.opened import opened
from tests.traces.test_decode import SHAPES, TRACE_ID, WHOLE
from tests.tracking_server import Server
from tracegloss.errors import (
    SourceError,
    SourceRefusedError,
    SourceUnreachableError,
    TraceNotFoundError,
)
from tracegloss.traces.http import HttpClient
from tracegloss.traces.query import ReferenceRoadError, TraceQuery
from tracegloss.traces.reference import ReferenceSource
from tracegloss.traces.rest import RestSource
from tracegloss.traces.sources import describe, open_source
from tracegloss.traces.sqlite import SqliteSource
from tracegloss.traces.tracking_uri import parse_tracking_uri

NOBODY = Path("/nonexistent/home")
PATIENT = 120.0


def rest(
    address: str, timeout: float = PATIENT, environment: dict[str, str] | None = None
) -> RestSource:
    uri = parse_tracking_uri(address, NOBODY)
    return RestSource(HttpClient(address, timeout, environment or {}, NOBODY), describe(uri))


def test_both_roads_and_the_store_itself_give_the_same_traces(server: Server) -> None:
    uri = parse_tracking_uri(server.address, NOBODY)
    client = ReferenceSource(uri, describe(uri), PATIENT)
    store = SqliteSource(server.database, describe(uri), PATIENT)
    infos = list(rest(server.address).search(TraceQuery(("1",))))
    assert len(infos) == 5
    for info in infos:
        fast = opened(rest(server.address).trace(info.trace_id))
        assert fast == opened(client.trace(info.trace_id))
        assert fast == opened(store.trace(info.trace_id))


def test_reading_a_server_changes_nothing_in_its_store(server: Server) -> None:
    before = hashlib.sha256(server.database.read_bytes()).hexdigest()
    source = open_source(parse_tracking_uri(server.address, NOBODY), {}, NOBODY, PATIENT)
    for info in source.search(TraceQuery(("1",))):
        source.trace(info.trace_id)
    assert hashlib.sha256(server.database.read_bytes()).hexdigest() == before


QUERIES: dict[str, tuple[dict[str, Any], list[str | None]]] = {
    "newest first": ({}, [None, "labelled", "streamed", "answer", "answer"]),
    "more than a page": ({"limit": 1000}, [None, "labelled", "streamed", "answer", "answer"]),
    "a limit": ({"limit": 2}, [None, "labelled"]),
    "oldest": ({"limit": 1, "order": "oldest"}, ["answer"]),
    "state and name": ({"state": "ERROR", "name": "answer"}, ["answer"]),
    "session": ({"session": "session-1"}, ["labelled"]),
    "tag": ({"tags": {"customer": "c-1"}}, ["labelled"]),
    "metadata": ({"metadata": {"mlflow.trace.user": "user-1"}}, ["labelled"]),
    "a long one": ({"shortest_ms": 3_600_000}, []),
    "before 1970": ({"until_ns": 0}, []),
    "MLflow's filter": ({"filter": "span.name ILIKE 'STREAM'"}, ["streamed"]),
}


@pytest.mark.parametrize("case", QUERIES)
def test_searching_a_server(server: Server, case: str) -> None:
    asked, wanted = QUERIES[case]
    found = rest(server.address).search(TraceQuery(("1",), **asked))
    assert [opened(info.name) for info in found] == wanted


def test_experiments_of_a_server(server: Server) -> None:
    found = rest(server.address).experiments()
    assert sorted((each.experiment_id, opened(each.name)) for each in found) == [
        ("0", "Default"),
        ("1", "orders"),
    ]


def test_an_unknown_trace_of_a_server(server: Server) -> None:
    with pytest.raises(TraceNotFoundError, match="no trace tr-1"):
        rest(server.address).trace("tr-1")


def test_a_filter_the_server_refuses(server: Server) -> None:
    with pytest.raises(SourceError, match="INVALID_PARAMETER_VALUE"):
        list(rest(server.address).search(TraceQuery(("1",), filter="no filter")))


INFO = Reply(body=(SHAPES / "e-rest-info.json").read_bytes())
OLD_INFO = Reply(body=(SHAPES / "f-rest-info-2.json").read_bytes())
ARTIFACT = Reply(body=(SHAPES / "c-artifact.json").read_bytes(), kind="application/octet-stream")
WHOLE_REPLY = Reply(body=(SHAPES / "d-rest.json").read_bytes())
INFO_PATH = f"/api/3.0/mlflow/traces/{TRACE_ID}"
OLD_INFO_PATH = f"/api/2.0/mlflow/traces/{TRACE_ID}/info"
ARTIFACT_PATH = "/ajax-api/2.0/mlflow/get-trace-artifact"
GET_PATH = "/api/3.0/mlflow/traces/get"
PAGE = Reply(body=b"<html>sign in</html>", kind=HTML)
MISSING = Reply(404, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "x"}')

ROADS: dict[str, dict[str, Reply]] = {
    "today's": {INFO_PATH: INFO, ARTIFACT_PATH: ARTIFACT},
    "compressed": {
        INFO_PATH: INFO,
        ARTIFACT_PATH: Reply(
            body=gzip.compress(ARTIFACT.body), headers={"Content-Encoding": "gzip"}
        ),
    },
    "a gateway without the artifact": {INFO_PATH: INFO, GET_PATH: WHOLE_REPLY},
    "a gateway that signs in before the artifact": {
        INFO_PATH: INFO,
        ARTIFACT_PATH: PAGE,
        GET_PATH: WHOLE_REPLY,
    },
    "an artifact that fails": {
        INFO_PATH: INFO,
        ARTIFACT_PATH: Reply(500, b"<html>", HTML),
        GET_PATH: WHOLE_REPLY,
    },
}


@pytest.mark.parametrize("case", ROADS)
def test_the_second_choice_gives_the_same_trace(case: str) -> None:
    with serving(ROADS[case]) as host:
        assert opened(rest(host.address).trace(TRACE_ID)) == WHOLE


def test_an_older_server_is_asked_in_its_own_words() -> None:
    with serving({OLD_INFO_PATH: OLD_INFO, ARTIFACT_PATH: ARTIFACT}) as host:
        trace = opened(rest(host.address).trace(TRACE_ID))
    assert trace["spans"] == WHOLE["spans"]
    assert trace["info"] == {**WHOLE["info"], "assessments": []}


def test_an_older_server_is_searched_in_its_own_words() -> None:
    page = {
        "/api/2.0/mlflow/traces?": Reply(body=b'{"traces": [{"request_id": "ab", "status": "OK"}]}')
    }
    with serving(page) as host:
        found = list(rest(host.address).search(TraceQuery(("1", "2"), state="OK", limit=3)))
        asked = host.asked[-1].path
    assert [info.trace_id for info in found] == ["ab"]
    assert "experiment_ids=1&experiment_ids=2" in asked
    assert "attributes.status+%3D+%27OK%27" in asked


def test_a_trace_without_spans_anywhere_says_so() -> None:
    with serving({INFO_PATH: INFO, ARTIFACT_PATH: MISSING, GET_PATH: MISSING}) as host:
        trace = rest(host.address).trace(TRACE_ID)
    assert [problem.code for problem in trace.problems] == ["spans-missing"]


FAULTS: dict[str, tuple[Reply, type[SourceError], str]] = {
    "no credentials": (Reply(401, b"", HTML), SourceRefusedError, "MLFLOW_TRACKING_USERNAME"),
    "no permission": (Reply(403, b"{}"), SourceRefusedError, "permission"),
    "a broken server": (Reply(500, b"<html>", HTML), SourceError, "status 500"),
    "a gateway's error": (Reply(502, b"{}"), SourceError, "status 502"),
    "a sign-in page": (PAGE, SourceRefusedError, "text/html"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_server_that_does_not_answer_the_question(case: str) -> None:
    reply, kind, words = FAULTS[case]
    with serving({"/": reply}) as host:
        with pytest.raises(kind, match=words) as raised:
            rest(host.address).trace(TRACE_ID)
        with pytest.raises(kind):
            rest(host.address).experiments()
    assert "\n" not in str(raised.value)


def test_a_server_that_never_answers_is_left_in_time() -> None:
    with (
        serving({"/": Reply(waits=True)}) as host,
        pytest.raises(SourceUnreachableError, match=r"no answer within 0\.05 s"),
    ):
        rest(host.address, timeout=0.05).trace(TRACE_ID)


def test_nobody_listens() -> None:
    with serving({}) as host:
        address = host.address
    with pytest.raises(SourceUnreachableError, match="nobody listens there"):
        rest(address).trace(TRACE_ID)


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(SourceUnreachableError):
        rest("http://tracking.invalid").trace(TRACE_ID)


def sent(host: Host, environment: dict[str, str], address: str | None = None) -> dict[str, str]:
    rest(address or host.address, environment=environment).experiments()
    return host.asked[-1].headers


BASIC = "Basic dXNlcjpwYXNz"
CREDENTIALS: dict[str, tuple[dict[str, str], str | None]] = {
    "none": ({}, None),
    "a token": ({"MLFLOW_TRACKING_TOKEN": "t"}, "Bearer t"),
    "user and password": (
        {"MLFLOW_TRACKING_USERNAME": "user", "MLFLOW_TRACKING_PASSWORD": "pass"},
        BASIC,
    ),
    "both: Basic wins": (
        {
            "MLFLOW_TRACKING_USERNAME": "user",
            "MLFLOW_TRACKING_PASSWORD": "pass",
            "MLFLOW_TRACKING_TOKEN": "t",
        },
        BASIC,
    ),
    "a user without password": ({"MLFLOW_TRACKING_USERNAME": "user"}, None),
}


@pytest.mark.parametrize("case", CREDENTIALS)
def test_credentials_of_the_environment(case: str) -> None:
    environment, wanted = CREDENTIALS[case]
    with serving({"/": Reply()}) as host:
        assert sent(host, environment).get("Authorization") == wanted


def test_credentials_in_the_address_are_used_and_never_shown() -> None:
    with serving({"/": Reply()}) as host:
        address = host.address.replace("//", "//user:pass@")
        assert sent(host, {}, address)["Authorization"] == BASIC
    with pytest.raises(SourceUnreachableError) as raised:
        rest(address).experiments()
    assert "pass" not in str(raised.value)


def test_files_of_credentials(tmp_path: Path) -> None:
    (tmp_path / ".mlflow").mkdir()
    (tmp_path / ".mlflow" / "credentials").write_text(
        "[mlflow]\nmlflow_tracking_username = user\nmlflow_tracking_password = pass\n"
    )
    with serving({"/": Reply()}) as host:
        HttpClient(host.address, PATIENT, {}, tmp_path).ask("GET", "/")
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login net password rc\n")
        HttpClient(host.address, PATIENT, {}, tmp_path).ask("GET", "/")
        found = [asked.headers["Authorization"] for asked in host.asked]
    assert found == [BASIC, "Basic bmV0OnJj"]


def test_the_workspace_header_is_sent_only_when_set() -> None:
    with serving({"/": Reply()}) as host:
        assert "X-MLFLOW-WORKSPACE" not in sent(host, {})
        assert sent(host, {"MLFLOW_WORKSPACE": "team"})["X-MLFLOW-WORKSPACE"] == "team"


@pytest.mark.parametrize("workspace", ["team", None])
def test_mlflows_own_client_asks_for_the_same_workspace(workspace: str | None) -> None:
    with serving({"/": Reply(404)}) as host:
        uri = parse_tracking_uri(host.address, Path())
        with pytest.raises(SourceError):
            ReferenceSource(uri, describe(uri), PATIENT, workspace).experiments()
        assert host.asked
        assert {asked.headers.get("X-MLFLOW-WORKSPACE") for asked in host.asked} == {workspace}


@pytest.mark.parametrize("name", ["MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4"])
def test_logins_that_only_mlflow_knows_go_by_the_reference_road(name: str) -> None:
    with serving({"/": Reply()}) as host:
        with pytest.raises(ReferenceRoadError):
            sent(host, {name: "true"})
        assert host.asked == []


def test_a_redirect_to_another_host_loses_the_credentials() -> None:
    with serving({"/": Reply()}) as other:
        moved = Reply(302, headers={"Location": f"{other.address}/elsewhere"})
        with serving({"/": moved}) as host:
            rest(host.address, environment={"MLFLOW_TRACKING_TOKEN": "t"}).experiments()
            assert host.asked[-1].headers["Authorization"] == "Bearer t"
    assert [(asked.path, asked.headers.get("Authorization")) for asked in other.asked] == [
        ("/elsewhere", None)
    ]


def test_a_redirect_on_the_same_host_keeps_them() -> None:
    moved = Reply(308, headers={"Location": "/moved"})
    with serving({"/": moved, "/moved": Reply()}) as host:
        assert sent(host, {"MLFLOW_TRACKING_TOKEN": "t"})["Authorization"] == "Bearer t"


@pytest.mark.parametrize("place", ["/round", "file:///etc/passwd"])
def test_a_redirect_that_leads_nowhere(place: str) -> None:
    replies = {"/": Reply(302, headers={"Location": place})}
    with serving(replies) as host, pytest.raises(SourceError, match="redirected"):
        rest(host.address).experiments()


PROXIES: dict[str, tuple[dict[str, str], bool]] = {
    "a proxy": ({}, True),
    "all_proxy": ({"http_proxy": "", "ALL_PROXY": "PROXY"}, True),
    "not for this host": ({"NO_PROXY": "tracking.invalid"}, False),
    "not for its domain": ({"no_proxy": "example.com, .invalid"}, False),
    "not for any host": ({"no_proxy": "*"}, False),
    "not for others": ({"no_proxy": "racking.invalid,10.0.0.0/8"}, True),
}


@pytest.mark.parametrize("case", PROXIES)
def test_proxies(case: str) -> None:
    given, is_used = PROXIES[case]
    with serving({"http://tracking.invalid/": Reply()}) as proxy:
        address = proxy.address.replace("//", "//me:secret@")
        environment = {"http_proxy": address, **given}
        environment = {k: address if v == "PROXY" else v for k, v in environment.items()}
        source = rest("http://tracking.invalid", environment=environment)
        if is_used:
            source.experiments()
            assert proxy.asked[-1].headers["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"
        else:
            with pytest.raises(SourceUnreachableError):
                source.experiments()
            assert proxy.asked == []


def test_a_connection_the_server_closed_is_made_again() -> None:
    with serving({"/": Reply(headers={"Connection": "close"})}) as host:
        source = rest(host.address)
        source.experiments()
        source.experiments()
        assert len(host.asked) == 2
