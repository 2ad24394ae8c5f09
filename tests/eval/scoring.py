"""Scores resolutions against the true sites recorded while the applications ran.

Spans of one name at one true site weigh one together, so that a loop of a thousand calls counts as
the one question it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tracegloss.model.resolution import Ambiguous, Confidence, Resolution, Resolved
from tracegloss.model.site import Site

Spot = tuple[str, int | None, int]


class Truth(Struct, frozen=True):
    """Where a span really came from: 1-based lines, in a notebook within the cell.

    `spots` are the places that are right to name, `copies` all byte-equal copies of the site (the
    right answer is then the whole list). Without `spots` the span has no site in the repository.
    """

    spots: frozenset[Spot]
    copies: frozenset[Spot]
    library: bool

    @property
    def has_site(self) -> bool:
        """Tell whether the span has a line in the repository."""
        return bool(self.spots)


class Answer(Struct, frozen=True):
    """One span's answer against its truth; `weight` sums to one over equal questions."""

    question: tuple[str, frozenset[Spot]]
    truth: Truth
    named: bool
    right: bool
    confident: bool


class Score(Struct, frozen=True):
    """Sums over the questions of a case; `spans` counts all spans."""

    spans: int
    questions: float
    asked: float
    named: float
    right: float
    wrong_confident: float
    library: float
    library_right: float

    @property
    def precision(self) -> float:
        """Right among those that name a line."""
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        """Right among those whose true site is in the repository."""
        return self.right / self.asked if self.asked else 1.0


def truth_of(entry: Mapping[str, object]) -> Truth:
    """Read one entry of a `truth.json`; its format is described in `fixtures/record/README.md`."""
    if not entry["in_repository"]:
        return Truth(frozenset(), frozenset(), bool(entry.get("library")))
    copies = frozenset(_spot(copy) for copy in _listed(entry, "equal_copies"))
    also = frozenset(_spot(other) for other in _listed(entry, "also"))
    own = _spot(entry)
    return Truth(also | {own}, copies | {own} if copies else frozenset(), False)


def _listed(entry: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    listed = entry.get(key) or []
    assert isinstance(listed, list)
    return listed


def _spot(entry: Mapping[str, object]) -> Spot:
    path, cell, line = entry["path"], entry.get("cell"), entry["line"]
    assert isinstance(path, str)
    assert isinstance(line, int)
    assert cell is None or isinstance(cell, int)
    return path, cell, line


def answer_of(name: str, truth: Truth, resolution: Resolution) -> Answer:
    """Judge one resolution; an ambiguous one names a line only when it lists all equal copies."""
    question = (name, truth.spots)
    if isinstance(resolution, Resolved):
        right = spot_of(resolution.site) in truth.spots
        confident = resolution.confidence >= Confidence.STRONG
        return Answer(question, truth, named=True, right=right, confident=confident)
    if isinstance(resolution, Ambiguous) and truth.copies:
        listed = frozenset(spot_of(candidate.site) for candidate in resolution.candidates)
        right = listed == truth.copies
        return Answer(question, truth, named=right, right=right, confident=False)
    return Answer(question, truth, named=False, right=False, confident=False)


def spot_of(site: Site) -> Spot:
    """Return a site's path, cell and 1-based line."""
    return site.at.path, site.at.cell, site.at.range.start.line + 1


def score(answers: Iterable[Answer]) -> Score:
    """Add up answers; equal questions share a weight of one."""
    listed = list(answers)
    sizes: dict[tuple[str, frozenset[Spot]], int] = {}
    for answer in listed:
        sizes[answer.question] = sizes.get(answer.question, 0) + 1
    weights = [1 / sizes[answer.question] for answer in listed]
    pairs = list(zip(listed, weights, strict=True))
    return Score(
        spans=len(listed),
        questions=sum(weights),
        asked=sum(w for a, w in pairs if a.truth.has_site),
        named=sum(w for a, w in pairs if a.named),
        right=sum(w for a, w in pairs if a.right),
        wrong_confident=sum(w for a, w in pairs if a.named and not a.right and a.confident),
        library=sum(w for a, w in pairs if a.truth.library),
        library_right=sum(w for a, w in pairs if a.truth.library and not a.named),
    )
