"""`tracegloss demo`: runs the sample agent for real and prints where its traces lie on its code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

import tracegloss
from tracegloss.cli import options as shared
from tracegloss.cli.reporting import ColourChoice, output_width, write_lines, write_text
from tracegloss.cli.views import View, lines
from tracegloss.errors import SourceError, UsageError
from tracegloss.report.options import ReportOptions
from tracegloss.report.text.segments import EMPTY
from tracegloss.wording.printable import block
from tracegloss.workspace.opening import Opening, open_workspace

STORE = "sqlite:///mlflow.db"
LONGEST_SECONDS = 300


@click.command("demo", context_settings=shared.HELP)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="An empty or new folder for the sample agent; else a temporary one.",
)
@click.option("--judge", is_flag=True, help="Also log what a judge and a reviewer say.")
@shared.colour
def demo(into: Path | None, judge: bool, colour: ColourChoice) -> None:
    """Run a sample customer-support agent under MLflow and show its traces on its code.

    The agent answers a question about refunds from a document about shipping, and a tool of its
    fails on the next question. It runs without a network, against a store in its own folder.
    """
    folder = _copy_agent(into)
    write_text(f"Running the sample agent in {folder} (MLflow takes some seconds to start) ...\n\n")
    said = _run_agent(folder, judge)
    write_text(said)
    workspace = open_workspace(Opening(folder, tracking_uri=STORE, cache=False))
    for trace_id in (line for line in said.splitlines() if line.startswith("tr-")):
        options = ReportOptions(width=output_width(), command=f"correlate {trace_id}")
        write_text(f"\n$ correlate {trace_id}\n\n")
        for on_code in workspace.lay_all(trace_id, time.time_ns()):
            write_lines([*lines(on_code, options, View("text")), EMPTY], colour, folder)
    write_text(
        f"The agent, its store and its code stay in {folder}:\n  cd {folder}\n  correlate last\n"
    )


def _agent() -> Path:
    """Find the sample agent: in the installed package, or in the checkout it is run from."""
    package = Path(tracegloss.__file__).parent
    for folder in (package / "demo_app", package.parents[1] / "fixtures" / "apps"):
        if (folder / "support_agent" / "main.py").is_file():
            return folder / "support_agent"
    raise SourceError("The sample agent is missing", remedy="Install tracegloss from its wheel")


def _copy_agent(into: Path | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tracegloss-demo-")) if into is None else into.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("The folder is not empty", where=str(folder), remedy="Name a new one")
    ignored = shutil.ignore_patterns("__pycache__", "mlruns", "mlflow.db")
    shutil.copytree(_agent(), folder, dirs_exist_ok=True, ignore=ignored)
    return folder


def _run_agent(folder: Path, judge: bool) -> str:
    """Run the agent in a process of its own and return what it printed, trace ids last."""
    command = [sys.executable, "main.py", "--tracking-uri", STORE, *(["--judge"] if judge else [])]
    done = subprocess.run(  # noqa: S603 (our own sample, our own interpreter)
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    if done.returncode != 0:
        click.echo(block(done.stderr), err=True)
        raise SourceError(
            "The sample agent could not run",
            where=f"exit status {done.returncode}",
            remedy="What it said stands above",
        )
    return block(done.stdout)
