"""Many files are read by one process or by two, and none is lost when the second one dies."""

from __future__ import annotations

import os

import pytest

from tracegloss.index.files.bulk import Packed, Source, packed

_TEXTS = [b"def f_%d(x):\n    return g(%d)\n" % (n, n) * (n % 7 + 1) for n in range(600)]
_SOURCES = [Source(f"file_{n}.py", text) for n, text in enumerate(_TEXTS)]
_dying: list[bool] = []


def _die_if_told() -> None:
    if _dying:
        os._exit(1)


os.register_at_fork(after_in_child=_die_if_told)


def _by_path(found: list[Packed]) -> dict[str, Packed]:
    assert len({each.path for each in found}) == len(found)
    return {each.path: each for each in found}


@pytest.mark.parametrize("n_files", [0, 1, 2, 600])
def test_two_processes_read_what_one_reads(n_files: int) -> None:
    sources = _SOURCES[:n_files]
    told: list[str] = []
    found = packed(sources, processes=2, done=told.append)
    assert _by_path(found) == _by_path(packed(sources, processes=1))
    assert sorted(told) == sorted(source.path for source in sources)


def test_a_dead_process_costs_nothing_but_time() -> None:
    told: list[str] = []
    _dying.append(True)
    try:
        found = packed(_SOURCES, processes=2, done=told.append)
    finally:
        _dying.clear()
    assert _by_path(found) == _by_path(packed(_SOURCES, processes=1))
    assert sorted(told) == sorted(source.path for source in _SOURCES)
