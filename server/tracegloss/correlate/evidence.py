"""What speaks for and against one site from the span's own record: names, inputs, attributes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tracegloss.correlate import weights
from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import NameFit, fit_of
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.site import FRAMEWORK_KINDS, LiteralName, NamePattern, Site, SpanName
from tracegloss.recorded import Phrase, Recorded, phrase

_NO_TYPE = frozenset({None, "UNKNOWN", ""})
_CUT = 60


class Judgement(Struct, frozen=True):
    """One site judged by the span's own record: a weight for the search, evidence for people."""

    weight: int
    evidence: tuple[Evidence, ...]


# What an object was given for its name is always recorded, other arguments only when they are kept.
_NAME = "name"

Look = Callable[[SpanFeatures, Site], tuple[int, Evidence | None]]


def judge(features: SpanFeatures, site: Site, name: str | None) -> Judgement:
    """Weigh a site for a span; `name` is the span's name, or its base in a numbered series.

    Without a name the span's says nothing of its site.
    """
    found = [_function_name(features, site)]
    found += [] if name is None else [_span_name(features, site, name)]
    found += [look(features, site) for look in _LOOKS]
    return Judgement(
        sum(weight for weight, _ in found),
        tuple(evidence for _, evidence in found if evidence is not None),
    )


def supports(kind: EvidenceKind, detail: Phrase) -> Evidence:
    """Make evidence for a site."""
    return Evidence(kind, True, detail)


def opposes(kind: EvidenceKind, detail: Phrase) -> Evidence:
    """Make evidence against a site."""
    return Evidence(kind, False, detail)


def closed(text: str) -> Recorded[str]:
    """Close recorded text again, cut to what fits a line of evidence."""
    return Recorded(text if len(text) <= _CUT else text[: _CUT - 1] + "…")


def _function_name(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    if features.function_name is None or site.function_name != features.function_name:
        return 0, None
    detail = phrase("function name {name}", name=closed(features.function_name))
    return weights.FUNCTION_NAME, supports(EvidenceKind.FUNCTION_NAME, detail)


def _span_name(features: SpanFeatures, site: Site, name: str) -> tuple[int, Evidence | None]:
    fit = fit_of(site, name)
    if fit.how == "none":
        detail = phrase("its spans are called {expected}", expected=_expected(site))
        return weights.OTHER_NAME, opposes(EvidenceKind.SPAN_NAME, detail)
    if fit.how == "dynamic":
        return weights.UNTOLD_NAME, None
    weight = _name_weight(fit)
    if _says_no_more(fit, features):
        return weight, None
    kind = EvidenceKind.SPAN_NAME if fit.how == "literal" else EvidenceKind.NAME_PATTERN
    return weight, supports(kind, _name_detail(fit, features, name))


def _name_weight(fit: NameFit) -> int:
    match fit.name:
        case LiteralName(_, "default"):
            return weights.DEFAULT_NAME
        case LiteralName():
            return weights.LITERAL_NAME
        case NamePattern() as pattern if pattern.n_fixed >= 3:
            return weights.PATTERN_NAME
        case _:
            return weights.SHORT_PATTERN_NAME


def _says_no_more(fit: NameFit, features: SpanFeatures) -> bool:
    """A span called like its function says nothing that the function name has not said."""
    return (
        isinstance(fit.name, LiteralName)
        and fit.name.origin == "function"
        and features.function_name is not None
    )


def _name_detail(fit: NameFit, features: SpanFeatures, name: str) -> Phrase:
    recorded = closed(features.name)
    if features.name != name and not features.name.startswith(name):
        return phrase("span name {name}, which holds its name", name=recorded)
    if features.name != name:
        return phrase(
            "span name {name} without the number that clients up to 3.5 append", name=recorded
        )
    match fit.name:
        case LiteralName(_, "default"):
            return phrase("span name {name}, the default", name=recorded)
        case LiteralName(_, "function"):
            return phrase("span name {name} is the function's", name=recorded)
        case NamePattern() as pattern:
            return phrase("span name fits {pattern}", pattern=shown(pattern))
        case _:
            return phrase("span name {name}", name=recorded)


def _expected(site: Site) -> str:
    return " or ".join(shown(name) for name in site.names[:3])


def shown(name: SpanName) -> str:
    """Write a site's span name for people: holes as `*`, unknown ones as their expression."""
    match name:
        case LiteralName(text):
            return text
        case NamePattern(pieces):
            return "*".join(pieces)
        case _:
            return name.expression


def _parameters(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    keys, parameters = features.input_keys, site.parameters
    if (
        parameters is None
        or keys is None
        or (features.function_name is None and not site.is_generator)
        or site.kind in FRAMEWORK_KINDS
    ):
        return 0, None
    if keys in (parameters, ("self", *parameters)):
        return weights.SAME_PARAMETERS, supports(EvidenceKind.PARAMETERS, _named(parameters))
    detail = phrase("inputs are {keys}, not {named}", keys=_keys(keys), named=_listed(parameters))
    shared = bool(set(keys) & set(parameters))
    weight = weights.SOME_PARAMETERS if shared else weights.OTHER_PARAMETERS
    return weight, opposes(EvidenceKind.PARAMETERS, detail)


def _taken(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    """Compare what a tool or a call of a model library was given with what it takes or passes."""
    keys, own = features.input_keys, site.parameters
    if own is None or keys is None or site.kind not in {"tool", "sdk-call"}:
        return 0, None
    if site.kind == "sdk-call" and keys == own:
        detail = phrase("called with {named}", named=_listed(own))
        return weights.SAME_PARAMETERS, supports(EvidenceKind.PARAMETERS, detail)
    if site.kind == "sdk-call" and set(own) >= set(keys):
        return _written(keys, own)
    if set(keys) <= set(own) or site.variadic:
        if site.kind == "sdk-call" or not keys or site.variadic:
            return 0, None
        return weights.SAME_PARAMETERS, supports(EvidenceKind.PARAMETERS, _named(own))
    detail = phrase("inputs are {keys}, not {named}", keys=_keys(keys), named=_listed(own))
    return weights.OTHER_PARAMETERS, opposes(EvidenceKind.PARAMETERS, detail)


def _written(keys: tuple[str, ...], own: tuple[str, ...]) -> tuple[int, Evidence | None]:
    """Compare the keywords of a call as a set: some clients are recorded in their own order."""
    left_out = [keyword for keyword in own if keyword not in keys]
    if not left_out:
        detail = phrase("called with {named}", named=_listed(own))
        return weights.SAME_KEYWORDS, supports(EvidenceKind.PARAMETERS, detail)
    detail = phrase("inputs lack {keyword}", keyword=left_out[0])
    return weights.OTHER_PARAMETERS, opposes(EvidenceKind.PARAMETERS, detail)


def _named(parameters: tuple[str, ...]) -> Phrase:
    if not parameters:
        return phrase("no parameters")
    word = "parameter" if len(parameters) == 1 else "parameters"
    return phrase("{word} {named}", word=word, named=_listed(parameters))


def _listed(parameters: tuple[str, ...]) -> str:
    return ", ".join(parameters) if parameters else "none"


def _keys(keys: tuple[str, ...]) -> Phrase:
    if not keys:
        return phrase("empty")
    joined = phrase("{key}", key=closed(keys[0]))
    for key in keys[1:6]:
        joined += phrase(", {key}", key=closed(key))
    return joined + phrase(", …") if len(keys) > 6 else joined


def _type(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    if site.span_type is None or features.type in _NO_TYPE:
        return 0, None
    recorded = closed(features.type or "")
    if features.type == site.span_type:
        detail = phrase("span type {type}", type=recorded)
        return weights.SAME_TYPE, supports(EvidenceKind.SPAN_TYPE, detail)
    detail = phrase("span type {type}, not {own}", type=recorded, own=site.span_type)
    return weights.OTHER_TYPE, opposes(EvidenceKind.SPAN_TYPE, detail)


def _attributes(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    if not site.attributes:
        return 0, None
    recorded = dict(features.attributes)
    if site.kind == "sdk-call":
        return _literals(recorded, site)
    told = site.attributes
    if site.kind in FRAMEWORK_KINDS:  # which of them a version of a framework records may vary
        told = tuple(each for each in told if each[0] in recorded)
    same = [key for key, text in told if recorded.get(key) == text]
    other = [key for key, text in told if recorded.get(key) != text]
    if other:
        detail = phrase("attribute {keys} differs", keys=", ".join(other[:3]))
        return weights.OTHER_ATTRIBUTE, opposes(EvidenceKind.ATTRIBUTES, detail)
    if not same:
        return 0, None
    detail = phrase("attribute {keys}", keys=", ".join(same[:3]))
    return weights.SAME_ATTRIBUTE, supports(EvidenceKind.ATTRIBUTES, detail)


def _literals(recorded: dict[str, str], site: Site) -> tuple[int, Evidence | None]:
    """Compare literal arguments of a call with those recorded: one that differs rules it out."""
    told = [(key, text) for key, text in site.attributes if key in recorded or key == _NAME]
    other = [key for key, text in told if not _is_same(recorded.get(key), text)]
    if other:
        detail = phrase("argument {keys} differs", keys=", ".join(other[:3]))
        return weights.OTHER_ARGUMENT, opposes(EvidenceKind.ATTRIBUTES, detail)
    if not told:
        return 0, None
    detail = phrase("argument {keys}", keys=", ".join(key for key, _ in told[:3]))
    weight = weights.SAME_ATTRIBUTE if any(key != _NAME for key, _ in told) else 0
    return weight, supports(EvidenceKind.ATTRIBUTES, detail)


def _is_same(recorded: str | None, own: str) -> bool:
    """Compare an argument with its record, where LiteLLM leaves out a model's provider."""
    return recorded is not None and (recorded == own or own.endswith(f"/{recorded}"))


def _description(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    if site.description is None or features.description is None:
        return 0, None
    if features.description == site.description:
        detail = phrase("description {text}", text=closed(features.description))
        return weights.SAME_DESCRIPTION, supports(EvidenceKind.DESCRIPTION, detail)
    detail = phrase("description differs")
    return -weights.SAME_DESCRIPTION, opposes(EvidenceKind.DESCRIPTION, detail)


def _streamed(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    if not features.streamed or features.library is not None:
        return 0, None
    return (weights.STREAMED if site.is_generator else -weights.STREAMED), None


def _library(features: SpanFeatures, site: Site) -> tuple[int, Evidence | None]:
    framework = site.kind in FRAMEWORK_KINDS or site.framework is not None
    if features.library is None or features.function_name is not None or framework:
        return 0, None
    detail = phrase("its attributes are those of {library}", library=closed(features.library))
    return weights.OTHER_LIBRARY, opposes(EvidenceKind.FRAMEWORK, detail)


_LOOKS: tuple[Look, ...] = (
    _parameters,
    _taken,
    _type,
    _attributes,
    _description,
    _streamed,
    _library,
)
