"""Lays recorded traces on the application they ran in, and reads what an editor would show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.marks import Mark
from tracegloss.ide.code_lens import code_lenses
from tracegloss.ide.diagnostics import diagnostics
from tracegloss.ide.inlay_hints import inlay_hints
from tracegloss.model.trace import SourceDescription
from tracegloss.snapshot import Mode, Root, Snapshot, TextKey, TraceOnCode, snapshot_of
from tracegloss.text import TextRange, range_of
from tracegloss.traces.files import read_file
from tracegloss.workspace.opening import Opening, open_workspace

FIXTURES = REPOSITORY / "fixtures"
WHOLE = range_of(0, 0, 1_000_000, 0)


@cache
def recorded(repository: str, *traces: str) -> tuple[TraceOnCode, ...]:
    """Lay trace files (paths under `fixtures/`) on a folder there, newest trace first."""
    opened = open_workspace(Opening(root=FIXTURES / repository, cache=False))
    source = SourceDescription("file", None)
    laid = [
        opened.workspace.lay(trace, source)
        for each in traces
        for trace in read_file(FIXTURES / each)
    ]
    return tuple(sorted(laid, key=lambda each: each.trace.info.request_ns or 0, reverse=True))


@cache
def root_of(repository: str) -> Root:
    opened = open_workspace(Opening(root=FIXTURES / repository, cache=False))
    return Root("r0", Path(repository).name, opened.workspace.index)


def marks_of(snapshot: Snapshot, key: TextKey, kinds: Iterable[str]) -> Iterator[Mark]:
    """Read one text's diagnostics, lenses or hints as marks; a hint stands at the site's token."""
    if "finding" in kinds:
        for found in diagnostics(snapshot, key):
            words = f"{found.severity.name.lower()} {found.code}: {found.message}"
            yield _mark(found.range, "finding", words)
    if "lens" in kinds:
        for lens in code_lenses(snapshot, key):
            yield _mark(lens.range, "lens", lens.text)
    if "hint" in kinds:
        notes = snapshot.notes(key)
        tokens = {site.at.start.line: site.at for site in notes.sites} if notes else {}
        for hint in inlay_hints(snapshot, key, WHOLE):
            yield _mark(tokens[hint.at.line], "hint", hint.text)


def _mark(at: TextRange, kind: str, words: str) -> Mark:
    return Mark(at.start.line, at.start.column, at.end.column, kind, " ".join(words.split()))


def shown(repository: str, traces: tuple[str, ...], mode: Mode = "inlay") -> Snapshot:
    """Take the snapshot of a folder under `fixtures/` with recorded traces."""
    return snapshot_of([root_of(repository)], recorded(repository, *traces), mode=mode)
