"""Repositories to index, made of real code: what is installed here, some of it given tracing."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from bench.places import APPLICATION, PROBES, corpora_folder

PACKAGES = Path(sysconfig.get_path("purelib"))
LIBRARY = Path(sysconfig.get_path("stdlib"))

# Records the traces; lies beside the application, for the commit of a trace is its program's.
WEEK = "week.py"

# Raised when the same recipe gives other files.
VERSION = 1

# Files that reach MLflow only through this module are found by following it.
WRAPPER = '''\
"""Tracing the way this team wants it."""

import mlflow


def traced(name):
    def decorate(function):
        return mlflow.trace(function, name=name, attributes={"team": "search"})

    return decorate
'''


class Recipe(Struct, frozen=True):
    """How a corpus is made.

    Of the installed files those whose path's hash is below `files` are taken, and of those with a
    top-level function the ones whose hash is below `traced` are given spans, every third of them
    through the wrapper module. Both are shares from 0 to 1.
    """

    name: str
    files: float = 1.0
    traced: float = 0.03
    only: str = ""


SMALL = Recipe("small", traced=0.0, only="mlflow")
MEDIUM = Recipe("medium")
TENTH = Recipe("tenth", files=0.1)
GROWING_FILES = (Recipe("quarter", files=0.25), Recipe("half", files=0.5), MEDIUM)
GROWING_SITES = tuple(Recipe(f"sites-{n}", files=0.25, traced=n * 0.04) for n in (1, 2, 4))


class Corpus(Struct, frozen=True):
    """A corpus on disk, a git repository; `traced` of its files were given spans."""

    root: Path
    files: int
    megabytes: float
    traced: int


def make(recipe: Recipe) -> Corpus:
    """Return the corpus of a recipe, copied anew only when it or what is installed changed."""
    folder = corpora_folder() / recipe.name
    noted = folder.with_suffix(".json")
    sources = sorted(_sources(recipe))
    made_of = _fingerprint(recipe, sources)
    if noted.exists() and (note := json.loads(noted.read_bytes()))["made_of"] == made_of:
        return Corpus(folder, note["files"], note["megabytes"], note["traced"])
    shutil.rmtree(folder, ignore_errors=True)
    corpus = _write(folder, recipe, sources)
    _commit(folder)
    noted.write_text(json.dumps({**asdict(corpus), "root": "", "made_of": made_of}))
    return corpus


def _sources(recipe: Recipe) -> Iterator[tuple[str, Path]]:
    """Yield where a file goes and where it is."""
    if recipe.only:
        yield from _python_files(PACKAGES / recipe.only, PACKAGES)
        return
    installed = _python_files(PACKAGES, PACKAGES, leave_out=("mlflow", "tracegloss"))
    library = _python_files(LIBRARY, LIBRARY, leave_out=("site-packages", "dist-packages"))
    for place, path in (*installed, *((f"library/{place}", path) for place, path in library)):
        if _draw(place, "taken") < recipe.files:
            yield place, path


def _python_files(
    folder: Path, root: Path, leave_out: tuple[str, ...] = ()
) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*.py"):
        place = path.relative_to(root)
        if place.parts[0] not in leave_out and path.is_file():
            yield place.as_posix(), path


def _draw(place: str, purpose: str) -> float:
    """Return a number from 0 to 1 that depends on the path alone."""
    digest = hashlib.sha256(f"{purpose}:{place}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _fingerprint(recipe: Recipe, sources: list[tuple[str, Path]]) -> str:
    digest = hashlib.sha256(f"{VERSION} {recipe}".encode())
    for place, path in sources:
        digest.update(f"{place}:{path.stat().st_size}\n".encode())
    for path in (PROBES / WEEK, *sorted(APPLICATION.rglob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(folder: Path, recipe: Recipe, sources: list[tuple[str, Path]]) -> Corpus:
    size, n_traced = 0, 0
    for place, path in sources:
        source = path.read_bytes()
        draw = _draw(place, "traced")
        changed = give_spans(source, draw) if draw < recipe.traced else None
        n_traced += changed is not None
        content = source if changed is None else changed
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        size += len(content)
    (folder / "team_tracing.py").write_text(WRAPPER)
    shutil.copytree(
        APPLICATION, folder / "application", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(PROBES / WEEK, folder / "application")
    return Corpus(folder, len(sources), round(size / 1e6, 1), n_traced)


def give_spans(source: bytes, draw: float) -> bytes | None:
    """Return a file with its first function traced and one span opened, or `None` without one."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    functions = (s for s in statements if isinstance(s, ast.FunctionDef))
    function = next((f for f in functions if not f.decorator_list), None)
    if function is None:
        return None
    lines = source.splitlines(keepends=True)
    if int(draw * 1e6) % 3 == 0:
        above = f'from team_tracing import traced\n\n\n@traced("{function.name} step")\n'
        return _with_above(lines, function, above)
    above = "import mlflow\n\n\n@mlflow.trace\n"
    below = (
        f'\n\ndef handle_request(request):\n    with mlflow.start_span("request") as span:\n'
        f"        span.set_inputs(request)\n        return {function.name}(request)\n"
    )
    return _with_above(lines, function, above) + below.encode()


def _with_above(lines: list[bytes], function: ast.FunctionDef, above: str) -> bytes:
    at = function.lineno - 1
    return b"".join((*lines[:at], above.encode(), *lines[at:]))


def _commit(folder: Path) -> None:
    quiet = ("-c", "core.hooksPath=/dev/null", "-c", "core.compression=0", "-c", "gc.auto=0")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "corpus")):
        subprocess.run(["git", *quiet, *who, *words], cwd=folder, check=True)
