"""The members `source`, `repositories` and `trace`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tracegloss.model.repository import CommitStanding
from tracegloss.model.trace import Labels, Trace, TraceState
from tracegloss.report.json.members import Json, Members, finite, strings, tokens_members
from tracegloss.report.json.values import ValueWriter
from tracegloss.report.naming import trace_name
from tracegloss.report.tally import total_tokens
from tracegloss.report.timing import duration_ns
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.durations import milliseconds, timestamp

_SESSION = "mlflow.trace.session"
_USER = "mlflow.trace.user"
_TEST = "mlflow.test.name"


def source_members(on_code: TraceOnCode, writer: ValueWriter) -> Members:
    """Write where the trace came from."""
    source = on_code.source
    ours = writer.display.ours
    experiment = source.experiment_id or on_code.trace.info.experiment_id
    return {
        "kind": source.kind,
        "uri": None if source.uri is None else ours(source.uri),
        "experiment_id": None if experiment is None else ours(experiment),
        "experiment_name": writer.string(source.experiment_name),
        "ui_url": None if source.ui_url is None else ours(source.ui_url),
    }


def repositories_members(on_code: TraceOnCode) -> list[Json]:
    """Write what git says of each repository."""
    return [
        {"id": one.id, "commit": one.commit, "branch": one.branch, "dirty": one.dirty}
        for one in on_code.repositories
    ]


def trace_members(on_code: TraceOnCode, writer: ValueWriter) -> Members:
    """Write the trace as a whole."""
    info = on_code.trace.info
    tree = on_code.tree
    took = duration_ns(tree)
    metadata, tags = _labels(info.metadata, writer), _labels(info.tags, writer)
    return {
        "trace_id": writer.display.ours(info.trace_id),
        "name": trace_name(on_code, writer.display),
        "state": info.state.value,
        "request_time": None if info.request_ns is None else timestamp(info.request_ns),
        "duration_ms": None if took is None else milliseconds(took),
        "reported_duration_ms": info.duration_ms,
        "span_count": len(on_code.trace.spans),
        "root_span_ids": strings(tree.roots),
        **_standing(on_code.standing, writer),
        "session": metadata.get(_SESSION),
        "user": metadata.get(_USER),
        "test_name": tags.get(_TEST, metadata.get(_TEST)),
        "services": _services(on_code.trace, writer),
        "tokens": tokens_members(total_tokens(on_code)),
        "cost_usd": finite(info.cost_usd),
        "request": _request(on_code, writer),
        "response": _response(on_code, writer),
        "complete": is_complete(on_code),
        "tags": {**tags},
    }


def is_complete(on_code: TraceOnCode) -> bool:
    """Tell whether nothing is missing: roots, all parents, and an end of every span."""
    tree = on_code.tree
    return (
        on_code.trace.info.state is not TraceState.IN_PROGRESS
        and bool(tree.roots)
        and not tree.orphans
        and all(span.end_ns is not None for span in on_code.trace.spans)
    )


def _standing(standing: CommitStanding, writer: ValueWriter) -> Members:
    commit = standing.commit
    return {
        "commit": None if commit is None else writer.display.ours(commit),
        "commit_known_here": standing.known_here,
        "commits_behind_head": standing.behind_head,
        "dirty_at_recording": standing.dirty_at_recording,
        "commit_named_by": None if commit is None else standing.named_by,
        "resolved_at": standing.resolved_at,
        "why_not_at_commit": standing.why_now,
        "stored_diff": standing.stored_diff,
        "fetch": None if standing.fetch is None else writer.display.ours(standing.fetch),
    }


def _labels(labels: Labels, writer: ValueWriter) -> dict[str, str]:
    opened = writer.display.value(labels)
    if not isinstance(opened, Mapping):
        return {}
    return {str(key): writer.plain(str(value)) for key, value in sorted(opened.items())}


def _services(trace: Trace, writer: ValueWriter) -> list[Json]:
    counted = Counter(
        writer.display.name(span.service) for span in trace.spans if span.service is not None
    )
    return [{"name": name, "span_count": number} for name, number in sorted(counted.items())]


def _request(on_code: TraceOnCode, writer: ValueWriter) -> Json:
    root = on_code.tree.spans[on_code.tree.roots[0]] if on_code.tree.roots else None
    whole = None if root is None else writer.value(root.inputs)
    return writer.text(on_code.trace.info.request_preview) if whole is None else whole


def _response(on_code: TraceOnCode, writer: ValueWriter) -> Json:
    root = on_code.tree.spans[on_code.tree.roots[0]] if on_code.tree.roots else None
    whole = None if root is None else writer.value(root.outputs)
    return writer.text(on_code.trace.info.response_preview) if whole is None else whole
