"""How the rows, changes and commits of a comparison are put."""

from __future__ import annotations

from collections.abc import Sequence

from tracegloss.compare.alignment import Row
from tracegloss.compare.comparison import Comparison, site_of_row
from tracegloss.compare.difference import Change, Difference
from tracegloss.compare.suspects import Suspect
from tracegloss.model.freshness import ChangedIn
from tracegloss.model.site import Place
from tracegloss.model.trace import Span
from tracegloss.report.counting import count
from tracegloss.report.naming import qualified_name
from tracegloss.report.text.standing import short
from tracegloss.wording.display import Display
from tracegloss.wording.durations import duration

_CHANGES: dict[Change, str] = {
    "fails": "fails now",
    "passes": "no longer fails",
    "exception": "another exception",
    "inputs": "input",
    "outputs": "output",
    "model": "model",
    "tokens": "tokens",
}
_HOW = {"edited": "edited", "gone": "removed", "new": "new"}
_SUBJECT_ROOM = 60


def span_of(comparison: Comparison, row: Row) -> Span:
    """Return the later span of a row, or the only one."""
    if row.after is not None:
        return comparison.after.tree.spans[row.after]
    return comparison.before.tree.spans[row.before or ""]


def place_of(comparison: Comparison, row: Row) -> Place | None:
    """Return where a row's span is made."""
    site = site_of_row(comparison.before, comparison.after, row)
    return None if site is None else site.at


def function_name(comparison: Comparison, row: Row) -> str:
    """Name the function of a row's site."""
    site = site_of_row(comparison.before, comparison.after, row)
    return "" if site is None else qualified_name(site)


def row_words(row: Row, found: Difference | None) -> str:
    """Say in a few words what differs in a row: `input, output`, `only before`, `slower`."""
    if row.after is None:
        return "only before"
    if row.before is None:
        return "only after"
    words = [] if found is None else [_CHANGES[change] for change in found.changes]
    if found is not None and found.pace != "alike":
        words.append(found.pace)
    return ", ".join([*words, *(["called elsewhere"] if row.moved else [])])


def taken(span: Span | None) -> str:
    """Word a span's duration; a trace that lacks the span has none."""
    if span is None:
        return ""
    return "open" if span.duration_ns is None else duration(span.duration_ns)


def between_words(comparison: Comparison, display: Display) -> str:
    """Say between which commits changes were looked for: `a29b885 and 1ce4efb (3 commits)`."""
    commits = comparison.commits
    named = f"{short(commits.before, display)} and {short(commits.after, display)}"
    n_commits = commits.ahead or commits.behind
    return f"{named} ({count(n_commits, 'commit')})" if n_commits else named


def how_words(suspect: Suspect) -> str:
    """Say what became of it: `edited: signature, body`, `removed`, `module level, new`."""
    changed = suspect.changed
    if not changed.is_function:
        return f"module level, {_HOW[changed.how]}"
    parts = f": {', '.join(changed.parts)}" if changed.parts else ""
    return f"{_HOW[changed.how]}{parts}"


def changed_words(suspects: Sequence[Suspect]) -> str:
    """Count what changed: `2 functions on the path, 1 name at module level`."""
    n_functions = sum(suspect.changed.is_function for suspect in suspects)
    n_names = len(suspects) - n_functions
    functions = f"{count(n_functions, 'function')} on the path" if n_functions else ""
    names = f"{count(n_names, 'name')} at module level" if n_names else ""
    return ", ".join(filter(None, (functions, names)))


def commit_line(commit: ChangedIn, display: Display) -> str:
    """Write a commit on one line: `1ce4efb  2024-06-10  Eval  "reorganize modules"`."""
    date = display.ours(commit.author_time)[:10]
    subject = display.ours(commit.subject)
    kept = subject if len(subject) <= _SUBJECT_ROOM else f"{subject[:_SUBJECT_ROOM]}…"
    words = (commit.short, date, display.ours(commit.author), f'"{kept}"')
    return "  ".join(word for word in words if word and word != '""')
