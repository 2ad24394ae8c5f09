"""What contests need and share, made when asked for: corpora, stores, a server, scratch space."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Self

from bench import corpora, recording, serving
from bench.places import PROBES, REPOSITORY
from bench.processes import RunFailedError, Usage, measure

PROGRAMS = Path(sys.executable).parent


class PeerMissingError(Exception):
    """A program to compare with is not installed here."""


class Surroundings:
    """The things of one run of the bench; ends what it started when it is left."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._done: set[str] = set()
        self.scratch = Path(self._open.enter_context(tempfile.TemporaryDirectory()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def medium(self) -> corpora.Corpus:
        """About 10,000 files, the sample shop among them."""
        return corpora.make(corpora.MEDIUM)

    @cached_property
    def store(self) -> recording.Store:
        """The recorded traces, read by ours alone."""
        return recording.record(self.medium)

    @cached_property
    def thousand(self) -> corpora.Corpus:
        """About 1,000 files, the sample shop among them."""
        return corpora.make(corpora.TENTH)

    @cached_property
    def fifty(self) -> recording.Store:
        """Fifty traces of the shop among 1,000 files."""
        return recording.record(self.thousand, recording.FIFTY, "-fifty")

    @cached_property
    def store_of_peer(self) -> recording.Store:
        """A copy for MLflow's own client, which may upgrade what it opens."""
        return recording.copied(self.store, "peer")

    @cached_property
    def server(self) -> str:
        """The address of a real MLflow server over another copy of the store."""
        served = recording.copied(self.store, "served")
        address = self._open.enter_context(serving.mlflow_server(served.uri))
        # What a server does at its first request is nobody's cost.
        first = probe_command("fetch", address, served.traces[10].trace_id)
        measure(first, env=of_repository({}))
        return address

    def once(self, what: str) -> bool:
        """Tell whether this is the first time that it is asked for."""
        first = what not in self._done
        self._done.add(what)
        return first

    def peer(self, program: str) -> str:
        """Return the path of an installed program; raises `PeerMissingError`."""
        found = shutil.which(program, path=str(PROGRAMS)) or shutil.which(program)
        if found is None:
            raise PeerMissingError(f"{program} is not installed")
        return found

    def cache(self, name: str) -> dict[str, str]:
        """Return the environment under which ours keeps its store in a folder of that name."""
        return {"XDG_CACHE_HOME": str(self.scratch / "caches" / name)}

    def forget(self, name: str) -> None:
        """Remove a folder that `cache` named."""
        shutil.rmtree(self.scratch / "caches" / name, ignore_errors=True)

    def probe(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> dict[str, Usage]:
        """Run a probe that measures inside its own process and prints what it found."""
        said = self.scratch / f"{name}.json"
        command = probe_command(name, *arguments)
        measure(command, cwd=cwd, env=of_repository(env or {}), stdout=said)
        printed = said.read_text().splitlines()
        if not printed:
            raise RunFailedError(f"{name} printed nothing")
        return {who: Usage(**usage) for who, usage in json.loads(printed[-1]).items()}


def probe_command(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a probe as a program of its own."""
    return [sys.executable, str(PROBES / f"{name}.py"), *arguments]


def of_repository(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which probes can import what they share."""
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (before, str(REPOSITORY))))
    return {"PYTHONPATH": path, **env}
