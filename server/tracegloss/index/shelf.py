"""Steps that were worked out before, in the form the store keeps them, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from tracegloss.index.store import Store
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


_DECODER = msgspec.msgpack.Decoder(list[KeptFunction])
_ENCODER = msgspec.msgpack.Encoder()


class Shelf:
    """The steps known of one tree as it is, `beside` naming the files indexed beyond its own."""

    def __init__(self, store: Store, key: str, beside: Iterable[str] = ()) -> None:
        self._store = store
        self._key = key
        self._beside = "\n".join(sorted(beside))
        self._known: dict[FunctionId, Steps] | None = None
        self._n_kept = 0

    def steps(self, function: FunctionId) -> Steps | None:
        """Give the steps of a function, `None` when they are not known."""
        return self._loaded().get(function)

    def put(self, function: FunctionId, steps: Steps) -> None:
        """Remember the steps of a function."""
        self._loaded()[function] = steps

    def save(self) -> None:
        """Keep what was added, for later runs on the same files."""
        known = self._known or {}
        if len(known) > self._n_kept:
            functions = [KeptFunction(f, _keep(steps)) for f, steps in known.items()]
            self._store.keep_steps(self._key, self._beside, _ENCODER.encode(functions))
            self._n_kept = len(known)

    def _loaded(self) -> dict[FunctionId, Steps]:
        if self._known is None:
            self._known = dict(self._load())
            self._n_kept = len(self._known)
        return self._known

    def _load(self) -> Mapping[FunctionId, Steps]:
        packed = self._store.steps(self._key, self._beside)
        if packed is None:
            return {}
        try:
            return {each.function: _restore(each.steps) for each in _DECODER.decode(packed)}
        except msgspec.MsgspecError:
            return {}


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
