"""Comments that silence a rule at one place: `# tracegloss: ignore[slow-span, error-handled]`."""

from __future__ import annotations

from tracegloss.matcher import matcher
from tracegloss.text import LineIndex, TextRange

_COMMENT = matcher(r"#\s*tracegloss:\s*ignore(?:\[(?P<rules>[^\]]*)\])?")
# Further up than this a comment speaks of something else; decorators stand between it and the name.
_MOST_LINES_ABOVE = 20


def ignored_rules(text: LineIndex, line: int, first: int) -> frozenset[str]:
    """Return the rules silenced on a 0-based line; `"*"` stands for all of them.

    A comment counts on the line itself, on the lines from `first` (a function's first decorator) to
    it, and on lines above those that hold nothing but a comment.
    """
    first = max(min(first, line), line - _MOST_LINES_ABOVE)
    rules = {rule for number in range(first, line + 1) for rule in _rules(text.line_text(number))}
    above = first - 1
    while above >= 0 and first - above <= _MOST_LINES_ABOVE:
        row = text.line_text(above).strip()
        if not row.startswith("#"):
            break
        rules.update(_rules(row))
        above -= 1
    return frozenset(rules)


def is_ignored(rule: str, text: LineIndex, at: TextRange, first: int) -> bool:
    """Tell whether a comment at a token, or above it, silences a rule."""
    return not ignored_rules(text, at.start.line, first).isdisjoint({rule, "*"})


def _rules(row: str) -> frozenset[str]:
    if "tracegloss" not in row:
        return frozenset()
    found = _COMMENT.search(row)
    if found is None:
        return frozenset()
    if found["rules"] is None:
        return frozenset({"*"})
    return frozenset(rule.strip() for rule in found["rules"].split(","))
