"""Takes laid traces over from the worker, one by one as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from msgspec import Struct

from tracegloss.workspace.session import RootSession
from tracegloss.workspace.worker.jobs import Laid, NotLaid


class Taken(Struct, frozen=True):
    """The ids of the traces that were taken over, and those that could not be had."""

    trace_ids: tuple[str, ...]
    missing: tuple[NotLaid, ...]


async def take_traces(
    coming: AsyncGenerator[Laid | NotLaid, None],
    session: RootSession,
    *,
    every: bool,
    goes_on: Callable[[], bool],
    show: Callable[[], None],
    tell: Callable[[int], None],
) -> Taken:
    """Put traces into a session while it `goes_on`, those of other code only if `every` is wanted.

    `show` is called after each, `tell` with the number of those done with. Raises what the worker
    raises.
    """
    taken: list[str] = []
    missing: list[NotLaid] = []
    n_done = 0
    async with aclosing(coming) as parts:
        async for part in parts:
            if not goes_on():
                break
            if isinstance(part, NotLaid):
                missing.append(part)
            elif _take(session, part, every=every):
                taken.append(part.on_code.trace.info.trace_id)
                show()
            n_done += 1
            tell(n_done)
    return Taken(tuple(taken), tuple(missing))


def _take(session: RootSession, laid: Laid, *, every: bool) -> bool:
    """Take a trace over unless it is of other code; tells whether it was taken."""
    session.note_origin(laid.on_code.trace.info.trace_id, is_ours=laid.is_ours)
    if laid.is_ours or every:
        session.put_trace(laid.on_code, laid.functions, laid.layer, laid.size)
    return laid.is_ours or every
