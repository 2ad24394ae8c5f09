"""What editors open in the bench: modules that parse, traces whose copies stand apart."""

from __future__ import annotations

import ast
import json
from itertools import pairwise
from pathlib import Path

import pytest

from bench.probes.many_functions import source
from bench.scenes import repeated


@pytest.mark.parametrize("functions, lines", [(3, 5), (4, 10), (2, 25)])
def test_a_module_has_as_many_functions_of_as_many_lines(functions: int, lines: int) -> None:
    statements = ast.parse(source(functions, lines)).body
    steps = [s for s in statements if isinstance(s, ast.FunctionDef) and s.name != "every"]
    starts = [step.decorator_list[0].lineno for step in steps]
    assert len(steps) == functions
    assert {after - before for before, after in pairwise(starts)} == {lines}


def test_a_repeated_trace_keeps_its_shape(tmp_path: Path) -> None:
    spans = [
        ("AAAAAAAAAAA=", ""),
        ("CAAAAAAAAAB=", "AAAAAAAAAAA="),
        ("EAAAAAAAAAC=", "CAAAAAAAAAB="),
    ]
    trace = tmp_path / "trace.json"
    written = [{"span_id": s, "parent_span_id": p, "name": s[0]} for s, p in spans]
    trace.write_text(json.dumps({"data": {"spans": written}}))
    made = json.loads(repeated(trace, 3, tmp_path / "huge.json").read_bytes())["data"]["spans"]
    parents = {span["span_id"]: span["parent_span_id"] for span in made}
    assert len(made) == len(parents) == 1 + 2 * 3
    assert list(parents.values()).count("AAAAAAAAAAA=") == 3
    assert set(parents.values()) - {""} <= set(parents)
