"""Which commits between two touched a function: the first after a trace, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct, field

from tracegloss.history.code import Code, code_at
from tracegloss.history.functions import Carried, CarriedFunctions
from tracegloss.history.likeness import decorators
from tracegloss.history.objects import Objects
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import FunctionId

MOST_COMMITS = 500
_FORMAT = "%H%x00%P%x00%an%x00%at%x00%s%x1e"


class Commit(Struct, frozen=True):
    """A commit of a log with the full ids of its parents."""

    told: ChangedIn
    parents: tuple[str, ...]


class FunctionChange(Struct, frozen=True):
    """What became of a function between two commits, and the commits that touched it, in order."""

    carried: Carried
    commits: tuple[ChangedIn, ...] = ()


class Touches(Struct):
    """Looks functions up in commits; each file of each commit is read once.

    `hashes` names the text of each function of a file, or of what else has a name there.
    """

    objects: Objects
    hashes: Callable[[str, bytes], dict[str, str]] = field(default_factory=lambda: _hashes)
    _hashes: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _logs: dict[tuple[str, ...], tuple[Commit, ...]] = field(default_factory=dict)

    def touching(
        self, names: Sequence[FunctionId], old: str, new: str
    ) -> Iterator[tuple[Commit, bool]]:
        """Yield the commits after `old` up to `new` (full ids) that touched a function, in order.

        `names` are the function's at either end. With each commit goes whether it has the function
        still. A merge counts when its text is that of none of its parents.
        """
        paths = tuple(sorted({name.path for name in names}))
        for commit in self._log(old, new, paths):
            now = self.text_of(commit.told.commit, names)
            before = [self.text_of(parent, names) for parent in commit.parents] or [None]
            if now not in before:
                yield commit, now is not None

    def text_of(self, commit: str, names: Sequence[FunctionId]) -> str | None:
        """Hash the function's text at a commit under the first of its names that is there."""
        for path in dict.fromkeys(name.path for name in names):
            hashes = self._hashes_of(commit, path)
            for name in names:
                found = hashes.get(name.qualified_name)
                if found is not None:
                    return found
        return None

    def _hashes_of(self, commit: str, path: str) -> dict[str, str]:
        key = commit, path
        if key not in self._hashes:
            raw = self.objects.text_at(commit, path)
            self._hashes[key] = {} if raw is None else self.hashes(path, raw)
        return self._hashes[key]

    def _log(self, old: str, new: str, paths: tuple[str, ...]) -> tuple[Commit, ...]:
        key = (old, new, *paths)
        if key not in self._logs:
            self._logs[key] = tuple(log(self.objects, old, new, paths))[:MOST_COMMITS]
        return self._logs[key]


def _hashes(path: str, raw: bytes) -> dict[str, str]:
    """Name the text of every function of a file, its decorators included."""
    code = Code({path}, lambda _: raw)
    return {
        entry.function.qualified_name: f"{entry.text_hash} {decorators(code.source(entry))}"
        for entry in code.functions(path)
    }


def log(objects: Objects, old: str, new: str, paths: Iterable[str]) -> Iterator[Commit]:
    """Yield the commits after `old` up to `new` (full ids) that changed any of some files.

    Parents come before children. Paths are taken literally, never as patterns.
    """
    command = ("log", "--topo-order", "--reverse", f"--format={_FORMAT}", f"{old}..{new}", "--")
    named = (f":(literal,top){objects.prefix}{path}" for path in paths)
    for record in objects.ask(*command, *named).split("\x1e"):
        fields = record.strip("\n").split("\0")
        if len(fields) == 5:
            yield Commit(_changed_in(fields), tuple(fields[1].split()))


def first_edit(
    touches: Touches, names: Sequence[FunctionId], old: str, new: str
) -> ChangedIn | None:
    """Name the first commit after `old` that gave a function another text; `None` without one.

    Of commits beside each other it is the first that only `new` has.
    """
    ran = touches.text_of(old, names)
    touching = (commit.told for commit, _ in touches.touching(names, old, new))
    return next((told for told in touching if touches.text_of(told.commit, names) != ran), None)


def removal(
    touches: Touches, names: Sequence[FunctionId], old: str, new: str
) -> tuple[ChangedIn, ChangedIn | None] | None:
    """Name the commit that removed a function for good, and the last one that had it."""
    removed = [commit for commit, has_it in touches.touching(names, old, new) if not has_it]
    if not removed:
        return None
    parent = next(iter(removed[-1].parents), None)
    return removed[-1].told, None if parent is None else _told(touches.objects, parent)


def functions_changed(
    objects: Objects, functions: Iterable[FunctionId], old: str, new: str
) -> dict[FunctionId, FunctionChange]:
    """Say what became of functions of `old` in `new` (full ids), and which commits touched them.

    Functions whose text is the same have no commits.
    """
    carried = CarriedFunctions(code_at(objects, old), code_at(objects, new))
    touches = Touches(objects)
    found: dict[FunctionId, FunctionChange] = {}
    for function in functions:
        there = carried.carry(function)
        commits: tuple[ChangedIn, ...] = ()
        if there.freshness in {Freshness.EDITED, Freshness.GONE}:
            names = names_of(function, there)
            commits = tuple(each.told for each, _ in touches.touching(names, old, new))
        found[function] = FunctionChange(there, commits)
    return found


def names_of(function: FunctionId, carried: Carried) -> tuple[FunctionId, ...]:
    """List a function's names at both ends, the later one first."""
    later = () if carried.entry is None else (carried.entry.function,)
    return tuple(dict.fromkeys((*later, function)))


def _told(objects: Objects, commit: str) -> ChangedIn | None:
    fields = objects.ask("log", "-1", f"--format={_FORMAT}", commit).strip("\x1e\n").split("\0")
    return _changed_in(fields) if len(fields) == 5 else None


def _changed_in(fields: Sequence[str]) -> ChangedIn:
    commit, _, author, seconds, subject = fields
    return ChangedIn(commit, author, _utc(seconds), subject)


def _utc(seconds: str) -> str | None:
    """Write seconds since the epoch as RFC 3339; a commit may claim a time that is none."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None
