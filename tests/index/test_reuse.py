"""What an earlier run found is taken over where it holds, and never changes what is found."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tracegloss.index.build import build_index
from tracegloss.index.files.tree_of_files import WorkingTree
from tracegloss.index.store.store import Store

# What each file of the repository may hold, cut at the hashes; an empty text is no file.
VARIANTS = {
    "obs.py": """
import mlflow

def traced(name):
    return mlflow.trace(name=name)
#####
import mlflow


def traced(name):
    return mlflow.trace(name='x-' + name)
#####
import mlflow

def watched(name):
    return mlflow.trace(name=name)
#####
from inner import deep as traced
#####
def traced(name):
    return lambda function: function
#####
""",
    "inner.py": """
import mlflow

def deep(name):
    return mlflow.trace(name=name, span_type='TOOL')
#####
import mlflow

LABEL = 'inner'

def deep(name):
    return mlflow.trace(name=LABEL)
#####
def deep(name):
    return name
#####
""",
    "base.py": """
import mlflow

class Base:
    @mlflow.trace
    def run(self):
        return self.step()

    def step(self):
        return 1
#####
import mlflow

class Base:
    label = 'base'

    def opened(self):
        return mlflow.start_span(self.label)
#####
class Base:
    def opened(self):
        return None
#####
import mlflow

class Base:
    def __init__(self, name):
        self.name = name

    def opened(self):
        return mlflow.start_span(name=self.name)
""",
    "child.py": """
from base import Base

class Child(Base):
    label = 'child'

    def work(self):
        with self.opened():
            return 2
#####
from base import Base

class Child(Base):
    def __init__(self):
        super().__init__('of child')

    def step(self):
        return self.run()
#####
from base import Base


class Other(Base):
    label = 'other'
#####
""",
    "made.py": """
from base import Base

made = Base('here')

def use():
    with made.opened():
        return 3
#####
from child import Child

made = Child()

def use():
    with made.opened():
        return 4
#####
import base

def use(name):
    return base.Base('there')
#####
""",
    "package/__init__.py": """
#####
from package.steps import first
#####
from obs import traced
""",
    "package/steps.py": """
from obs import traced

@traced('first')
def first():
    return second()

@traced('second')
def second():
    return 5
#####
from . import traced

@traced('first')
def first():
    return 6
#####
import mlflow

mlflow.set_experiment('steps')

@mlflow.trace
def first():
    return 7
#####
""",
    "package/obs.py": """
#####
import mlflow

def traced(name):
    return mlflow.trace(name)
""",
    "app.py": """
import mlflow
from package import steps
from child import Child

@mlflow.trace
def main():
    steps.first()
    return Child().work()
#####
from obs import traced
from made import use

@traced('main')
def main():
    return use()
#####
import mlflow
from obs import watched

mlflow.set_tracking_uri('sqlite:///x.db')

@watched('main')
def main():
    return 8
#####
import mlflow

def main():
    return 9
""",
}
EDITS = st.dictionaries(st.sampled_from(sorted(VARIANTS)), st.integers(0, 5), min_size=1)
_moments = itertools.count(1)


def edit(root: Path, chosen: Mapping[str, int]) -> None:
    """Write the chosen variant of each file, or delete it; every write has a time of its own."""
    for path, number in chosen.items():
        variants = VARIANTS[path].removeprefix("\n").split("#####\n")
        text = variants[number % len(variants)]
        file = root / path
        if not text and not path.endswith("__init__.py"):
            file.unlink(missing_ok=True)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        moment = next(_moments)
        os.utime(file, ns=(moment, moment))


def forget_needs(cache: Path) -> None:
    """Take what files need out of a cache, so that the next run finds all sites anew."""
    with contextlib.closing(sqlite3.connect(cache / "facts.sqlite")) as connection, connection:
        connection.execute("delete from needs")


def told(root: Path, cache: Path) -> tuple[object, ...]:
    """Index a folder; give all that the index says, and what is kept of it for later runs."""
    with contextlib.closing(Store.open(cache)) as store:
        state = build_index(WorkingTree.of(root, ()), store)
        index = state.index
        kept = store.tree(state.tree.key)
        return (
            index.sites,
            sorted(index.indexed),
            dict(index.steps),
            index.tracking_uris,
            index.experiments,
            kept.names,
            kept.terms,
            kept.indexed,
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_taking_over_finds_what_finding_anew_finds(edits: list[dict[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, reusing, forgetful = (Path(folder) / name for name in ("root", "one", "other"))
        root.mkdir()
        edit(root, dict.fromkeys(VARIANTS, 0))
        assert told(root, reusing) == told(root, forgetful)
        for chosen in edits:
            edit(root, chosen)
            forget_needs(forgetful)
            assert told(root, reusing) == told(root, forgetful)
