"""Groups what spans recorded of exceptions: each exception of the run once, and what became of it.

Spans that an exception passes through record it again with a longer stack. Identity is the type,
the message with its numbers and quoted values masked, and the frame that raised it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from tracegloss.findings.exceptions import ExceptionTable, Fate, masked, type_name
from tracegloss.findings.raised_exception import Frames, raised_exception
from tracegloss.model.finding import ExceptionRole, RaisedException
from tracegloss.model.resolution import Correlation
from tracegloss.model.settings import Settings
from tracegloss.model.trace import SpanException, SpanStatus, TracebackBlock
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

_RaiseFrame: TypeAlias = tuple[str, int, str]
_Identity: TypeAlias = tuple[str, str, _RaiseFrame | None]


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
            tuple(self._raised(identity, numbers, settings) for identity in order),
            tuple(_fate(self.growing[identity]) for identity in order),
            tuple(tuple(self.growing[identity].handled_by) for identity in order),
            tuple(first[identity] for identity in order),
            tuple(tuple(numbers[m] for m in self.growing[i].members) for i in order),
            {span_id: numbers[identity] for span_id, identity in self.ended.items()},
        )

    def _raised(
        self, identity: _Identity, numbers: Mapping[_Identity, int], settings: Settings
    ) -> RaisedException:
        grown = self.growing[identity]
        cause = None if grown.cause is None else numbers.get(grown.cause)
        return raised_exception(grown.block, grown.frames, self._roles(identity), cause, settings)

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


def _fate(grown: _Growing) -> Fate:
    order: tuple[Fate, ...] = ("fatal", "wrapped", "handled")
    return next((fate for fate in order if fate in grown.fates), "noted")


def _is_group(block: TracebackBlock) -> bool:
    return type_name(block.type).endswith("ExceptionGroup")


def _block_of(exception: SpanException) -> TracebackBlock:
    return TracebackBlock(exception.type, exception.message, (), "last")


def _raise_frame(block: TracebackBlock) -> _RaiseFrame:
    frame = block.frames[-1]
    return reveal(frame.path), frame.line, reveal(frame.function)


def _n_own(frames: Frames) -> int:
    return sum(frame.own for frame in frames)
