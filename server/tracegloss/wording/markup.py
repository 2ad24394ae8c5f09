"""Markdown that recorded text cannot break: code spans, fences, escaped words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracegloss.recorded import Phrase
from tracegloss.wording.display import Display

_MARKUP = re.compile(r"([\\`*_\[\]<>#!|~&@])")
_BACKTICKS = re.compile(r"`+")


def code_span(text: str) -> str:
    """Put a text in a code span, whose marks are longer than any inside it."""
    marks = "`" * (_longest_run(text) + 1)
    room = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{marks}{room}{text or ' '}{room}{marks}"


def fence(lines: Sequence[str]) -> list[str]:
    """Put lines in a fence that none of them can close, with an empty line after it."""
    marks = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return [f"{marks}text", *lines, marks, ""]


def escaped(text: str) -> str:
    """Escape what Markdown or HTML would read as markup in our own words."""
    return _MARKUP.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\&", "&amp;")


def sentence(display: Display, phrase: Phrase) -> str:
    """Write a phrase as Markdown: our own words escaped, each recorded piece in a code span."""
    return "".join(
        escaped(display.ours(part)) if isinstance(part, str) else code_span(display.line(part))
        for part in phrase.parts
    )


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
