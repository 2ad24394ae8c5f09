"""`tracegloss index`: the places of a repository that can create spans."""

from __future__ import annotations

import json
from pathlib import Path

import click
from msgspec.structs import replace

from tracegloss.cli import options as shared
from tracegloss.cli.progress import telling
from tracegloss.cli.reporting import write_text
from tracegloss.cli.told import tell
from tracegloss.index.build import index_folder
from tracegloss.index.listing import index_document, index_rows, pattern_text
from tracegloss.index.store.store import cache_folder
from tracegloss.model.site import DynamicName, LiteralName, NamePattern, Site, SpanName
from tracegloss.redaction import Redactor
from tracegloss.wording.printable import json_safe, one_line
from tracegloss.workspace.root import find_root, folder_at
from tracegloss.workspace.settings import read_settings


@click.command("index", context_settings=shared.HELP)
@click.argument("root", type=click.Path(path_type=Path), metavar="[FOLDER]", required=False)
@shared.text_or_json
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@shared.no_cache
def index(root: Path | None, form: str, as_json: bool, no_cache: bool) -> None:
    """List every place that can create spans.

    FOLDER is the repository; else it is the one around this folder.
    """
    folder = find_root(Path.cwd()) if root is None else folder_at(root)
    settings, problems = read_settings(folder)
    redactor = Redactor(settings.redaction)
    cache = None if no_cache else cache_folder()
    with telling("Reading the code ..."):
        known = index_folder(folder, settings.exclude, cache).index
    found = replace(known, sites=tuple(_redacted(site, redactor) for site in known.sites))
    if as_json or form == "json":
        document = json.dumps(index_document(found), ensure_ascii=False, indent=1)
        write_text(json_safe(f"{document}\n"))
    else:
        write_text("".join(f"{one_line(row)}\n" for row in index_rows(found)))
    tell([redactor.phrase(problem.message) for problem in problems])


def _redacted(site: Site, redactor: Redactor) -> Site:
    """Hide secrets in the names of a site's spans: literals in code hold some too."""
    return replace(site, names=tuple(_redacted_name(name, redactor) for name in site.names))


def _redacted_name(name: SpanName, redactor: Redactor) -> SpanName:
    match name:
        case LiteralName(text, origin):
            return LiteralName(redactor.plain(text), origin)
        case NamePattern():
            return NamePattern((redactor.plain(pattern_text(name)),))
        case DynamicName(expression):
            return DynamicName(redactor.plain(expression))
