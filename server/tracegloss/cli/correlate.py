"""`correlate TRACE`: the options of the report of a trace laid on the code of this repository."""

from __future__ import annotations

import click
import msgspec

from tracegloss.cli import options as shared
from tracegloss.cli.asked import FORMATS, Asked, answer

PLAIN = Asked("")


@click.command("correlate", context_settings=shared.HELP)
@click.argument("trace", metavar="TRACE")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=PLAIN.form,
    show_default=True,
    help="For people, programs, pull requests or code scanning.",
)
@click.option(
    "--budget",
    type=int,
    metavar="N",
    help="For a coding agent: at most N tokens, counted as UTF-8 bytes / 3. A hard bound; "
    "N is at least 200.",
)
@click.option("--span", metavar="ID", help="One span with its full input and output.")
@click.option("--why", metavar="ID", help="Why a span was laid on its line, and on no other.")
@click.option(
    "--find", metavar="TEXT", help="The spans that hold a text, in order of time, on code."
)
@click.option(
    "--all", "everything", is_flag=True, help="Every span on a row of its own, library spans too."
)
@click.option(
    "--frames",
    type=click.Choice(["own", "all"]),
    default=PLAIN.frames,
    show_default=True,
    help="Stack frames of yours, or of libraries too.",
)
@click.option("--no-io", is_flag=True, help="Leave inputs and outputs out.")
@click.option(
    "--io",
    type=click.Choice(["cut", "full"]),
    default=PLAIN.io,
    show_default=True,
    help="Inputs and outputs; `full` needs --span.",
)
@click.option(
    "--fields", metavar="A,B", help="Members of the JSON report to keep: verdict,findings."
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "information", "never"]),
    default=PLAIN.fail_on,
    show_default=True,
    help="Exit with 1 when a finding is this grave.",
)
@click.option("--stamp", is_flag=True, help="Write the time into a JSON report.")
@shared.at
@shared.now
@shared.root
@shared.tracking_uri
@shared.experiment
@shared.timeout
@shared.redact
@shared.colour
@shared.no_cache
def correlate(**asked: object) -> int:
    """Lay a trace on the code that made it.

    TRACE is a trace id, a file with traces, `-` for standard input, an address copied from the
    MLflow UI, or `last` for the newest trace of this repository.

    Exits with 0 after a report, with 1 only when --fail-on says so, with 2 when there is none.
    """
    return answer(msgspec.convert(asked, Asked))
