"""Searches for the patterns of a repository's settings in time linear in the text, come what may.

A pattern of a repository is untrusted, and the standard library's engine can be made to run for
years by one of twenty characters. Here all ways through a pattern advance together, a character at
a time (Thompson's construction), so that cost is at most characters x steps of the pattern. What a
text hides are all characters that belong to any match; where a match begins is the only thing ways
remember, and of two ways at one step the earlier beginning covers the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NoReturn, TypeAlias

from msgspec import Struct, field

from tracegloss.errors import SettingError

_MAX_STEPS = 2000
_MAX_REPEAT = 500
_BOUNDS = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ANCHORS: dict[str, Anchor] = {"^": "start", "$": "end", "\\b": "border"}

Anchor: TypeAlias = Literal["start", "end", "border"]


class _Character(Struct, frozen=True):
    accepts: re.Pattern[str]


class _Assert(Struct, frozen=True):
    anchor: Anchor


class _Fork(Struct, frozen=True):
    targets: tuple[int, ...]


_Step: TypeAlias = _Character | _Assert | _Fork


class OwnPattern(Struct, frozen=True):
    """A compiled pattern; its last step is the match itself."""

    steps: tuple[_Step, ...]
    first: re.Pattern[str] | None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the stretches whose characters belong to matches, merged where they overlap."""
        begin = end = -1
        for start, stop in self._matches(text):
            if start < end:
                begin, end = min(begin, start), stop
                continue
            if end > begin:
                yield begin, end
            begin, end = start, stop
        if end > begin:
            yield begin, end

    def _matches(self, text: str) -> Iterator[tuple[int, int]]:
        ways: dict[int, int] = {}
        position = 0
        while position < len(text):
            if not ways and self.first is not None:
                found = self.first.search(text, position)
                if found is None:
                    return
                position = found.start()
            self._enter(ways, 0, position, position, text)
            ways.pop(len(self.steps), None)
            ways = self._advanced(ways, text, position)
            position += 1
            start = ways.pop(len(self.steps), None)
            if start is not None:
                yield start, position

    def _advanced(self, ways: dict[int, int], text: str, position: int) -> dict[int, int]:
        following: dict[int, int] = {}
        for number, start in ways.items():
            step = self.steps[number]
            if isinstance(step, _Character) and step.accepts.match(text, position):
                self._enter(following, number + 1, start, position + 1, text)
        return following

    def _enter(
        self, ways: dict[int, int], number: int, start: int, position: int, text: str
    ) -> None:
        waiting = [number]
        seen: set[int] = set()
        while waiting:
            current = waiting.pop()
            if current in seen or (current in ways and ways[current] <= start):
                continue
            seen.add(current)
            step = self.steps[current] if current < len(self.steps) else None
            if isinstance(step, _Fork):
                waiting.extend(step.targets)
            elif isinstance(step, _Assert):
                if _holds(step.anchor, text, position):
                    waiting.append(current + 1)
            else:
                ways[current] = start


def own_pattern(pattern: str) -> OwnPattern:
    """Compile a pattern; what cannot be searched in linear time raises `SettingError`."""
    if len(pattern) > 1000:
        _refuse(pattern, "it is longer than 1000 characters")
    flags = re.IGNORECASE if pattern.startswith("(?i)") else re.NOFLAG
    try:
        re.compile(pattern)
        reader = _Reader(pattern, 4 if flags else 0, flags)
        steps = tuple(reader.alternatives())
    except re.error as fault:
        _refuse(pattern, str(fault))
    if reader.position < len(pattern):
        _refuse(pattern, f"unexpected {pattern[reader.position]!r}")
    return OwnPattern(steps, _first(steps))


def _refuse(pattern: str, why: str) -> NoReturn:
    raise SettingError(
        f"the redaction pattern {pattern[:80]!r} cannot be used: {why}",
        where="[tool.tracegloss.redact] patterns",
        remedy="Use characters, classes, groups, |, ?, *, +, {m,n}, ^, $, \\b and a leading (?i).",
    )


def _holds(anchor: Anchor, text: str, position: int) -> bool:
    if anchor == "start":
        return position == 0
    if anchor == "end":
        return position == len(text)
    before = position > 0 and _is_word(text[position - 1])
    after = position < len(text) and _is_word(text[position])
    return before != after


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _first(steps: tuple[_Step, ...]) -> re.Pattern[str] | None:
    """Combine the characters a match can begin with; `None` when it can begin with nothing."""
    reached: dict[int, int] = {}
    free = tuple(_Fork((n + 1,)) if isinstance(s, _Assert) else s for n, s in enumerate(steps))
    OwnPattern(free, None)._enter(reached, 0, 0, 0, "")
    if len(steps) in reached:
        return None
    begins = [steps[number] for number in reached]
    accepted = [step.accepts for step in begins if isinstance(step, _Character)]
    flags = accepted[0].flags & re.IGNORECASE if accepted else 0
    return re.compile("|".join(sorted({a.pattern for a in accepted})), flags | re.DOTALL)


class _Reader(Struct):
    """Reads a pattern from left to right into steps; targets of forks are absolute on return."""

    pattern: str
    position: int
    flags: re.RegexFlag
    depth: int = field(default=0)

    def alternatives(self) -> list[_Step]:
        branches = [self._sequence()]
        while self._peek() == "|":
            self.position += 1
            branches.append(self._sequence())
        steps = branches[-1]
        for branch in reversed(branches[:-1]):
            steps = self._bounded(_either(branch, steps))
        return steps

    def _sequence(self) -> list[_Step]:
        steps: list[_Step] = []
        while self._peek() not in {"", "|", ")"}:
            steps = self._bounded(_then(steps, self._repeated(self._atom())))
        return steps

    def _atom(self) -> list[_Step]:
        if self._peek() == "(":
            return self._group()
        size = 2 if self._peek() == "\\" else 1
        text = self.pattern[self.position : self.position + size]
        if text in _ANCHORS:
            self.position += size
            return [_Assert(_ANCHORS[text])]
        if text == "[":
            found = _CLASS.match(self.pattern, self.position)
            text = text if found is None else found.group()
        if text[0] == "\\" and (text[1:].isdigit() or text[1:] in "ABZgxuUN"):
            _refuse(self.pattern, f"{text} is not among what can be searched in linear time")
        self.position += len(text)
        return [_Character(re.compile(text, self.flags | re.DOTALL))]

    def _group(self) -> list[_Step]:
        opening = "(?:" if self.pattern.startswith("(?:", self.position) else "("
        self.position += len(opening)
        self.depth += 1
        if self._peek() == "?" or self.depth > 50:
            _refuse(self.pattern, "groups that look around, name or nest beyond 50 are not known")
        steps = self.alternatives()
        self.position += 1
        self.depth -= 1
        return steps

    def _repeated(self, steps: list[_Step]) -> list[_Step]:
        low, high = self._quantifier()
        if (low, high) == (1, 1):
            return steps
        self._bounded(steps * max(low, high or 1, 1))
        repeated: list[_Step] = []
        for _ in range(low):
            repeated = _then(repeated, steps)
        if high is None:
            return _then(repeated, _any_number_of(steps))
        for _ in range(high - low):
            repeated = _then(repeated, _perhaps(steps))
        return repeated

    def _quantifier(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        bounds = _BOUNDS.match(self.pattern, self.position)
        if self._peek() in simple:
            low, high = simple[self._peek()]
            self.position += 1
        elif bounds is not None:
            low = int(bounds[1])
            high = low if not bounds[2] else int(bounds[3]) if bounds[3] else None
            self.position = bounds.end()
        else:
            return 1, 1
        if self._peek() in {"?", "+"}:
            self.position += 1
        if max(low, high or 0) > _MAX_REPEAT:
            _refuse(self.pattern, f"it repeats more than {_MAX_REPEAT} times")
        return low, high

    def _peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _bounded(self, steps: list[_Step]) -> list[_Step]:
        if len(steps) > _MAX_STEPS:
            _refuse(self.pattern, f"it has more than {_MAX_STEPS} steps when written out")
        return steps


def _moved(steps: list[_Step], by: int) -> list[_Step]:
    return [_Fork(tuple(t + by for t in s.targets)) if isinstance(s, _Fork) else s for s in steps]


def _then(one: list[_Step], other: list[_Step]) -> list[_Step]:
    return one + _moved(other, len(one))


def _either(one: list[_Step], other: list[_Step]) -> list[_Step]:
    after = len(one) + 2
    return [
        _Fork((1, after)),
        *_moved(one, 1),
        _Fork((after + len(other),)),
        *_moved(other, after),
    ]


def _perhaps(steps: list[_Step]) -> list[_Step]:
    return [_Fork((1, len(steps) + 1)), *_moved(steps, 1)]


def _any_number_of(steps: list[_Step]) -> list[_Step]:
    return [_Fork((1, len(steps) + 2)), *_moved(steps, 1), _Fork((0,))]
