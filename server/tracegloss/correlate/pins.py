"""What names a span's site outright: its own stack frame, or `code.*` attributes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.correlate.aliases import PathMap, is_excluded, is_library, is_notebook_cell
from tracegloss.correlate.candidates import Pin
from tracegloss.correlate.code_attributes import CodePointer, pointed_sites
from tracegloss.correlate.evidence import closed, supports
from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.frames import (
    OwnFrames,
    PlacedExceptions,
    first_match,
    own_frames,
    runs_in,
)
from tracegloss.correlate.names import fit_of
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import EvidenceKind, PlacedFrame
from tracegloss.model.site import FRAMEWORK_KINDS, FunctionId, Place, Site, spot
from tracegloss.recorded import Phrase, phrase
from tracegloss.reveal import reveal


def file_name(path: str) -> str:
    """Return the last part of a path as any system writes it."""
    return path.replace("\\", "/").rpartition("/")[2]


def _frame_at(place: Place) -> Phrase:
    return phrase("its stack frame is {spot}", spot=spot(place))


def _touched(site: Site) -> frozenset[str]:
    """Give the files in which a span of a site may run."""
    paths = (site.at, site.secondary, site.function)
    return frozenset(each.path for each in paths if each is not None)


def _may_be_called(site: Site, features: SpanFeatures) -> bool:
    """Tell whether the spans of a site in the frame's function may have a span's names."""
    is_generator = site.is_generator and site.kind not in FRAMEWORK_KINDS
    if site.function_name != features.function_name and not is_generator:
        return False
    return fit_of(site, features.name).how != "none"


class PinFinder(Struct):
    """Finds pins; the lookups by function and by file are made when first needed."""

    index: RepoIndex
    sites: tuple[Site, ...]
    paths: PathMap
    exclude: tuple[str, ...] = ()
    by_function: dict[FunctionId, list[int]] = field(default_factory=dict)
    by_path: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """File the sites by what pins speak of."""
        for number, site in enumerate(self.sites):
            self.by_path.setdefault(site.at.path, []).append(number)
            if site.function is not None:
                self.by_function.setdefault(site.function, []).append(number)

    def pin_of(
        self,
        pointer: CodePointer | None,
        placed: PlacedExceptions,
        candidates: Iterable[int],
        features: SpanFeatures,
    ) -> Pin | None:
        """Find what pins a span; `candidates` are the sites that fit it without."""
        if pointer is not None:
            pin = self._by_attributes(pointer)
            if pin is not None:
                return pin
        if not placed:
            return None
        return self._by_frames(own_frames(placed), tuple(candidates), features)

    def _by_attributes(self, pointer: CodePointer) -> Pin | None:
        said = phrase("its code attributes name {path}", path=closed(pointer.path))
        file = self.paths.file_of(pointer.path)
        if file is None:
            if is_library(pointer.path) or not self.paths.is_elsewhere(pointer.path):
                return None
            return self._elsewhere(EvidenceKind.CODE_ATTRIBUTES, pointer.path, said)
        sites = pointed_sites(pointer, self.sites, self.by_path.get(file, ()))
        if not sites:
            return None
        if pointer.line is not None:
            said += phrase(":{line}", line=pointer.line)
        return Pin(sites, True, supports(EvidenceKind.CODE_ATTRIBUTES, said))

    def _by_frames(
        self, own: OwnFrames, candidates: tuple[int, ...], features: SpanFeatures
    ) -> Pin | None:
        matched = first_match(own, [self.sites[number] for number in candidates])
        away = self._away_from(own, candidates, features.function_name)
        if matched is not None:
            pin = self._named_by(matched, candidates)
            return None if pin is None else replace(pin, against=away)
        if not own.wrapped or not own.frames:
            return None
        first = own.frames[0]
        if first.function is not None and not candidates:
            inside = self.by_function.get(first.function, ())
            fitting = [n for n in inside if _may_be_called(self.sites[n], features)]
            return self._named_by(first, fitting) or self._in_other_code(first)
        if away:
            proven = self._in_other_code(first) if len(away) == len(candidates) else None
            return proven or self._in_other_file(first, away)
        path = reveal(first.frame.path)
        made_up = is_library(path) or is_notebook_cell(path)
        if made_up or any(f.own for f in own.frames) or not self._is_elsewhere(path, candidates):
            return None
        said = phrase("its stack frame is in {path}", path=closed(path))
        return self._elsewhere(EvidenceKind.STACK_FRAME, path, said)

    def _away_from(
        self, own: OwnFrames, candidates: tuple[int, ...], function_name: str | None
    ) -> frozenset[int]:
        """Give the candidates that touch no file in which the span, proven or probably, ran.

        A first frame of another name is that of a decorator below MLflow's, which may be anywhere.
        """
        if not own.wrapped or not own.frames or not own.frames[0].own:
            return frozenset()
        if function_name not in (None, reveal(own.frames[0].frame.function).rpartition(".")[2]):
            return frozenset()
        files = {f.place.path for f in own.frames if f.place is not None}
        return frozenset(n for n in candidates if files.isdisjoint(_touched(self.sites[n])))

    def _in_other_file(self, placed: PlacedFrame, away: frozenset[int]) -> Pin | None:
        if placed.place is None:
            return None
        said = _frame_at(placed.place) + phrase("" if placed.verified else ", text differs")
        return Pin(frozenset(), False, supports(EvidenceKind.STACK_FRAME, said), against=away)

    def _in_other_code(self, placed: PlacedFrame) -> Pin | None:
        if placed.place is None or not placed.verified:
            return None
        said = _frame_at(placed.place) + phrase(", where no site of this name is known")
        evidence = supports(EvidenceKind.STACK_FRAME, said)
        return Pin(frozenset(), True, evidence, elsewhere="unknown")

    def _is_elsewhere(self, path: str, candidates: tuple[int, ...]) -> bool:
        """Tell whether a span made in a file of this path is made by none of its candidates.

        A path that may mean some file here still speaks against candidates in files of other names.
        """
        if self.paths.is_elsewhere(path):
            return True
        name = file_name(path)
        return all(file_name(self.sites[number].at.path) != name for number in candidates)

    def _named_by(self, placed: PlacedFrame, numbers: Iterable[int]) -> Pin | None:
        sites = frozenset(n for n in numbers if runs_in(self.sites[n], placed))
        if not sites or placed.place is None:
            return None
        said = _frame_at(placed.place)
        said += phrase(" in {function}", function=placed.frame.function)
        said += phrase(", same text") if placed.verified else phrase(", text differs")
        return Pin(sites, placed.verified, supports(EvidenceKind.STACK_FRAME, said))

    def _elsewhere(self, kind: EvidenceKind, path: str, said: Phrase) -> Pin:
        if is_excluded(path, self.exclude):
            detail = said + phrase(", which the settings exclude")
            return Pin(frozenset(), True, supports(kind, detail), elsewhere="excluded")
        detail = said + phrase(", which is no file of this workspace")
        return Pin(frozenset(), True, supports(kind, detail), elsewhere="other-repository")
