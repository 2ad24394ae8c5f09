"""Reads the code of a span as it ran, from git, and as it is now, from the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracegloss.compare.span_code import CodeText, SpanCode
from tracegloss.errors import RevisionError, UsageError
from tracegloss.history.code import functions_of_file, labelled_texts
from tracegloss.history.hardened import NoRepository
from tracegloss.history.objects import open_objects
from tracegloss.model.freshness import SinceTrace
from tracegloss.model.resolution import Freshness, Resolved
from tracegloss.model.site import Place, Site
from tracegloss.text import LineIndex, TextRange
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.workspace.opening import OpenedWorkspace
from tracegloss.workspace.root import read_within

Read = Callable[[str], bytes | None]


def span_code(
    root: Path, on_code: TraceOnCode, span_id: str, read_with_diff: Read | None = None
) -> SpanCode:
    """Read the code of a span of a laid trace.

    `read_with_diff` reads files of the commit with the diff that was stored with the trace's model,
    for spans that were laid on such a text.

    Raises `UsageError` when no line is known for the span, `RevisionError` when the code that ran
    is not known or not here.
    """
    site = _site(on_code, span_id)
    since = on_code.since.get(span_id)
    if since is None or since.basis == "stack-text":
        raise RevisionError(
            "The code that ran is not known",
            where=_why(on_code),
            remedy="Name its commit with --at, if you know it",
        )
    ran, name = _ran(site, since)
    then = read_with_diff if since.basis == "stored-diff" else _then(root, on_code, since, ran)
    if then is None:
        raise RevisionError(
            "The code that ran is stored as a diff with its model",
            where=ran.path,
            remedy="Read it with tracegloss show TRACE SPAN",
        )
    text = _code_text(then, ran, site.extent, name, _commit_of(on_code, since))
    if text is None:
        raise RevisionError("The code that ran cannot be read", where=ran.path)
    gone = since.freshness is Freshness.GONE
    now = None if gone else _code_text(_disk(root), site.at, site.extent, _name(site), None)
    is_certain = since.basis == "stored-diff" or on_code.standing.dirty_at_recording is False
    return SpanCode(text, now, is_certain)


def code_of_span(opened: OpenedWorkspace, on_code: TraceOnCode, span_id: str) -> SpanCode:
    """Read the code of a span, with the diff that was stored with its trace's model."""
    since = on_code.since.get(span_id)
    is_of_diff = since is not None and since.basis == "stored-diff"
    info, standing = on_code.trace.info, on_code.standing
    read_with_diff = opened.read_with_diff(info, standing) if is_of_diff else None
    return span_code(opened.root, on_code, span_id, read_with_diff)


def path_of_diff(on_code: TraceOnCode, span_id: str) -> str | None:
    """Name the file a span ran in when only the diff stored with its model has its text."""
    since = on_code.since.get(span_id)
    if since is None or since.basis != "stored-diff":
        return None
    return _ran(_site(on_code, span_id), since)[0].path


def _site(on_code: TraceOnCode, span_id: str) -> Site:
    found = on_code.correlation.resolutions.get(span_id)
    if isinstance(found, Resolved):
        return found.site
    raise UsageError(
        "No line is known for this span",
        where=span_id,
        remedy="Ask why: correlate TRACE --why SPAN",
    )


def _why(on_code: TraceOnCode) -> str:
    standing = on_code.standing
    if standing.commit is None:
        return "the trace recorded no commit"
    if standing.known_here is False:
        return "its commit is not in this repository"
    return "it was resolved against the working tree"


def _ran(site: Site, since: SinceTrace) -> tuple[Place, str]:
    if since.as_ran is None:
        return site.at, _name(site)
    return since.as_ran.at, since.as_ran.qualified_name or _name(site)


def _name(site: Site) -> str:
    function = "" if site.function is None else site.function.qualified_name
    return function or site.qualified_name or ""


def _then(root: Path, on_code: TraceOnCode, since: SinceTrace, ran: Place) -> Read:
    """Choose where the text that ran is: the commit, or a file that is as it was then."""
    if since.basis == "working-tree" or on_code.standing.commit is None:
        return _disk(root)
    objects = open_objects(root)
    if isinstance(objects, NoRepository):
        raise RevisionError("The code that ran cannot be read", where=objects.reason)
    with objects:
        data = objects.text(on_code.standing.commit, ran.path)
    return lambda _: data


def _disk(root: Path) -> Read:
    return lambda path: read_within(root, path)


def _commit_of(on_code: TraceOnCode, since: SinceTrace) -> str | None:
    return None if since.basis == "working-tree" else on_code.standing.commit


def _code_text(
    read: Read, at: Place, extent: TextRange, name: str, commit: str | None
) -> CodeText | None:
    raw = read(at.path)
    if raw is None:
        return None
    label = at.path if at.cell is None else f"{at.path}#{at.cell}"
    text = labelled_texts(at.path, raw).get(label)
    if text is None:
        return None
    first, end = _function_lines(at, raw, name) or (extent.start.line, extent.end.line + 1)
    return CodeText(at.path, commit, _lines(text), first, end, name, at.cell)


def _function_lines(at: Place, raw: bytes, name: str) -> tuple[int, int] | None:
    """Find the lines of the function of a name that a place lies in."""
    for entry in functions_of_file(at.path, raw):
        extent = entry.extent.range
        around = extent.start.line <= at.range.start.line <= extent.end.line
        if entry.function.qualified_name == name and entry.extent.cell == at.cell and around:
            return extent.start.line, extent.end.line + (1 if extent.end.column else 0)
    return None


def _lines(text: LineIndex) -> tuple[str, ...]:
    lines = tuple(text.line_text(number) for number in range(text.n_lines))
    return lines[:-1] if lines and not lines[-1] else lines
