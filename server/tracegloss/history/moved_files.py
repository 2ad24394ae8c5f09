"""Where the files of an earlier tree are in a later one: same path, same bytes, or most alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tracegloss.history.code import Code
from tracegloss.history.likeness import overlap

LEAST_ALIKE = 0.5
MOST_COMPARED = 100


class MovedFiles:
    """Finds files again, each once; what is new or changed in the later tree is listed once."""

    def __init__(self, then: Code, now: Code) -> None:
        """Compare nothing yet."""
        self._then = then
        self._now = now
        self._found: dict[str, str | None] = {}
        self._added: tuple[str, ...] | None = None
        self._changed: tuple[str, ...] | None = None

    @property
    def added(self) -> tuple[str, ...]:
        """The files of the later tree whose path is new."""
        if self._added is None:
            before = frozenset(self._then.paths)
            self._added = tuple(sorted(path for path in self._now.paths if path not in before))
        return self._added

    @property
    def changed(self) -> tuple[str, ...]:
        """The files at the same path in both trees whose bytes differ."""
        if self._changed is None:
            both = sorted(path for path in self._now.paths if path in self._then.paths)
            self._changed = tuple(p for p in both if self._then.blob(p) != self._now.blob(p))
        return self._changed

    @property
    def renamed(self) -> Mapping[str, str | None]:
        """The files that were looked for under another path, by their earlier one."""
        return self._found

    def is_same(self, path: str) -> bool:
        """Tell whether a file has the same bytes at the same path."""
        blob = self._now.blob(path)
        return blob is not None and blob == self._then.blob(path)

    def file(self, path: str) -> str | None:
        """Give the path a file has in the later tree; `None` when it was deleted."""
        if path in self._now.paths:
            return path
        if path not in self._found:
            self._found[path] = self._renamed(path)
        return self._found[path]

    def _renamed(self, path: str) -> str | None:
        """Find an added file of the same bytes, else the most alike."""
        blob = self._then.blob(path)
        added = _nearest_first(path, self.added)
        same = [other for other in added if self._now.blob(other) == blob]
        if same:
            return same[0]
        lines = _lines(self._then.raw(path))
        ranked = [
            (overlap(lines, _lines(self._now.raw(other))), -number, other)
            for number, other in enumerate(added[:MOST_COMPARED])
        ]
        alike, _, other = max(ranked, default=(0.0, 0, ""))
        return other if alike >= LEAST_ALIKE else None


def _nearest_first(path: str, others: Iterable[str]) -> list[str]:
    """Order paths of the same kind: same file name first, then those that share more folders."""
    folders, _, name = path.rpartition("/")
    suffix = path.rpartition(".")[2]

    def distance(other: str) -> tuple[bool, int, str]:
        theirs, _, their_name = other.rpartition("/")
        shared = len(set(folders.split("/")) & set(theirs.split("/")))
        return their_name != name, -shared, other

    return sorted((o for o in others if o.rpartition(".")[2] == suffix), key=distance)


def _lines(raw: bytes | None) -> list[bytes]:
    found = (line.strip() for line in (raw or b"").splitlines())
    return [line for line in found if line]
