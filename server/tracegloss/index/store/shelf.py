"""What was worked out of functions before, in the form the store keeps it, and back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from tracegloss.index.store.store import Store
from tracegloss.model.outcome import Outcome
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered


class KeptCall(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    """A `CallStep`."""

    at: Place
    sites: tuple[int, ...]
    functions: tuple[FunctionId, ...]
    open: bool
    assumed: bool


class KeptSite(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """A `SiteStep`."""

    site: int
    body: tuple[KeptStep, ...]


class KeptLoop(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """A `Loop`."""

    body: tuple[KeptStep, ...]


class KeptChoice(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    """A `Choice`."""

    branches: tuple[tuple[KeptStep, ...], ...]
    exclusive: bool
    whole: bool


class KeptUnordered(msgspec.Struct, frozen=True, array_like=True, tag="u"):
    """An `Unordered`."""

    body: tuple[KeptStep, ...]
    joined: bool


KeptStep: TypeAlias = KeptCall | KeptSite | KeptLoop | KeptChoice | KeptUnordered


class KeptFunction(msgspec.Struct, frozen=True, array_like=True):
    """A function with its steps."""

    function: FunctionId
    steps: tuple[KeptStep, ...]


class KeptOutcome(msgspec.Struct, frozen=True, array_like=True):
    """A function with what its source says of the values its span records."""

    function: FunctionId
    outcome: Outcome


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    functions: tuple[KeptFunction, ...]
    outcomes: tuple[KeptOutcome, ...]


_DECODER = msgspec.msgpack.Decoder(_Kept)
_ENCODER = msgspec.msgpack.Encoder()


class Shelf:
    """What is known of one tree as it is, `beside` naming the files indexed beyond its own."""

    def __init__(self, store: Store, key: str, beside: Iterable[str] = ()) -> None:
        self._store = store
        self._key = key
        self._beside = "\n".join(sorted(beside))
        self._is_loaded = False
        self._steps: dict[FunctionId, Steps] = {}
        self._outcomes: dict[FunctionId, Outcome] = {}
        self._n_kept = 0

    def steps(self, function: FunctionId) -> Steps | None:
        """Give the steps of a function, `None` when they are not known."""
        self._load()
        return self._steps.get(function)

    def outcome(self, function: FunctionId) -> Outcome | None:
        """Give the outcome of a function, `None` when it is not known."""
        self._load()
        return self._outcomes.get(function)

    def put(self, function: FunctionId, found: Steps | Outcome) -> None:
        """Remember the steps or the outcome of a function."""
        self._load()
        if isinstance(found, Steps):
            self._steps[function] = found
        else:
            self._outcomes[function] = found

    def save(self) -> None:
        """Keep what was added, for later runs on the same files."""
        if self._n_known > self._n_kept:
            functions = (KeptFunction(f, _keep(steps)) for f, steps in self._steps.items())
            outcomes = (KeptOutcome(f, outcome) for f, outcome in self._outcomes.items())
            packed = _ENCODER.encode(_Kept(tuple(functions), tuple(outcomes)))
            self._store.keep_steps(self._key, self._beside, packed)
            self._n_kept = self._n_known

    @property
    def _n_known(self) -> int:
        return len(self._steps) + len(self._outcomes)

    def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True
        packed = self._store.steps(self._key, self._beside)
        if packed is not None:
            with contextlib.suppress(msgspec.MsgspecError):
                kept = _DECODER.decode(packed)
                self._steps = {each.function: _restore(each.steps) for each in kept.functions}
                self._outcomes = {each.function: each.outcome for each in kept.outcomes}
        self._n_kept = self._n_known


def _keep(steps: Steps) -> tuple[KeptStep, ...]:
    return tuple(_keep_step(step) for step in steps.steps)


def _keep_step(step: Step) -> KeptStep:
    match step:
        case CallStep(at, sites, functions, is_open, assumed):
            return KeptCall(at, sites, functions, is_open, assumed)
        case SiteStep(site, body):
            return KeptSite(site, _keep(body))
        case Loop(body):
            return KeptLoop(_keep(body))
        case Choice(branches, exclusive, whole):
            return KeptChoice(tuple(_keep(branch) for branch in branches), exclusive, whole)
        case Unordered(body, joined):
            return KeptUnordered(_keep(body), joined)


def _restore(kept: tuple[KeptStep, ...]) -> Steps:
    return Steps(tuple(_restore_step(step) for step in kept))


def _restore_step(kept: KeptStep) -> Step:
    match kept:
        case KeptCall():
            return CallStep(kept.at, kept.sites, kept.functions, kept.open, kept.assumed)
        case KeptSite():
            return SiteStep(kept.site, _restore(kept.body))
        case KeptLoop():
            return Loop(_restore(kept.body))
        case KeptChoice():
            branches = tuple(_restore(each) for each in kept.branches)
            return Choice(branches, kept.exclusive, kept.whole)
        case KeptUnordered():
            return Unordered(_restore(kept.body), kept.joined)
