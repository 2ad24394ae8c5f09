"""Zero configuration: what the argument means, which store, which experiment, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracegloss.errors import (
    SourceError,
    SourceUnclearError,
    TraceglossError,
    TraceNotFoundError,
    UsageError,
)
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import Recorded
from tracegloss.traces.argument import (
    Argument,
    Last,
    StandardInput,
    TraceFile,
    TraceId,
    understand,
)
from tracegloss.traces.choose_experiment import (
    WhatIsKnown,
    choose_experiment,
    newest_traces,
    same_repository,
)
from tracegloss.traces.choose_store import ChosenStore, choose_store, required
from tracegloss.traces.decode import decode_infos
from tracegloss.traces.query import Experiment, TraceQuery
from tracegloss.traces.tracking_uri import parse_tracking_uri, safe_uri
from tracegloss.traces.ui_address import UiAddress, parse_ui_address
from tracegloss.traces.window import parse_duration_ms, parse_moment

HEX = "ab" * 16
TR = f"tr-{HEX}"

ARGUMENTS: dict[str, Argument] = {
    "-": StandardInput(),
    "last": Last(),
    "trace.json": TraceFile(Path("trace.json")),
    TR: TraceId(TR),
    HEX: TraceId(HEX),
    f"trace:/catalog.schema/{HEX}": TraceId(f"trace:/catalog.schema/{HEX}"),
    "q6urq6urq6urq6urq6urqw==": TraceId(TR),
    "http://localhost:5000/#/experiments/1/traces": UiAddress(
        "http://localhost:5000", experiment_id="1"
    ),
}


@pytest.mark.parametrize("written", ARGUMENTS)
def test_what_an_argument_means(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trace.json").touch()
    assert understand(written, Path()) == ARGUMENTS[written]


def test_a_file_wins_over_an_id_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / TR).touch()
    assert understand(TR, tmp_path) == TraceFile(tmp_path / TR)


REFUSED: dict[str, type[TraceglossError]] = {
    "gone.json": TraceNotFoundError,
    "./gone": TraceNotFoundError,
    "": UsageError,
    " ": UsageError,
    "\0": UsageError,
    "two words": UsageError,
    "\x1b[2J": UsageError,
    "http://": UsageError,
    "http://[::1": UsageError,
}


@pytest.mark.parametrize("written", REFUSED)
def test_what_an_argument_cannot_mean(written: str, tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    with pytest.raises(REFUSED[written]):
        understand(written, tmp_path)


LOCAL = "http://localhost:5000"
ADDRESSES: dict[str, UiAddress] = {
    f"{LOCAL}/#/experiments/1/traces?selectedEvaluationId={TR}": UiAddress(LOCAL, TR, "1"),
    f"{LOCAL}/#/experiments/1/traces/{TR}": UiAddress(LOCAL, TR, "1"),
    f"{LOCAL}/#/experiments/1?compareRunsMode=TRACES&selectedTraceId={TR}&x=1": UiAddress(
        LOCAL, TR, "1"
    ),
    f"{LOCAL}/#/experiments/1/runs/0a1b/traces?traceId={TR}": UiAddress(LOCAL, TR, "1"),
    f"{LOCAL}/#/experiments/1/evaluation-runs?selectedEvaluationId={TR}": UiAddress(LOCAL, TR, "1"),
    f"{LOCAL}/?workspace=team#/experiments/1/traces?selectedEvaluationId={TR}": UiAddress(
        LOCAL, TR, "1", "team"
    ),
    f"{LOCAL}/#/workspaces/team/experiments/1/traces?selectedEvaluationId={TR}": UiAddress(
        LOCAL, TR, "1", "team"
    ),
    f"{LOCAL}/?workspace=a%0D%0AX:1#/experiments/1/traces?selectedEvaluationId={TR}": UiAddress(
        LOCAL, TR, "1"
    ),
    f"https://me:pw@mlflow.example.com/base/#/experiments/7/traces?selectedEvaluationId={TR}": (
        UiAddress("https://me:pw@mlflow.example.com/base", TR, "7")
    ),
    f"{LOCAL}/index.html#/experiments/1/traces?requestId={HEX}": UiAddress(LOCAL, HEX, "1"),
    f"{LOCAL}/api/3.0/mlflow/traces/{TR}": UiAddress(LOCAL, TR),
    f"{LOCAL}/ajax-api/2.0/mlflow/get-trace-artifact?request_id={TR}": UiAddress(LOCAL, TR),
    f"https://adb-1.azuredatabricks.net/ml/experiments/42/traces?o=1&selectedEvaluationId={TR}": (
        UiAddress("databricks", TR, "42")
    ),
    f"{LOCAL}": UiAddress(LOCAL),
    f"{LOCAL}/#/experiments/1/traces?selectedEvaluationId=$(rm)": UiAddress(LOCAL, "__rm_", "1"),
}


@pytest.mark.parametrize("written", ADDRESSES)
def test_addresses_of_the_ui(written: str) -> None:
    assert parse_ui_address(written) == ADDRESSES[written]


BASE = Path("/ws")
URIS = {
    "http://host:5000/": ("server", None),
    "https://me:pw@host/base": ("server", None),
    "sqlite:///mlflow.db": ("sqlite", BASE / "mlflow.db"),
    "sqlite:////var/mlflow.db?timeout=5": ("sqlite", Path("/var/mlflow.db")),
    "sqlite+pysqlite:///a%20b.db": ("sqlite", BASE / "a%20b.db"),
    "mlruns": ("file-store", BASE / "mlruns"),
    "file:///var/a%20b": ("file-store", Path("/var/a b")),
    "databricks": ("databricks", None),
    "databricks://profile": ("databricks", None),
    "postgresql://me:pw@host/db": ("other", None),
}


@pytest.mark.parametrize("written", URIS)
def test_tracking_uris(written: str) -> None:
    found = parse_tracking_uri(written, BASE)
    assert (found.kind, found.path) == URIS[written]


@pytest.mark.parametrize(
    "written", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://db"]
)
def test_a_sqlite_uri_without_a_file(written: str) -> None:
    with pytest.raises(SourceError, match="without a file"):
        parse_tracking_uri(written, BASE)


SHOWN = {
    "https://me:pw@host:1/base?token=t#f": "https://host:1/base",
    "sqlite:///mlflow.db?key=k": "sqlite:///mlflow.db",
    "postgresql://me:pw@host/db": "postgresql://host/db",
    "databricks": "databricks",
    "http://[::1": "an address that cannot be read",
}


@pytest.mark.parametrize("written", SHOWN)
def test_addresses_are_shown_without_secrets(written: str) -> None:
    assert safe_uri(written) == SHOWN[written]


def store_in(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


ALL: dict[str, Any] = {
    "option": "http://option",
    "setting": "http://setting",
    "environment": {"MLFLOW_TRACKING_URI": "http://variable"},
    "in_code": ("http://code",),
}
STORES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, str]]] = {
    "the option first": ((), (), ("http://option", "given with --tracking-uri")),
    "then the setting": (("option",), (), ("http://setting", "tracking_uri of [tool.tracegloss]")),
    "then the environment": (("option", "setting"), (), ("http://variable", "MLFLOW_TRACKING_URI")),
    "then the code": (
        ("option", "setting", "environment"),
        ("mlflow.db",),
        ("http://code", "set_tracking_uri in code"),
    ),
    "then mlflow.db": (
        tuple(ALL),
        ("mlflow.db", "mlruns/1/meta.yaml"),
        ("sqlite:///mlflow.db", "found in this folder"),
    ),
    "then mlruns": (tuple(ALL), ("mlruns/1/meta.yaml",), ("mlruns", "found in this folder")),
}


@pytest.mark.parametrize("case", STORES)
def test_which_store(case: str, tmp_path: Path) -> None:
    absent, files, wanted = STORES[case]
    store_in(tmp_path, *files)
    given = {"environment": {}, **{k: v for k, v in ALL.items() if k not in absent}}
    chosen = required(choose_store(tmp_path, **given))
    assert (chosen.uri.written, chosen.because) == wanted


CODE: dict[str, tuple[tuple[str, ...], str]] = {
    "two different literals decide nothing": (("http://a", "http://b"), "2 different ones"),
    "a store that is not there": (("sqlite:///gone.db",), "sqlite:///gone.db, which is not there"),
    "no store at all": (("sqlite://",), "no usable address"),
    "none": ((), "none"),
}


@pytest.mark.parametrize("case", CODE)
def test_literals_that_name_no_store_are_remembered(case: str, tmp_path: Path) -> None:
    literals, found = CODE[case]
    store_in(tmp_path, "mlflow.db")
    chosen = choose_store(tmp_path, {}, in_code=literals)
    assert isinstance(chosen, ChosenStore)
    assert [(look.place, look.found) for look in chosen.looked][-1] == (
        "set_tracking_uri in code",
        found,
    )


def test_the_same_literal_twice_is_one(tmp_path: Path) -> None:
    chosen = required(choose_store(tmp_path, {}, in_code=("http://a", "http://a")))
    assert chosen.uri.written == "http://a"


def test_a_folder_of_artifacts_is_no_store_and_every_look_is_named(tmp_path: Path) -> None:
    store_in(tmp_path, "mlruns/1/traces/tr-1/artifacts/traces.json")
    with pytest.raises(
        SourceError,
        match=r"setting, MLFLOW_TRACKING_URI, set_tracking_uri in code, mlflow\.db, mlruns",
    ):
        required(choose_store(tmp_path, {}))


class Experiments:
    """A source that holds experiments with infos."""

    description = SourceDescription("server", "http://host")

    def __init__(self, held: dict[str, list[dict[str, Any]]]) -> None:
        self.held = held

    def trace(self, trace_id: str) -> Trace:
        raise NotImplementedError(trace_id)

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        key = query.experiment_ids[0]
        documents = [{"trace_id": f"tr-{key}", **info} for info in self.held[key]]
        return iter(decode_infos(documents)[: query.limit])

    def experiments(self) -> tuple[Experiment, ...]:
        return tuple(Experiment(key, Recorded(f"name {key}")) for key in self.held)

    def model_tags(self, model_id: str) -> Labels:
        raise NotImplementedError(model_id)

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:
        raise NotImplementedError((experiment_id, now_ms))


def run_by(name: str, time: int = 0) -> dict[str, Any]:
    return {"timestamp_ms": time, "trace_metadata": {"mlflow.source.name": name}}


def of(url: str, time: int = 0) -> dict[str, Any]:
    return {"timestamp_ms": time, "trace_metadata": {"mlflow.source.git.repoURL": url}}


TWO = {"1": [run_by("/else/app.py")], "2": [run_by("/else/app.py")]}
EXPERIMENTS: dict[str, tuple[dict[str, Any], WhatIsKnown, dict[str, str], tuple[str, str]]] = {
    "the option by name": (TWO, WhatIsKnown("name 2"), {}, ("2", "given with --experiment")),
    "the option by id": (TWO, WhatIsKnown("2"), {}, ("2", "given with --experiment")),
    "the environment's name": (
        TWO,
        WhatIsKnown(in_code=("name 1",)),
        {"MLFLOW_EXPERIMENT_NAME": "name 2"},
        ("2", "MLFLOW_EXPERIMENT_NAME"),
    ),
    "the environment's id": (
        TWO,
        WhatIsKnown(),
        {"MLFLOW_EXPERIMENT_ID": "2"},
        ("2", "MLFLOW_EXPERIMENT_ID"),
    ),
    "a literal in code": (
        TWO,
        WhatIsKnown(in_code=("gone", "name 2", "name 1")),
        {},
        ("2", "set_experiment in code"),
    ),
    "traces of this repository": (
        {"1": [run_by("/else/app.py")], "2": [of("git@example.com:me/app.git")]},
        WhatIsKnown(remote_urls=("https://example.com/me/app",)),
        {},
        ("2", "its newest traces are of this repository"),
    ),
    "traces of this folder, the newest": (
        {"1": [run_by("/ws/app.py", 1)], "2": [run_by("/ws/app.py", 2)], "3": [run_by("x", 3)]},
        WhatIsKnown(is_ours=lambda name: name.startswith("/ws/")),
        {},
        ("2", "its newest traces are of this repository"),
    ),
    "the only one with traces": (
        {"0": [], "1": [run_by("x")]},
        WhatIsKnown(in_code=("gone",)),
        {},
        ("1", "the only experiment with traces"),
    ),
}


@pytest.mark.parametrize("case", EXPERIMENTS)
def test_which_experiment(case: str) -> None:
    held, known, environment, wanted = EXPERIMENTS[case]
    chosen = choose_experiment(Experiments(held), known, environment)
    assert (chosen.experiment.experiment_id, chosen.because) == wanted


def test_an_experiment_that_is_not_there_is_not_replaced_by_another() -> None:
    with pytest.raises(SourceError, match="no such experiment"):
        choose_experiment(Experiments(TWO), WhatIsKnown("gone"), {})


@pytest.mark.parametrize(
    "held,words",
    [(TWO, "2 of 2 experiments have traces"), ({"0": []}, "no experiment has a trace")],
)
def test_nothing_decides(held: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceUnclearError, match=words):
        choose_experiment(Experiments(held), WhatIsKnown(), {})


def test_last_looks_at_fifty() -> None:
    held = {"1": [run_by("x")] * 80}
    assert len(list(newest_traces(Experiments(held), "1"))) == 50


REMOTES = {
    "https://user:pw@Example.com/Me/App.git": True,
    "ssh://git@example.com/me/app": True,
    "git@example.com:me/app.git": True,
    "https://example.com/me/other": False,
    "https://elsewhere.com/me/app": False,
    "": False,
    "/srv/app": False,
}


@pytest.mark.parametrize("written", REMOTES)
def test_one_repository_by_several_addresses(written: str) -> None:
    assert same_repository(written, ("https://example.com/me/app",)) is REMOTES[written]


NOW = 1_795_448_872_000_000_000
MOMENTS = {
    "2h": NOW - 7_200 * 10**9,
    "1.5d": NOW - 129_600 * 10**9,
    "1970-01-02": 86_400 * 10**9,
    "1970-01-01T00:01": 60 * 10**9,
    "1970-01-01 01:00:00.5+01:00": 5 * 10**8,
}


@pytest.mark.parametrize("written", MOMENTS)
def test_moments(written: str) -> None:
    assert parse_moment(written, NOW) == MOMENTS[written]


def test_durations() -> None:
    assert [parse_duration_ms(each) for each in ("250", "250ms", "1.5s", "2m")] == [
        250,
        250,
        1500,
        120_000,
    ]


@pytest.mark.parametrize("written", ["", "soon", "2026-13-01", "2y"])
def test_what_is_no_moment_and_no_duration(written: str) -> None:
    with pytest.raises(UsageError):
        parse_moment(written, NOW)
    with pytest.raises(UsageError):
        parse_duration_ms(written)
