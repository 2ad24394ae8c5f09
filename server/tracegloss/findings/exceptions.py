"""Groups what spans recorded of exceptions: each exception of the run once, and what became of it.

Spans that an exception passes through record it again with a longer stack. Identity is the type,
the message with its numbers and quoted values masked, and the frame that raised it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.findings.wording import bounded
from tracegloss.matcher import matcher
from tracegloss.model.finding import ExceptionRole, RaisedException
from tracegloss.model.resolution import Correlation, PlacedFrame
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.model.trace import SpanException, SpanStatus, TracebackBlock
from tracegloss.recorded import Phrase, Recorded, RecordedText, phrase
from tracegloss.reveal import reveal
from tracegloss.text import Position, TextRange
from tracegloss.tree import SpanTree

Fate: TypeAlias = Literal["fatal", "wrapped", "handled", "noted"]
Frames: TypeAlias = tuple[PlacedFrame, ...]
_RaiseFrame: TypeAlias = tuple[str, int, str]
_Identity: TypeAlias = tuple[str, str, _RaiseFrame | None]

# Raised to steer a run and not because something went wrong: LangGraph, PydanticAI, OpenAI Agents,
# Python's own protocols.
CONTROL_FLOW = frozenset(
    {
        "GraphInterrupt", "NodeInterrupt", "GraphBubbleUp", "ParentCommand", "ModelRetry",
        "ToolRetryError", "Handoff", "HandoffException", "StopIteration", "StopAsyncIteration",
        "GeneratorExit", "CancelledError",
    }
)  # fmt: skip

_MASKED = matcher(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|\b[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*\b|[0-9]+")
_FIRST_TOKEN = matcher(r"\w+|\S")
_PACKAGE = matcher(r"(?:^|[/\\])(?:site|dist)-packages[/\\]+([^/\\]+)")
_STANDARD = matcher(r"[/\\]python[0-9.]*[/\\]+([^/\\]+)")
_LONGEST_MESSAGE = 1000


class ExceptionTable(Struct, frozen=True):
    """All exceptions of a trace. `of_span` names the one that ended a span, by its number.

    The other tuples run parallel to `exceptions`: what became of each, the spans that went on
    without it, the span it was raised in, and the members of an exception group.
    """

    exceptions: tuple[RaisedException, ...] = ()
    fates: tuple[Fate, ...] = ()
    handled_by: tuple[tuple[str, ...], ...] = ()
    first_raised: tuple[str | None, ...] = ()
    members: tuple[tuple[int, ...], ...] = ()
    of_span: Mapping[str, int] = field(default_factory=dict)

    def spans_of(self, number: int) -> tuple[str, ...]:
        """Return the spans an exception ended, the raising ones first."""
        roles = self.exceptions[number].roles
        ended = [s for s, role in roles.items() if role in {"raised", "propagated"}]
        return tuple(sorted(ended, key=lambda span_id: roles[span_id] != "raised"))

    def bearers(self, number: int) -> tuple[int, ...]:
        """Return what to report in place of an exception: of a group, the members seen raised."""
        seen = [m for m in self.members[number] if "raised" in self.exceptions[m].roles.values()]
        if not seen:
            return (number,)
        return tuple(dict.fromkeys(bearer for member in seen for bearer in self.bearers(member)))


class _Growing(Struct):
    """One exception while its occurrences are being collected."""

    block: TracebackBlock
    frames: Frames
    roles: dict[str, ExceptionRole] = field(default_factory=dict)
    cause: _Identity | None = None
    members: list[_Identity] = field(default_factory=list)
    fates: set[Fate] = field(default_factory=set)
    handled_by: list[str] = field(default_factory=list)


def exception_table(tree: SpanTree, correlation: Correlation, settings: Settings) -> ExceptionTable:
    """Group the exceptions of all spans and follow each upwards until somebody handled it."""
    collected = _Collection(tree, correlation)
    for span_id in tree.order:
        collected.add(span_id)
    for span_id in collected.ended:
        collected.follow(span_id)
    return collected.table(settings)


def type_name(recorded: RecordedText) -> str:
    """Return an exception's class name without its module."""
    return reveal(recorded).rpartition(".")[2]


def in_words(raised: RaisedException) -> Phrase:
    """Word an exception as Python prints it: `ValueError: no such order`, `TimeoutError`."""
    if not reveal(raised.message).strip():
        return phrase("{type}", type=raised.type)
    if not reveal(raised.type):
        return phrase("{message}", message=bounded(raised.message))
    return phrase("{type}: {message}", type=raised.type, message=bounded(raised.message))


def masked(message: str) -> str:
    """Replace quoted values and numbers, which differ between occurrences of one fault."""
    return _MASKED.sub("*", message[:_LONGEST_MESSAGE])


class _Collection(Struct):
    tree: SpanTree
    correlation: Correlation
    growing: dict[_Identity, _Growing] = field(default_factory=dict)
    ended: dict[str, _Identity] = field(default_factory=dict)
    within: dict[str, set[_Identity]] = field(default_factory=dict)

    def add(self, span_id: str) -> None:
        """Collect what one span recorded; the last exception of an ERROR span ended it."""
        span = self.tree.spans[span_id]
        placed = self.correlation.frames.get(span_id, ())
        for number, exception in enumerate(span.exceptions):
            frames = placed[number] if number < len(placed) else ()
            identities = self._chain(span_id, exception, frames)
            if number == len(span.exceptions) - 1 and span.status is SpanStatus.ERROR:
                self.ended[span_id] = identities[-1]
                self.within[span_id] = set(identities[:-1])
            else:
                known = self.growing[identities[-1]]
                known.roles.setdefault(span_id, "handled-here")
                known.fates.add("noted")

    def _chain(
        self, span_id: str, exception: SpanException, frames: tuple[Frames, ...]
    ) -> list[_Identity]:
        blocks = exception.blocks or (_block_of(exception),)
        chain: list[_Identity] = []
        members: list[_Identity] = []
        for number, block in enumerate(blocks):
            identity = self._grown(block, frames[number] if number < len(frames) else ())
            if number < len(blocks) - 1:
                self.growing[identity].roles.setdefault(span_id, "re-raised")
            if block.relation == "member":
                members.append(identity)
            elif members and _is_group(block):
                self._grouped(identity, members)
                members = []
            if number and blocks[number - 1].relation in {"cause", "context"}:
                self._caused(identity, chain[-1])
            chain.append(identity)
        return chain

    def _grown(self, block: TracebackBlock, frames: Frames) -> _Identity:
        identity = self._known(block)
        grown = self.growing.setdefault(identity, _Growing(block, frames))
        if _n_own(frames) > _n_own(grown.frames) or not grown.block.frames:
            grown.block, grown.frames = block, frames
        return identity

    def _caused(self, identity: _Identity, cause: _Identity) -> None:
        if identity != cause and self.growing[identity].cause is None:
            self.growing[identity].cause = cause

    def _grouped(self, identity: _Identity, members: list[_Identity]) -> None:
        grown = self.growing[identity]
        grown.members += [m for m in members if m not in grown.members and m != identity]
        self._caused(identity, members[0])

    def _known(self, block: TracebackBlock) -> _Identity:
        """Find the identity of a block; one without frames joins its like with frames."""
        said = type_name(block.type), masked(reveal(block.message))
        if block.frames:
            frameless = self.growing.pop((*said, None), None)
            identity = (*said, _raise_frame(block))
            if frameless is not None:
                self.growing[identity] = frameless
                self._renamed((*said, None), identity)
            return identity
        return next((known for known in self.growing if known[:2] == said), (*said, None))

    def _renamed(self, old: _Identity, new: _Identity) -> None:
        self.ended = {s: new if known == old else known for s, known in self.ended.items()}
        for identities in self.within.values():
            if old in identities:
                identities.remove(old)
                identities.add(new)
        for grown in self.growing.values():
            grown.cause = new if grown.cause == old else grown.cause
            grown.members = [new if member == old else member for member in grown.members]

    def follow(self, span_id: str) -> None:
        """Follow the exception that ended a span to the span that handled it or the root."""
        identity = self.ended[span_id]
        grown = self.growing[identity]
        children = self.tree.children.get(span_id, ())
        came_from_below = any(self.ended.get(child) == identity for child in children)
        grown.roles[span_id] = "propagated" if came_from_below else "raised"
        current = span_id
        parent = self.tree.parents.get(current)
        while parent is not None and self._only_failed(parent):
            grown.roles.setdefault(parent, "propagated")
            current, parent = parent, self.tree.parents.get(parent)
        if parent is None:
            grown.fates.add("fatal")
        elif self.ended.get(parent) != identity:
            self._stopped(grown, identity, parent)

    def _stopped(self, grown: _Growing, identity: _Identity, parent: str) -> None:
        if identity in self.within.get(parent, ()):
            grown.roles[parent] = "re-raised"
            grown.fates.add("wrapped")
        else:
            grown.roles[parent] = "handled-here"
            grown.fates.add("handled")
            if parent not in grown.handled_by:
                grown.handled_by.append(parent)

    def _only_failed(self, span_id: str) -> bool:
        """Tell a span that failed without saying by which exception."""
        return self.tree.spans[span_id].status is SpanStatus.ERROR and span_id not in self.ended

    def table(self, settings: Settings) -> ExceptionTable:
        """Number the exceptions in the order in which they were raised."""
        first = {identity: self._first_raised(grown) for identity, grown in self.growing.items()}
        order = sorted(self.growing, key=lambda identity: self._moment(first[identity]))
        numbers = {identity: number for number, identity in enumerate(order)}
        return ExceptionTable(
            tuple(_raised(self.growing[i], self._roles(i), numbers, settings) for i in order),
            tuple(_fate(self.growing[identity]) for identity in order),
            tuple(tuple(self.growing[identity].handled_by) for identity in order),
            tuple(first[identity] for identity in order),
            tuple(tuple(numbers[m] for m in self.growing[i].members) for i in order),
            {span_id: numbers[identity] for span_id, identity in self.ended.items()},
        )

    def _roles(self, identity: _Identity) -> Mapping[str, ExceptionRole]:
        """Order roles from the inside out."""
        roles = self.growing[identity].roles
        inside_out = sorted(
            roles, key=lambda s: (-self.tree.depths[s], self.tree.spans[s].start_ns)
        )
        return {span_id: roles[span_id] for span_id in inside_out}

    def _first_raised(self, grown: _Growing) -> str | None:
        raised = [s for s, role in grown.roles.items() if role == "raised"] or [*grown.roles]
        return min(raised, key=lambda s: self.tree.spans[s].start_ns) if raised else None

    def _moment(self, span_id: str | None) -> tuple[int, int]:
        if span_id is None:
            return 0, 0
        span = self.tree.spans[span_id]
        return (span.end_ns or span.start_ns), -self.tree.depths[span_id]


def _raised(
    grown: _Growing,
    roles: Mapping[str, ExceptionRole],
    numbers: Mapping[_Identity, int],
    settings: Settings,
) -> RaisedException:
    name = type_name(grown.block.type)
    own = [frame for frame in grown.frames if frame.own and frame.place is not None]
    return RaisedException(
        type=Recorded(name),
        message=grown.block.message,
        frames=grown.frames,
        raised_at=first_token(own[-1]) if own else None,
        in_library=_library(grown.frames),
        roles=roles,
        cause=numbers.get(grown.cause) if grown.cause is not None else None,
        control_flow=name in CONTROL_FLOW,
        expected=_is_expected(reveal(grown.block.type), name, settings),
    )


def _is_expected(full: str, name: str, settings: Settings) -> bool:
    return any(
        fnmatchcase(full, pattern) or fnmatchcase(name, pattern.rpartition(".")[2])
        for pattern in settings.expected_exceptions
    )


def _fate(grown: _Growing) -> Fate:
    order: tuple[Fate, ...] = ("fatal", "wrapped", "handled")
    return next((fate for fate in order if fate in grown.fates), "noted")


def first_token(frame: PlacedFrame) -> Place | None:
    """Narrow a frame's line to its first token, where the quoted line is the line there."""
    if frame.place is None or frame.frame.text is None or not frame.verified:
        return frame.place
    found = _FIRST_TOKEN.match(reveal(frame.frame.text).strip())
    start = frame.place.range.start
    if found is None:
        return frame.place
    end = Position(start.line, start.column + found.end())
    return replace(frame.place, range=TextRange(start, end))


def _library(frames: Frames) -> str | None:
    """Name the package that raised, when the last frame is not the workspace's own."""
    if not frames or frames[-1].own:
        return None
    path = reveal(frames[-1].frame.path)
    found = _PACKAGE.search(path) or _STANDARD.search(path)
    name = found.group(1) if found else PurePosixPath(path.replace("\\", "/")).name
    printable = "".join(c for c in name.removesuffix(".py") if c.isalnum() or c in "_-.")
    return printable[:80] or "a library"


def _is_group(block: TracebackBlock) -> bool:
    return type_name(block.type).endswith("ExceptionGroup")


def _block_of(exception: SpanException) -> TracebackBlock:
    return TracebackBlock(exception.type, exception.message, (), "last")


def _raise_frame(block: TracebackBlock) -> _RaiseFrame:
    frame = block.frames[-1]
    return reveal(frame.path), frame.line, reveal(frame.function)


def _n_own(frames: Frames) -> int:
    return sum(frame.own for frame in frames)
