"""What names a span's site outright: its own stack frame, or `code.*` attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tracegloss.correlate.aliases import PathMap, is_library, is_notebook_cell
from tracegloss.correlate.candidates import Pin
from tracegloss.correlate.code_attributes import CodePointer, pointed_sites
from tracegloss.correlate.evidence import closed, supports
from tracegloss.correlate.frames import (
    OwnFrames,
    PlacedExceptions,
    first_match,
    own_frames,
    runs_in,
)
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import EvidenceKind, PlacedFrame
from tracegloss.model.site import FunctionId
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


@dataclass(slots=True)
class PinFinder:
    """Finds pins; the lookups by function and by file are made when first needed."""

    index: RepoIndex
    paths: PathMap
    by_function: dict[FunctionId, tuple[int, ...]] = field(default_factory=dict)
    by_path: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, site in enumerate(self.index.sites):
            path = site.at.path
            self.by_path[path] = (*self.by_path.get(path, ()), number)
            if site.function is not None:
                known = self.by_function.get(site.function, ())
                self.by_function[site.function] = (*known, number)

    def pin_of(
        self,
        pointer: CodePointer | None,
        placed: PlacedExceptions,
        candidates: Iterable[int],
    ) -> Pin | None:
        """Find what pins a span; `candidates` are the sites that fit it without."""
        if pointer is not None:
            pin = self._by_attributes(pointer)
            if pin is not None:
                return pin
        return self._by_frames(own_frames(placed), tuple(candidates)) if placed else None

    def _by_attributes(self, pointer: CodePointer) -> Pin | None:
        said = phrase("its code attributes name {path}", path=closed(pointer.path))
        file = self.paths.file_of(pointer.path)
        if file is None:
            if is_library(pointer.path) or not self.paths.is_elsewhere(pointer.path):
                return None
            return _elsewhere(EvidenceKind.CODE_ATTRIBUTES, said)
        sites = pointed_sites(pointer, file, self.index, self.by_path)
        if not sites:
            return None
        if pointer.line is not None:
            said += phrase(":{line}", line=pointer.line)
        return Pin(sites, True, supports(EvidenceKind.CODE_ATTRIBUTES, said))

    def _by_frames(self, own: OwnFrames, candidates: tuple[int, ...]) -> Pin | None:
        matched = first_match(own, [self.index.sites[number] for number in candidates])
        if matched is not None:
            return self._named_by(matched, candidates)
        if not own.wrapped or not own.frames:
            return None
        first = own.frames[0]
        if first.function is not None and not candidates:
            return self._named_by(first, self.by_function.get(first.function, ()))
        path = reveal(first.frame.path)
        made_up = is_library(path) or is_notebook_cell(path)
        if made_up or any(f.own for f in own.frames) or not self.paths.is_elsewhere(path):
            return None
        said = phrase("its stack frame is in {path}", path=closed(path))
        return _elsewhere(EvidenceKind.STACK_FRAME, said)

    def _named_by(self, placed: PlacedFrame, numbers: Iterable[int]) -> Pin | None:
        sites = frozenset(n for n in numbers if runs_in(self.index.sites[n], placed))
        if not sites or placed.place is None:
            return None
        said = phrase(
            "its stack frame is {path}:{line} in {function}",
            path=placed.place.path,
            line=placed.place.range.start.line + 1,
            function=placed.frame.function,
        )
        said += phrase(", same text") if placed.verified else phrase(", text differs")
        return Pin(sites, placed.verified, supports(EvidenceKind.STACK_FRAME, said))


def _elsewhere(kind: EvidenceKind, said: Phrase) -> Pin:
    return Pin(
        frozenset(),
        True,
        supports(kind, said + phrase(", which is no file of this workspace")),
        elsewhere=True,
    )
