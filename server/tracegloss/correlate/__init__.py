"""A trace and an index joined: for every span the line that made it, how sure, and why."""

from __future__ import annotations

from tracegloss.correlate.correlation import correlate, frame_files

__all__ = ["correlate", "frame_files"]
