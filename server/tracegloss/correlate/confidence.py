"""The committed table of confidence: which evidence makes a resolution exact, strong or weak.

`docs/correlation.md` explains each row; the rows here and there are compared by a test.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tracegloss.correlate import weights
from tracegloss.model.resolution import Confidence, EvidenceKind

WITNESSES = frozenset(
    {
        EvidenceKind.FUNCTION_NAME,
        EvidenceKind.SPAN_NAME,
        EvidenceKind.NAME_PATTERN,
        EvidenceKind.PARAMETERS,
        EvidenceKind.SPAN_TYPE,
        EvidenceKind.ATTRIBUTES,
        EvidenceKind.DESCRIPTION,
        EvidenceKind.VALUES,
        EvidenceKind.CALLED_BY,
        EvidenceKind.CALLS,
        EvidenceKind.STACK_FRAME,
        EvidenceKind.MODULE,
        EvidenceKind.TEST,
    }
)
"""Kinds that count as one independent reason each; order and exclusion only add to others."""


_PARDONED = frozenset({EvidenceKind.SPAN_TYPE, EvidenceKind.CALLED_BY})
"""Kinds that, speaking against a site, leave it short of `exact` and take no reason off."""


class Grounds(Struct, frozen=True):
    """Everything the table looks at.

    `pinned` is a verified frame, verified `code.*` attributes or a name taught in the settings.
    `only_signature`: no other site has this function name and these parameters. `only_literal`: no
    other site carries this literal name. `called_surely`: the parent's site is known with strong or
    exact confidence and calls it, no guess involved. `only_in_reach`: the parent is exact and
    reaches no other candidate, and no call of unknown target. `gap` is the lead over the next best
    site, `None` without rivals. `doubtful` spans lie below spans of other code, or in a service
    or repository that is probably not this one. `untold` sites have names the source does not tell.
    """

    supporting: frozenset[EvidenceKind]
    opposing: frozenset[EvidenceKind]
    pinned: bool = False
    only_signature: bool = False
    only_literal: bool = False
    called_surely: bool = False
    only_in_reach: bool = False
    gap: int | None = None
    doubtful: bool = False
    untold: bool = False
    pruned: bool = False

    @property
    def n_witnesses(self) -> int:
        """Count independent reasons, those against taken off.

        A span's type may be set anywhere, and reachability is no condition.
        """
        return len(self.supporting & WITNESSES) - len(self.opposing - _PARDONED)

    @property
    def is_ahead(self) -> bool:
        """Tell whether no other site comes close."""
        return self.gap is None or self.gap >= weights.DECISIVE_GAP

    @property
    def is_connected(self) -> bool:
        """Tell whether calls tie the span to other spans of this code."""
        return self.called_surely or EvidenceKind.CALLS in self.supporting


class Row(Struct, frozen=True):
    """One row of the table: a level, its condition in words, and the condition itself."""

    level: Confidence
    words: str
    holds: Callable[[Grounds], bool]


TABLE: tuple[Row, ...] = (
    Row(
        Confidence.EXACT,
        "a verified own stack frame, verified code.* attributes, or a name taught in the settings",
        lambda g: g.pinned,
    ),
    Row(
        Confidence.WEAK,
        "its own stack frame is in another file, or the site gives its spans other names",
        lambda g: not g.opposing.isdisjoint({EvidenceKind.STACK_FRAME, EvidenceKind.SPAN_NAME}),
    ),
    Row(
        Confidence.WEAK,
        "a framework's construct that takes or passes other arguments than were recorded",
        lambda g: EvidenceKind.FRAMEWORK in g.supporting and EvidenceKind.PARAMETERS in g.opposing,
    ),
    Row(
        Confidence.WEAK,
        "calls do not tie it to this code, and it lies below spans of other code, or in a service "
        "or repository that is probably not this one",
        lambda g: g.doubtful and not g.is_connected,
    ),
    Row(
        Confidence.WEAK,
        "its name is not told by the source, or more sites fit as well than can be compared",
        lambda g: g.untold or g.pruned,
    ),
    Row(
        Confidence.EXACT,
        "the only site with this function name and these parameters, and nothing against it",
        lambda g: g.only_signature and not g.opposing,
    ),
    Row(
        Confidence.EXACT,
        "the only site with this literal name, in a function that its parent surely runs, and "
        "nothing against it",
        lambda g: g.only_literal and g.called_surely and not g.opposing,
    ),
    Row(
        Confidence.EXACT,
        "the only candidate that its exact parent can reach, two independent reasons, and nothing "
        "against it",
        lambda g: g.only_in_reach and g.n_witnesses >= 2 and g.is_ahead and not g.opposing,
    ),
    Row(
        Confidence.STRONG,
        "one site left after two independent reasons, clearly ahead of the next",
        lambda g: g.n_witnesses >= 2 and g.is_ahead,
    ),
    Row(
        Confidence.STRONG,
        "a framework's rule with one match, and nothing against it",
        lambda g: EvidenceKind.FRAMEWORK in g.supporting and g.gap is None and not g.opposing,
    ),
    Row(Confidence.WEAK, "one candidate by name alone", lambda g: True),  # noqa: ARG005
)


def confidence_of(grounds: Grounds) -> Confidence:
    """Look the confidence up: the first row that holds decides."""
    return next(row.level for row in TABLE if row.holds(grounds))
