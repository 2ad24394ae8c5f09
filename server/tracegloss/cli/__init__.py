"""The command line: `tracegloss` with its subcommands, and `correlate` by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from tracegloss import __version__
from tracegloss.errors import TraceglossError

COMMANDS = {
    "correlate": "tracegloss.cli.correlate",
    "traces": "tracegloss.cli.traces",
    "index": "tracegloss.cli.index",
    "doctor": "tracegloss.cli.doctor",
    "demo": "tracegloss.cli.demo",
    "cache": "tracegloss.cli.cache",
}

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class _Commands(click.Group):
    """Loads a subcommand's module only when it is asked for: start-up time is felt."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's signature)
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tracegloss")
def tracegloss() -> None:
    """Lay MLflow traces on the code that made them."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `tracegloss`; exits 0 after a report, 1 with `--fail-on`, 2 for usage or input faults."""
    _run(tracegloss, arguments)


def correlate_main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `correlate`, which is `tracegloss correlate`."""
    from tracegloss.cli.correlate import correlate

    _run(correlate, arguments)


def _run(command: click.Command, arguments: Sequence[str] | None) -> NoReturn:
    given = None if arguments is None else list(arguments)
    try:
        status = command.main(args=given, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except TraceglossError as error:
        _say(str(error))
        sys.exit(EXIT_USAGE)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        _swallow_output()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("TRACEGLOSS_DEBUG"):
            raise
        _say(
            f"Internal error ({type(error).__name__}). "
            "Set TRACEGLOSS_DEBUG=1 to see where; the traceback may hold recorded text"
        )
        sys.exit(EXIT_USAGE)
    sys.exit(status if isinstance(status, int) else 0)


def _say(line: str) -> None:
    from tracegloss.wording.printable import one_line

    click.echo(f"tracegloss: {one_line(line)}", err=True)


def _swallow_output() -> None:
    """Keep the interpreter from complaining about a reader that went away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
