"""Takes laid traces over from the worker: shown together, in one batch, when all are there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
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
    tell: Callable[[int], None],
) -> Taken:
    """Put traces into a session if it `goes_on`, those of other code only if `every` is wanted.

    They are put there at once, so that figures and findings change in one step. When the source
    fails or the reader stops in between, what came until then is put all the same. `tell` is called
    with the number of those that came. Raises what the worker raises.
    """
    laid: list[Laid] = []
    missing: list[NotLaid] = []
    try:
        async with aclosing(coming) as parts:
            async for part in parts:
                if not goes_on():
                    break
                if isinstance(part, NotLaid):
                    missing.append(part)
                else:
                    laid.append(part)
                tell(len(laid) + len(missing))
    finally:
        taken = _take(session, laid, every=every) if goes_on() else ()
    return Taken(taken, tuple(missing))


def _take(session: RootSession, came: Sequence[Laid], *, every: bool) -> tuple[str, ...]:
    """Take traces over unless they are of other code; gives those that were taken."""
    taken: list[str] = []
    for laid in came:
        trace_id = laid.on_code.trace.info.trace_id
        session.note_origin(trace_id, is_ours=laid.is_ours)
        if laid.is_ours or every:
            session.put_trace(laid.on_code, laid.functions, laid.layer, laid.size)
            taken.append(trace_id)
    return tuple(taken)
