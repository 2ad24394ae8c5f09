"""What a site says its spans record: function name, input keys, type, attributes, body."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.conftest import REPOSITORY
from tests.index.repositories import files_of, index_text, write_files
from tests.marks import read_marks
from tracegloss.index.build import index_folder
from tracegloss.model.site import Site

FIXTURES = REPOSITORY / "fixtures" / "index"

Told: TypeAlias = tuple[str | None, tuple[str, ...] | None, tuple[str, ...]]

FUNCTIONS: dict[str, dict[str, Told]] = {
    "decorated/functions.py": {
        "bare": ("bare", ("question",), ()),
        "named": ("named", ("question",), ()),
        "generator": (None, (), ()),
        "outer.<locals>.inner": ("inner", (), ()),
        "below_another": ("below_another", ("a", "b", "rest", "c", "others"), ("rest", "others")),
        "above_another": ("above_another", ("key",), ()),
    },
    "decorated/methods.py": {
        "Agent.answer": ("answer", ("question",), ()),
        "Agent.build": ("build", ("settings",), ()),
        "Agent.helper": ("helper", ("text",), ()),
        "Agent.__call__": ("__call__", ("request",), ()),
        "Built": ("Built", ("size",), ()),
    },
    "decorated/dressed_up.py": {
        "hidden": ("w", ("a", "k"), ("a", "k")),
        "visible": ("visible", ("x",), ()),
        "below": ("below", ("x",), ()),
        "under_framework": ("under_framework", ("x",), ()),
    },
    "wrappers/decorators.py": {
        "Shop.sell": (None, None, ()),
        "one": ("one", ("x",), ()),
        "four": ("inner", ("args", "kwargs"), ("args", "kwargs")),
        "seven": ("seven", ("x",), ()),
        "nine": (None, None, ()),
        "eleven": ("eleven", ("x",), ()),
    },
    "wrapped/functions.py": {
        "ours": ("ours", ("question",), ()),
        "named_first": ("search", None, ()),
        "third_party": ("search", None, ()),
        "Patched.run": ("run", ("a",), ()),
        "Patched.walk": ("walk", ("b",), ()),
    },
    "implicit/registered.py": {
        "answer": (None, None, ()),
        "Agent.predict": ("predict", ("request",), ()),
        "Agent.predict_stream": (None, ("request",), ()),
        "app": ("app", ("question",), ()),
    },
}


def _sites(root: Path, case: str) -> tuple[Site, ...]:
    text = read_marks((FIXTURES / case).read_text(encoding="utf-8")).text
    return index_text(root, text).index.sites


@pytest.mark.parametrize("case", FUNCTIONS)
def test_function_names_and_parameters_are_what_mlflow_records(case: str, tmp_path: Path) -> None:
    found = {
        site.qualified_name: (site.function_name, site.parameters, site.variadic)
        for site in _sites(tmp_path, case)
    }
    expected = FUNCTIONS[case]
    assert {name: found.get(name) for name in expected} == expected


def test_literal_arguments_are_told(tmp_path: Path) -> None:
    text = """
import mlflow
from mlflow.entities import SpanType


@mlflow.trace(name="x", span_type=SpanType.TOOL, attributes={"unit": "a", "n": 3}, description="d")
def tool():
    with mlflow.start_span("y", "CHAIN", {"k": "v"}):
        pass
"""
    told = [
        (site.span_type, site.attributes, site.description)
        for site in index_text(tmp_path, text).index.sites
    ]
    assert told == [
        ("TOOL", (("unit", "a"), ("n", "3")), "d"),
        ("CHAIN", (("k", "v"),), None),
    ]


def test_a_wrapper_use_names_the_body_and_the_place_of_creation(tmp_path: Path) -> None:
    case = (FIXTURES / "wrappers/calls_and_contexts.py").read_text(encoding="utf-8")
    text = read_marks(case).text
    sources = files_of(text)
    sites = index_text(tmp_path, text).index.sites
    told = {
        site.names[0]: (
            site.function.qualified_name if site.function else None,
            sources[site.secondary.path].splitlines()[site.secondary.range.start.line].strip(),
        )
        for site in sites
        if site.secondary is not None
    }
    assert {getattr(name, "text", ""): each for name, each in told.items()} == {
        "node_fetch": ("fetch", 'return mlflow.trace(fn, name=f"node_{name}")'),
        "fetch": ("fetch", "with mlflow.start_span(span_name or fn.__name__):"),
        "renamed": ("fetch", "with mlflow.start_span(span_name or fn.__name__):"),
        "step one": ("run_step", "with mlflow.start_span(name=name):"),
        "span.block": ("direct", 'with mlflow.start_span(name=f"span.{name}") as opened:'),
        "opened": ("direct", "return mlflow.start_span(name=name)"),
        "scoped": ("direct", "self.manager = mlflow.start_span(self.name)"),
        "async block": ("later", "with mlflow.start_span(name=name) as opened:"),
        "special.work": ("Special.work", 'with mlflow.start_span(f"{self.name}.{name}"):'),
    }


def test_a_with_statement_is_the_block_of_its_span(tmp_path: Path) -> None:
    text = "import mlflow\ndef f():\n    with mlflow.start_span('a'):\n        g()\n    h()\n"
    (site,) = index_text(tmp_path, text).index.sites
    lines = (site.block.start.line, site.block.end.line) if site.block else None
    assert lines == (2, 3)


def test_sites_of_notebooks_count_lines_within_their_cell(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": "@mlflow.trace"},
        {"cell_type": "code", "source": ["%pip install mlflow\n", "import mlflow"]},
        {"cell_type": "code", "source": "\n@mlflow.trace\ndef answer():\n    pass"},
    ]
    notebook = {"nbformat": 4, "metadata": {}, "cells": cells}
    write_files(tmp_path, {"work.ipynb": json.dumps(notebook)})
    (site,) = index_folder(tmp_path, (), None).index.sites
    assert (site.at.cell, site.at.range.start.line, site.at.range.start.column) == (2, 2, 4)
