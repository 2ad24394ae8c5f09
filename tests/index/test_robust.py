"""Sources of any shape are indexed, within bounds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.index.repositories import index_text
from tests.marks import read_marks

FIXTURES = REPOSITORY / "fixtures" / "index"
CASES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.py"))

CIRCLES = {
    "names": "import mlflow\na = b\nb = a\nwith mlflow.start_span(a):\n    pass\n",
    "functions": "import mlflow\ndef f(x): return g(x)\ndef g(x): return f(x)\n@f\ndef h(): pass\n",
    "classes": "class A(B): pass\nclass B(A):\n    def run(self): self.run()\nimport mlflow\n",
    "a decorator of itself": "import mlflow\n@f\ndef f(fn): return mlflow.trace(f(fn))\n",
    "constructors": (
        "import mlflow\nclass A:\n    def __init__(self, x):\n        self.x = A(x)\n"
        "    def run(self):\n        with mlflow.start_span(self.x.x.x):\n            pass\n"
    ),
    "modules": (
        "# --- path: a.py ---\nfrom b import *\nfrom b import t\nimport mlflow\n@t\ndef f(): pass\n"
        "# --- path: b.py ---\nfrom a import *\nfrom a import t\n"
    ),
    "twins wrapped elsewhere": (
        "# --- path: a.py ---\ndef run(x): return x\n# --- path: b.py ---\ndef run(x): return x\n"
        "# --- path: c.py ---\nimport mlflow as m, a, b\nm.trace(a.run)(1)\nm.trace(b.run)(1)\n"
    ),
    "doubling": "import mlflow\nx0 = 'a'\n"
    + "".join(f"x{n} = f'{{x{n - 1}}}{{x{n - 1}}}'\n" for n in range(1, 40))
    + "with mlflow.start_span(x39):\n    pass\n",
    "branching": "import mlflow\ndef f0(n): return 'a'\n"
    + "".join(f"def f{n}(n): return f{n - 1}(n) or f{n - 1}(1)\n" for n in range(1, 40))
    + "with mlflow.start_span(f39(1)):\n    pass\n",
}


@pytest.mark.parametrize("text", CIRCLES.values(), ids=CIRCLES)
def test_circles_and_growth_come_to_an_end(text: str, tmp_path: Path) -> None:
    index = index_text(tmp_path, text).index
    assert len([index.steps[function] for function in index.functions]) == len(index.functions)


@pytest.mark.parametrize("case", CASES)
def test_sources_with_lines_missing_are_indexed(case: str, tmp_path: Path) -> None:
    rows = read_marks((FIXTURES / case).read_text(encoding="utf-8")).text.split("\n")
    chance = random.Random(case)
    kept = [row for row in rows if row.startswith("# ---") or chance.random() > 0.15]
    index = index_text(tmp_path, "\n".join(kept)).index
    steps = [index.steps[function] for function in index.functions]
    entries = [index.functions[function] for function in index.functions]
    assert len(steps) == len(entries) == len(index.functions)
    assert all(site.at.path in index.indexed for site in index.sites)
