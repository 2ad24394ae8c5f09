"""Correlation over real source: indexed from disk, with traces in outline."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.correlate.outlines import outcome, trace_in
from tracegloss.correlate import correlate
from tracegloss.index.build import index_folder
from tracegloss.model.settings import Settings
from tracegloss.tree import span_tree

STEPS = """
--- core/steps.py
import mlflow


class Step:
    @mlflow.trace
    def run(self, value):
        return self.forward(value)

    def forward(self, value):
        return value


class Upper(Step):
    @mlflow.trace
    def run(self, value):
        return super().run(value).upper()


class Lower(Step):
    @mlflow.trace
    def run(self, value):
        return value.lower()
--- engine.py
import mlflow
from core.steps import Lower, Upper


@mlflow.trace
def start(value):
    return _through(Upper(), Lower(), value)


def _through(first, last, value):
    value = first.run(value)
    with mlflow.start_span("between") as span:
        span.set_inputs({"value": value})
    return Lower().run(value)
"""

WRAPPED = """
--- obs.py
import functools
import mlflow


def traced(name):
    def decorate(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            with mlflow.start_span(name):
                return fn(*args, **kwargs)
        return inner
    return decorate
--- app.py
from obs import traced


@traced("load")
def load_all(path):
    return [read(path)]


@traced("read")
def read(path):
    return path
"""

CONCURRENT = """
--- app.py
import asyncio
import mlflow


@mlflow.trace
async def fetch(url):
    return await parse(url)


@mlflow.trace
async def parse(text):
    return text


@mlflow.trace
async def gather_all(urls):
    return await asyncio.gather(*[fetch(url) for url in urls])


@mlflow.trace
def stream(text):
    for part in text:
        yield part
"""

CASES = {
    "methods of one name through an untraced helper": (
        STEPS,
        """
        start(value)        -> start exact
          run(value)        -> Upper.run strong
            run(value)      -> Step.run strong
          between           -> _through/between exact
          run(value)        -> Lower.run strong
        """,
    ),
    "the use of a wrapper is the site": (
        WRAPPED,
        """
        load                -> load_all strong
          read              -> read exact
        """,
    ),
    "gathered coroutines": (
        CONCURRENT,
        """
        gather_all(urls)           -> gather_all exact
          fetch(url) overlapping   -> fetch exact
            parse(text)            -> parse exact
          fetch(url)               -> fetch exact
            parse(text)            -> parse exact
        """,
    ),
    "a traced generator": (CONCURRENT, "stream(text) generator -> stream exact"),
}


@pytest.mark.parametrize("case", CASES)
def test_sources(case: str, tmp_path: Path) -> None:
    source, trace = CASES[case]
    for part in source.split("--- ")[1:]:
        name, _, text = part.partition("\n")
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    outlined = trace_in(trace)
    index = index_folder(tmp_path, (), None).index
    found = correlate(outlined.trace, span_tree(outlined.trace), index, {}, Settings()).resolutions
    rows = zip(outlined.lines, (outcome(found[s]) for s in sorted(found)), strict=True)
    expected = zip(outlined.lines, outlined.expected, strict=True)
    assert [f"{line} -> {out}" for line, out in rows] == [f"{a} -> {b}" for a, b in expected]
