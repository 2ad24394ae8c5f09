"""Carries functions from one tree to another: same, moved, edited or gone, and where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tracegloss.history.code import Code
from tracegloss.history.likeness import Nameless, decorators, likeness, nameless
from tracegloss.history.moved_files import MovedFiles
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.resolution import Freshness
from tracegloss.model.site import FunctionId

# Below this a function of another name is another function, not an edited one.
LEAST_ALIKE = 0.6
# A function of the same name that shares less is only a namesake when the text lives on elsewhere.
LEAST_NAMESAKE = 0.5
CLEARLY = 0.08
_LEAST_NEEDLE = 12


class Carried(Struct, frozen=True):
    """Where a function is now and what became of it; `entry` is `None` when it is gone."""

    freshness: Freshness
    entry: FunctionEntry | None = None


GONE = Carried(Freshness.GONE)


class CarriedFunctions:
    """The functions of `then` found again in `now`, each looked for once."""

    def __init__(self, then: Code, now: Code) -> None:
        """Look for nothing yet."""
        self.then = then
        self.now = now
        self.files = MovedFiles(then, now)
        self._found: dict[FunctionId, Carried] = {}
        self._nameless: dict[tuple[bool, FunctionId], Nameless] = {}

    def carry(self, function: FunctionId) -> Carried:
        """Carry a function of the earlier tree; the code of a module itself has no answer here.

        The function of the same name in the same file, or in the file it was renamed to, comes
        first; then one that has the same text under another name or in another file; then the most
        alike of those that are new beside it.
        """
        if function not in self._found:
            entry = self.then.function(function)
            self._found[function] = GONE if entry is None else self._carried(entry)
        return self._found[function]

    def _carried(self, entry: FunctionEntry) -> Carried:
        path = self.files.file(entry.function.path)
        if path is not None and self.files.is_same(path) and path == entry.function.path:
            return Carried(Freshness.IDENTICAL, entry)
        namesake = None if path is None else self._namesake(entry, path)
        if namesake is not None and self._is_same(entry, namesake):
            return _same(entry, namesake)
        twin = self._same_text(entry, path)
        if namesake is not None:
            other = self._renamed(entry, namesake.function.path)
            if other is not None and self._is_exchange(entry, namesake, other):
                return _same(entry, other)
            twin = None if self._resembles(entry, namesake) else twin or other
        if twin is not None:
            return _same(entry, twin)
        alike = namesake or self._most_alike(entry, path)
        return GONE if alike is None else Carried(Freshness.EDITED, alike)

    def _namesake(self, entry: FunctionEntry, path: str) -> FunctionEntry | None:
        """Find the function of the same qualified name; of several the one in the same turn."""
        name = entry.function.qualified_name
        theirs = [e for e in self.now.functions(path) if e.function.qualified_name == name]
        if len(theirs) < 2:
            return theirs[0] if theirs else None
        same = [e for e in theirs if self._is_same(entry, e)]
        ours = [
            e for e in self.then.functions(entry.function.path) if e.function.qualified_name == name
        ]
        turn = ours.index(entry)
        if len(ours) == len(theirs):
            return theirs[turn] if theirs[turn] in same or not same else same[0]
        return same[0] if same else theirs[min(turn, len(theirs) - 1)]

    def _resembles(self, entry: FunctionEntry, namesake: FunctionEntry) -> bool:
        lines = self.then.source(entry), self.now.source(namesake)
        return likeness(*lines) >= LEAST_NAMESAKE

    def _same_text(self, entry: FunctionEntry, path: str | None) -> FunctionEntry | None:
        """Find the same text under a new name in its file, else in a file that is new or changed.

        Of several the one with the same neighbours is meant; without one nothing is told.
        """
        bare = self._bare(entry, then=True)
        if path is not None:
            same = self._like(self._new_in(path), bare)
            if same:
                return self._by_neighbours(entry, same)
        elsewhere: list[FunctionEntry] = []
        for other in self._others(entry, path):
            elsewhere += self._like(self._new_in(other), bare)
        named = [e for e in elsewhere if e.name == entry.name]
        return self._by_neighbours(entry, named or elsewhere)

    def _renamed(self, entry: FunctionEntry, path: str) -> FunctionEntry | None:
        """Find the same text under a name that another text of the file had before."""
        before = {e.function.qualified_name: e for e in self.then.functions(entry.function.path)}
        changed = [
            e
            for e in self.now.functions(path)
            if (old := before.get(e.function.qualified_name)) is None
            or old.text_hash != e.text_hash
        ]
        same = self._like(changed, self._bare(entry, then=True))
        return same[0] if len(same) == 1 else None

    def _is_exchange(
        self, entry: FunctionEntry, namesake: FunctionEntry, other: FunctionEntry
    ) -> bool:
        """Tell whether the function that had the other's name has this one's name now."""
        name, bare = other.function.qualified_name, self._bare(namesake, then=False)
        had = [
            e for e in self.then.functions(entry.function.path) if e.function.qualified_name == name
        ]
        return len(had) == 1 and self._bare(had[0], then=True).is_same(bare)

    def _like(self, among: Iterable[FunctionEntry], bare: Nameless) -> list[FunctionEntry]:
        return [e for e in among if self._bare(e, then=False).is_same(bare)]

    def _is_same(self, entry: FunctionEntry, other: FunctionEntry) -> bool:
        """Tell whether two functions of one name have the same text, decorators included."""
        if entry.text_hash != other.text_hash:
            return False
        return decorators(self.then.source(entry)) == decorators(self.now.source(other))

    def _most_alike(self, entry: FunctionEntry, path: str | None) -> FunctionEntry | None:
        """Find the new function that is most alike: of its name anywhere, or in its own file."""
        own = [] if path is None else self._new_in(path)
        named = [
            e
            for other in self._others(entry, path)
            for e in self._new_in(other)
            if e.name == entry.name
        ]
        lines = self.then.source(entry)
        alike = [e for e in (*own, *named) if e.kind == entry.kind]
        candidates = [e for e in alike if not self._is_anothers(entry, e)]
        ranked = sorted(
            ((self._alike(entry, lines, each), n) for n, each in enumerate(candidates)),
            reverse=True,
        )
        if not ranked or ranked[0][0] < LEAST_ALIKE:
            return None
        is_clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= CLEARLY
        return candidates[ranked[0][1]] if is_clear else None

    def _is_anothers(self, entry: FunctionEntry, other: FunctionEntry) -> bool:
        """Tell whether a new function is one of the same file that only has another name now."""
        left = {e.function.qualified_name for e in self.now.functions(other.function.path)}
        bare = self._bare(other, then=False)
        return any(
            self._bare(each, then=True).is_same(bare)
            for each in self.then.functions(entry.function.path)
            if each.function != entry.function and each.function.qualified_name not in left
        )

    def _alike(self, entry: FunctionEntry, lines: Sequence[str], other: FunctionEntry) -> float:
        """Measure how alike two functions are; the same place between neighbours counts a little.

        Names are left out: a function that was renamed has another one.
        """
        alike = likeness(lines, self.now.source(other))
        same_name = entry.name == other.name
        between = self._has_neighbours(entry, other)
        return alike + (0.1 if same_name else 0.0) + (0.1 if between else 0.0)

    def _new_in(self, path: str) -> list[FunctionEntry]:
        """List the functions of a file that the earlier tree has not under that name there."""
        earlier = path if path in self.then.paths else self._earlier(path)
        known = (
            {e.function.qualified_name for e in self.then.functions(earlier)} if earlier else set()
        )
        return [
            e for e in self.now.functions(path) if e.function.qualified_name not in known and e.name
        ]

    def _earlier(self, path: str) -> str | None:
        """Name the file that became an added one, as far as that was looked for."""
        return next((old for old, new in self.files.renamed.items() if new == path), None)

    def _others(self, entry: FunctionEntry, path: str | None) -> list[str]:
        """List the files a function may have moved to: new or changed, and mentioning it."""
        needles = _needles(entry, self.then.source(entry))
        found = (p for p in (*self.files.added, *self.files.changed) if p != path)
        return [p for p in found if any(n in (self.now.raw(p) or b"") for n in needles)]

    def _by_neighbours(
        self, entry: FunctionEntry, among: Sequence[FunctionEntry]
    ) -> FunctionEntry | None:
        """Choose among equal texts: by neighbours, or by turn when as many are missing as new."""
        if len(among) < 2:
            return among[0] if among else None
        between = [e for e in among if self._has_neighbours(entry, e)]
        if len(between) == 1:
            return between[0]
        missing = self._missing_like(entry)
        return among[missing.index(entry)] if len(missing) == len(among) else None

    def _missing_like(self, entry: FunctionEntry) -> list[FunctionEntry]:
        """List the functions of one text in its file whose name is not there any more."""
        path = entry.function.path
        here = self.files.file(path)
        known = {e.function.qualified_name for e in self.now.functions(here)} if here else set()
        bare = self._bare(entry, then=True)
        return [
            e
            for e in self.then.functions(path)
            if e.function.qualified_name not in known and self._bare(e, then=True).is_same(bare)
        ]

    def _has_neighbours(self, entry: FunctionEntry, other: FunctionEntry) -> bool:
        """Tell whether two functions stand behind, or before, functions of one name."""
        ours = _around(entry, self.then.functions(entry.function.path))
        theirs = _around(other, self.now.functions(other.function.path))
        return any(one == two != "" for one, two in zip(ours, theirs, strict=True))

    def _bare(self, entry: FunctionEntry, *, then: bool) -> Nameless:
        key = then, entry.function
        if key not in self._nameless:
            code = self.then if then else self.now
            self._nameless[key] = nameless(code.source(entry), entry.name)
        return self._nameless[key]


def _same(entry: FunctionEntry, now: FunctionEntry) -> Carried:
    """Tell a function that stands where it stood from one that moved or got another name."""
    is_there = entry.function == now.function and entry.at.cell == now.at.cell
    is_there = is_there and entry.at.range.start.line == now.at.range.start.line
    return Carried(Freshness.IDENTICAL if is_there else Freshness.MOVED, now)


def _around(entry: FunctionEntry, functions: Sequence[FunctionEntry]) -> tuple[str, str]:
    """Name the functions before and behind one."""
    number = next((n for n, e in enumerate(functions) if e.function == entry.function), 0)
    before = functions[number - 1].name if number else ""
    behind = functions[number + 1].name if number + 1 < len(functions) else ""
    return before, behind


def _needles(entry: FunctionEntry, lines: Sequence[str]) -> list[bytes]:
    """Give what a file must hold one of: the function's name, or its longest line."""
    longest = max((line.strip() for line in lines[1:]), key=len, default="")
    needles = [entry.name.encode()]
    return [*needles, longest.encode()] if len(longest) >= _LEAST_NEEDLE else needles
