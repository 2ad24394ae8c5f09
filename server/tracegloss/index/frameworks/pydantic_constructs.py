"""Rows of the table of constructs for PydanticAI: agents, what holds their tools, their runs."""

from __future__ import annotations

from tracegloss.index.frameworks.construct_rows import Construct
from tracegloss.model.site import SiteKind

PYDANTIC = ("pydantic_ai",)
"""The packages whose objects are told apart by where they were made."""

_NAME = (99, "name")
_RUNS = ("run", "run_sync", "run_stream", "run_stream_sync")


def _row(tail: str, kind: SiteKind, **how: object) -> Construct:
    return Construct("pydantic_ai", PYDANTIC, tail, kind, **how)  # type: ignore[arg-type]


PYDANTIC_CALLS: tuple[Construct, ...] = (
    _row("Agent", "agent", named=_NAME, held=(99, "tools")),
    _row("FunctionToolset", "tool", held=(0, "tools")),
    _row("Tool", "tool", named=_NAME, runs=(0, "function")),
    _row("add_function", "tool", named=_NAME, runs=(0, "func")),
    _row("tool", "tool", named=_NAME, runs=(0, "func")),
    _row("tool_plain", "tool", named=_NAME, runs=(0, "func")),
    *(_row(run, "sdk-call", spans=(f"Agent.{run}",), of_object=True) for run in _RUNS),
)
"""Constructs that are calls; a run is told by the agent it is a method of."""

PYDANTIC_DECORATORS: tuple[Construct, ...] = (
    _row("tool", "tool", named=_NAME),
    _row("tool_plain", "tool", named=_NAME),
)
"""Decorators that are methods of an agent or a toolset."""
