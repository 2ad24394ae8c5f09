"""Spans that MLflow itself makes: agent server, scorers, evaluation, traces of other processes."""

from __future__ import annotations

from collections.abc import Iterable

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.correlate.proposal import Proposal
from tracegloss.model.resolution import Evidence, EvidenceKind
from tracegloss.model.site import Site, SiteKind
from tracegloss.recorded import Phrase, phrase

_REMOTE = "Remote Trace <"
_GATEWAY = ("gateway/", "provider/", "guardrail/")


def mlflow_implicit(
    features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames
) -> Proposal | None:
    """Recognize spans whose maker is MLflow's own code, and the user's function behind them."""
    if features.name.startswith(_REMOTE) and features.name.endswith(">"):
        detail = phrase("wraps a trace that another process recorded")
        return _made_by_mlflow(detail, below_is_foreign=True)
    if features.type == "EVALUATOR" and features.function_name == "run":
        return _scorer(features, sites, names)
    if features.function_name == "invoke_databricks_app":
        return _made_by_mlflow(phrase("calls a deployed endpoint"), below_is_foreign=True)
    if features.function_name is None:
        return _unnamed(features, sites, names)
    return None


def _unnamed(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal | None:
    if features.name == "root_span" and features.is_top and features.name not in names.by_literal:
        return _made_by_mlflow(phrase("root of an evaluated dataset row"))
    if features.name.startswith(_GATEWAY) and features.name not in names.by_literal:
        return _made_by_mlflow(phrase("made by the AI gateway"))
    handlers = _of_kind("handler", names.by_literal.get(features.name, ()), sites)
    if handlers and features.is_top:
        detail = phrase("handler that MLflow runs in a span")
        return Proposal(_evidence(detail), "unknown", detail, handlers)
    return None


def _scorer(features: SpanFeatures, sites: tuple[Site, ...], names: SiteNames) -> Proposal:
    """MLflow runs scorers in its own method `run`; the span carries the scorer's name."""
    detail = phrase("MLflow runs scorers in a method of its own")
    scorers = _of_kind("scorer", names.by_literal.get(features.name, ()), sites)
    return Proposal(_evidence(detail), "mlflow", detail, scorers, final=True)


def _of_kind(kind: SiteKind, numbers: Iterable[int], sites: tuple[Site, ...]) -> tuple[int, ...]:
    return tuple(number for number in numbers if sites[number].kind == kind)


def _made_by_mlflow(detail: Phrase, *, below_is_foreign: bool = False) -> Proposal:
    return Proposal(
        _evidence(detail), "mlflow", detail, final=True, below_is_foreign=below_is_foreign
    )


def _evidence(detail: Phrase) -> Evidence:
    return Evidence(EvidenceKind.FRAMEWORK, True, detail)
