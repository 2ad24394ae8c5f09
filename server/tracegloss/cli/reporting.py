"""Writes styled lines to the terminal, a pipe or a file, as far as each can show them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from tracegloss.cli import ReaderGoneError
from tracegloss.cli.streams import output_fault
from tracegloss.model.site import Place
from tracegloss.report.text.segments import Line
from tracegloss.report.text.terminal import ansi_text, plain_text

ColourChoice: TypeAlias = Literal["auto", "always", "never"]

PIPED_WIDTH = 100
NARROWEST = 60
WIDEST = 200
_PLAIN_LOCALES = ("C", "POSIX")


def output_width() -> int:
    """Return the columns to write in: COLUMNS, the terminal's, 100 when piped; 60 to 200."""
    wanted = os.environ.get("COLUMNS", "")
    if not sys.stdout.isatty() and not wanted.isdecimal():
        return PIPED_WIDTH
    import shutil  # also packs archives, which takes it long to import

    columns = shutil.get_terminal_size((PIPED_WIDTH, 24)).columns
    return min(max(NARROWEST, columns), WIDEST)


def write_lines(lines: Iterable[Line], colour: ColourChoice, root: Path | None) -> None:
    """Write lines to standard output; paths become links on a terminal that shows colours.

    `NO_COLOR` and `TERM=dumb` switch `auto` off (https://no-color.org).
    """
    unicode = shows_unicode(os.environ, sys.stdout.encoding)
    if not _wants_colour(colour):
        write_text(plain_text(lines, unicode=unicode))
        return
    address = _addresses(root) if root is not None and sys.stdout.isatty() else None
    write_text(ansi_text(lines, address=address, unicode=unicode))


def write_text(text: str) -> None:
    """Write a finished document to standard output, as UTF-8 whatever the locale.

    Raises `ReaderGoneError` when nobody reads it any more, `OutputError` when it takes no more.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None
    except OSError as error:
        raise output_fault(error) from None


def shows_unicode(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Tell whether the reader's locale has more than ASCII.

    In the locale C Python writes UTF-8 all the same and sets `LC_CTYPE` to C.UTF-8 (PEP 538, PEP
    540), so the locale that was asked for is looked at too; where none is set, Python is believed.
    """
    if (encoding or "").lower().replace("-", "") != "utf8":
        return False
    if environment.get("PYTHONIOENCODING") or environment.get("PYTHONUTF8") == "1":
        return True
    language = environment.get("LANG", "")
    kind = environment.get("LC_ALL") or environment.get("LC_CTYPE") or language
    is_coerced = not environment.get("LC_ALL") and kind in ("C.UTF-8", "C.utf8", "UTF-8")
    return (language if is_coerced else kind) not in _PLAIN_LOCALES


def _wants_colour(choice: ColourChoice) -> bool:
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()


def _addresses(root: Path) -> Callable[[Place], str | None]:
    def address(place: Place) -> str | None:
        path = (root / place.path).resolve()
        return path.as_uri() if path.is_relative_to(root) else None

    return address
