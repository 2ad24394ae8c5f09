"""What an editor shows of recorded traces on real applications: nothing missing, nothing more.

`fixtures/ide/<case>/` holds copies of the application's files with marks for what stands in them;
`case.json` names the application and the traces. A file without a copy must stay empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.conftest import CheckMarks
from tests.ide.margin import FIXTURES, marks_of, recorded, root_of, shown
from tests.marks import read_marks
from tracegloss.ide.hover import hover
from tracegloss.index.repo import FunctionEntry
from tracegloss.snapshot import Document, TextKey, snapshot_of
from tracegloss.syntax.extract import extract
from tracegloss.text import LineIndex

CASES = sorted((FIXTURES / "ide").glob("*/case.json"))
KINDS = ("finding", "hint")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_what_stands_in_the_margin(
    path: Path, check_marks: CheckMarks, request: pytest.FixtureRequest
) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    snapshot = shown(case["repository"], tuple(case["traces"]))
    told = {key.path: tuple(marks_of(snapshot, key, KINDS)) for key in snapshot.overlay.files}
    marked = {each.relative_to(path.parent).as_posix() for each in path.parent.rglob("*.py")}
    if request.config.getoption("--update-marks"):
        for name in [name for name, marks in told.items() if marks and name not in marked]:
            copy = path.parent / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((FIXTURES / case["repository"] / name).read_bytes())
            marked.add(name)
    assert {name for name, marks in told.items() if marks} <= marked
    for name in marked:
        clean = read_marks((path.parent / name).read_text(encoding="utf-8")).text
        assert clean == (FIXTURES / case["repository"] / name).read_text(encoding="utf-8")
        check_marks(path.parent / name, told.get(name, ()), KINDS)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_hovers_of_findings(path: Path, check_golden: Callable[[Path, str], None]) -> None:
    """Every hover on a marked token, in `hovers.md` beside the marked files."""
    case = json.loads(path.read_text(encoding="utf-8"))
    snapshot = shown(case["repository"], tuple(case["traces"]))
    told: list[str] = []
    for key, notes in sorted(snapshot.overlay.files.items()):
        for at in sorted({note.at for note in notes.findings if note.at is not None}):
            found = hover(snapshot, key, at.start)
            assert found is not None
            links = " · ".join(link.label for link in found.links)
            told.append(f"# {key.path}:{at.start.line + 1}\n\n{found.markdown}\n[{links}]\n")
    check_golden(path.parent / "hovers.md", "\n".join(told))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_lenses_say_what_hints_say_at_the_same_sites(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    traces = tuple(case["traces"])
    inlay, lens = (shown(case["repository"], traces, mode) for mode in ("inlay", "lens"))
    for key in inlay.overlay.files:
        hints = {(m.line, m.text) for m in marks_of(inlay, key, ("hint",))}
        lenses = [(m.line, m.text) for m in marks_of(lens, key, ("lens",))]
        assert len({line for line, _ in lenses}) == len(hints)
        assert len(lenses) > len(hints) or set(lenses) == hints
        assert not [*marks_of(lens, key, ("hint",)), *marks_of(inlay, key, ("lens",))]


def test_a_clean_trace_paints_no_finding() -> None:
    snapshot = shown("eval/concurrency/app", ("traces/clean.json",))
    assert snapshot.overlay.files
    assert all(not notes.findings for notes in snapshot.overlay.files.values())


def test_the_mode_off_shows_no_figures() -> None:
    snapshot = shown("apps/support_agent", ("traces/judged-wrong.json",), "off")
    for key in snapshot.overlay.files:
        assert not [*marks_of(snapshot, key, ("hint", "lens"))]


def test_an_unknown_text_has_nothing() -> None:
    snapshot = shown("apps/support_agent", ("traces/judged-wrong.json",))
    assert not [*marks_of(snapshot, TextKey("r9", "agent/planner.py"), KINDS)]


def test_functions_keep_the_hash_of_the_text_a_trace_was_laid_on() -> None:
    """A formatter's edit leaves a finding where it is, an edit of the code ends it."""
    repository, traces = "apps/support_agent", ("traces/error-in-tool.json",)
    [trace] = recorded(repository, *traces)
    index = root_of(repository).index
    key = TextKey("r0", "tools/refunds.py")
    text = trace.texts[key.path].source.decode()
    functions = tuple(f for f in index.functions.values() if f.function.path == key.path)
    hashes = {f.text_hash for f in functions}
    assert hashes & set(trace.text_hashes.values())
    for old, new, edited in [
        ("def check_refund", "# a comment\ndef check_refund", False),
        ("    with mlflow", "\n    # a comment\n    with mlflow", False),
        ("window = refund", "days = refund", True),
    ]:
        changed = text.replace(old, new)
        assert changed != text
        parsed = read_functions(changed, functions)
        document = Document(key, LineIndex.of(changed.encode()), 1, parsed)
        notes = snapshot_of([], [trace], [document]).notes(key)
        assert notes is not None
        assert [site.is_edited for site in notes.sites][:1] == [edited]


def read_functions(source: str, before: tuple[FunctionEntry, ...]) -> tuple[FunctionEntry, ...]:
    """Read the hashes of an edited text as the index does, on the definitions of the one before."""
    facts = extract(source.encode())
    hashes = {d.qualified_name: d.text_hash for d in facts.definitions}
    return tuple(
        replace(f, text_hash=hashes[f.function.qualified_name])
        for f in before
        if f.function.qualified_name in hashes
    )
