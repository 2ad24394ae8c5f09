"""Which experiment is meant, and its newest traces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import urlsplit

from msgspec import Struct

from tracegloss.errors import SourceError, SourceUnclearError
from tracegloss.model.trace import TraceInfo
from tracegloss.reveal import reveal
from tracegloss.traces.query import Experiment, Source, TraceQuery

MOST_TRACES_FOR_LAST = 50
TRACES_LOOKED_AT = 5
MOST_EXPERIMENTS = 50
_SCP_ADDRESS = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")


class ChosenExperiment(Struct, frozen=True):
    """The experiment that was chosen, and why, in words for a reader."""

    experiment: Experiment
    because: str


class WhatIsKnown(Struct, frozen=True):
    """What else may say which experiment is meant.

    `in_code` are the literal arguments of `set_experiment`, the most telling first;
    `is_ours` tells whether a recorded `mlflow.source.name` lies in the workspace.
    """

    wanted: str | None = None
    wanted_because: str = "given with --experiment"
    in_code: tuple[str, ...] = ()
    remote_urls: tuple[str, ...] = ()
    is_ours: Callable[[str], bool] = lambda _: False


def choose_experiment(
    source: Source, known: WhatIsKnown, environment: Mapping[str, str]
) -> ChosenExperiment:
    """Choose by option or setting, environment, code, recorded repository, only one with traces.

    Raises `SourceError` when the wanted one is not there, `SourceUnclearError` when nothing
    decides; its remedy lists the experiments.
    """
    experiments = source.experiments()
    named = _named(experiments, known, environment)
    if named is not None:
        return named
    in_code = _in_code(experiments, known.in_code)
    if in_code is not None:
        return in_code
    newest = _newest(source, experiments)
    ours = [
        (infos[0].request_ns or 0, experiment)
        for experiment, infos in newest
        if any(_is_ours(info, known) for info in infos)
    ]
    if ours:
        latest = max(ours, key=lambda pair: pair[0])[1]
        return ChosenExperiment(latest, "its newest traces are of this repository")
    if len(newest) == 1:
        return ChosenExperiment(newest[0][0], "the only experiment with traces")
    raise _unclear(experiments, newest)


def newest_traces(source: Source, experiment_id: str) -> Iterator[TraceInfo]:
    """Yield the newest infos of an experiment, as many as `last` looks at."""
    return source.search(TraceQuery((experiment_id,), limit=MOST_TRACES_FOR_LAST))


def _named(
    experiments: Sequence[Experiment], known: WhatIsKnown, environment: Mapping[str, str]
) -> ChosenExperiment | None:
    for wanted, because in (
        (known.wanted, known.wanted_because),
        (environment.get("MLFLOW_EXPERIMENT_NAME"), "MLFLOW_EXPERIMENT_NAME"),
        (environment.get("MLFLOW_EXPERIMENT_ID"), "MLFLOW_EXPERIMENT_ID"),
    ):
        if wanted:
            found = _find(experiments, wanted)
            if found is None:
                raise SourceError(
                    "no such experiment",
                    where=f"{wanted}, {because}",
                    remedy="List them: tracegloss traces --experiments",
                )
            return ChosenExperiment(found, because)
    return None


def _find(experiments: Sequence[Experiment], wanted: str) -> Experiment | None:
    by_name = [e for e in experiments if reveal(e.name) == wanted]
    by_id = [e for e in experiments if e.experiment_id == wanted]
    return next(iter(by_name + by_id), None)


def _in_code(experiments: Sequence[Experiment], names: tuple[str, ...]) -> ChosenExperiment | None:
    there = [found for name in dict.fromkeys(names) if (found := _find(experiments, name))]
    return ChosenExperiment(there[0], "set_experiment in code") if there else None


def _newest(
    source: Source, experiments: Sequence[Experiment]
) -> list[tuple[Experiment, list[TraceInfo]]]:
    """Read the newest infos of each experiment that has any."""
    found = []
    for experiment in experiments[:MOST_EXPERIMENTS]:
        if experiment.n_traces == 0:
            continue
        query = TraceQuery((experiment.experiment_id,), limit=TRACES_LOOKED_AT)
        infos = list(islice(source.search(query), TRACES_LOOKED_AT))
        if infos:
            found.append((experiment, infos))
    return found


def _is_ours(info: TraceInfo, known: WhatIsKnown) -> bool:
    metadata = reveal(info.metadata)
    recorded = metadata.get("mlflow.source.git.repoURL")
    if recorded and same_repository(recorded, known.remote_urls):
        return True
    name = metadata.get("mlflow.source.name")
    return bool(name) and known.is_ours(name or "")


def same_repository(recorded: str, remote_urls: tuple[str, ...]) -> bool:
    """Compare remote addresses without user, scheme and `.git`: ssh and https name one place."""
    wanted = _repository(recorded)
    return wanted is not None and any(_repository(url) == wanted for url in remote_urls)


def _repository(url: str) -> tuple[str, str] | None:
    scp = _SCP_ADDRESS.fullmatch(url.strip())
    if scp is not None:
        host, path = scp[1], scp[2]
    else:
        try:
            parts = urlsplit(url.strip())
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return None
    path = path.strip("/").removesuffix(".git").lower()
    return (host.lower(), path) if path else None


def _unclear(
    experiments: Sequence[Experiment], newest: Sequence[tuple[Experiment, object]]
) -> SourceUnclearError:
    if not newest:
        return SourceUnclearError(
            "no experiment has a trace yet",
            remedy="Run the application with tracing, or name another store",
        )
    ids = ", ".join(experiment.experiment_id for experiment, _ in newest[:10])
    return SourceUnclearError(
        f"{len(newest)} of {len(experiments)} experiments have traces",
        where=f"experiments {ids}",
        remedy="Name one with --experiment",
    )
