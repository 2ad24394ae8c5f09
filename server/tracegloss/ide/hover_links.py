"""Where a hover leads: the trace, a whole stack, the code as it ran."""

from __future__ import annotations

from tracegloss.ide.answers import Link, SpanTarget
from tracegloss.model.resolution import Freshness
from tracegloss.overlay.layer import Call


def links_back(call: Call) -> tuple[Link, ...]:
    """Lead to the function as it ran, where a commit edited it since."""
    since = call.on_code.since.get(call.span.span_id)
    if since is None or since.freshness is not Freshness.EDITED or since.as_ran is None:
        return ()
    target = SpanTarget(call.trace_id, call.span.span_id)
    return Link("as-ran", "As ran", target), Link("changed", "What changed", target)


def call_links(call: Call, has_stack: bool) -> tuple[Link, ...]:
    """Lead to a call in its trace, and to its stack where it has one."""
    target = SpanTarget(call.trace_id, call.span.span_id)
    return target_links(target, call.on_code.source.ui_url, has_stack=has_stack)


def target_links(target: SpanTarget, url: str | None, *, has_stack: bool) -> tuple[Link, ...]:
    """Lead to a span of a trace; `url` is the page of the trace in MLflow."""
    links = [Link("stack", "Full stack", target)] if has_stack else []
    if url is not None:
        links.append(Link("mlflow", "Trace in MLflow", target, url))
    links += [Link("span", "Input and output", target), Link("pin", "Pin trace", target)]
    return tuple(links)
