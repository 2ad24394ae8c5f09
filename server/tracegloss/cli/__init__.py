"""The command line: `tracegloss` with its subcommands, and `correlate` by itself."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from tracegloss.cli.streams import drop_pending, open_closed
from tracegloss.errors import TraceglossError

# The cyclic collector comes by after this many new objects instead of 700: modules, traces and
# indexes are many objects and hardly a cycle, and it would walk them all again and again.
OBJECTS_BETWEEN_COLLECTIONS = 100_000

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class ReaderGoneError(Exception):
    """Whoever read the output has closed it: `| head` has seen enough."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `tracegloss`; exits 0 after a report, 1 with `--fail-on`, 2 after a fault."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["correlate"] and _is_bare(given[1:]):
        _end_with(lambda: _report(given[1]), at_once=arguments is None)
    _end_with(lambda: _through_click("tracegloss", arguments))


def correlate_main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `correlate`, which is `tracegloss correlate`, or `correlate compare`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _is_bare(given):
        _end_with(lambda: _report(given[0]), at_once=arguments is None)
    if given[:1] == ["compare"]:
        _end_with(lambda: _through_click("correlate compare", given[1:]))
    _end_with(lambda: _through_click("correlate", given))


def _is_bare(given: Sequence[str]) -> bool:
    """Tell whether a trace is named and nothing else is asked for."""
    return len(given) == 1 and given[0] != "compare" and given[0][:1] not in {"", "-"}


def _report(trace: str) -> int:
    """Print the report of a trace; importing click takes a tenth of the time of a small one."""
    from tracegloss.cli.asked import Asked, answer

    return answer(Asked(trace))


def _through_click(name: str, arguments: Sequence[str] | None) -> object:
    from tracegloss.cli.commands import run

    return run(name, arguments)


def _end_with(work: Callable[[], object], *, at_once: bool = False) -> NoReturn:
    """Exit with what work comes to, or the status of its fault.

    A process that is ours alone ends `at_once` after a report: taking a large trace apart object
    by object costs time and is of no use. MLflow, where it was loaded, tidies up after itself.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if None in (sys.stdin, sys.stdout, sys.stderr):
        open_closed()
    try:
        status = work()
        sys.stdout.flush()
    except TraceglossError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _leave(EXIT_INTERRUPTED)
    except (ReaderGoneError, BrokenPipeError):
        _leave(0)
    except Exception as error:
        if os.environ.get("TRACEGLOSS_DEBUG"):
            raise
        _fail(
            f"Internal error ({type(error).__name__}). "
            "Set TRACEGLOSS_DEBUG=1 to see where; the traceback may hold recorded text"
        )
    code = status if isinstance(status, int) else 0
    drop_pending()
    if at_once and "mlflow" not in sys.modules:
        os._exit(code)
    sys.exit(code)


def _fail(sentence: str) -> NoReturn:
    """End with one line on standard error, in the one form of every fault."""
    from contextlib import suppress

    from tracegloss.wording.printable import one_line

    line = one_line(sentence).removesuffix(".")
    with suppress(OSError):
        print(f"tracegloss: {line[:1].upper()}{line[1:]}", file=sys.stderr)
    drop_pending()
    sys.exit(EXIT_USAGE)


def _leave(status: int) -> NoReturn:
    """End at once, and keep the interpreter from writing what nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
