"""Path aliases: which folder of the workspace a path prefix of the trace stands for.

Settings come first, as coverage.py's `[paths]` do; the rest is learned from stack frames by the
longest common suffix, and believed where the quoted source lines agree with the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from tracegloss.matcher import matcher
from tracegloss.model.resolution import PathAlias
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Span, StackFrame
from tracegloss.reveal import reveal
from tracegloss.text import LineIndex

MOST_FILES = 400
MOST_NOTEBOOKS = 40

_LIBRARY = matcher(
    r"/(?:site|dist)-packages/|/lib/python\d|\\Lib\\|/Python\d+/Lib/|^<(?!ipython|command-)|/\.venv/|/\.tox/"
)
_MLFLOW = matcher(r"(?:^|/)mlflow/tracing/")
_CELL = matcher(
    r"ipykernel_\d+|^<ipython-input-|^Cell In|^Input In|^In \[|[/<]command-\d+|^~?/?\.ipynb"
)


class Quote(NamedTuple):
    """A recorded path and 1-based line, with the quoted source line, or a function's bare name."""

    path: str
    line: int
    text: str | None
    function: str | None = None


Defines = Callable[[Quote, str], bool]
"""Tells whether a file defines a quote's function around its line."""


class _Guess(NamedTuple):
    """One way to read a recorded path: its file, and the alias that would explain it."""

    file: str
    prefix: str
    folder: str
    n_common: int


class PathMap(Struct, frozen=True):
    """Files of the workspace for recorded paths; `aliases` explain them, the best founded first.

    `undecided` paths may mean files of the workspace, but nothing confirms which.
    """

    files: Mapping[str, str]
    aliases: tuple[PathAlias, ...]
    undecided: frozenset[str] = frozenset()

    def file_of(self, path: str) -> str | None:
        """Return the workspace file a recorded path means, `None` when it means none."""
        return self.files.get(normal(path))

    def is_elsewhere(self, path: str) -> bool:
        """Tell whether a path certainly means no file of this workspace, now or before."""
        recorded = normal(path)
        if recorded in self.files or recorded in self.undecided:
            return False
        return not any(recorded.startswith(alias.prefix + "/") for alias in self.aliases)


def normal(path: str) -> str:
    """Write a recorded path with forward slashes."""
    return path.replace("\\", "/") if "\\" in path else path


@lru_cache(maxsize=4096)
def is_library(path: str) -> bool:
    """Tell whether a path belongs to an installed package, the standard library or no file."""
    return _LIBRARY.search(normal(path)) is not None


@lru_cache(maxsize=4096)
def is_mlflow_tracing(path: str) -> bool:
    """Tell whether a path is MLflow's tracing code, whose frames stand above traced functions."""
    return _MLFLOW.search(normal(path)) is not None


def is_excluded(path: str, exclude: Iterable[str]) -> bool:
    """Tell whether patterns of the settings leave a recorded path's file out of the index.

    The recorded root is unknown, so that a pattern may begin at any folder of the path.
    """
    recorded = "/" + normal(path).lstrip("/")
    for pattern in exclude:
        rest = pattern.strip("/")
        if rest and fnmatchcase(recorded, f"*/{rest}" if "." in rest else f"*/{rest}/*"):
            return True
    return False


def is_notebook_cell(path: str) -> bool:
    """Tell whether a path is the made-up file of a notebook's cell."""
    return _CELL.search(path) is not None


def quotes_of(spans: Iterable[Span]) -> Iterator[Quote]:
    """Yield the distinct quoted lines of all stack frames that may be the workspace's own."""
    seen: set[Quote] = set()
    for frame in _frames_of(spans):
        path = reveal(frame.path)
        if is_library(path) or is_mlflow_tracing(path):
            continue
        quote = Quote(normal(path), frame.line, None if frame.text is None else reveal(frame.text))
        if quote not in seen:
            seen.add(quote)
            yield quote


def _frames_of(spans: Iterable[Span]) -> Iterator[StackFrame]:
    # Equal printed stacks of a trace are one object, read once.
    found = [each.blocks for span in spans if span.exceptions for each in span.exceptions]
    for blocks in {id(each): each for each in found}.values():
        for block in blocks:
            yield from block.frames


def possible_files(
    paths: Iterable[str], files: frozenset[str], settings: Settings
) -> frozenset[str]:
    """List the workspace files that recorded paths may mean, so that their texts can be read."""
    recorded = dict.fromkeys(map(normal, paths))
    by_name = _by_name(files, recorded)
    possible: dict[str, None] = {}
    cells = False
    for path in recorded:
        cells = cells or is_notebook_cell(path)
        set_file = _by_settings(path, files, settings)
        guesses = _guesses(path, by_name) if set_file is None else ()
        possible.update(dict.fromkeys([set_file] if set_file else [g.file for g in guesses]))
        if len(possible) >= MOST_FILES:
            break
    notebooks = sorted(f for f in files if f.endswith(".ipynb"))[:MOST_NOTEBOOKS] if cells else []
    return frozenset([*list(possible)[:MOST_FILES], *notebooks])


def learn_paths(
    quotes: Iterable[Quote],
    files: frozenset[str],
    texts: Mapping[str, LineIndex],
    settings: Settings,
    defines: Defines = lambda quote, file: False,  # noqa: ARG005
) -> PathMap:
    """Decide which file each recorded path means, by settings, then by votes of quoted lines."""
    by_path: dict[str, list[Quote]] = {}
    for quote in quotes:
        by_path.setdefault(quote.path, []).append(quote)
    by_name = _by_name(files, by_path)
    mapped: dict[str, str] = {}
    guesses: dict[str, tuple[_Guess, ...]] = {}
    for path in by_path:
        set_file = _by_settings(path, files, settings)
        if set_file is not None:
            mapped[path] = set_file
        else:
            guesses[path] = _guesses(path, by_name)
    votes = _votes(guesses, by_path, texts, defines)
    for path, readings in guesses.items():
        chosen = _chosen(readings, votes)
        if chosen is not None:
            mapped[path] = chosen.file
    undecided = frozenset(path for path, some in guesses.items() if some and path not in mapped)
    return PathMap(mapped, _aliases(mapped, guesses, votes), undecided)


class _Votes(NamedTuple):
    """How many recorded paths an alias explains, and how many of them a quoted line confirms."""

    n_files: int
    n_verified: int


def _votes(
    guesses: Mapping[str, tuple[_Guess, ...]],
    by_path: Mapping[str, list[Quote]],
    texts: Mapping[str, LineIndex],
    defines: Defines,
) -> Mapping[tuple[str, str], _Votes]:
    votes: dict[tuple[str, str], _Votes] = {}
    for path, readings in guesses.items():
        for guess in readings:
            text = texts.get(guess.file)
            verified = any(
                (text is not None and agrees(quote, text)) or defines(quote, guess.file)
                for quote in by_path[path]
            )
            so_far = votes.get((guess.prefix, guess.folder), _Votes(0, 0))
            votes[guess.prefix, guess.folder] = _Votes(
                so_far.n_files + 1, so_far.n_verified + verified
            )
    return votes


def agrees(quote: Quote, text: LineIndex) -> bool:
    """Tell whether a quoted source line stands at its line, perhaps with a comment by now."""
    if quote.text is None or not quote.text.strip():
        return False
    now, then = text.line_text(quote.line - 1).strip(), quote.text.strip()
    return now == then or (now.startswith(then) and now[len(then) :].lstrip().startswith("#"))


def _chosen(readings: tuple[_Guess, ...], votes: Mapping[tuple[str, str], _Votes]) -> _Guess | None:
    """Take the reading whose alias is founded best; a tie, or none confirmed, decides nothing."""

    def founded(guess: _Guess) -> tuple[int, int, int, bool]:
        n_files, n_verified = votes[guess.prefix, guess.folder]
        return n_verified, n_files, guess.n_common, guess.prefix == guess.folder

    ranked = sorted(readings, key=founded, reverse=True)
    if not ranked or (len(ranked) > 1 and founded(ranked[0]) == founded(ranked[1])):
        return None
    best = ranked[0]
    confirmed = votes[best.prefix, best.folder].n_verified > 0
    # Two folders and a file name in common are no accident, even when the lines were edited since.
    return best if confirmed or best.n_common >= 3 or best.prefix == "" else None


def _aliases(
    mapped: Mapping[str, str],
    guesses: Mapping[str, tuple[_Guess, ...]],
    votes: Mapping[tuple[str, str], _Votes],
) -> tuple[PathAlias, ...]:
    used = {
        (guess.prefix, guess.folder)
        for path, readings in guesses.items()
        for guess in readings
        if mapped.get(path) == guess.file
    }
    aliases = [
        PathAlias(_printable(prefix), folder, *votes[prefix, folder]) for prefix, folder in used
    ]
    return tuple(sorted(aliases, key=lambda a: (-a.n_verified, -a.n_files, a.prefix, a.folder)))


def _by_settings(path: str, files: frozenset[str], settings: Settings) -> str | None:
    for prefix, folder in settings.path_aliases.items():
        rest = _below(path, normal(prefix).rstrip("/"))
        if rest is not None:
            file = f"{folder.strip('/')}/{rest}" if folder.strip("/.") else rest
            if file in files:
                return file
    return None


def _below(path: str, prefix: str) -> str | None:
    """Return what follows a prefix, which may hold `*` as in coverage.py's `[paths]`."""
    if not any(mark in prefix for mark in "*?["):
        return path[len(prefix) + 1 :] if path.startswith(prefix + "/") else None
    parts = path.split("/")
    for length in range(1, len(parts)):
        if fnmatchcase("/".join(parts[:length]), prefix):
            return "/".join(parts[length:])
    return None


def _by_name(files: frozenset[str], paths: Iterable[str]) -> Mapping[str, list[str]]:
    """Give the files that are named as one of some paths, by that name."""
    by_name: dict[str, list[str]] = {path.rpartition("/")[2]: [] for path in paths}
    ends = tuple(f"/{name}" for name in by_name)
    for file in files if by_name else ():
        if file.endswith(ends) or file in by_name:
            by_name[file.rpartition("/")[2]].append(file)
    return by_name


def _guesses(path: str, by_name: Mapping[str, list[str]]) -> tuple[_Guess, ...]:
    """List the files with the longest common suffix, and the aliases they would mean."""
    parts = path.split("/")
    readings = [
        _guess(parts, file.split("/"), file) for file in sorted(by_name.get(parts[-1], ()))[:64]
    ]
    longest = max((guess.n_common for guess in readings), default=0)
    return tuple(guess for guess in readings if guess.n_common == longest)


def _guess(parts: list[str], own: list[str], file: str) -> _Guess:
    n_common = 0
    while n_common < min(len(parts), len(own)) and parts[-1 - n_common] == own[-1 - n_common]:
        n_common += 1
    prefix = "/".join(parts[: len(parts) - n_common])
    folder = "/".join(own[: len(own) - n_common])
    return _Guess(file, prefix, folder, n_common)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:200]
