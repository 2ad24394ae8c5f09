"""Edits of labelled texts: each takes files and returns new ones, and fails when it cannot."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

from tests.eval.history.marked import Files, block

Edit = Callable[[Files], dict[str, str]]


def swap(path: str, old: str, new: str) -> Edit:
    """Replace a text that occurs once."""

    def edit(files: Files) -> dict[str, str]:
        assert files[path].count(old) == 1, f"{path}: {files[path].count(old)} x {old!r}"
        return {**files, path: files[path].replace(old, new)}

    return edit


def before(path: str, anchor: str, text: str) -> Edit:
    """Insert a text before one that occurs once."""
    return swap(path, anchor, text + anchor)


def rename(old: str, new: str) -> Edit:
    """Rename a file."""

    def edit(files: Files) -> dict[str, str]:
        assert new not in files
        return {(new if path == old else path): text for path, text in files.items()}

    return edit


def word(old: str, new: str) -> Edit:
    """Replace a word wherever it stands, labels aside."""
    pattern = re.compile(rf"(?<!#@)(?<![\w.]){re.escape(old)}\b")

    def edit(files: Files) -> dict[str, str]:
        assert any(pattern.search(text) for text in files.values())
        return {path: pattern.sub(new, text) for path, text in files.items()}

    return edit


def name(old: str, new: str) -> Edit:
    """Rename a function or method: its word after `def`, a dot, a space or a bracket."""
    pattern = re.compile(rf"(?<!#@)\b{re.escape(old)}\b(?!\')")

    def edit(files: Files) -> dict[str, str]:
        return {
            path: pattern.sub(new, text) if path.endswith(".py") else text
            for path, text in files.items()
        }

    return edit


def cut(path: str, label: str) -> Edit:
    """Delete a definition with its decorators and the blank lines after it."""

    def edit(files: Files) -> dict[str, str]:
        lines = files[path].split("\n")
        first, end = block(files[path], label)
        while end < len(lines) and not lines[end].strip():
            end += 1
        kept = "\n".join(lines[:first] + lines[end:]).rstrip("\n") + "\n"
        return {**files, path: kept}

    return edit


def move(path: str, label: str, target: str) -> Edit:
    """Move a definition to the end of another file."""

    def edit(files: Files) -> dict[str, str]:
        first, end = block(files[path], label)
        body = "\n".join(files[path].split("\n")[first:end])
        rest = cut(path, label)(files)
        there = rest.get(target, "import mlflow\n").rstrip("\n")
        return {**rest, target: f"{there}\n\n\n{body}\n"}

    return edit


def write(path: str, text: str) -> Edit:
    """Write a file."""
    return lambda files: {**files, path: text}


def remove(path: str) -> Edit:
    """Delete a file."""
    return lambda files: {known: text for known, text in files.items() if known != path}


def append(path: str, text: str) -> Edit:
    """Write behind the end of a file."""
    return lambda files: {**files, path: files[path] + text}


def reformat(width: int, quotes: str) -> Edit:
    """Format every module as a formatter would."""
    style = ["--isolated", f"--line-length={width}", f"--config=format.quote-style='{quotes}'"]
    command = [sys.executable, "-m", "ruff", "format", "--quiet", *style, "-"]

    def formatted(text: str) -> str:
        run = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return run.stdout

    def edit(files: Files) -> dict[str, str]:
        return {
            path: formatted(text) if path.endswith(".py") else text for path, text in files.items()
        }

    return edit
