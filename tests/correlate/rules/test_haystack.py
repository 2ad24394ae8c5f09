"""Spans of Haystack, one case a construct."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.rules.framework_cases import check

PAPER = """
import mlflow
from haystack import Pipeline, component
from haystack.components.builders import PromptBuilder

@component
class Shout:
    def run(self, text): ...

def edition():
    pipeline = Pipeline()
    pipeline.add_component("shouter", Shout())
    pipeline.add_component("prompt", PromptBuilder("x"))
    return pipeline.run({})

def headlines():
    pipeline = Pipeline()
    pipeline.add_component("again", Shout())
    return pipeline.run({})
"""

CASES = {
    "runs, told by their components, and components by class or by name": (
        PAPER,
        """
        haystack.pipeline.run CHAIN (shouter, prompt) -> edition:13 strong
          Shout TOOL (text) haystack.component.name=shouter haystack.component.fully_qualified_type=__main__.Shout -> Shout.run strong
          PromptBuilder TOOL (x) haystack.component.name=prompt haystack.component.fully_qualified_type=haystack.components.PromptBuilder -> edition:12 strong
          Other TOOL (x) haystack.component.name=other haystack.component.fully_qualified_type=shop.Other -> other-repository
        """,  # noqa: E501
    ),
    "a run of components that no call adds": (
        PAPER,
        "haystack.pipeline.run CHAIN (other)                     -> library",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_spans_of_haystack(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    check(tmp_path, source, trace)
