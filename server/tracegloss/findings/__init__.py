"""Examines a trace on its code: findings, judged assessments, the output's origin, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegloss.findings.asked import asked_for
from tracegloss.findings.assessments import judge
from tracegloss.findings.attempts import attempts
from tracegloss.findings.case import Case, Surroundings
from tracegloss.findings.exception_grouping import exception_table
from tracegloss.findings.history import EarlierCall
from tracegloss.findings.model_calls import model_calls
from tracegloss.findings.origin import output_origin
from tracegloss.findings.passage import askers
from tracegloss.findings.rules import RULES, slower_than_usual, token_outlier
from tracegloss.findings.values import OutputTexts
from tracegloss.findings.verdict import verdict
from tracegloss.index.repo import RepoIndex
from tracegloss.model.finding import Examination, Finding, NotChecked
from tracegloss.model.resolution import Correlation
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Trace, TraceInfo
from tracegloss.tree import SpanTree


def examine(  # noqa: PLR0913 - what a trace lies on, and what is known beside it by name
    trace: Trace,
    tree: SpanTree,
    self_ns: Mapping[str, int | None],
    correlation: Correlation,
    index: RepoIndex,
    settings: Settings,
    *,
    now_ns: int | None = None,
    history: Sequence[EarlierCall] = (),
    other_traces: Sequence[TraceInfo] = (),
) -> Examination:
    """Run every rule over one trace and reach a verdict.

    `self_ns` are the self times of the tree, `now_ns` the time now by the caller's clock. `history`
    are earlier calls of the trace's functions, `other_traces` infos to look for continuations in. A
    rule that lacks what it needs is listed in `not_checked`. A scale of the settings that cannot be
    read raises `SettingError`.
    """
    outputs = OutputTexts(tree)
    exceptions = exception_table(tree, correlation, settings)
    calls = tuple(model_calls(tree))
    case = Case(
        trace=trace,
        tree=tree,
        self_ns=self_ns,
        correlation=correlation,
        index=index,
        settings=settings,
        exceptions=exceptions,
        attempts=tuple(attempts(tree, correlation, exceptions)),
        assessments=judge(trace.info.assessments, tree, outputs, settings),
        origin=output_origin(tree),
        outputs=outputs,
        model_calls=calls,
        asked=asked_for(tree, calls),
        around=Surroundings(now_ns, history, other_traces),
    )
    findings, checked, not_checked = _look(case)
    return Examination(
        exceptions=exceptions.exceptions,
        findings=findings,
        assessments=case.assessments,
        origin=case.origin,
        verdict=verdict(case, findings),
        checked=checked,
        not_checked=not_checked,
        asked_by=askers(case),
    )


def asks_history(trace: Trace, settings: Settings) -> bool:
    """Tell whether a trace has calls that only earlier calls can tell to be unusual: few have.

    A call that took less than what one must lie above the usual needs none, nor one that read few
    tokens.
    """
    least_ns = slower_than_usual.RULE.set_threshold(settings, "min-above-ms") * 10**6
    least_tokens = token_outlier.RULE.set_threshold(settings, "min-tokens")
    return any(
        (span.duration_ns or 0) >= least_ns
        or (span.tokens is not None and (span.tokens.input or 0) >= least_tokens)
        for span in trace.spans
    )


def _look(case: Case) -> tuple[tuple[Finding, ...], tuple[str, ...], tuple[NotChecked, ...]]:
    findings: list[Finding] = []
    checked: list[str] = []
    not_checked: list[NotChecked] = []
    for rule in RULES:
        own = case.settings.rules.get(rule.code)
        looked = (
            rule.not_checked("switched off")
            if own is not None and own.level == "off"
            else rule.look(case, rule)
        )
        if isinstance(looked, NotChecked):
            not_checked.append(looked)
        else:
            checked.append(rule.code)
            findings.extend(looked)
    return _ordered(case, _without_repetition(findings)), tuple(checked), tuple(not_checked)


def _without_repetition(findings: Sequence[Finding]) -> list[Finding]:
    """Drop repeated calls that a suspected loop speaks of already."""
    loops = [set(found.span_ids) for found in findings if found.rule == "loop-suspected"]
    return [
        found
        for found in findings
        if found.rule != "repeated-call" or not any(loop >= set(found.span_ids) for loop in loops)
    ]


def _ordered(case: Case, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order by severity, then by time of the first span; the whole trace comes last."""

    def order(found: Finding) -> tuple[int, bool, int]:
        start = case.spans[found.span_ids[0]].start_ns if found.span_ids else 0
        return -found.severity, not found.span_ids, start

    return tuple(sorted(findings, key=order))
