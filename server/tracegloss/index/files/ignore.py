"""Patterns as `.gitignore` has them, matched without git."""

from __future__ import annotations

import re

from msgspec import Struct


class _Rule(Struct, frozen=True):
    pattern: re.Pattern[str]
    hides: bool
    folders_only: bool


class IgnoreRules(Struct, frozen=True):
    """The rules of one file, in order; the last that matches has the word."""

    rules: tuple[_Rule, ...]

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Tell whether a path relative to the rules' folder is hidden; `None` when none speaks."""
        for rule in reversed(self.rules):
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(path):
                return rule.hides
        return None

    def hides(self, path: str) -> bool:
        """Tell whether a file, or any folder above it, is hidden."""
        if not self.rules:
            return False
        parts = path.split("/")
        above = ("/".join(parts[:end]) for end in range(1, len(parts)))
        if any(self.verdict(folder, is_folder=True) for folder in above):
            return True
        return bool(self.verdict(path, is_folder=False))


def rules_of(lines: tuple[str, ...]) -> IgnoreRules:
    """Read the lines of a `.gitignore`; patterns that cannot be read hide nothing."""
    rules = (_rule(line) for line in lines)
    return IgnoreRules(tuple(rule for rule in rules if rule is not None))


def _rule(line: str) -> _Rule | None:
    text = re.sub(r"(?<!\\)[ \t\r]+$", "", line)
    if not text or text.startswith("#"):
        return None
    hides = not text.startswith("!")
    text = text.removeprefix("!")
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return None
    anchored = "/" in text
    body = _translated(text.lstrip("/"))
    prefix = "" if anchored else "(?:.*/)?"
    try:
        return _Rule(re.compile(prefix + body, re.DOTALL), hides, folders_only)
    except re.error:
        return None


_TOKENS = re.compile(
    r"(?P<any_folders>\*\*/)|(?P<rest>/\*\*$)|(?P<stars>\*+)|(?P<one>\?)"
    r"|(?P<set>\[!?\]?[^\]]*\])|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)


def _translated(pattern: str) -> str:
    return "".join(_translate(token) for token in _TOKENS.finditer(pattern))


def _translate(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "any_folders":
            return "(?:.*/)?"
        case "rest":
            return "/.*"
        case "stars":
            return "[^/]*"
        case "one":
            return "[^/]"
        case "set":
            return _set(token["set"])
        case _:
            return re.escape(token["escaped"] or token["plain"])


def _set(text: str) -> str:
    inner = text[1:-1]
    negated = inner.startswith("!")
    return f"[{'^' if negated else ''}{inner[negated:].replace(chr(92), chr(92) * 2)}]"
