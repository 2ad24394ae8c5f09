"""What `doctor` finds out: each thing the tool stands on, where it came from, what is missing."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice

from msgspec import Struct

from tracegloss import __version__
from tracegloss.errors import TraceglossError
from tracegloss.history.hardened import hardened_environment
from tracegloss.index.store.store import cache_folder
from tracegloss.redaction import Redactor
from tracegloss.traces.choose_experiment import newest_traces
from tracegloss.traces.choose_store import ChosenStore
from tracegloss.traces.tracking_uri import safe_uri
from tracegloss.workspace.opening import OpenedWorkspace

PACKAGES = ("mlflow", "tree-sitter", "tree-sitter-python", "pygls", "gitpython", "msgspec")
VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID")


class Observation(Struct, frozen=True):
    """One line of a diagnosis; a fault has the way to mend it in `remedy`.

    All texts are redacted and may hold characters that are not safe to print.
    """

    topic: str
    text: str
    is_fault: bool = False
    remedy: str = ""


def diagnose(workspace: OpenedWorkspace) -> Iterator[Observation]:
    """Look at everything once; a question that fails is a fault and stops none of the others."""
    redactor = Redactor(workspace.settings.redaction)
    yield Observation("tracegloss", f"{__version__} on Python {platform.python_version()}")
    yield Observation("interpreter", sys.executable)
    yield from _packages()
    yield from _repository(workspace)
    yield from _index(workspace)
    yield from _settings(workspace)
    yield from _variables(redactor)
    yield from _store(workspace, redactor)


def _packages() -> Iterator[Observation]:
    for name in PACKAGES:
        try:
            yield Observation(name, version(name))
        except PackageNotFoundError:
            remedy = f"Install it: pip install {name}"
            yield Observation(name, "is not installed", is_fault=True, remedy=remedy)


def _repository(workspace: OpenedWorkspace) -> Iterator[Observation]:
    yield Observation("root", str(workspace.root))
    yield _git_version()
    state = workspace.workspace.repository
    if state.unavailable is not None:
        yield Observation(
            "repository",
            f"{state.unavailable}; commits of traces cannot be told",
            is_fault=True,
            remedy="Start in a clone, or name one with --root",
        )
        return
    commit = state.commit[:12] if state.commit else "no commit yet"
    yield Observation("HEAD", f"{commit} ({state.branch or 'detached'})")
    yield Observation("remote", state.remote or "none")


def _git_version() -> Observation:
    try:
        done = subprocess.run(
            ["git", "--version"],  # noqa: S607 (the git of the PATH is the one that is used)
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            env={**os.environ, **hardened_environment()},
        )
    except (OSError, subprocess.SubprocessError):
        return Observation("git", "is not installed", is_fault=True, remedy="Install git")
    return Observation("git", done.stdout.strip().removeprefix("git version "))


def _index(workspace: OpenedWorkspace) -> Iterator[Observation]:
    index = workspace.workspace.index
    paths = {site.at.path for site in index.sites}
    counted = f"{_count(len(index.sites), 'site')} in {_count(len(paths), 'file')}"
    kinds = "Python file or notebook" if len(index.files) == 1 else "Python files and notebooks"
    read = f"{len(index.indexed):,} of {len(index.files):,} {kinds} read"
    yield Observation(
        "index",
        f"{counted}; {read}",
        is_fault=not index.sites,
        remedy=""
        if index.sites
        else "Nothing here traces with MLflow: name another folder with --root",
    )
    yield Observation("cache", str(cache_folder()))
    for problem in islice(workspace.told_problems(), 10):
        yield Observation("problem", problem)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _settings(workspace: OpenedWorkspace) -> Iterator[Observation]:
    yield Observation("redaction", workspace.settings.redaction.level)


def _variables(redactor: Redactor) -> Iterator[Observation]:
    for name in VARIABLES:
        value = os.environ.get(name)
        shown = "not set" if not value else redactor.setting(name, safe_uri(value))
        yield Observation(name, shown)


def _store(workspace: OpenedWorkspace, redactor: Redactor) -> Iterator[Observation]:
    try:
        store = workspace.store
    except TraceglossError as error:
        yield _fault("store", error, redactor)
        return
    for look in store.looked:
        yield Observation("looked at", f"{look.place}: {redactor.plain(look.found)}")
    if not isinstance(store, ChosenStore):
        remedy = "Name one with --tracking-uri or MLFLOW_TRACKING_URI, or give a trace file"
        yield Observation("store", "none found", is_fault=True, remedy=remedy)
        return
    yield Observation("store", f"{safe_uri(store.uri.written)} ({store.because})")
    yield from _reached(workspace, redactor)


def _reached(workspace: OpenedWorkspace, redactor: Redactor) -> Iterator[Observation]:
    try:
        experiments = workspace.source.experiments()
        listed = (redactor.text(each.name) for each in experiments[:10])
        yield Observation("experiments", f"{len(experiments)}: {', '.join(listed)}")
        chosen = workspace.experiment()
        name = redactor.text(chosen.experiment.name)
        yield Observation("experiment", f"{name} ({chosen.because})")
        newest = list(newest_traces(workspace.source, chosen.experiment.experiment_id))
    except TraceglossError as error:
        yield _fault("store", error, redactor)
        return
    remedy = "" if newest else "Run the application with tracing switched on"
    yield Observation("traces", f"{len(newest)} newest seen", is_fault=not newest, remedy=remedy)


def _fault(topic: str, error: TraceglossError, redactor: Redactor) -> Observation:
    located = f"{error.what} ({error.where})" if error.where else error.what
    return Observation(topic, redactor.plain(located), is_fault=True, remedy=error.remedy)
