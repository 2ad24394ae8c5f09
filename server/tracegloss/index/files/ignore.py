"""Patterns as `.gitignore` has them, matched without git.

A pattern of a repository is untrusted. What stands between two of its stars is taken where it fits
first and looked for no further, which loses nothing, so that no path takes long to match.
"""

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


def line_for_folder(path: str) -> str:
    """Write the line that hides one folder, whatever characters its path has.

    The path is relative to the rules' folder, with `/`.
    """
    return "/" + re.sub(r"[\\*?\[\] ]", r"\\\g<0>", path) + "/"


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
    anchored = text.lstrip("/") if "/" in text else f"**/{text}"
    try:
        return _Rule(re.compile(_translated(anchored), re.DOTALL), hides, folders_only)
    except re.error:
        return None


_ANY_FOLDERS = re.compile(r"(?:(?<![^/])\*\*/)+")
_TOKENS = re.compile(
    r"(?P<rest>/\*\*$)|(?P<slash>/)|(?P<stars>\*+)|(?P<one>\?)"
    r"|(?P<set>\[!?\]?[^\]/]*\])|\\(?P<escaped>.)|(?P<plain>.)",
    re.DOTALL,
)


def _translated(pattern: str) -> str:
    first, *others = map(_between_folders, _ANY_FOLDERS.split(pattern))
    if not others:
        return first
    settled = "".join(f"(?>(?:.*?/)??{other})" for other in others[:-1])
    return f"{first}{settled}(?:.*/)?{others[-1]}"


def _between_folders(pattern: str) -> str:
    """Translate what stands between two `**/`, name by name."""
    names = [""]
    stretches = [""]
    for token in _TOKENS.finditer(pattern):
        match token.lastgroup:
            case "slash" | "rest":
                names[-1] = _name(stretches)
                names += ["/.*" if token.lastgroup == "rest" else "/", ""]
                stretches = [""]
            case "stars":
                stretches.append("")
            case _:
                stretches[-1] += _character(token)
    names[-1] = _name(stretches)
    return "".join(names)


def _name(stretches: list[str]) -> str:
    """Join the stretches of one name that stars stand between."""
    first, *others = stretches
    if not others:
        return first
    settled = "".join(f"(?>[^/]*?{other})" for other in others[:-1])
    return f"{first}{settled}[^/]*{others[-1]}"


def _character(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "one":
            return "[^/]"
        case "set":
            return _set(token["set"])
        case _:
            return re.escape(token["escaped"] or token["plain"])


def _set(text: str) -> str:
    inner = text[1:-1]
    negated = inner.startswith("!")
    characters = inner[negated:].replace(chr(92), chr(92) * 2)
    return f"[^/{characters}]" if negated else f"[{characters}]"
