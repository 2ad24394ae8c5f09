"""Asks each question once, also where answering it leads in a circle back to the question.

A question that is met while it is being answered is cut short: what cannot be told stands in for
its answer. An answer so depends on the questions that were open around it: on those it was cut at,
and on the absence of those that it went through itself. While both are as they were it is the very
answer that asking anew would give, and is kept; so no answer depends on what was asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

_T = TypeVar("_T")
_MAX_DEPTH = 50
_MAX_WORK = 2_000
_PATIENCE = 1_000
"""The work after which answers cut at other questions are good enough: circles within circles
within circles have more ways through them than anybody can wait for."""


class Answer(NamedTuple, Generic[_T]):
    """What was found for a question; an `assumed` answer may miss some that runs all the same.

    `circle` are the questions it went through in circles: it does not hold within one of these.
    """

    found: _T
    assumed: bool
    circle: frozenset[Hashable] = frozenset()


class _CutAnswer(NamedTuple):
    """An answer that holds while the questions of `cut_at` are open and those of `met` are not.

    One that was cut because it was too deep holds from that `depth` on. One that `is_lost` is for
    now only, and so is every answer made of it.
    """

    found: object
    assumed: bool
    cut_at: int
    met: int
    depth: int
    is_lost: bool


class Circles:
    """The questions that are open; sets of questions are bits of whole numbers.

    Work on one outermost question is bounded: past the bound nothing is told, so that no source
    can hold it up.
    """

    def __init__(self) -> None:
        self.n_assumed = 0
        self._depth = 0
        self._n_lost = 0
        self._n_too_deep = 0
        self._begin()

    def _begin(self) -> None:
        self._work = 0
        self._open = self._cut_at = self._met = 0
        self._bits: dict[Hashable, int] = {}
        self._questions: list[Hashable] = []
        self._cut_answers: dict[Hashable, list[_CutAnswer]] = {}
        self._held: list[object] = []

    def assume(self) -> None:
        """Count an answer that code not seen may add to: what it leaves out may run as well."""
        self.n_assumed += 1

    def lose(self) -> None:
        """Note that the answers to all open questions are for now, and not to be kept."""
        self._n_lost += 1

    def once(
        self,
        kept: dict[Hashable, Answer[_T]],
        question: Hashable,
        ask: Callable[[], _T],
        otherwise: _T,
    ) -> _T:
        """Answer a question, or give the answer that is `kept` or still holds."""
        if not self._depth:
            self._begin()
        known = kept.get(question)
        if known is not None and self._holds(known):
            if known.assumed:
                self.n_assumed += 1
            return known.found
        cut = self._still_holding(question)
        if cut is not None:
            self._cut_at |= cut.cut_at & self._open
            self._met |= cut.met
            self._n_lost += cut.is_lost
            self._n_too_deep += bool(cut.depth)
            if cut.assumed:
                self.n_assumed += 1
            return cut.found  # type: ignore[return-value]  # of the same question
        return self._ask_and_keep(kept, question, ask, otherwise)

    def guarded(
        self, question: Hashable, ask: Callable[[], _T], otherwise: _T, held: object = None
    ) -> _T:
        """Answer a question, `None` for one that only counts; a circle back to it is cut.

        `held` is what has to live for as long as the question means the same.
        """
        if not self._depth:
            self._begin()
        self._work += 1
        if self._depth > _MAX_DEPTH or self._work > _MAX_WORK:
            self._n_lost += 1
            self._n_too_deep += 1
            return otherwise
        bit = 0 if question is None else self._bit(question)
        if bit & self._open:
            self._cut_at |= bit
            return otherwise
        if held is not None:
            self._held.append(held)
        around = self._cut_at, self._met
        self._open |= bit
        self._cut_at = self._met = 0
        self._depth += 1
        try:
            return ask()
        except RecursionError:
            self._n_lost += 1
            self._n_too_deep += 1
            return otherwise
        finally:
            self._depth -= 1
            self._open &= ~bit
            self._met |= around[1] | (bit if self._cut_at else 0)
            self._cut_at = around[0] | self._cut_at & ~bit

    def _ask_and_keep(
        self,
        kept: dict[Hashable, Answer[_T]],
        question: Hashable,
        ask: Callable[[], _T],
        otherwise: _T,
    ) -> _T:
        around = self._cut_at, self._met
        n_lost, n_too_deep, n_assumed = self._n_lost, self._n_too_deep, self.n_assumed
        self._cut_at = self._met = 0
        try:
            found = self.guarded(question, ask, otherwise)
            assumed = self.n_assumed > n_assumed
            if not self._cut_at and n_lost == self._n_lost:
                kept[question] = Answer(found, assumed, self._questions_of(self._met))
            elif not self._bits.get(question, 0) & self._open:
                depth = self._depth if self._n_too_deep > n_too_deep else 0
                is_lost = n_lost < self._n_lost
                cut = _CutAnswer(found, assumed, self._cut_at, self._met, depth, is_lost)
                self._cut_answers.setdefault(question, []).append(cut)
            return found
        finally:
            self._cut_at |= around[0]
            self._met |= around[1]

    def _holds(self, known: Answer[Any]) -> bool:
        if not known.circle:
            return True
        met = 0
        for question in known.circle:
            met |= self._bit(question)
        if met & self._open:
            return False
        self._met |= met
        return True

    def _still_holding(self, question: Hashable) -> _CutAnswer | None:
        answers = self._cut_answers.get(question)
        if answers is None or self._bits.get(question, 0) & self._open:
            return None
        for each in answers:
            is_same = not (each.cut_at & ~self._open or each.met & self._open)
            if is_same and self._depth >= each.depth:
                return each
        if self._work > _PATIENCE:
            self._n_lost += 1
            return answers[-1]
        return None

    def _bit(self, question: Hashable) -> int:
        bit = self._bits.get(question)
        if bit is None:
            bit = self._bits[question] = 1 << len(self._questions)
            self._questions.append(question)
        return bit

    def _questions_of(self, bits: int) -> frozenset[Hashable]:
        if not bits:
            return frozenset()
        return frozenset(each for each in self._questions if self._bits[each] & bits)
