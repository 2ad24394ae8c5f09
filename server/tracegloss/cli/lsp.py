"""`tracegloss lsp`: the language server, for any editor that speaks the protocol."""

from __future__ import annotations

import gc

import click

from tracegloss.errors import UsageError


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Serve on standard input and output (the default).")
@click.option(
    "--tcp", metavar="HOST:PORT", help="Serve one client on a port (default host: loopback)."
)
def lsp(stdio: bool, tcp: str | None) -> None:
    """Serve an editor: diagnostics, hovers, hints, actions, traces on the lines that ran."""
    if stdio and tcp is not None:
        raise UsageError("--stdio and --tcp contradict each other", remedy="Give one")
    # Thousands of classes are made and stay: looking for garbage among them, now and later,
    # costs time while an editor waits.
    gc.disable()
    from tracegloss.lsp.create import run_stdio, run_tcp

    gc.freeze()
    gc.enable()
    if tcp is None:
        run_stdio()
    else:
        run_tcp(*_address(tcp))


def _address(written: str) -> tuple[str, int]:
    host, _, port = written.rpartition(":")
    if not port.isdigit() or int(port) >= 65_536:
        raise UsageError("--tcp takes HOST:PORT", where=written[:80])
    return host.strip("[]") or "127.0.0.1", int(port)
