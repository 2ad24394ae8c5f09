"""`tracegloss cache`: where facts of files are kept between runs, and how to be rid of them."""

from __future__ import annotations

import click

from tracegloss.cli import options as shared
from tracegloss.cli.reporting import write_text
from tracegloss.index.store.store import cache_folder, clear


@click.group("cache", context_settings=shared.HELP)
def cache() -> None:
    """Look after the stored index: derived data only, safe to delete at any time."""


@cache.command("clear")
def clear_cache() -> None:
    """Delete the stored index of every repository."""
    folder = cache_folder()
    done = "Deleted the stored index in" if clear(folder) else "Nothing is stored in"
    write_text(f"{done} {folder}\n")


@cache.command("path")
def cache_path() -> None:
    """Print the folder the index is stored in."""
    write_text(f"{cache_folder()}\n")
