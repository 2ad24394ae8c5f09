"""The command line: `tracegloss` with its subcommands, and `correlate` by itself."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

import click

from tracegloss import __version__
from tracegloss.errors import TraceglossError

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

# The cyclic collector comes by after this many new objects instead of 700: modules, traces and
# indexes are many objects and hardly a cycle, and it would walk them all again and again.
OBJECTS_BETWEEN_COLLECTIONS = 100_000

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class ReaderGoneError(Exception):
    """Whoever read the output has closed it: `| head` has seen enough."""


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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `tracegloss`; exits 0 after a report, 1 with `--fail-on`, 2 for usage or input faults."""
    _run(lambda: tracegloss, "tracegloss", arguments)


def correlate_main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `correlate`, which is `tracegloss correlate`, or `correlate compare`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _is_comparison(["correlate", *given]):
        _run(lambda: _load("compare"), "correlate compare", given[1:])
    _run(lambda: _load("correlate"), "correlate", given)


def _run(load: Callable[[], click.Command], name: str, arguments: Sequence[str] | None) -> NoReturn:
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    given = None if arguments is None else list(arguments)
    try:
        status = load().main(args=given, prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _say(_one_sentence(error, name))
        sys.exit(EXIT_USAGE)
    except TraceglossError as error:
        _say(str(error))
        sys.exit(EXIT_USAGE)
    except (KeyboardInterrupt, click.Abort):
        _leave(EXIT_INTERRUPTED)
    except (ReaderGoneError, BrokenPipeError):
        _leave(0)
    except Exception as error:
        if os.environ.get("TRACEGLOSS_DEBUG"):
            raise
        _say(
            f"Internal error ({type(error).__name__}). "
            "Set TRACEGLOSS_DEBUG=1 to see where; the traceback may hold recorded text"
        )
        sys.exit(EXIT_USAGE)
    sys.exit(status if isinstance(status, int) else 0)


def _one_sentence(error: click.ClickException, name: str) -> str:
    """Word a fault of usage as every other: what, and what to do."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else name
    said = " ".join(error.format_message().split()).replace(". (", " (").rstrip(".")
    return f"{said}. See {path} --help"


def _say(sentence: str) -> None:
    """Write one line to standard error, in the one form of every fault."""
    from tracegloss.wording.printable import one_line

    line = one_line(sentence).removesuffix(".")
    click.echo(f"tracegloss: {line[:1].upper()}{line[1:]}", err=True)


def _leave(status: int) -> NoReturn:
    """End at once, and keep the interpreter from writing what nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
