"""The byte search that decides what is parsed."""

from __future__ import annotations

import pytest

from tracegloss.syntax.markers import FRAMEWORKS, TRACING, mentions

CASES = {
    "import": (b"import mlflow", True),
    "alias": (b"from mlflow import trace as t", True),
    "notebook": (b'{"source": ["import mlflow\\n"]}', True),
    "latin-1": (b"# coding: latin-1\n# \xe9\nimport mlflow", True),
    "nothing": (b"import os", False),
    "empty": (b"", False),
}


@pytest.mark.parametrize("raw, expected", CASES.values(), ids=CASES)
def test_mentions(raw: bytes, expected: bool) -> None:
    assert mentions(raw, TRACING) is expected


def test_markers_never_contain_one_another() -> None:
    markers = (*TRACING, *FRAMEWORKS)
    assert [(a, b) for a in markers for b in markers if a != b and a in b] == []
