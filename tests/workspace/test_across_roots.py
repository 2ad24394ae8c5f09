"""Which of two folders a span is given to, by what is known of it in each."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.overlay.laying import call, laid, raised, site_at
from tests.report.builder import S
from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Confidence,
    Evidence,
    EvidenceKind,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.recorded import phrase
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.workspace.across_roots import FolderLaid, divided

SOURCE = "def answer():\n    return find()\n\n\ndef find():\n    raise ValueError()\n"
ROOT, SPAN = "0000000000000001", "0000000000000002"
EXACT, STRONG, WEAK = Confidence.EXACT, Confidence.STRONG, Confidence.WEAK
FRAME, CALLED = EvidenceKind.STACK_FRAME, EvidenceKind.CALLED_BY
UNKNOWN = Unresolved("unknown", phrase("no site"))
LIBRARY = Unresolved("library", phrase("plumbing"))
DYNAMIC = Unresolved("dynamic", phrase("made by start_span(name)"))


def found(confidence: Confidence, *kinds: EvidenceKind) -> Resolved:
    evidence = tuple(Evidence(kind, True, phrase("said")) for kind in kinds)
    return Resolved(site_at(SOURCE, "find"), confidence, evidence)


TIE = Ambiguous((Candidate(site_at(SOURCE, "find"), (), phrase("")),) * 2)


def folder(name: str, root: Resolution, span: Resolution) -> FolderLaid:
    top: S = replace(call(SOURCE, "answer"), code=root)
    below: S = replace(call(SOURCE, "find"), code=span)
    findings = (raised(SOURCE, "find", "raise", span_ids=(SPAN,)),)
    return FolderLaid(Path(f"/work/{name}"), laid(SOURCE, top, below, findings=findings))


def outcome(on_code: TraceOnCode | None) -> str:
    match None if on_code is None else on_code.correlation.resolutions[SPAN]:
        case Resolved():
            return "here"
        case Ambiguous():
            return "doubtful"
        case Unresolved(reason=reason):
            return reason
        case None:
            return "nothing"


CASES: dict[str, tuple[Resolution, Resolution, str, str]] = {
    "only there": (UNKNOWN, found(STRONG), "other-repository", "here"),
    "only there, and not sure": (UNKNOWN, found(WEAK), "unknown", "nothing"),
    "only here": (found(STRONG), UNKNOWN, "here", "nothing"),
    "plumbing is nobody's": (LIBRARY, found(STRONG), "library", "nothing"),
    "a dynamic name may be made here": (DYNAMIC, found(EXACT), "dynamic", "nothing"),
    "both": (found(EXACT), found(EXACT), "doubtful", "nothing"),
    "both, called here": (found(STRONG, CALLED), found(EXACT), "here", "nothing"),
    "both, called there": (found(EXACT), found(STRONG, CALLED), "other-repository", "here"),
    "both, and a line of a stack there": (TIE, found(EXACT, FRAME), "other-repository", "here"),
    "both, with proof in each": (found(EXACT, FRAME), found(EXACT, FRAME), "doubtful", "nothing"),
    "two there": (found(EXACT), TIE, "doubtful", "nothing"),
    "a guess there": (found(STRONG), found(WEAK), "here", "nothing"),
}


@pytest.mark.parametrize("ours, theirs, at_home, there", CASES.values(), ids=CASES)
def test_who_gets_a_span(ours: Resolution, theirs: Resolution, at_home: str, there: str) -> None:
    home, other = folder("shop", found(EXACT), ours), folder("library", UNKNOWN, theirs)
    mine, parts = divided(home, [other])
    assert (outcome(mine), outcome(parts.get(other.path))) == (at_home, there)
    told = [each for each in (mine, *parts.values()) if each.examination.findings]
    # What is said of a span is said once, and of a doubtful one not at all.
    assert len(told) == (0 if at_home == "doubtful" else 1)


def test_what_several_folders_claim_is_nobodys() -> None:
    home = folder("shop", found(EXACT), UNKNOWN)
    others = [folder(name, UNKNOWN, found(EXACT)) for name in ("library", "vendored")]
    mine, parts = divided(home, others)
    assert (outcome(mine), [outcome(part) for part in parts.values()]) == ("unknown", [])


def test_a_copy_of_the_folder_gets_nothing() -> None:
    home = folder("shop", found(EXACT), UNKNOWN)
    mine, parts = divided(home, [folder("twin", found(EXACT), found(EXACT))])
    assert (outcome(mine), parts) == ("unknown", {})
