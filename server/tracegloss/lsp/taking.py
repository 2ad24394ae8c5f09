"""Takes laid traces over from the worker: shown together, in one batch, when all are there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

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
    session_at: Callable[[Path], RootSession | None],
    goes_on: Callable[[], bool],
    tell: Callable[[int], None],
) -> Taken:
    """Put traces into a session if it `goes_on`, those of other code only if `every` is wanted.

    They are put there at once, so that figures and findings change in one step. When the source
    fails or the reader stops in between, what came until then is put all the same. Parts of a trace
    that lie in other folders go to their sessions. `tell` is called with the number of traces that
    came. Raises what the worker raises.
    """
    laid: list[Laid] = []
    n_came = 0
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
                n_came += not (isinstance(part, Laid) and part.elsewhere is not None)
                tell(n_came)
    finally:
        taken = _take(session, laid, every=every) if goes_on() else ()
        if goes_on():
            _lend(session, laid, session_at)
    return Taken(taken, tuple(missing))


def _take(session: RootSession, came: Sequence[Laid], *, every: bool) -> tuple[str, ...]:
    """Take traces over unless they are of other code; gives those that were taken."""
    taken: list[str] = []
    for laid in (each for each in came if each.elsewhere is None):
        trace_id = laid.on_code.trace.info.trace_id
        session.note_origin(trace_id, is_ours=laid.is_ours)
        if laid.is_ours or every:
            session.put_trace(laid.on_code, laid.functions, laid.layer, laid.size)
            taken.append(trace_id)
    return tuple(taken)


def _lend(
    home: RootSession,
    came: Sequence[Laid],
    session_at: Callable[[Path], RootSession | None],
) -> None:
    """Put the parts of traces that lie in other folders there."""
    for laid in came:
        trace_id = laid.on_code.trace.info.trace_id
        session = None if laid.elsewhere is None else session_at(laid.elsewhere)
        # What that folder loaded by itself stays its own.
        if session is not None and (trace_id not in session.traces or trace_id in session.lent):
            session.put_trace(laid.on_code, laid.functions, laid.layer, laid.size)
            session.lent[trace_id] = home.path
