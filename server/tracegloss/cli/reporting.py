"""Writes styled lines to the terminal, a pipe or a file, as far as each can show them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import click

from tracegloss.model.site import Place
from tracegloss.report.text.segments import Line
from tracegloss.report.text.terminal import ansi_text, plain_text

ColourChoice: TypeAlias = Literal["auto", "always", "never"]

PIPED_WIDTH = 100
NARROWEST = 60


def output_width() -> int:
    """Return the columns to write in: the terminal's, 100 when piped, never under 60."""
    if not sys.stdout.isatty():
        return PIPED_WIDTH
    return max(NARROWEST, shutil.get_terminal_size((PIPED_WIDTH, 24)).columns)


def write_lines(lines: Iterable[Line], colour: ColourChoice, root: Path | None) -> None:
    """Write lines to standard output; paths become links on a terminal that shows colours.

    `NO_COLOR` and `TERM=dumb` switch `auto` off (https://no-color.org).
    """
    unicode = _shows_unicode()
    if not _wants_colour(colour):
        click.echo(plain_text(lines, unicode=unicode), nl=False)
        return
    address = _addresses(root) if root is not None and sys.stdout.isatty() else None
    click.echo(ansi_text(lines, address=address, unicode=unicode), nl=False, color=True)


def write_text(text: str) -> None:
    """Write a finished document to standard output, as UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _wants_colour(choice: ColourChoice) -> bool:
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def _shows_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _addresses(root: Path) -> Callable[[Place], str | None]:
    def address(place: Place) -> str | None:
        path = (root / place.path).resolve()
        return path.as_uri() if path.is_relative_to(root) else None

    return address
