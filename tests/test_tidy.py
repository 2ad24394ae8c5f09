"""Rules of the whole repository that no single module can keep alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.conftest import REPOSITORY
from tracegloss.cli.commands import COMMANDS

SERVER = REPOSITORY / "server"
PACKAGE = SERVER / "tracegloss"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Modules that compute and nothing else; a package counts with everything in it.
PURE = {
    f"tracegloss.{name}"
    for name in (
        "compare",
        "correlate",
        "findings",
        "ide",
        "index.modules",
        "index.interpreter.names",
        "index.repo",
        "model",
        "overlay",
        "recorded",
        "redaction",
        "report",
        "reveal",
        "snapshot",
        "text",
        "trace_on_code",
        "tree",
        "wording",
    )
}

# What may be imported in some places only: the package or module, and its homes.
HOMES = {
    "git": {"history"},
    "http.client": {"traces"},
    "http.server": set[str](),
    "lsprotocol": {"lsp"},
    "mlflow": {"traces.reference", "cli.demo"},
    "pygls": {"lsp"},
    "requests": set[str](),
    "socket": {"traces"},
    "sqlite3": {"index.store", "traces"},
    "ssl": {"traces"},
    "tracegloss.reveal": {"compare", "correlate", "findings", "history", "redaction", "traces"},
    "tree_sitter": {"syntax"},
    "tree_sitter_python": {"syntax"},
    "urllib.request": {"traces"},
    "urllib3": set[str](),
}

# What the package defines and does not use itself, with who does.
FOR_OTHERS = {
    "tracegloss.cli.correlate_main": "the console script `correlate`",
    "tracegloss.history.touched.functions_changed": "tests of which commits touched a function",
    "tracegloss.syntax.extract.READERS": "imported for the readers that its modules register",
}

# Files that are longer than 400 lines, with the reason why they are not split.
LONG: dict[str, str] = {}

# Hosts of package registries: what is installed, and from where, is the reader's choice.
REGISTRIES = rb"pypi\.org|pythonhosted\.org|registry\.npmjs\.|registry\.yarnpkg\."
# Somebody's home folder. Tests and recordings are about paths of other machines, nothing else is.
HOMES_OF_PEOPLE = rb"/(?:home|Users)/[\w.-]+/|[A-Z]:\\+Users\\"
ABOUT_OTHER_MACHINES = ("tests/", "fixtures/")
# Where this machine keeps the checkout and Python; `/usr` is everybody's.
THIS_MACHINE = {str(REPOSITORY), sys.base_prefix} - {"/usr", "/usr/local", "/srv/app"}

CLOCK_AND_DISK = {"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes"}


def module_name(path: Path) -> str:
    """The dotted name of a module of the package."""
    parts = path.relative_to(SERVER).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def syntax_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Every absolute dotted name a module imports; `from a.b import c` is `a.b.c`."""
    found: set[str] = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


@cache
def used_words(path: Path) -> Counter[str]:
    """Every name a module speaks of, as often as it does, those in strings of code too."""
    found: Counter[str] = Counter()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Name):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute):
            found[node.attr] += 1
        elif isinstance(node, ast.Constant) and re.fullmatch(r"[\w.:]+", str(node.value)):
            found.update(re.split(r"[.:]", str(node.value)))
    return found


def defined_names(path: Path) -> Iterator[tuple[str, int]]:
    """The functions, classes and constants of a module, and how often naming them is defining them.

    What a decorator registers is used by that.
    """
    for node in syntax_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.decorator_list:
                yield node.name, 0
        elif isinstance(node, ast.Assign):
            yield from ((name.id, 1) for name in node.targets if isinstance(name, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, 1


def is_pure(path: Path) -> bool:
    return any(is_in(module_name(path), name) for name in PURE)


def tracked_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (REPOSITORY / name).is_file()]


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert lint_imports(no_logo=True, no_cache=True) == 0


def test_every_pure_module_stands_under_the_contract_of_the_pure_middle() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [listed] = [
        c["source_modules"] for c in contracts if c["name"].startswith("the middle is pure")
    ]
    here = {module_name(path) for path in MODULES}
    assert set(listed) == PURE & here, (
        "list it in `source_modules` of that contract, pyproject.toml"
    )


@pytest.mark.parametrize("outside", HOMES)
def test_the_outside_is_imported_at_home_only(outside: str) -> None:
    homes = {f"tracegloss.{home}" for home in HOMES[outside]}
    strangers = [
        module_name(path)
        for path in MODULES
        if not any(is_in(module_name(path), home) for home in homes)
        and any(is_in(name, outside) for name in imported_names(path))
    ]
    assert strangers == []


def test_commands_know_nothing_of_each_other() -> None:
    commands = {module for module, _ in COMMANDS.values()}
    known = [
        f"{module_name(path)} imports {name}"
        for path in MODULES
        if module_name(path) in commands
        for name in imported_names(path)
        for other in commands - {module_name(path)}
        if is_in(name, other)
    ]
    assert known == []


def test_every_module_is_imported() -> None:
    imported = frozenset[str]().union(*map(imported_names, MODULES))
    # A command, a worker or a feature is loaded by its name when it is wanted.
    named = {word for path in MODULES for word in used_words(path)}
    strangers = [
        name
        for name in map(module_name, MODULES)
        if name not in {"tracegloss", "tracegloss.__main__"}
        and not any(is_in(other, name) for other in imported)
        and name.rpartition(".")[2] not in named
    ]
    assert strangers == []


def test_everything_that_is_defined_is_used() -> None:
    used: Counter[str] = Counter()
    for path in MODULES:
        used.update(used_words(path))
    idle = [
        f"{module_name(path)}.{name}"
        for path in MODULES
        for name, defining in defined_names(path)
        if used[name] <= defining and not name.startswith("__")
    ]
    assert set(idle) == set(FOR_OTHERS)


@pytest.mark.parametrize("path", [path for path in MODULES if is_pure(path)], ids=module_name)
def test_pure_modules_open_no_file_and_read_no_clock(path: Path) -> None:
    touched = [
        f"line {node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in {"open", "input", "print"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_AND_DISK)
        )
    ]
    touched += [name for name in imported_names(path) if name in {"pathlib", "pathlib.Path"}]
    assert touched == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_every_module_says_what_it_is(path: Path) -> None:
    said = ast.get_docstring(syntax_of(path)) or ""
    first = said.split("\n\n")[0]
    assert re.fullmatch(r"[A-Z`][\s\S]*\.", first), f"no opening sentence: {first!r}"


def test_no_file_grows_past_400_lines() -> None:
    long = {
        path.relative_to(SERVER).as_posix()
        for path in MODULES
        if len(path.read_text(encoding="utf-8").splitlines()) > 400
    }
    assert long == set(LONG)


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    anywhere = b"|".join([REGISTRIES, *(re.escape(path.encode()) for path in THIS_MACHINE)])
    ours = anywhere + b"|" + HOMES_OF_PEOPLE
    found = [
        f"{name}: {match.group().decode()}"
        for name in tracked_files()
        for match in re.finditer(
            anywhere if name.startswith(ABOUT_OTHER_MACHINES) else ours,
            (REPOSITORY / name).read_bytes(),
        )
    ]
    assert found == []


def test_the_lock_has_a_hash_for_every_requirement() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=[a-z0-9])", lock)[1:]
    unhashed = [r.split("==")[0] for r in requirements if "--hash=sha256:" not in r]
    assert requirements
    assert unhashed == []
