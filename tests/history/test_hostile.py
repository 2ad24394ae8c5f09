"""A repository whose configuration runs a program wherever git lets it: none of them runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.history.repositories import committed, put, started
from tracegloss.history.hardened import NoRepository
from tracegloss.history.named_commit import NamedCommit
from tracegloss.history.objects import open_objects
from tracegloss.history.standing import commit_standing, repository_state
from tracegloss.history.touched import functions_changed
from tracegloss.history.uncommitted import staged_code, working_files
from tracegloss.index.files.tree_of_files import WorkingTree
from tracegloss.model.site import FunctionId

ANSWER = "def answer(question):\n    return question.upper()\n"
NAME = FunctionId("app.py", "answer", 0)
PROGRAMS = (
    "core.fsmonitor",
    "core.pager",
    "core.sshCommand",
    "core.gitProxy",
    "core.editor",
    "core.askPass",
    "credential.helper",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "merge.evil.driver",
    "gpg.program",
    "gpg.ssh.program",
    "pager.log",
    "pager.cat-file",
    "trailer.evil.command",
    "uploadpack.packObjectsHook",
    "sequence.editor",
    "alias.log",
    "alias.cat-file",
    "alias.ls-tree",
)
HOOKS = ("post-index-change", "pre-commit", "post-checkout", "reference-transaction")


@pytest.fixture
def fired(tmp_path: Path) -> Path:
    return tmp_path / "fired"


@pytest.fixture
def hostile(tmp_path: Path, fired: Path) -> tuple[Path, str, str]:
    """Make the repository; gives it with its first and its last commit."""
    folder = started(tmp_path / "hostile")
    old = committed(folder, {"app.py": ANSWER, ".gitattributes": "* text\n"})
    edit = {"app.py": ANSWER.replace("upper", "lower"), "b.py": ANSWER}
    new = committed(folder, edit, "edit it")
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{fired}'\ncat\n", "utf-8")
    program.chmod(0o755)
    put(folder, {".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in HOOKS:
        (hooks / hook).write_bytes(program.read_bytes())
        (hooks / hook).chmod(0o755)
    more = tmp_path / "more.config"
    configuration = folder / ".git" / "config"
    lines = [_setting(key, str(program)) for key in PROGRAMS]
    lines += [
        _setting("core.hooksPath", str(hooks)),
        _setting("protocol.allow", "always"),
        _setting("protocol.ext.allow", "always"),
        _setting("log.showSignature", "true"),
        _setting("filter.evil.required", "true"),
        _setting("remote.origin.url", f"ext::{program} %S"),
        _setting("remote.origin.promisor", "true"),
        _setting("remote.origin.partialclonefilter", "blob:none"),
        _setting("core.repositoryformatversion", "1"),
        _setting("extensions.partialClone", "origin"),
    ]
    more.write_text("\n".join(lines), "utf-8")
    with configuration.open("a", encoding="utf-8") as file:
        file.write(f"\n[include]\n\tpath = {more}\n" + "\n".join(lines))
    return folder, old, new


def _setting(key: str, value: str) -> str:
    section, _, name = key.rpartition(".")
    first, dot, rest = section.partition(".")
    return f'[{first}{f" {chr(34)}{rest}{chr(34)}" if dot else ""}]\n\t{name} = "{value}"'


def test_history_runs_nothing(hostile: tuple[Path, str, str], fired: Path) -> None:
    folder, old, new = hostile
    state = repository_state(folder)
    assert state.commit == new
    for revision in (old, "1" * 40, "refs/tags/v1", "--output=stolen"):
        commit_standing(folder, NamedCommit(revision, "option"), state)
    tree = WorkingTree.of(folder)
    put(folder, {"b.py": "x = 1\n"})
    stamps = WorkingTree.of(folder).stamps
    assert set(working_files(folder, stamps, tree.read, staged_code(folder)).edited) == {"b.py"}
    objects = open_objects(folder)
    assert not isinstance(objects, NoRepository)
    with objects:
        assert objects.resolve("HEAD~1") == old
        assert objects.text(old, "app.py") == ANSWER.encode()
        assert functions_changed(objects, [NAME], old, new)[NAME].commits[0].subject == "edit it"
    assert not fired.exists()


def test_a_missing_object_is_not_fetched(hostile: tuple[Path, str, str], fired: Path) -> None:
    folder, old, _ = hostile
    objects = open_objects(folder)
    assert not isinstance(objects, NoRepository)
    with objects:
        blob = objects.tree(old)["app.py"]
        loose = folder / ".git" / "objects" / blob.hex()[:2] / blob.hex()[2:]
        loose.chmod(0o644)
        loose.unlink()
        assert objects.blob(blob) is None
        assert objects.text_at(old, "app.py") is None
        assert objects.blob(b"\x11" * 20) is None
        assert objects.text(old, ".gitattributes") == b"* text\n"
    assert not fired.exists()


def test_the_programs_would_run_where_git_is_asked_carelessly(
    hostile: tuple[Path, str, str], fired: Path
) -> None:
    folder, _, _ = hostile
    os.utime(folder / "app.py", ns=(1, 1))
    subprocess.run(["git", "status"], cwd=folder, capture_output=True, check=False)
    assert fired.exists()


@pytest.mark.parametrize(
    "revision", ["--all", "-1", "HEAD\nHEAD~1", ":app.py", "HEAD:app.py", "", "@{u}", "x" * 5000]
)
def test_what_names_no_commit_is_none(tmp_path: Path, revision: str) -> None:
    folder = started(tmp_path / "plain")
    committed(folder, {"app.py": ANSWER})
    objects = open_objects(folder)
    assert not isinstance(objects, NoRepository)
    with objects:
        assert objects.resolve(revision) is None
