"""One look at every span: groups of equal features, and the few spans that need a closer look."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from tracegloss.correlate.code_attributes import CODE_KEYS, CodePointer, code_pointer
from tracegloss.correlate.features import (
    TELLING_KEYS,
    SpanFeatures,
    Told,
    called_within,
    full_features,
    input_keys,
    is_streamed,
    told_by,
)
from tracegloss.index.repo import RepoIndex
from tracegloss.model.trace import Span, Trace
from tracegloss.recorded import JsonValue, Recorded, RecordedText
from tracegloss.reveal import reveal
from tracegloss.tree import SpanTree

# Closed texts compare as what they hold, and equal ones are mostly one object: none is opened.
_Key = tuple[
    RecordedText,
    RecordedText | None,
    RecordedText | None,
    tuple[str, ...] | None,
    RecordedText | None,
    bool,
    Told | None,
    bool,
    tuple[tuple[str, str], ...],
]


# Spans that may name the tool they call in their inputs alone.
_CALLING = frozenset({Recorded("TOOL"), Recorded("UNKNOWN"), Recorded("AGENT")})


class Survey(Struct):
    """The spans of a trace in groups; `group_of` gives each span's position in `groups`.

    `pointers` are the `code.*` attributes found, `failed` the spans with exceptions. `stripped`
    traces lost MLflow's own attributes on their way.
    """

    groups: list[SpanFeatures] = field(default_factory=list)
    group_of: dict[str, int] = field(default_factory=dict)
    pointers: dict[str, CodePointer] = field(default_factory=dict)
    failed: list[Span] = field(default_factory=list)
    stripped: bool = True


def survey(trace: Trace, tree: SpanTree, index: RepoIndex) -> Survey:
    """Group the spans of a trace."""
    of_interest = frozenset(key for site in index.sites for key, _ in site.attributes)
    surveyor = _Surveyor(TELLING_KEYS | CODE_KEYS | of_interest, of_interest)
    surveyor.look(trace, tree.parents)
    return surveyor.survey


class _Surveyor(Struct):
    """The memory of one look; spans without attributes that matter are told by few fields."""

    matters: frozenset[str]
    of_interest: frozenset[str]
    survey: Survey = field(default_factory=Survey)
    plain: dict[_Key, int] = field(default_factory=dict)
    told: dict[tuple[object, ...], Told] = field(default_factory=dict)
    numbers: dict[SpanFeatures, int] = field(default_factory=dict)

    def look(self, trace: Trace, parents: Mapping[str, str]) -> None:
        group_of, failed, plain = self.survey.group_of, self.survey.failed, self.plain
        matters = self.matters
        for span in trace.spans:
            span_id = span.span_id
            is_top = span_id not in parents
            if span.exceptions:
                failed.append(span)
            attributes = reveal(span.attributes)
            function_name = span.function_name
            inputs = None if function_name is None or span.inputs is None else reveal(span.inputs)
            key = (
                span.name,
                function_name,
                span.type,
                # Traced functions record an object, whose keys need no further look.
                tuple(inputs) if type(inputs) is dict else input_keys(span),
                span.service,
                is_top,
                None if matters.isdisjoint(attributes) else self._told(span, attributes),
                is_streamed(span) if span.events or "defers_inputs" in attributes else False,
                called_within(span) if span.type in _CALLING else (),
            )
            number = plain.get(key)
            if number is None:
                number = plain[key] = self._group(span, is_top=is_top)
            group_of[span_id] = number

    def _told(self, span: Span, attributes: Mapping[str, JsonValue]) -> Told:
        """Read the attributes that matter; note the place of a span that names it outright.

        Equal values are mostly one object, so that spans with the very same ones are read once.
        """
        pointer = code_pointer(span)
        if pointer is not None:
            self.survey.pointers[span.span_id] = pointer
        matters = self.matters
        values = [id(value) for key, value in attributes.items() if key in matters]
        same = (*attributes, 0 if span.inputs is None else id(reveal(span.inputs)), *values)
        known = self.told.get(same)
        if known is None:
            known = self.told[same] = told_by(span, self.of_interest)
        return known

    def _group(self, span: Span, *, is_top: bool) -> int:
        features = full_features(span, self.of_interest, is_top=is_top)
        if features.function_name is not None or any(map(_is_mlflow, reveal(span.attributes))):
            self.survey.stripped = False
        number = self.numbers.get(features)
        if number is None:
            number = self.numbers[features] = len(self.survey.groups)
            self.survey.groups.append(features)
        return number


def _is_mlflow(key: str) -> bool:
    return key.startswith("mlflow.span")
