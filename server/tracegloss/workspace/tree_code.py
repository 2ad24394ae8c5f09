"""One tree of code that traces are correlated with: its index, which grows, and its texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tracegloss.correlate import correlate, frame_files
from tracegloss.index.build import IndexState
from tracegloss.index.repo import RepoIndex
from tracegloss.model.resolution import Correlation
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Trace
from tracegloss.tree import SpanTree
from tracegloss.workspace.texts import Texts

MOST_ROUNDS = 3


class TreeCode(Struct, frozen=True, eq=False):
    """The working tree or a commit; `read` gives the bytes of a file by its path."""

    state: IndexState
    read: Callable[[str], bytes | None]

    @property
    def index(self) -> RepoIndex:
        """The index as far as it was built."""
        return self.state.index

    def correlate(
        self, trace: Trace, tree: SpanTree, texts: Texts, settings: Settings, remotes: Sequence[str]
    ) -> Correlation:
        """Say which line made each span, with more of the index where that helps."""
        framed = frame_files(trace, self.index.files, settings, self.index.sites)
        self.state.extend(framed)
        correlation = correlate(trace, tree, self.index, texts.of(framed), settings, remotes)
        for _ in range(MOST_ROUNDS):
            if not correlation.wanted - self.index.indexed:
                break
            self.state.extend(correlation.wanted)
            correlation = correlate(trace, tree, self.index, texts.of(framed), settings, remotes)
        self.state.keep_steps()
        return correlation
