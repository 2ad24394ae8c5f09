"""A comparison as JSON, `tracegloss.compare/1`."""

from __future__ import annotations

from collections.abc import Mapping

from tracegloss import __version__
from tracegloss.compare.comparison import Comparison, site_of_row
from tracegloss.compare.prompts import prompt_changes
from tracegloss.compare.suspects import Suspect
from tracegloss.report.comparison.changes import shown_changes
from tracegloss.report.comparison.kept_rows import kept_rows
from tracegloss.report.comparison.text import assessment_changes
from tracegloss.report.comparison.verdict import comparison_verdict
from tracegloss.report.comparison.words import span_of
from tracegloss.report.json.members import Json, Members, finite, place_members, tokens_members
from tracegloss.report.json.report import json_text
from tracegloss.report.naming import qualified_name, trace_name, type_name
from tracegloss.report.options import ReportOptions
from tracegloss.report.tally import total_tokens
from tracegloss.report.timing import duration_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.display import Display
from tracegloss.wording.durations import milliseconds, timestamp
from tracegloss.wording.printable import one_line

SCHEMA = "tracegloss.compare/1"
_ROOM = 400


def comparison_json(comparison: Comparison, options: ReportOptions) -> str:
    """Write a comparison with one row of the merged tree a line."""
    return json_text(comparison_members(comparison, options))


def comparison_members(comparison: Comparison, options: ReportOptions) -> Members:
    """Build the members in the order of the schema; rows are referred to by their position."""
    display = Display(comparison.after.settings.redaction)
    commits, verdict = comparison.commits, comparison_verdict(comparison, display)
    kept = kept_rows(comparison, everything=options.everything)
    position = {number: at for at, number in enumerate(kept)}
    described: Members = {
        "before": _trace(comparison.before, display),
        "after": _trace(comparison.after, display),
        "commits": {
            "before": commits.before,
            "after": commits.after,
            "ahead": commits.ahead,
            "behind": commits.behind,
            "unknown": display.ours(commits.unknown) or None,
        },
        "verdict": {
            "certainty": verdict.certainty,
            "summary": verdict.summary,
            "start_at": place_members(verdict.start_at),
            "function": verdict.function or None,
            "reasons": list(verdict.reasons),
        },
        "first_difference": None if comparison.first is None else position.get(comparison.first),
        "suspects": [_suspect(suspect, position, display) for suspect in comparison.suspects],
        "rows": [_row(comparison, number, display, options) for number in kept],
        "rows_omitted": len(comparison.rows) - len(kept),
        "prompts": _prompts(comparison, display),
        "assessments": [
            {"name": name, "before": old, "after": new}
            for name, old, new in assessment_changes(comparison, display)
        ],
    }
    return {
        "schema": SCHEMA,
        "tool": {"name": "tracegloss", "version": __version__},
        **described,
        "redaction": {"level": display.level, "values": sum(display.redacted.values())},
    }


def _trace(on_code: TraceOnCode, display: Display) -> Members:
    info, took = on_code.trace.info, duration_ns(on_code.tree)
    return {
        "trace_id": display.ours(info.trace_id),
        "name": trace_name(on_code, display),
        "state": info.state.value,
        "verdict": on_code.examination.verdict.kind,
        "request_time": None if info.request_ns is None else timestamp(info.request_ns),
        "duration_ms": None if took is None else milliseconds(took),
        "span_count": len(on_code.trace.spans),
        "tokens": tokens_members(total_tokens(on_code)),
        "cost_usd": finite(info.cost_usd),
        "commit": display.ours(on_code.standing.commit) or None,
    }


def _suspect(suspect: Suspect, position: Mapping[int, int], display: Display) -> Members:
    changed = suspect.changed
    return {
        "function": one_line(changed.function.qualified_name),
        "kind": "function" if changed.is_function else "module-level",
        "at": place_members(changed.at),
        "how": changed.how,
        "parts": list(changed.parts),
        "why": suspect.why,
        "rows": [position[row] for row in suspect.rows if row in position],
        "called_by": [one_line(function.qualified_name) for function in changed.called_by],
        "commits": [
            {
                "commit": commit.commit,
                "author": display.ours(commit.author),
                "author_time": commit.author_time,
                "subject": display.ours(commit.subject),
            }
            for commit in changed.commits
        ],
    }


def _row(comparison: Comparison, number: int, display: Display, options: ReportOptions) -> Members:
    row, found = comparison.rows[number], comparison.differences.get(number)
    span = span_of(comparison, row)
    site = site_of_row(comparison.before, comparison.after, row)
    return {
        "before": row.before,
        "after": row.after,
        "depth": row.depth,
        "moved": row.moved,
        "name": display.name(span.name),
        "type": type_name(display, span) or None,
        "at": place_members(None if site is None else site.at),
        "qualified_name": None if site is None else qualified_name(site) or None,
        "before_ms": _took(comparison.before, row.before),
        "after_ms": _took(comparison.after, row.after),
        "pace": None if found is None else found.pace,
        "changes": [] if found is None else list(found.changes),
        "differences": []
        if found is None
        else [
            {"what": each.what, "before": each.before, "after": each.after or None}
            for each in shown_changes(
                comparison, number, display, _ROOM, values=options.values != "none"
            )
        ],
    }


def _took(on_code: TraceOnCode, span_id: str | None) -> Json:
    taken = None if span_id is None else on_code.tree.spans[span_id].duration_ns
    return None if taken is None else milliseconds(taken)


def _prompts(comparison: Comparison, display: Display) -> list[Json]:
    return [
        {
            "name": display.name(change.name),
            "before": [display.name(version) for version in change.before],
            "after": [display.name(version) for version in change.after],
        }
        for change in prompt_changes(comparison.before, comparison.after)
    ]
