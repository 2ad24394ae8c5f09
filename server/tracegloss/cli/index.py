"""`tracegloss index`: the places of a repository that can create spans."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracegloss.cli.reporting import write_text
from tracegloss.index.build import index_folder
from tracegloss.index.listing import index_document, index_rows
from tracegloss.index.store import cache_folder
from tracegloss.wording.printable import json_safe, one_line
from tracegloss.workspace.root import find_root
from tracegloss.workspace.settings import read_settings


@click.command("index")
@click.argument("root", type=click.Path(path_type=Path), required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the stored index.")
def index(root: Path | None, form: str, as_json: bool, no_cache: bool) -> None:
    """List every place in ROOT that can create spans (default: the repository around here)."""
    folder = find_root(Path.cwd()) if root is None else root
    settings, _ = read_settings(folder)
    cache = None if no_cache else cache_folder()
    found = index_folder(folder, settings.exclude, cache).index
    if as_json or form == "json":
        document = json.dumps(index_document(found), ensure_ascii=False, indent=1)
        write_text(json_safe(f"{document}\n"))
    else:
        write_text("".join(f"{one_line(row)}\n" for row in index_rows(found)))
