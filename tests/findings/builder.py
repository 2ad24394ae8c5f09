"""Builds traces for rules from one line a span, and checks all findings of a trace at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tests.spans import info_of
from tracegloss.findings import examine
from tracegloss.findings.history import EarlierCall
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.finding import Examination, Finding
from tracegloss.model.resolution import (
    Confidence,
    Correlation,
    PlacedFrame,
    Resolution,
    Resolved,
    Unresolved,
)
from tracegloss.model.settings import RuleSettings, Settings
from tracegloss.model.site import FunctionId, LiteralName, Place, Site, SiteKind
from tracegloss.model.trace import (
    Assessment,
    AssessmentError,
    Span,
    SpanException,
    SpanStatus,
    StackFrame,
    Tokens,
    Trace,
    TracebackBlock,
    TraceInfo,
)
from tracegloss.recorded import JsonValue, Phrase, Recorded
from tracegloss.redaction import Redactor
from tracegloss.text import range_of
from tracegloss.tree import self_times, span_tree

MS = 1_000_000
START = 1_790_000_000_000_000_000


class Raised(Struct, frozen=True):
    """An exception as one span recorded it: `Type: message`, frames `path:line function`.

    Frames of `lib/` are not the workspace's own. `before` are the blocks printed before it.
    """

    said: str
    frames: tuple[str, ...] = ()
    before: tuple[Raised, ...] = ()
    relation: str = "last"


class Spec(Struct, frozen=True):
    """One span: times in ms; `at` is `path:line` of its site, with its function's parameters."""

    name: str
    start: int
    end: int | None
    parent: str | None = None
    type: str | None = None
    inputs: JsonValue = None
    outputs: JsonValue = None
    raised: Raised | None = None
    failed: str | None = None
    at: str | None = None
    confidence: Confidence = Confidence.EXACT
    parameters: tuple[str, ...] = ()
    called_from: str | None = None
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    tokens: Tokens | None = None
    id: str = ""


class Surroundings(Struct, frozen=True):
    """What stands beside the spans of a case."""

    assessments: tuple[Assessment, ...] = ()
    settings: Settings = field(default_factory=Settings)
    metadata: Mapping[str, str] = field(default_factory=dict)
    request_preview: str | None = None
    now_ms: int | None = None
    history: Sequence[EarlierCall] = ()
    other_traces: Sequence[TraceInfo] = ()
    scorers: Mapping[str, str] = field(default_factory=dict)


NOTHING = Surroundings()


def check(specs: Sequence[Spec], *expected: str, around: Surroundings = NOTHING) -> None:
    """Compare every finding of a trace with what is expected: missing and surplus both fail."""
    assert [rendered(found) for found in examined(specs, around).findings] == list(expected)


def rendered(found: Finding) -> str:
    """Write a finding as `rule severity/editor path:line message [spans]`."""
    editor = "-" if found.editor_severity is None else found.editor_severity.name.lower()
    spans = " ".join(found.span_ids)
    head = f"{found.rule} {found.severity.name.lower()}/{editor} {where(found.place)}"
    return f"{head} {said(found.message)} [{spans}]"


def said(phrase: Phrase) -> str:
    """Write a phrase as a report would."""
    return Redactor().phrase(phrase)


def where(place: Place | None) -> str:
    """Write a place as `path:line`."""
    return "nowhere" if place is None else f"{place.path}:{place.range.start.line + 1}"


def rule(code: str, **thresholds: float) -> Settings:
    """Settings with thresholds of one rule; underscores stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in thresholds.items()}
    return Settings(rules={code: RuleSettings(thresholds=named)})


def examined(specs: Sequence[Spec], around: Surroundings = NOTHING) -> Examination:
    """Examine a trace made of specs; a span's id is its `id`, else its name."""
    trace = Trace(_info(around), tuple(sorted(map(_span, specs), key=lambda s: s.start_ns)))
    tree = span_tree(trace)
    sites = {_id(spec): _site(spec.name, spec.at, spec.parameters) for spec in specs if spec.at}
    scorers = [_site(name, at, (), "scorer") for name, at in around.scorers.items()]
    return examine(
        trace,
        tree,
        self_times(tree),
        Correlation(
            {_id(spec): _resolution(spec, sites.get(_id(spec))) for spec in specs},
            {_id(spec): (_placed(spec.raised),) for spec in specs if spec.raised is not None},
        ),
        _index([*sites.values(), *scorers]),
        around.settings,
        now_ns=None if around.now_ms is None else START + around.now_ms * MS,
        history=around.history,
        other_traces=around.other_traces,
    )


def feedback(name: str, value: JsonValue, why: str | None = None, **more: object) -> Assessment:
    """A judge's feedback on the whole trace, or on `span_id`."""
    return _assessment("feedback", name, value, why, more)


def expectation(name: str, value: JsonValue, **more: object) -> Assessment:
    """A person's expectation."""
    return _assessment("expectation", name, value, None, {"source_type": "HUMAN", **more})


def scorer_failure(name: str, code: str, message: str) -> Assessment:
    """Feedback of a scorer that failed."""
    error = AssessmentError(Recorded(code), Recorded(message), None)
    return replace(_assessment("feedback", name, None, None, {}), value=None, error=error)


def _assessment(
    kind: str, name: str, value: JsonValue, why: str | None, more: Mapping[str, object]
) -> Assessment:
    base = Assessment(
        assessment_id=f"a-{name}",
        name=Recorded(name),
        kind=kind,  # type: ignore[arg-type]
        span_id=None,
        source_type="LLM_JUDGE",
        source_id=Recorded("judge"),
        value=Recorded(value),
        rationale=None if why is None else Recorded(why),
        error=None,
        metadata=Recorded({}),
        create_ns=START,
        update_ns=None,
        valid=True,
        overrides=None,
    )
    return replace(base, **more)


def _info(around: Surroundings) -> TraceInfo:
    preview = around.request_preview
    return replace(
        info_of(dict(around.metadata)),
        assessments=around.assessments,
        request_preview=None if preview is None else Recorded(preview),
    )


def _span(spec: Spec) -> Span:
    is_failed = spec.raised is not None or spec.failed is not None
    return Span(
        span_id=_id(spec),
        parent_id=spec.parent,
        name=Recorded(spec.name),
        type=None if spec.type is None else Recorded(spec.type),
        status=SpanStatus.ERROR if is_failed else SpanStatus.OK,
        status_message=Recorded(spec.failed) if spec.failed else None,
        start_ns=START + spec.start * MS,
        end_ns=None if spec.end is None else START + spec.end * MS,
        function_name=None,
        inputs=None if spec.inputs is None else Recorded(spec.inputs),
        outputs=None if spec.outputs is None else Recorded(spec.outputs),
        attributes=Recorded(spec.attributes),
        exceptions=() if spec.raised is None else (_exception(spec.raised),),
        tokens=spec.tokens,
    )


def _id(spec: Spec) -> str:
    return spec.id or spec.name


def _exception(raised: Raised) -> SpanException:
    last = _block(raised)
    blocks = (*map(_block, raised.before), last)
    return SpanException(last.type, last.message, blocks, Recorded(raised.said))


def _block(raised: Raised) -> TracebackBlock:
    kind, _, message = raised.said.partition(": ")
    frames = tuple(_frame(frame) for frame in raised.frames)
    return TracebackBlock(Recorded(kind), Recorded(message), frames, raised.relation)  # type: ignore[arg-type]


def _frame(text: str) -> StackFrame:
    at, _, function = text.partition(" ")
    path, _, line = at.rpartition(":")
    return StackFrame(Recorded(f"/srv/{path}"), int(line), Recorded(function), Recorded("raise X"))


def _placed(raised: Raised) -> tuple[tuple[PlacedFrame, ...], ...]:
    return tuple(
        tuple(_placed_frame(text) for text in each.frames) for each in (*raised.before, raised)
    )


def _placed_frame(text: str) -> PlacedFrame:
    at, _, function = text.partition(" ")
    path, _, line = at.rpartition(":")
    if "site-packages/" in path:
        return PlacedFrame(_frame(text), False, None, None, False)
    place = Place(path, range_of(int(line) - 1, 4, int(line) - 1, 11))
    return PlacedFrame(_frame(text), True, place, FunctionId(path, function, 0), True)


def _site(
    name: str, at: str | None, parameters: tuple[str, ...], kind: SiteKind = "decorated"
) -> Site:
    path, _, line = (at or "").rpartition(":")
    extent = range_of(int(line) - 1, 4, int(line) - 1, 4 + len(name))
    function = FunctionId(path, name, int(line) - 1)
    names = (LiteralName(name, "function"),)
    variadic = tuple(p.lstrip("*") for p in parameters if p.startswith("*"))
    plain = tuple(p.lstrip("*") for p in parameters)
    return Site(kind, Place(path, extent), extent, names, name, function, name, plain, variadic)


def _resolution(spec: Spec, site: Site | None) -> Resolution:
    if site is None:
        return Unresolved("unknown", Phrase(()))
    called = _site("call", spec.called_from, ()).at if spec.called_from else None
    return Resolved(site, spec.confidence, (), called_from=called)


def _index(sites: Sequence[Site]) -> RepoIndex:
    functions = {
        site.function: FunctionEntry(
            site.function,
            site.function.qualified_name,
            site.at,
            site.at,
            site.parameters or (),
            "function",
            "0" * 16,
        )
        for site in sites
        if site.function is not None
    }
    files = frozenset(site.at.path for site in sites)
    return RepoIndex(files, files, tuple(sites), functions, {})
