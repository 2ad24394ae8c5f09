"""`tracegloss` with its subcommands as click reads them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from tracegloss import __version__
from tracegloss.cli import ReaderGoneError
from tracegloss.cli.streams import output_fault
from tracegloss.errors import UsageError

COMMANDS = {
    "correlate": ("tracegloss.cli.correlate", "Lay a trace on the code that made it."),
    "compare": ("tracegloss.cli.compare", "Compare two traces and the code between them."),
    "traces": ("tracegloss.cli.traces", "List and search the traces of an experiment."),
    "index": ("tracegloss.cli.index", "List the places that can create spans."),
    "diagnostics": ("tracegloss.cli.diagnostics", "List the findings an editor would show."),
    "hover": ("tracegloss.cli.hover", "Explain a place in the code: what ran there, and why."),
    "lens": ("tracegloss.cli.lens", "Say what ran in a file, on its lines."),
    "locate": ("tracegloss.cli.locate", "Print the line that made a span."),
    "show": ("tracegloss.cli.show", "Show a span's code as it ran, or what changed since."),
    "symbols": ("tracegloss.cli.symbols", "Find spans by name, on the lines that made them."),
    "doctor": ("tracegloss.cli.doctor", "Tell what was found, what is missing, and the fix."),
    "demo": ("tracegloss.cli.demo", "Run a sample agent and show its traces on its code."),
    "cache": ("tracegloss.cli.cache", "Look after the stored index."),
    "lsp": ("tracegloss.cli.lsp", "Serve an editor: traces on the lines that ran."),
}


class _Commands(click.Group):
    """Loads a subcommand's module only when it is asked for: start-up time is felt."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        return _load(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read `correlate compare` as `compare`, as the command `correlate` does."""
        return super().resolve_command(ctx, args[1:] if _is_comparison(args) else args)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands with the words above, so that help loads none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


def _is_comparison(arguments: Sequence[str]) -> bool:
    return list(arguments[:2]) == ["correlate", "compare"]


def _load(name: str) -> click.Command:
    command = getattr(import_module(COMMANDS[name][0]), name)
    assert isinstance(command, click.Command)
    return command


@click.group(
    cls=_Commands,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="tracegloss")
@click.pass_context
def tracegloss(context: click.Context) -> None:
    """Lay MLflow traces on the code that made them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run(name: str, arguments: Sequence[str] | None) -> object:
    """Run `tracegloss`, `correlate` or `correlate compare`; without arguments, the process's own.

    Returns the exit status, or anything else for 0. Raises what the command raises, `UsageError`
    for what cannot be understood; for help that cannot be written `OutputError`, and
    `ReaderGoneError` when nobody reads it.
    """
    command = tracegloss if name == "tracegloss" else _load(name.rpartition(" ")[2])
    given = None if arguments is None else list(arguments)
    output = sys.stdout
    try:
        return command.main(args=given, prog_name=name, standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        raise UsageError(_what(error), remedy=f"See {_path(error, name)} --help") from None
    except OSError as error:
        if _is_of_echo(error):
            raise output_fault(error) from None
        raise
    except SystemExit:
        # Where nobody reads, click puts another output in place and exits (`Command.main`).
        if sys.stdout is not output:
            raise ReaderGoneError from None
        raise


def _is_of_echo(error: OSError) -> bool:
    """Tell whether click failed to write, and not a command to read something."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is click.echo.__code__:
            return True
        step = step.tb_next
    return False


def _path(error: click.ClickException, name: str) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context is not None else name


def _what(error: click.ClickException) -> str:
    """Word a fault of usage as every other: what, without a full stop."""
    return " ".join(error.format_message().split()).replace(". (", " (").rstrip(".")
