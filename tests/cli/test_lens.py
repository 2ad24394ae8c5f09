"""`tracegloss lens FILE`: what ran in a file, on the lines of its sites."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.running import Shell, check_fault, check_report
from tests.conftest import REPOSITORY
from tests.tracking_server import NEWEST_STORE, STORES

ERROR = ("--trace", "error-in-tool.json")
JUDGED = ("--trace", "judged-wrong.json")

SHOWN = {
    ("retrieval/kb.py", *JUDGED): (
        "retrieval/kb.py:16:5: search_knowledge_base  1 call · 8.5 ms · 2 findings\n"
    ),
    ("safety/guardrails.py", *JUDGED, *ERROR): (
        "safety/guardrails.py:23:5: check_input  2 calls\n"
        "safety/guardrails.py:29:5: check_output  1 call · 0.9 ms\n"
        "safety/guardrails.py:30:17: start_span  1 call · 0.3 ms\n"
    ),
    ("tools/refunds.py", *ERROR): (
        "tools/refunds.py:14:5: check_refund_eligibility  1 call · 1 error\n"
        "tools/refunds.py:15:17: start_span  1 call · 1 error\n"
    ),
    ("retrieval/kb.py", *ERROR): "nothing ran in retrieval/kb.py (1 trace)\n",
    ("main.py", *JUDGED, *ERROR): "nothing ran in main.py (2 traces)\n",
}


@pytest.mark.parametrize("written", SHOWN)
def test_what_ran_in_a_file(agent: Shell, written: tuple[str, ...]) -> None:
    ran = agent.tracegloss("lens", *written)
    check_report(ran)
    assert ran.text == SHOWN[written]


def test_a_file_from_the_root_or_from_here(agent: Shell) -> None:
    below = Shell(agent.folder / "tools", agent.home)
    asked = ("--root", "..", "--trace", "../error-in-tool.json")
    from_here = below.tracegloss("lens", "refunds.py", *asked)
    check_report(from_here, "refunds.py:14:5: check_refund_eligibility  1 call · 1 error\n")
    assert below.tracegloss("lens", "tools/refunds.py", *asked).text == from_here.text


def test_json_names_the_newest_call(agent: Shell) -> None:
    ran = agent.tracegloss("lens", "retrieval/kb.py", *JUDGED, "--format", "json")
    check_report(ran)
    trace_id = "tr-940274f84258faba28a115c4ac1e61f1"
    assert json.loads(ran.out) == {
        "schema": "tracegloss.lens/1",
        "traces": [trace_id],
        "traces_of_other_code": 0,
        "lenses": [
            {
                "place": {
                    "repository": "r0",
                    "path": "retrieval/kb.py",
                    "line": 16,
                    "column": 5,
                    "end_line": 16,
                    "end_column": 26,
                    "cell": None,
                },
                "token": "search_knowledge_base",
                "text": "1 call · 8.5 ms · 2 findings",
                "target": {"trace_id": trace_id, "span_id": "886be1382a85eeb8"},
            }
        ],
    }


COOKING = "notebooks/cooking.ipynb"
CELL_5 = (
    f"{COOKING}#5:8:5: check  1 call · 1.0 ms\n{COOKING}#5:13:17: start_span  1 call · 1.8 ms\n"
)
CELLS = {
    COOKING: (f"{COOKING}#4:2:5: extract_ingredients  1 call", CELL_5, f"{COOKING}#8:5:9: answer"),
    f"{COOKING}#5": (CELL_5,),
    f"{COOKING}#3": (f"nothing ran in {COOKING}#3 (1 trace)\n",),
}


@pytest.mark.parametrize("file", CELLS)
def test_the_cells_of_a_notebook(tmp_path: Path, file: str) -> None:
    study = REPOSITORY / "fixtures" / "eval" / "notebook"
    asked = ("--root", ".", "--no-cache", "--trace", str(study / "traces" / "01-cook.json"))
    check_report(Shell(study / "app", tmp_path).tracegloss("lens", file, *asked), *CELLS[file])


def test_the_traces_that_load_by_themselves(tmp_path: Path) -> None:
    shutil.copy(STORES / "recorded_program.py", tmp_path)
    uri = f"sqlite:///{STORES / NEWEST_STORE / 'store.db'}"
    shell = Shell(tmp_path, tmp_path / "home")
    ran = shell.tracegloss("lens", "recorded_program.py", "--tracking-uri", uri)
    check_report(ran, "recorded_program.py:33:5: complete  3 calls · 1 finding · 54 tokens\n")


def test_files_that_are_none(agent: Shell) -> None:
    (agent.home / "outside.py").touch()
    check_fault(agent.tracegloss("lens", "absent.py", *ERROR), "No such file (absent.py). ")
    check_fault(agent.tracegloss("lens", "tools", *ERROR), "No such file (tools). ")
    outside = agent.tracegloss("lens", "../home/outside.py", *ERROR)
    check_fault(outside, "The file lies outside the root (../home/outside.py). Choose its root")
