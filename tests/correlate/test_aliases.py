"""Paths of other machines mapped to the workspace: by settings, then by quoted lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.correlate.aliases import (
    Quote,
    is_library,
    is_mlflow_tracing,
    is_notebook_cell,
    learn_paths,
    possible_files,
)
from tracegloss.model.settings import Settings
from tracegloss.text import LineIndex

FILES = frozenset(
    {
        "main.py",
        "core/engine.py",
        "services/billing/main.py",
        "services/billing/core/engine.py",
        "services/shipping/main.py",
    }
)

CASES: dict[str, tuple[list[tuple[str, bool]], dict[str, str], dict[str, str]]] = {
    "the root of a container": (
        [("/srv/app/core/engine.py", True), ("/srv/app/main.py", True)],
        {},
        {"/srv/app/core/engine.py": "core/engine.py", "/srv/app/main.py": "main.py"},
    ),
    "a service's folder as root: other files of the same names lose": (
        [("/srv/app/main.py", False), ("/srv/services/billing/core/engine.py", True)],
        {},
        {"/srv/services/billing/core/engine.py": "services/billing/core/engine.py"},
    ),
    "one of several files of a name, told by its lines": (
        [("/app/main.py", True)],
        {},
        {"/app/main.py": "main.py"},
    ),
    "no line agrees and only the file's name is common": (
        [("/app/engine.py", False)],
        {},
        {},
    ),
    "settings, also with a star and backslashes": (
        [("C:\\build\\77\\main.py", False), ("/home/ci/core/engine.py", False)],
        {"C:/build/*": "services/billing", "/home/ci": "."},
        {
            "C:/build/77/main.py": "services/billing/main.py",
            "/home/ci/core/engine.py": "core/engine.py",
        },
    ),
    "relative paths": ([("core/engine.py", True)], {}, {"core/engine.py": "core/engine.py"}),
}


@pytest.mark.parametrize("case", CASES)
def test_learned(case: str) -> None:
    recorded, path_aliases, expected = CASES[case]
    quotes = [
        Quote(path.replace("\\", "/"), 1, "root line" if agrees else "other")
        for path, agrees in recorded
    ]
    texts = {
        path: LineIndex.of(b"root line" if not path.startswith("services/s") else b"x")
        for path in ("main.py", "core/engine.py", "services/billing/core/engine.py")
    }
    learned = learn_paths(quotes, FILES, texts, Settings(path_aliases=path_aliases))
    assert dict(learned.files) == expected


parts = st.lists(st.sampled_from(["a", "b", "main.py", "..", "", "*", "c d"]), max_size=5)


@given(st.lists(parts.map("/".join), max_size=6), st.booleans())
def test_only_files_of_the_workspace_come_out(paths: list[str], agree: bool) -> None:
    texts = {file: LineIndex.of(b"line") for file in FILES}
    quotes = [Quote(path, 1, "line" if agree else "other") for path in paths]
    learned = learn_paths(quotes, FILES, texts, Settings())
    assert set(learned.files.values()) <= possible_files(paths, FILES, Settings()) <= FILES


@pytest.mark.parametrize(
    "path,library,mlflow,cell",
    [
        ("/usr/lib/python3.11/asyncio/runners.py", True, False, False),
        ("/x/site-packages/mlflow/tracing/fluent.py", True, True, False),
        ("/home/me/mlflow/mlflow/tracing/fluent.py", False, True, False),
        ("<frozen importlib._bootstrap>", True, False, False),
        ("C:\\Python311\\Lib\\json\\decoder.py", True, False, False),
        ("/tmp/ipykernel_12/345.py", False, False, True),
        ("Cell In[3]", False, False, True),
        ("Input In [3]", False, False, True),
        ("<command-1234>", False, False, True),
        ("/srv/app/lib/tools.py", False, False, False),
    ],
)
def test_whose_a_path_is(path: str, library: bool, mlflow: bool, cell: bool) -> None:
    assert (is_library(path), is_mlflow_tracing(path), is_notebook_cell(path)) == (
        library,
        mlflow,
        cell,
    )
