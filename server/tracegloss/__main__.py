"""Runs the command line as `python -m tracegloss`."""

from __future__ import annotations

from tracegloss.cli import main

if __name__ == "__main__":
    main()
