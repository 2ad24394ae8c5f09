"""Builds traces on code by hand: spans as a tree of few words, the rest by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from tracegloss.model.finding import (
    Examination,
    Finding,
    JudgedAssessment,
    NotChecked,
    Severity,
    Verdict,
)
from tracegloss.model.repository import CommitStanding, RepositoryState
from tracegloss.model.resolution import (
    Ambiguous,
    Candidate,
    Confidence,
    Correlation,
    Evidence,
    EvidenceKind,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.model.site import LiteralName, Place, Site
from tracegloss.model.trace import (
    Assessment,
    SourceDescription,
    Span,
    SpanStatus,
    Tokens,
    Trace,
    TraceInfo,
    TraceState,
)
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.text import LineIndex, range_of
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.tree import critical_path, self_times, span_tree

BEGAN_NS = 1_795_419_911_000_000_000
COMMIT = "1ce4efb0c6b0f3a0d6b9d0a0f3a0d6b9d0a0f3a0"


def place(label: str, column: int = 0, length: int = 1, cell: int | None = None) -> Place:
    """Make a place from `path:line` (1-based) and a 0-based column."""
    path, _, line = label.rpartition(":")
    row = int(line) - 1
    return Place(path, range_of(row, column, row, column + length), cell)


def site(label: str, name: str = "", *, lines: int = 4, kind: Any = "decorated") -> Site:
    """Make the site of a function whose name stands at column 4 of `path:line`."""
    at = place(label, 4, max(1, len(name.rpartition(".")[2])))
    start = at.range.start.line
    names = (LiteralName(name.rpartition(".")[2], "function"),) if name else ()
    return Site(
        kind=kind,
        at=at,
        extent=range_of(max(0, start - 1), 0, start + lines, 0),
        names=names,
        qualified_name=name or None,
        function=None,
    )


def resolved(
    label: str, name: str = "", *, confidence: Confidence = Confidence.EXACT, because: str = ""
) -> Resolved:
    words = (
        phrase(because or "function name {name}", name=Recorded(name)) if name else phrase("name")
    )
    evidence = (Evidence(EvidenceKind.FUNCTION_NAME, True, words),)
    return Resolved(site(label, name), confidence, evidence)


def tie(*labels: str, name: str = "notify") -> Ambiguous:
    candidates = tuple(Candidate(site(label, name), (), Phrase(())) for label in labels)
    return Ambiguous(candidates)


def unresolved(reason: Any, detail: str = "", near: str | None = None) -> Unresolved:
    return Unresolved(reason, phrase(detail), None if near is None else place(near))


class S(Struct, frozen=True):
    """A span in few words: times in ms from the trace's start, `code` as `path:line`."""

    name: str
    code: str | Resolution
    start: float = 0.0
    ms: float | None = 1.0
    type: str | None = None
    children: tuple[S, ...] = ()
    inputs: Any = ...
    outputs: Any = ...
    error: bool = False
    message: str | None = None
    tokens: tuple[int, int] | None = None
    id: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def clean_verdict() -> Verdict:
    return Verdict(
        "clean", "unknown", phrase("No exception, no assessment: nothing proves this wrong."),
        None, None, (),
    )  # fmt: skip


def on_code(
    *spans: S,
    sources: Mapping[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
    verdict: Verdict | None = None,
    assessments: tuple[JudgedAssessment, ...] = (),
    **changes: Any,
) -> TraceOnCode:
    """Lay a trace on code; `changes` replace members of the result or of its parts."""
    flat: list[Span] = []
    resolutions: dict[str, Resolution] = {}
    for top in spans:
        _add(top, None, flat, resolutions)
    flat.sort(key=lambda span: span.start_ns)
    failed = any(span.status is SpanStatus.ERROR and span.parent_id is None for span in flat)
    info = TraceInfo(
        trace_id="tr-b9fc83a5fa27e603f05a347b7eb71243",
        name=None,
        state=TraceState.ERROR if failed else TraceState.OK,
        request_ns=BEGAN_NS,
        duration_ms=None,
        experiment_id="1",
        client_request_id=None,
        request_preview=None,
        response_preview=None,
        metadata=Recorded({}),
        tags=Recorded({}),
        assessments=tuple(judged.assessment for judged in assessments),
        tokens=None,
        cost_usd=None,
    )
    info = replace(info, **{k: changes.pop(k) for k in list(changes) if hasattr(info, k)})
    trace = Trace(info, tuple(flat), changes.pop("problems", ()))
    tree = span_tree(trace)
    examination = Examination(
        exceptions=(),
        findings=findings,
        assessments=assessments,
        origin=None,
        verdict=verdict or clean_verdict(),
        checked=("error-raised", "error-handled", "slow-span"),
        not_checked=(NotChecked("token-outlier", "9 traces, 10 needed"),),
    )
    examined = {k: changes.pop(k) for k in list(changes) if hasattr(examination, k)}
    correlation = Correlation(resolutions, {})
    correlated = {k: changes.pop(k) for k in list(changes) if hasattr(correlation, k)}
    texts = {path: LineIndex.of(text.encode()) for path, text in (sources or {}).items()}
    whole = TraceOnCode(
        trace=trace,
        tree=tree,
        self_ns=self_times(tree),
        critical=critical_path(tree),
        source=SourceDescription("sqlite", "sqlite:///mlflow.db"),
        standing=CommitStanding(COMMIT, "main", None, True, 0, 0, None),
        repositories=(RepositoryState("r0", "support_agent", COMMIT, "main", root="/here"),),
        correlation=replace(correlation, **correlated),
        examination=replace(examination, **examined),
        texts=texts,
    )
    return replace(whole, **changes)


def finding(
    rule: str,
    message: str | Phrase,
    *,
    severity: Severity = Severity.WARNING,
    at: str | Place | None = None,
    spans: tuple[str, ...] = (),
    **more: Any,
) -> Finding:
    where = place(at, 4, 6) if isinstance(at, str) else at
    defaults: dict[str, Any] = {
        "rule": rule,
        "severity": severity,
        "editor_severity": severity,
        "message": phrase(message) if isinstance(message, str) else message,
        "detail": None,
        "span_ids": spans,
        "place": where,
        "site": None,
        "fingerprint": f"{abs(hash_of(rule, at)):016x}",
    }
    return Finding(**{**defaults, **more})


def hash_of(*parts: object) -> int:
    """A small stable number: Python's own hash of strings changes from run to run."""
    return sum(ord(c) * (n + 1) for n, c in enumerate(repr(parts)))


def judged(
    name: str, outcome: Any, value: Any = None, rationale: str | None = None, **more: Any
) -> JudgedAssessment:
    kind = "expectation" if outcome in {"met", "unmet", "undecidable"} else "feedback"
    defaults: dict[str, Any] = {
        "assessment_id": f"a-{name}",
        "name": Recorded(name),
        "kind": kind,
        "span_id": None,
        "source_type": "LLM_JUDGE",
        "source_id": Recorded("judge/fake-gpt-4o"),
        "value": None if "error" in more else Recorded(value),
        "rationale": None if rationale is None else Recorded(rationale),
        "error": None,
        "metadata": Recorded({}),
        "create_ns": BEGAN_NS,
        "update_ns": None,
        "valid": True,
        "overrides": None,
    }
    why = more.pop("why", "")
    return JudgedAssessment(Assessment(**{**defaults, **more}), outcome, phrase(why))


def _add(spec: S, parent: str | None, flat: list[Span], resolutions: dict[str, Resolution]) -> None:
    span_id = spec.id or f"{len(flat) + 1:016x}"
    start_ns = BEGAN_NS + round(spec.start * 1_000_000)
    values: dict[str, Any] = {
        "span_id": span_id,
        "parent_id": parent,
        "name": Recorded(spec.name),
        "type": None if spec.type is None else Recorded(spec.type),
        "status": SpanStatus.ERROR if spec.error else SpanStatus.OK,
        "status_message": None if spec.message is None else Recorded(spec.message),
        "start_ns": start_ns,
        "end_ns": None if spec.ms is None else start_ns + round(spec.ms * 1_000_000),
        "function_name": Recorded(spec.name),
        "inputs": None if spec.inputs is ... else Recorded(spec.inputs),
        "outputs": None if spec.outputs is ... else Recorded(spec.outputs),
        "attributes": Recorded({}),
        "tokens": None if spec.tokens is None else Tokens(*spec.tokens, sum(spec.tokens)),
    }
    flat.append(Span(**{**values, **spec.more}))
    code = spec.code
    resolutions[span_id] = resolved(code, spec.name) if isinstance(code, str) else code
    for child in spec.children:
        _add(child, span_id, flat, resolutions)
