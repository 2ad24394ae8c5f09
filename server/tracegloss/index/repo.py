"""The index of a tree, immutable and without I/O: sites, functions, what their bodies can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from tracegloss.model.outcome import Outcome
from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.steps import Steps
from tracegloss.model.trace import Problem


class FunctionEntry(Struct, frozen=True):
    """One indexed definition. `at` is its name token, `extent` the whole, decorators included.

    `calls_from` are the places that call it by name, as far as the indexed files tell.
    `text_hash` covers its tokens without comments and layout.
    """

    function: FunctionId
    name: str
    at: Place
    extent: Place
    parameters: tuple[str, ...]
    kind: Literal["function", "class", "lambda", "module"]
    text_hash: str
    is_async: bool = False
    is_generator: bool = False


class RepoIndex(Struct, frozen=True):
    """What is known of one tree.

    `files` are all its Python files and notebooks (posix paths), `indexed` those with facts here.
    `steps` gives the steps of an indexed function, `outcomes` what it returns and passes on; they
    are computed when asked. `unindexed_imports` names, for an indexed file, the files it imports
    that are not indexed. `tracking_uris` and
    `experiments` are the literal arguments of MLflow's set-up functions in indexed files.
    """

    files: frozenset[str]
    indexed: frozenset[str]
    sites: tuple[Site, ...]
    functions: Mapping[FunctionId, FunctionEntry]
    steps: Mapping[FunctionId, Steps]
    unindexed_imports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    n_files_seen: int = 0
    tracking_uris: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
    by_file: Mapping[str, tuple[FunctionId, ...]] | None = None
    outcomes: Mapping[FunctionId, Outcome] = field(default_factory=dict)

    def functions_in(self, path: str) -> tuple[FunctionId, ...]:
        """Give the functions of one file; where `by_file` has them, no other file is opened."""
        if self.by_file is not None:
            return self.by_file.get(path, ())
        return tuple(function for function in self.functions if function.path == path)
