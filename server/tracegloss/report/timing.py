"""When a trace began and how long it took, by its spans."""

from __future__ import annotations

from tracegloss.tree import SpanTree


def start_ns(tree: SpanTree) -> int | None:
    """Return the start of the earliest span, in nanoseconds since the epoch."""
    return min((span.start_ns for span in tree.spans.values()), default=None)


def duration_ns(tree: SpanTree) -> int | None:
    """Return the time from the first root's start to the last root's end.

    Without a root it is the extent of all spans; `None` while one of them has not ended.
    """
    spans = [tree.spans[span_id] for span_id in tree.roots] or list(tree.spans.values())
    ends = [span.end_ns for span in spans if span.end_ns is not None]
    if not spans or len(ends) < len(spans):
        return None
    return max(0, max(ends) - min(span.start_ns for span in spans))


def before_first_child_ns(tree: SpanTree, span_id: str) -> int:
    """Return the time between a span's start and its first child's; 0 without children."""
    children = tree.children.get(span_id, ())
    start = tree.spans[span_id].start_ns
    return max(0, min((tree.spans[child].start_ns for child in children), default=start) - start)
