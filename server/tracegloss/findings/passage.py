"""The way of an exception through the spans: who asked for the call, what it passed, its end."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss.findings.asked import Asked
from tracegloss.findings.case import Case
from tracegloss.findings.exceptions import in_words
from tracegloss.findings.messages import ToolRequest
from tracegloss.findings.wording import joined, piece, value_piece
from tracegloss.model.finding import Reason, Related
from tracegloss.model.resolution import PlacedFrame, Resolved
from tracegloss.model.site import Place, spot
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.reveal import reveal


def ended_by(case: Case, number: int, finding_numbers: tuple[int, ...]) -> tuple[Reason, ...]:
    """Say where an exception was raised, who asked for that call, and that nobody stopped it."""
    span_id = case.exceptions.first_raised[number]
    reasons = [_raised(case, number, span_id, finding_numbers)]
    reasons += _asked_for(case, span_id)
    reasons += _cause(case, number)
    reasons.append(_unhandled(case, number))
    reasons += _called_right(case)
    return tuple(reasons)


def passed_through(case: Case, number: int) -> tuple[Related, ...]:
    """Return the spans an exception passed through, from the inside out, and what caused it."""
    through = [Related(_name(case, s), _site_at(case, s), s) for s in _passed(case, number)]
    cause = _cause_of(case, number)
    if cause is not None:
        raised = case.exceptions.exceptions[cause]
        words = phrase("caused by {exception}", exception=in_words(raised))
        span_id = case.exceptions.first_raised[cause]
        through.append(Related(words, raised.raised_at, span_id))
    return tuple(through)


def asked_by(case: Case, number: int) -> Related | None:
    """Return the model call that asked for the tool that raised, with the request in words."""
    span_id = case.exceptions.first_raised[number]
    asked = _asked_above(case, span_id) if span_id is not None else None
    return None if asked is None else _asker(case, asked)


def askers(case: Case) -> Mapping[str, Related]:
    """Return, by span that runs a tool, the model call that asked for it."""
    return {span_id: _asker(case, asked) for span_id, asked in case.asked.items()}


def _asked_above(case: Case, span_id: str) -> Asked | None:
    """Find the request behind a span, or behind the nearest tool that it ran within."""
    within = (span_id, *case.tree.ancestors(span_id))
    return next((case.asked[each] for each in within if each in case.asked), None)


def _asker(case: Case, asked: Asked) -> Related:
    model = asked.model.span_id
    return Related(request_words(asked.request), _called_at(case, model), model)


def _raised(
    case: Case, number: int, span_id: str | None, finding_numbers: tuple[int, ...]
) -> Reason:
    raised = case.exceptions.exceptions[number]
    name = Phrase((case.name(span_id),)) if span_id is not None else phrase("a span")
    if raised.in_library is not None:
        package = Recorded(raised.in_library)
        left = "Left your code at this line, raised" if raised.raised_at is not None else "Raised"
        words = phrase(left + " in {package}, called within {name}.", package=package, name=name)
    else:
        words = phrase("Raised in {name}.", name=name)
    return Reason(words, finding_numbers, () if span_id is None else (span_id,))


def _asked_for(case: Case, span_id: str | None) -> list[Reason]:
    asked = _asked_above(case, span_id) if span_id is not None else None
    if asked is None:
        return []
    asker = _asker(case, asked)
    words = phrase(
        "Asked for by the model: {model}{place}, emitted {request}.",
        model=asked.model.name,
        place=_at(", called at ", asker.place),
        request=asker.message,
    )
    return [Reason(words, (), (asked.model.span_id,))]


def request_words(request: ToolRequest) -> Phrase:
    """Write a request as a call: `explode(reason="asked to")`."""
    words = phrase("{name}(", name=piece(request.name))
    for number, (key, value) in enumerate((request.arguments or {}).items()):
        glue = ", " if number else ""
        words = words + phrase(glue + "{key}={value}", key=piece(key), value=value_piece(value))
    return words + phrase(")")


def _called_at(case: Case, span_id: str) -> Place | None:
    resolution = case.correlation.resolutions.get(span_id)
    if isinstance(resolution, Resolved):
        return resolution.called_from or resolution.site.at
    return None


def _cause(case: Case, number: int) -> list[Reason]:
    cause = _cause_of(case, number)
    if cause is None:
        return []
    raised = case.exceptions.exceptions[cause]
    words = phrase(
        "Its cause: {exception}{place}.",
        exception=in_words(raised),
        place=_at(", raised at ", raised.raised_at),
    )
    span_id = case.exceptions.first_raised[cause]
    return [Reason(words, (), () if span_id is None else (span_id,))]


def _cause_of(case: Case, number: int) -> int | None:
    """Return what an exception was raised from, unless that only steered the run."""
    cause = case.exceptions.exceptions[number].cause
    return None if cause is None or case.exceptions.exceptions[cause].control_flow else cause


def _at(words: str, place: Place | None) -> Phrase:
    if place is None:
        return Phrase(())
    return Phrase((f"{words}{spot(place)}",))


def _unhandled(case: Case, number: int) -> Reason:
    passed = _passed(case, number)
    called = _caller(case, number)
    start = phrase("Called from {call}; ", call=called) if called is not None else Phrase(())
    if passed:
        start = start + phrase("passed through {names}; ", names=_few(case, passed))
    words = start + phrase("no traced caller handled it.")
    return Reason(_capitalized(words), (), passed)


def _few(case: Case, span_ids: tuple[str, ...]) -> Phrase:
    """Name the spans; of many, the innermost, how many follow, and the outermost."""
    names = [_name(case, span_id) for span_id in span_ids]
    if len(names) > 5:
        names[3:-1] = [phrase("{number} more", number=len(names) - 4)]
    return joined(names)


def _capitalized(words: Phrase) -> Phrase:
    first, *rest = words.parts
    return Phrase((first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest))


def _caller(case: Case, number: int) -> Phrase | None:
    """Word the own frame above the one that raised, where the stack shows it."""
    own: list[PlacedFrame] = [
        frame
        for frame in case.exceptions.exceptions[number].frames
        if frame.own and frame.place is not None
    ]
    if len(own) < 2 or own[-2].place is None:
        return None
    place, function = own[-2].place, own[-2].function
    where = spot(place)
    name = function.qualified_name if function is not None else ""
    return Phrase((f"{where} in {name}" if name else where,))


def _passed(case: Case, number: int) -> tuple[str, ...]:
    roles = case.exceptions.exceptions[number].roles
    through = [s for s, role in roles.items() if role in {"propagated", "re-raised"}]
    return tuple(sorted(through, key=lambda span_id: -case.tree.depths.get(span_id, 0)))


def _name(case: Case, span_id: str) -> Phrase:
    return Phrase((case.name(span_id),))


def _site_at(case: Case, span_id: str) -> Place | None:
    site = case.site(span_id)
    return None if site is None else site.at


def _called_right(case: Case) -> list[Reason]:
    """Quote assessments of the whole trace that passed: the failure may be as it should be."""
    passed = [
        j
        for j in case.assessments
        if j.judged == "passed" and (j.assessment.span_id or case.root) == case.root
    ]
    reasons = []
    for judged in passed[:2]:
        a = judged.assessment
        words = phrase(
            "An assessment calls this right: {name} = {value}.",
            name=a.name,
            value=value_piece(reveal(a.value) if a.value is not None else None),
        )
        reasons.append(Reason(words, (), () if a.span_id is None else (a.span_id,)))
    return reasons
