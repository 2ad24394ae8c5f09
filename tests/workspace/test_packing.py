"""Large answers come through their pieces as they were; of huge traces a skeleton is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.huge import RECORDED, huge_trace
from tests.workspace.test_worker import AGENT
from tracegloss.model.resolution import Resolved
from tracegloss.workspace.worker.jobs import (
    Laid,
    LayFile,
    OpenRoot,
    ReadSpan,
    RootOpened,
    RootRequest,
)
from tracegloss.workspace.worker.packing import packed, unpacked
from tracegloss.workspace.worker.performing import Performer
from tracegloss.workspace.worker.skeleton import MOST_WHOLE_SPANS

ROOT = RootRequest(AGENT, cache=False)


def laid_by(performer: Performer, file: Path) -> Laid:
    told: list[object] = []
    performer.perform(LayFile(ROOT, file), told.append)
    [laid] = told
    assert isinstance(laid, Laid)
    return laid


@pytest.mark.parametrize("n_spans", [1, 100, 101, 350])
def test_a_laid_trace_comes_through(tmp_path: Path, n_spans: int) -> None:
    laid = laid_by(Performer(), huge_trace(tmp_path / "trace.json", n_spans))
    came = unpacked(packed(laid))
    assert isinstance(came, Laid)
    assert came.layer is not None
    assert came.layer.on_code is came.on_code
    assert (came.on_code, came.functions, came.is_ours) == (
        laid.on_code,
        laid.functions,
        laid.is_ours,
    )
    resolutions = came.on_code.correlation.resolutions.values()
    sites = [each.site for each in resolutions if isinstance(each, Resolved)]
    assert len({id(site) for site in sites}) == len(set(sites))


def test_an_opened_root_comes_through() -> None:
    told: list[object] = []
    Performer().perform(OpenRoot(ROOT), told.append)
    opened = told[-1]
    assert isinstance(opened, RootOpened)
    assert len(opened.index.sites) > 10
    came = unpacked(packed(opened))
    assert isinstance(came, RootOpened)
    assert (came.index, came.settings) == (opened.index, opened.settings)


def test_a_huge_trace_leaves_a_skeleton_whose_spans_are_read_when_asked_for(tmp_path: Path) -> None:
    performer = Performer()
    file = huge_trace(tmp_path / "huge.json", MOST_WHOLE_SPANS + 1)
    on_code = laid_by(performer, file).on_code
    assert on_code.is_skeleton
    assert {span.inputs for span in on_code.trace.spans} == {None}
    assert on_code.tree.spans[on_code.tree.order[-1]] is on_code.trace.spans[-1]
    whole = laid_by(performer, RECORDED).on_code
    assert not whole.is_skeleton
    root = whole.trace.spans[0]
    for fresh in (performer, Performer()):
        told: list[object] = []
        asked = ReadSpan(ROOT, on_code.trace.info.trace_id, root.span_id, file)
        fresh.perform(asked, told.append)
        assert told == [root]
