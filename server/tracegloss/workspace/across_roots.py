"""Divides one trace between folders of a workspace: each span to the folder whose code made it.

Every folder is correlated by itself and knows nothing of the others, so that what is the only
fitting site of its folder may have a rival in another one. Such a rival is evidence like any other:
it takes a line of a stack, or a call from a parent's own site, to decide between the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.model.finding import Finding
from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Confidence,
    EvidenceKind,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.recorded import phrase
from tracegloss.trace_on_code import TraceOnCode

# Evidence of these kinds names a line, or a call on a line, that only one folder has.
_DECISIVE = frozenset(
    {EvidenceKind.CODE_ATTRIBUTES, EvidenceKind.STACK_FRAME, EvidenceKind.CALLED_BY}
)
# Of a span without a line for these reasons, another folder may have it.
_OPEN_REASONS = frozenset({"unknown", "other-repository"})


class FolderLaid(Struct, frozen=True):
    """A trace as it is laid on one folder."""

    path: Path
    on_code: TraceOnCode


def divided(
    home: FolderLaid, others: Sequence[FolderLaid]
) -> tuple[TraceOnCode, dict[Path, TraceOnCode]]:
    """Divide a trace between the folder its root lies in and others.

    The first is the trace at home, doubtful where another folder fits as well; the second has by
    folder nothing but what is that folder's. A folder in which the root fits too is a copy of the
    first: nothing of the trace is its own. What several folders claim is nobody's.
    """
    strangers = [other for other in others if not has_root(other.on_code)]
    claimed = {other.path: _claims(home.on_code, other.on_code) for other in strangers}
    n_claims = Counter(span_id for claims in claimed.values() for span_id in claims)
    here = dict(home.on_code.correlation.resolutions)
    parts: dict[Path, TraceOnCode] = {}
    for other in strangers:
        theirs = other.on_code.correlation.resolutions
        here.update(_doubts(home.on_code, theirs, claimed[other.path], other.path))
        there = {s: found for s, found in claimed[other.path].items() if n_claims[s] == 1}
        here.update(dict.fromkeys(there, _made_in(other.path)))
        part = _part(home, other, there)
        if part is not None:
            parts[other.path] = part
    contested = (span_id for span_id, number in n_claims.items() if number > 1)
    here.update(dict.fromkeys(contested, Unresolved("unknown", phrase("several folders have it"))))
    return _without_those_of(parts.values(), _with(home.on_code, here)), parts


def _part(home: FolderLaid, other: FolderLaid, there: Mapping[str, Resolved]) -> TraceOnCode | None:
    """Give what of a trace is another folder's; `None` when there is no such thing."""
    kept = _findings_of(other.on_code, there, home.on_code)
    if not there and not kept:
        return None
    elsewhere = _made_in(home.path)
    spans = other.on_code.correlation.resolutions
    return _with(other.on_code, {each: there.get(each, elsewhere) for each in spans}, kept)


def has_root(on_code: TraceOnCode) -> bool:
    """Tell whether code of this folder fits the trace's first root span."""
    top = next(iter(on_code.tree.roots or on_code.tree.orphans), None)
    return isinstance(on_code.correlation.resolutions.get(top or ""), Resolved | Ambiguous)


def _claims(home: TraceOnCode, other: TraceOnCode) -> dict[str, Resolved]:
    ours = home.correlation.resolutions
    return {
        span_id: theirs
        for span_id, theirs in other.correlation.resolutions.items()
        if isinstance(theirs, Resolved) and _belongs_there(ours[span_id], theirs)
    }


def _doubts(
    home: TraceOnCode,
    theirs: Mapping[str, Resolution],
    claims: Mapping[str, Resolved],
    folder: Path,
) -> dict[str, Resolution]:
    return {
        span_id: _doubted(ours, folder)
        for span_id, ours in home.correlation.resolutions.items()
        if isinstance(ours, Resolved) and span_id not in claims and _is_rival(ours, theirs[span_id])
    }


def _belongs_there(ours: Resolution, theirs: Resolved) -> bool:
    """Tell whether the other folder made a span: nothing here did, or its line is proven."""
    if theirs.confidence < Confidence.STRONG:
        return False
    match ours:
        case Unresolved(reason=reason):
            return reason in _OPEN_REASONS
        case Ambiguous():
            return _is_decided(theirs)
        case Resolved():
            return _is_decided(theirs) and not _is_decided(ours)


def _is_rival(ours: Resolved, theirs: Resolution) -> bool:
    """Tell whether the other folder fits a span as well as the site that was found here."""
    if _is_decided(ours) and not (isinstance(theirs, Resolved) and _is_decided(theirs)):
        return False
    match theirs:
        case Resolved(confidence=confidence):
            return confidence >= Confidence.STRONG
        case Ambiguous():
            return True
        case Unresolved():
            return False


def _is_decided(found: Resolved) -> bool:
    return any(each.supports and each.kind in _DECISIVE for each in found.evidence)


def _made_in(folder: Path) -> Unresolved:
    return Unresolved("other-repository", phrase("it lies in the folder {name}", name=folder.name))


def _doubted(ours: Resolved, folder: Path) -> Ambiguous:
    against = phrase("the folder {name} has one that fits as well", name=folder.name)
    candidate = Candidate(ours.site, ours.evidence, against)
    return Ambiguous((candidate, *ours.alternatives), ours.evidence, ours.called_from)


def _findings_of(
    other: TraceOnCode, there: Mapping[str, Resolved], home: TraceOnCode
) -> tuple[Finding, ...]:
    """Keep what is said of the other folder's own spans, and of lines there that were raised."""
    at_home = {_about(found) for found in home.examination.findings if found.place is not None}
    return tuple(
        found
        for found in other.examination.findings
        if found.place is not None
        and (
            _span_of(found) in there
            or (found.exception is not None and _about(found) not in at_home)
        )
    )


def _without_those_of(parts: Iterable[TraceOnCode], home: TraceOnCode) -> TraceOnCode:
    """Leave to the other folders what is said of their spans: one exception, one error."""
    told = {_about(found) for part in parts for found in part.examination.findings}
    kept = tuple(found for found in home.examination.findings if _about(found) not in told)
    return replace(home, examination=replace(home.examination, findings=kept))


def _about(found: Finding) -> tuple[str, str]:
    return found.rule, _span_of(found)


def _span_of(found: Finding) -> str:
    return found.span_ids[0] if found.span_ids else ""


def _with(
    on_code: TraceOnCode,
    resolutions: Mapping[str, Resolution],
    findings: tuple[Finding, ...] | None = None,
) -> TraceOnCode:
    """Lay a trace by other resolutions; what was said of spans without a line here is let go."""
    before = on_code.correlation.resolutions
    lost = {
        span_id
        for span_id, resolution in resolutions.items()
        if isinstance(before[span_id], Resolved) and not isinstance(resolution, Resolved)
    }
    kept = on_code.examination.findings if findings is None else findings
    if findings is None:
        kept = tuple(found for found in kept if _span_of(found) not in lost)
    return replace(
        on_code,
        correlation=replace(on_code.correlation, resolutions=resolutions),
        examination=replace(on_code.examination, findings=kept),
        since={span_id: since for span_id, since in on_code.since.items() if span_id not in lost},
    )
