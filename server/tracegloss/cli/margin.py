"""Loads traces as an editor does, for the commands that print what it would show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.errors import SourceError, TraceError
from tracegloss.ide.lens_text import counted
from tracegloss.model.settings import RedactionLevel
from tracegloss.redaction import Redactor
from tracegloss.snapshot import Mode, Root, Snapshot, TraceOnCode, snapshot_of
from tracegloss.traces.query import TraceQuery
from tracegloss.workspace.opening import OpenedWorkspace, Opening, open_workspace, root_is_ours
from tracegloss.workspace.selection import LISTED, to_load
from tracegloss.workspace.session import ROOT_ID

traces_option = click.option(
    "--trace",
    "traces",
    multiple=True,
    metavar="TRACE",
    help="An id, a file, - or last, as for correlate; may be repeated. Else those an editor loads.",
)


class Margin(Struct, frozen=True, eq=False):
    """What an editor would show of a root; `root` is resolved.

    `n_of_other_code` counts traces left out because another repository made their roots.
    `problems` went wrong beside, redacted, one line each.
    """

    root: Path
    snapshot: Snapshot
    n_of_other_code: int
    problems: tuple[str, ...]

    @property
    def base(self) -> str:
        """Say what was looked at: `3 traces`."""
        words = counted(len(self.snapshot.traces), "trace")
        other = self.n_of_other_code
        return f"{words}; {other:,} of other code left out" if other else words


class _Taken(Struct):
    """Traces as they come: one of each id, and what could not be read."""

    traces: dict[str, TraceOnCode]
    problems: list[str]
    n_of_other_code: int = 0


def with_opening(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that say where code and traces are, as its `opening`."""

    @shared.root
    @shared.tracking_uri
    @shared.experiment
    @shared.timeout
    @shared.redact
    @shared.no_cache
    @wraps(command)
    def opened(
        *,
        root: Path | None,
        tracking_uri: str | None,
        experiment: str | None,
        timeout: float,
        redact: RedactionLevel | None,
        no_cache: bool,
        **rest: object,
    ) -> int:
        opening = Opening(root, tracking_uri, experiment, timeout, not no_cache, redact)
        return command(opening=opening, **rest)

    return opened


def load(opening: Opening, written: Sequence[str], mode: Mode = "inlay") -> Margin:
    """Lay traces on the code and take the snapshot an editor would have.

    `written` are arguments as `correlate` takes them; without any, the traces that load by
    themselves are taken, those of this root's code. Raises what `OpenedWorkspace.lay_all` and the
    store raise.
    """
    workspace = open_workspace(opening)
    now_ns = time.time_ns()
    taken = _Taken({}, [])
    with telling("Reading the code and the traces ..."):
        if written:
            _keep(taken, (laid for each in written for laid in workspace.lay_all(each, now_ns)))
        else:
            _keep(taken, _chosen(workspace, taken, now_ns))
        snapshot = _snapshot(workspace, taken.traces.values(), mode)
    problems = (*workspace.told_problems(), *taken.problems)
    return Margin(workspace.root, snapshot, taken.n_of_other_code, problems)


def _keep(taken: _Taken, laid: Iterable[TraceOnCode]) -> None:
    for each in laid:
        taken.traces[each.trace.info.trace_id] = each


def _chosen(workspace: OpenedWorkspace, taken: _Taken, now_ns: int) -> Iterator[TraceOnCode]:
    """Lay the traces that load by themselves; one that cannot be read costs no other."""
    experiment_id = workspace.experiment().experiment.experiment_id
    source = workspace.source
    infos = tuple(source.search(TraceQuery((experiment_id,), limit=LISTED)))
    described = replace(source.description, experiment_id=experiment_id)
    redactor = Redactor(workspace.settings.redaction)
    for trace_id in to_load(infos, now_ns):
        try:
            laid = workspace.workspace.lay(source.trace(trace_id), described, now_ns)
        except SourceError:
            raise
        except TraceError as error:
            taken.problems.append(redactor.plain(str(error)))
            continue
        if root_is_ours(laid):
            yield laid
        else:
            taken.n_of_other_code += 1


def _snapshot(workspace: OpenedWorkspace, laid: Iterable[TraceOnCode], mode: Mode) -> Snapshot:
    return snapshot_of(
        (Root(ROOT_ID, workspace.root.name, workspace.workspace.index),),
        sorted(laid, key=_newest_first),
        settings=workspace.settings,
        mode=mode,
    )


def _newest_first(on_code: TraceOnCode) -> tuple[int, str]:
    info = on_code.trace.info
    return -(info.request_ns or 0), info.trace_id
