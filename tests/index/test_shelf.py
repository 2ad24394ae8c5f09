"""Steps and outcomes come back from the store as they went in."""

from __future__ import annotations

from pathlib import Path

from tracegloss.index.store.shelf import Shelf
from tracegloss.index.store.store import Store, TreeState
from tracegloss.model.outcome import Fields, Just, Outcome, Passed, Row, Taken, Untold, Worded
from tracegloss.model.site import FunctionId, Place
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Steps, Unordered
from tracegloss.text import range_of

FUNCTION = FunctionId("app.py", "run", 3)
PLACE = Place("app.py", range_of(4, 0, 4, 3))
CALL = Steps((CallStep(PLACE, (1,), (FUNCTION,), open=True, assumed=True),))
EVERYTHING = Steps(
    (
        SiteStep(2, CALL),
        Loop(CALL),
        Choice((CALL, Steps()), exclusive=True, whole=True),
        Unordered(CALL, joined=True),
    )
)
TOLD = Outcome(
    (
        Just(1.5),
        Worded(("no ", "")),
        Row((Just(None), Just(value=True))),
        Fields((("a", Untold()),), more=True),
    ),
    own=False,
    passes=frozenset({Passed("get", 0, "name"), Passed("", "topic", None)}),
    takes=(Taken("store", "store.py", "Store"),),
)


def test_what_is_known_of_a_function_is_kept_whole(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.keep_tree("tree", TreeState())
    shelf = Shelf(store, "tree")
    shelf.put(FUNCTION, EVERYTHING)
    shelf.put(FUNCTION, TOLD)
    shelf.save()
    again = Shelf(store, "tree")
    assert (again.steps(FUNCTION), again.outcome(FUNCTION)) == (EVERYTHING, TOLD)
