"""Commands a reader can run next, quoted for a shell."""

from __future__ import annotations

from shlex import join, quote, split

from tracegloss.report.options import ReportOptions
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.wording.printable import one_line


def this_report(on_code: TraceOnCode, options: ReportOptions) -> str:
    """Return the command that makes this report again; a trace from a file is named by its path."""
    if options.command is not None:
        return one_line(options.command)
    source = on_code.source
    if source.kind == "stdin":
        return "correlate -"
    named = source.uri if source.kind == "file" and source.uri else on_code.trace.info.trace_id
    return f"correlate {quote(one_line(named))}"


def span_command(on_code: TraceOnCode, options: ReportOptions, span_id: str, *flags: str) -> str:
    """Return the command that shows one span, with further flags."""
    return " ".join([this_report(on_code, options), "--span", quote(one_line(span_id)), *flags])


def why_command(on_code: TraceOnCode, options: ReportOptions, span_id: str) -> str:
    """Return the command that explains how one span was resolved."""
    return f"{this_report(on_code, options)} --why {quote(one_line(span_id))}"


def show_command(on_code: TraceOnCode, options: ReportOptions, span_id: str) -> str:
    """Return the command that shows what changed in a span's function since it ran."""
    made_by = this_report(on_code, options).removeprefix("correlate ")
    trace, *flags = split(made_by)
    return join(["tracegloss", "show", trace, one_line(span_id), "--diff", *flags])
