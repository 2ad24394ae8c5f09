"""Runs the command line as a user does: a process of its own, bytes in, bytes out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from tests.conftest import REPOSITORY

TRACES = REPOSITORY / "fixtures" / "traces"
AGENT = REPOSITORY / "fixtures" / "apps" / "support_agent"
PATIENCE = 240
TRACEGLOSS = (sys.executable, "-m", "tracegloss")

_STYLE = re.compile(rb"\x1b\[[0-9;]*m")
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Ran(Struct, frozen=True):
    """What a command did."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def said(self) -> str:
        return self.err.decode("utf-8")


class Shell(Struct, frozen=True):
    """A folder to run commands in, with a home and a cache of its own."""

    folder: Path
    home: Path

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        own = {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}
        return {**kept, **own, "LANG": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, **more}

    def correlate(self, *arguments: str, given: bytes = b"", **more: str) -> Ran:
        return self.tracegloss("correlate", *arguments, given=given, **more)

    def tracegloss(self, *arguments: str, given: bytes = b"", **more: str) -> Ran:
        return self.run([*TRACEGLOSS, *arguments], given, more)

    def redirected(self, streams: str, *arguments: str, **more: str) -> Ran:
        """Run with standard streams led elsewhere or closed, in a shell's words: `>&- 2>&-`."""
        through = ["sh", "-c", f'exec "$@" {streams}', "sh"]
        return self.run([*through, *TRACEGLOSS, *arguments], b"", more)

    def run(self, command: Sequence[str], given: bytes, more: Mapping[str, str]) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(more),
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def check_fault(ran: Ran, what: str) -> None:
    """One line that says what, where and what to do; `what` is its start, without our name."""
    assert (ran.status, ran.out) == (2, b"")
    assert ran.said.startswith(f"tracegloss: {what}"), ran.said
    assert ran.said.count("\n") == 1
    assert ran.said.endswith("\n")
    assert re.fullmatch(r"tracegloss: (?:[A-Z0-9]|--)[^\n]* \(.*\)\. [A-Z].*[^.\s]", ran.said[:-1])
    assert unsafe_characters(ran.err[:-1]) == set()


def check_report(ran: Ran, *parts: str) -> None:
    """A report with every part in it, nothing on standard error, and nothing unsafe to print."""
    assert (ran.status, ran.said) == (0, "")
    for part in parts:
        assert part in ran.text, ran.text
    assert unsafe_characters(_STYLE.sub(b"", ran.out)) == set()


def unsafe_characters(written: bytes) -> set[str]:
    """Name the characters that could act on a terminal."""
    return {f"{ord(c):#x}" for c in _UNSAFE.findall(written.decode("utf-8"))}
