"""Traces without a commit, on functions whose name another had when they ran."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.history.repositories import git, put, started
from tests.workspace.test_as_ran import lay, trace_at
from tracegloss.model.resolution import EvidenceKind, Resolved
from tracegloss.recorded import Recorded
from tracegloss.workspace.at import At, Now

HEAD_WAS = "2024-05-01T12:00:00Z"
RAN_NS = 1_714_650_000_000_000_000  # 2024-05-02, a day later
HEAD_IS = "2024-05-03T12:00:00Z"

CALLER = """\
import importlib
import mlflow


@mlflow.trace
def answer(question):
    return importlib.import_module(question).search(question)
"""
SEARCH = "import mlflow\n\n\n@mlflow.trace\ndef search(query):\n    return query\n"
CASES: dict[str, tuple[dict[str, str], dict[str, str | None], str]] = {
    "renamed twin": (
        {"one.py": SEARCH, "two.py": SEARCH},
        {"two.py": SEARCH.replace("search", "look_up")},
        "strong",
    ),
    "twin in the same file": (
        {"one.py": SEARCH + "\n\nclass K:\n    @mlflow.trace\n    def search(self, query): ...\n"},
        {"one.py": SEARCH},
        "strong",
    ),
    "untraced twin": (
        {"one.py": SEARCH, "two.py": SEARCH},
        {"two.py": SEARCH.replace("@mlflow.trace\n", "")},
        "strong",
    ),
    "deleted twin": ({"one.py": SEARCH, "two.py": SEARCH}, {"two.py": None}, "strong"),
    "moved to another file": ({"two.py": SEARCH}, {"one.py": SEARCH, "two.py": None}, "exact"),
    "other parameters": (
        {"one.py": SEARCH, "two.py": SEARCH.replace("query", "key")},
        {"two.py": None},
        "exact",
    ),
    "a helper of that name": (
        {"one.py": SEARCH, "two.py": SEARCH.replace("@mlflow.trace\n", "")},
        {"two.py": None},
        "exact",
    ),
    "nothing changed": ({"one.py": SEARCH}, {}, "exact"),
    "edited": ({"one.py": SEARCH}, {"one.py": SEARCH + "\n\nX = 1\n"}, "exact"),
}


def at_both_times(folder: Path, then: dict[str, str], edits: dict[str, str | None]) -> None:
    started(folder)
    for files, when in (({**then, "app.py": CALLER}, HEAD_WAS), (edits, HEAD_IS)):
        put(folder, files)
        git(folder, "add", "-A", when=when)
        git(folder, "commit", "-q", "--allow-empty", "-m", "change", when=when)


def confidence(folder: Path, ran_ns: int, at: At | None = None) -> tuple[str, bool]:
    trace = trace_at("")
    info = replace(trace.info, metadata=Recorded({}), request_ns=ran_ns)
    found = lay(folder, replace(trace, info=info), at).correlation.resolutions
    search = next(each for key, each in found.items() if trace.spans[1].span_id == key)
    assert isinstance(search, Resolved)
    kinds = {evidence.kind for evidence in search.evidence if not evidence.supports}
    return search.confidence.name.lower(), EvidenceKind.NAMESAKE in kinds


@pytest.mark.parametrize("case", CASES)
def test_a_name_that_another_function_had(tmp_path: Path, case: str) -> None:
    then, edits, expected = CASES[case]
    at_both_times(tmp_path / "shop", then, edits)
    assert confidence(tmp_path / "shop", RAN_NS) == (expected, expected == "strong")


def test_a_trace_younger_than_the_rename_and_one_asked_for_now(tmp_path: Path) -> None:
    then, edits, _ = CASES["renamed twin"]
    at_both_times(tmp_path / "shop", then, edits)
    assert confidence(tmp_path / "shop", RAN_NS + 3 * 86_400_000_000_000) == ("exact", False)
    assert confidence(tmp_path / "shop", RAN_NS, Now()) == ("exact", False)
