"""What the recorded values of a span say for and against a site, by what its source tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from tracegloss.correlate import weights
from tracegloss.correlate.evidence import closed, opposes, supports
from tracegloss.correlate.shapes import CANNOT, TELLING, fit, is_same, worth
from tracegloss.model.outcome import (
    NOTHING_TOLD,
    Fields,
    Just,
    Made,
    Outcome,
    Passed,
    Row,
    Scalar,
    Shape,
    Taken,
    Worded,
)
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.trace import Span
from tracegloss.recorded import JsonValue, phrase
from tracegloss.reveal import reveal

_OBJECT = re.compile(r"<(?P<dotted>[\w.]+) object at 0x")
_CONSTRUCTING = frozenset({"", "dict", "update", "replace", "_replace"})
_MOST_LOOKED_AT = 500
MOST_CHILDREN = 40


class Verdict(NamedTuple):
    """What values say for or against a site. A `topic` is what other sites may say otherwise."""

    weight: int
    evidence: Evidence
    topic: Topic | None = None


class Topic(NamedTuple):
    """A key a function sets, an argument it passes on, a parameter whose class it names."""

    about: Literal["sets", "calls", "takes"]
    key: str | int
    callee: str = ""


def verdict(outcome: Outcome, span: Span, children: Sequence[Span]) -> Verdict | None:
    """Weigh a function whose source tells an outcome as the maker of a span.

    `children` are the spans directly below. Gives `None` where the values say nothing.
    """
    if outcome == NOTHING_TOLD:
        return None
    return (
        _returned(outcome, span)
        or _built(outcome, span)
        or _handed(outcome, children)
        or _taken(outcome, span)
    )


def otherwise(outcome: Outcome, topics: Iterable[Topic]) -> Verdict | None:
    """Weigh a function that says other things on topics on which others say what was recorded."""
    for topic in topics:
        if topic.about == "takes":
            told = {t.qualified_name for t in outcome.takes if t.parameter == topic.key}
            said = f"{topic.key} as {' or '.join(sorted(told)[:3])}"
        else:
            told = {_argument(each) for each in outcome.passes if _is_on(each, topic)}
            said = f"{topic.callee}({' or '.join(sorted(told)[:3])})"
        if told:
            detail = phrase(
                "{about} {said}, not what was recorded", about=topic.about, said=closed(said)
            )
            return Verdict(weights.OTHER_VALUES, opposes(EvidenceKind.VALUES, detail))
    return None


def _returned(outcome: Outcome, span: Span) -> Verdict | None:
    """Hold the recorded output against all the function can return."""
    value = _output(span)
    if value is None:
        return None
    fits = [fit(shape, value) for shape in outcome.returns]
    points = max(fits, default=CANNOT)
    if points >= TELLING and not _is_handed_through(value, span):
        detail = phrase("returns {it}", it=closed(_shown(outcome.returns[fits.index(points)])))
        return Verdict(weights.SAME_VALUES, supports(EvidenceKind.VALUES, detail))
    if points <= CANNOT and outcome.own:
        shapes = " or ".join(map(_shown, outcome.returns[:3])) or "nothing"
        detail = phrase("returns {shapes}, not what was recorded", shapes=closed(shapes))
        return Verdict(weights.OTHER_VALUES, opposes(EvidenceKind.VALUES, detail))
    return None


def may_return(outcome: Outcome, span: Span) -> bool:
    """Tell whether a function may have returned an output in words that it was not given."""
    value = _output(span)
    if value is None:
        return True
    fitting = [shape for shape in outcome.returns if fit(shape, value) > CANNOT]
    return any(not isinstance(shape, Made) for shape in fitting)


def called_with(given: Sequence[Shape], span: Span) -> Verdict | None:
    """Hold the recorded input of a chain against the inputs that a call of it spells out."""
    if not given or span.inputs is None:
        return None
    value = reveal(span.inputs)
    fits = [fit(shape, value) for shape in given]
    points = max(fits)
    if points >= TELLING:
        detail = phrase("called with {it}", it=closed(_shown(given[fits.index(points)])))
        return Verdict(weights.SAME_VALUES, supports(EvidenceKind.VALUES, detail))
    if points <= CANNOT:
        shapes = " or ".join(map(_shown, given[:3]))
        detail = phrase("called with {shapes}, not what was recorded", shapes=closed(shapes))
        return Verdict(weights.OTHER_VALUES, opposes(EvidenceKind.VALUES, detail))
    return None


def _output(span: Span) -> JsonValue:
    """Give what a span that ended well returned."""
    if span.outputs is None or span.end_ns is None or span.exceptions:
        return None
    return reveal(span.outputs)


def _is_handed_through(value: JsonValue, span: Span) -> bool:
    """Tell whether an output was an input, so that its words are not the function's."""
    inputs = None if span.inputs is None else reveal(span.inputs)
    if not isinstance(inputs, Mapping):
        return False
    return any(_holds(given, value) for given in inputs.values())


def _holds(given: JsonValue, value: JsonValue) -> bool:
    if isinstance(given, str) and isinstance(value, str):
        return value.casefold() in given.casefold()
    return given == value


def _built(outcome: Outcome, span: Span) -> Verdict | None:
    """Find a literal the function puts under a key, which the output has and the inputs lack."""
    told = [each for each in outcome.passes if _is_telling(each) and _is_constructing(each.callee)]
    if not told or span.outputs is None:
        return None
    inputs = () if span.inputs is None else tuple(_entries(reveal(span.inputs)))
    for key, value in _entries(reveal(span.outputs)):
        for each in told:
            is_theirs = each.keyword == key and is_same(each.value, value)
            if is_theirs and not any(k == key and is_same(each.value, v) for k, v in inputs):
                return _said("sets", f"{key}={each.value!r}", Topic("sets", key))
    return None


def _handed(outcome: Outcome, children: Sequence[Span]) -> Verdict | None:
    """Find a literal argument of a call in the inputs of a span below."""
    told = [each for each in outcome.passes if _is_telling(each)]
    if not told:
        return None
    for child in children[:MOST_CHILDREN]:
        if child.function_name is None or child.inputs is None:
            continue
        name, inputs = reveal(child.function_name), reveal(child.inputs)
        if isinstance(inputs, Mapping):
            for each in told:
                if each.callee == name and is_same(each.value, _given(inputs, each.keyword)):
                    topic = Topic("calls", each.keyword, name)
                    return _said("calls", f"{name}({_argument(each)})", topic)
    return None


def _taken(outcome: Outcome, span: Span) -> Verdict | None:
    """Find an object among the inputs whose class the function names for that parameter."""
    inputs = None if span.inputs is None else reveal(span.inputs)
    if not isinstance(inputs, Mapping):
        return None
    for taken in outcome.takes:
        value = inputs.get(taken.parameter)
        found = _OBJECT.match(value) if isinstance(value, str) else None
        if found is not None and _is_class(found["dotted"], taken):
            said = f"{taken.parameter} as {taken.qualified_name}"
            return _said("takes", said, Topic("takes", taken.parameter))
    return None


def _said(about: str, it: str, topic: Topic) -> Verdict:
    detail = phrase("{about} {it}, as recorded", about=about, it=closed(it))
    return Verdict(weights.SAME_VALUES, supports(EvidenceKind.VALUES, detail), topic)


def _is_on(passed: Passed, topic: Topic) -> bool:
    if passed.keyword != topic.key or not _is_telling(passed):
        return False
    if topic.about == "sets":
        return _is_constructing(passed.callee)
    return passed.callee == topic.callee


def _is_class(dotted: str, taken: Taken) -> bool:
    """Tell whether a recorded `package.module.Class` is the class a parameter names."""
    module, _, _ = dotted.removesuffix(taken.qualified_name).rpartition(".")
    if not dotted.endswith(taken.qualified_name):
        return False
    path = taken.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return module == "__main__" or f".{path}".endswith(f".{module}")


def _is_telling(passed: Passed) -> bool:
    return worth(passed.value) > 0 and passed.value != ""


def _is_constructing(callee: str) -> bool:
    return callee in _CONSTRUCTING or callee[:1].isupper()


def _given(inputs: Mapping[str, JsonValue], keyword: str | int) -> JsonValue:
    if isinstance(keyword, str):
        return inputs.get(keyword)
    values = tuple(inputs.values())
    return values[keyword] if keyword < len(values) else None


def _argument(passed: Passed) -> str:
    written = repr(passed.value)
    return written if isinstance(passed.keyword, int) else f"{passed.keyword}={written}"


def _entries(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield the entries of a value and of those in it, a bounded number."""
    looked_at = 0
    rest: list[JsonValue] = [value]
    while rest and looked_at < _MOST_LOOKED_AT:
        current = rest.pop()
        looked_at += 1
        if isinstance(current, Mapping):
            yield from current.items()
            rest.extend(each for each in current.values() if _holds_more(each))
        elif isinstance(current, Sequence) and not isinstance(current, str):
            rest.extend(each for each in current if _holds_more(each))


def _holds_more(value: JsonValue) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _shown(shape: Shape) -> str:
    match shape:
        case Just(value):
            return _literal(value)
        case Worded(pieces):
            return _literal("*".join(pieces))
        case Fields(entries, more):
            inside = [f"{_literal(key)}: {_shown(each)}" for key, each in entries]
            return f"{{{_joined(inside, more=more)}}}"
        case Row(items):
            return f"[{_joined(map(_shown, items), more=False)}]"
        case _:
            return "…"


def _joined(parts: Iterable[str], *, more: bool) -> str:
    return ", ".join([*parts, "…"] if more else parts)


def _literal(value: Scalar) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
