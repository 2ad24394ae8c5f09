"""Where the documentation of a rule stands."""

from __future__ import annotations


def page_of(rule: str) -> str:
    """Return the page of a rule, relative to the root of this project's repository."""
    return f"docs/rules/{rule}.md"
