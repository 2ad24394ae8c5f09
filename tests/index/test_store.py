"""The store changes how fast an index comes, never what is in it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.index.repositories import files_of, write_files
from tracegloss.index.build import IndexState, build_index, index_folder
from tracegloss.index.files.tree_of_files import WorkingTree
from tracegloss.index.interpreter.values import Spot
from tracegloss.index.sites import FoundSite
from tracegloss.index.store.kept import keep_site, restore_site
from tracegloss.index.store.store import Store, clear, facts_version
from tracegloss.model.site import DynamicName, FunctionId, LiteralName, NamePattern, Place, Site
from tracegloss.syntax.facts import Extent
from tracegloss.text import range_of

TEXT = """# --- path: obs.py ---
import mlflow


def traced(name):
    return mlflow.trace(name=name)
# --- path: app.py ---
from obs import traced


@traced("answer")
def answer(question):
    return question
# --- path: other.py ---
def nothing():
    pass
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_files(tmp_path / "repository", files_of(TEXT))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _sites(state: IndexState) -> tuple[Site, ...]:
    return state.index.sites


def _codes(state: IndexState) -> list[str]:
    return [problem.code for problem in state.index.problems]


def test_a_second_run_finds_the_same(root: Path, cache: Path) -> None:
    first = index_folder(root, (), cache)
    second = index_folder(root, (), cache)
    assert _sites(second) == _sites(first) == _sites(index_folder(root, (), None))
    assert [dict(s.index.steps) for s in (first, second)] == [dict(first.index.steps)] * 2
    assert second.index.indexed == first.index.indexed == {"app.py", "obs.py"}
    assert _codes(second) == []


CHANGES = {
    "a site moves": ("app.py", "\n\n" + files_of(TEXT)["app.py"]),
    "a wrapper changes": ("obs.py", "import mlflow\ndef traced(name):\n    return mlflow.trace\n"),
    "a file begins to use a wrapper": (
        "other.py",
        "from obs import traced\n@traced('new')\ndef new():\n    pass\n",
    ),
    "a file no longer traces": ("app.py", "x = 1\n"),
    "a file comes": ("new.py", "import mlflow\nwith mlflow.start_span('new'):\n    pass\n"),
    "a file is broken": ("other.py", "import mlflow\ndef broken(:\n"),
}


@pytest.mark.parametrize("path,text", CHANGES.values(), ids=CHANGES)
def test_changes_are_seen(path: str, text: str, root: Path, cache: Path) -> None:
    index_folder(root, (), cache)
    write_files(root, {path: text})
    warm = index_folder(root, (), cache)
    cold = index_folder(root, (), None)
    assert _sites(warm) == _sites(cold)
    assert _codes(warm) == _codes(cold)


def test_deleted_files_are_forgotten(root: Path, cache: Path) -> None:
    index_folder(root, (), cache)
    (root / "app.py").unlink()
    assert _sites(index_folder(root, (), cache)) == _sites(index_folder(root, (), None))


def test_the_store_is_the_users_own(root: Path, cache: Path) -> None:
    index_folder(root, (), cache)
    assert stat.S_IMODE((cache / "facts.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damage", [b"", b"not a database" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_store_is_made_anew(damage: bytes, root: Path, cache: Path) -> None:
    expected = _sites(index_folder(root, (), cache))
    for file in cache.iterdir():
        file.unlink()
    (cache / "facts.sqlite").write_bytes(damage)
    assert _sites(index_folder(root, (), cache)) == expected
    assert _codes(index_folder(root, (), cache)) == []


def test_damage_within_is_a_problem_and_a_slower_run(root: Path, cache: Path) -> None:
    expected = _sites(index_folder(root, (), cache))
    store = Store.open(cache)
    assert store.connection is not None
    with store.connection:
        store.connection.execute("update trees set packed = x'c1'")
        store.connection.execute("update facts set packed = x'c1'")
    store.close()
    damaged = index_folder(root, (), cache)
    assert _sites(damaged) == expected
    assert _codes(damaged) == ["store-unusable"]
    assert _codes(index_folder(root, (), cache)) == []


def test_another_versions_store_is_made_anew(root: Path, cache: Path) -> None:
    expected = _sites(index_folder(root, (), cache))
    store = Store.open(cache)
    assert store.connection is not None
    with store.connection:
        store.connection.execute("update kept set value = x'00'")
        store.connection.execute("update trees set packed = x'c1'")
    store.close()
    assert _sites(index_folder(root, (), cache)) == expected
    reopened = Store.open(cache)
    assert reopened.connection is not None
    assert reopened.connection.execute("select value from kept").fetchone() == (facts_version(),)


def test_a_folder_that_cannot_be_written_is_a_problem(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    state = index_folder(root, (), tmp_path / "file" / "cache")
    assert _sites(state) == _sites(index_folder(root, (), None))
    assert _codes(state) == ["store-unusable"]


def test_a_full_disk_is_a_problem(root: Path, cache: Path) -> None:
    Store.open(cache).close()
    store = Store.open(cache)
    assert store.connection is not None
    store.connection.execute("pragma max_page_count = 1")
    many = "".join(f"@mlflow.trace\ndef f{n}(): pass\n" for n in range(500))
    write_files(root, {"many.py": f"import mlflow\n{many}"})
    state = build_index(WorkingTree.of(root), store)
    assert _sites(state) == _sites(index_folder(root, (), None))
    assert _codes(state) == ["store-unusable"]


PROGRAM = """
import sys
from pathlib import Path
from tracegloss.index.build import index_folder
for _ in range(5):
    index = index_folder(Path(sys.argv[1]), (), Path(sys.argv[2])).index
    assert not index.problems, index.problems
    (Path(sys.argv[1]) / f"{sys.argv[3]}.py").write_text(f"import mlflow  # {_}\\n")
print(len([site for site in index.sites]))
"""


def test_two_processes_share_it(root: Path, cache: Path) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(root), str(cache), name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        for name in ("left", "right")
    ]
    ended = [process.communicate() for process in running]
    assert ended == [(b"1\n", b""), (b"1\n", b"")]
    assert _sites(index_folder(root, (), cache)) == _sites(index_folder(root, (), None))


def test_clearing_deletes_it(root: Path, cache: Path) -> None:
    index_folder(root, (), cache)
    assert clear(cache)
    assert not clear(cache)
    assert list(cache.iterdir()) == []


def test_every_member_of_a_site_is_kept() -> None:
    place = Place("app.py", range_of(1, 2, 1, 5), 3, "r1")
    told: dict[str, object] = {
        "kind": "sdk-call",
        "at": place,
        "extent": place.range,
        "names": (LiteralName("a", "literal"), NamePattern(("b", "")), DynamicName("c")),
        "function": FunctionId("app.py", "f", 1),
        "block": place.range,
        "secondary": place,
        "is_generator": True,
        "is_async": True,
        "attributes": (("k", "v"),),
        "parameters": ("x",),
        "variadic": ("y",),
        "members": ("z",),
        "runs": ("app.py:1:2",),
    }
    texts = {name: name for name in Site.__struct_fields__ if name not in told}
    site = Site(**{**texts, **told})  # type: ignore[arg-type]
    found = FoundSite(site, Spot("app.py", Extent(1, 2, 1, 5)))
    assert restore_site(keep_site(found)) == found
    defaults = msgspec.structs.fields(Site)
    assert [each.name for each in defaults if getattr(found.site, each.name) == each.default] == []
