"""The options that several subcommands share, each in one set of words."""

from __future__ import annotations

from pathlib import Path

import click

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 80}

root = click.option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The repository; else the one around this folder.",
)
tracking_uri = click.option(
    "--tracking-uri", metavar="URI", help="Where traces are stored; else found by itself."
)
experiment = click.option(
    "--experiment", metavar="NAME", help="Name or id of the experiment; else found by itself."
)
at = click.option(
    "--at",
    metavar="REV",
    help="The commit the trace ran at, instead of what it recorded: an id, a tag, HEAD~3.",
)
now = click.option(
    "--now", is_flag=True, help="Resolve against the working tree only, whatever was recorded."
)
colour = click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colors; auto looks at the terminal and NO_COLOR.",
)
redact = click.option(
    "--redact",
    type=click.Choice(["secrets", "personal", "off"]),
    help="What recorded text hides; secrets by default.",
)
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How long a server may take for one answer.",
)
no_cache = click.option("--no-cache", is_flag=True, help="Neither read nor write the stored index.")
text_or_json = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
