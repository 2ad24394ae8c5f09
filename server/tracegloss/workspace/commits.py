"""The commits of one root that traces ran at: their code, and what of it was edited by then."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct, field

from tracegloss.history.commit_tree import CommitTree, seed, tree_key
from tracegloss.history.named_commit import stored_diff_of
from tracegloss.history.objects import Objects
from tracegloss.history.staged import Staged
from tracegloss.history.stored_diff import DiffError, apply_diff
from tracegloss.history.uncommitted import (
    WorkingFiles,
    staged_code,
    unread_blob,
    working_files,
)
from tracegloss.index.build import build_index
from tracegloss.index.files.discover import SUFFIXES
from tracegloss.index.store.store import Store
from tracegloss.model.freshness import FreshnessBasis
from tracegloss.model.repository import CommitStanding, StoredDiff
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Labels, TraceInfo
from tracegloss.workspace.as_ran import Carrying
from tracegloss.workspace.tree_code import TreeCode

MOST_OPEN = 4
MOST_HASHED = 100


class Edits(Struct, frozen=True):
    """What stood in place of a commit's files when a trace ran, by path; `None` for a deleted one.

    `is_as_now` tells that all code was as it is now, so that nothing has to be carried.
    """

    texts: Mapping[str, bytes | None] = field(default_factory=dict)
    bases: Mapping[str, FreshnessBasis] = field(default_factory=dict)
    is_as_now: bool = False
    stored_diff: StoredDiff | None = None


class Commits:
    """Opens the repository when a trace ran on other code than that of now; keeps a few commits."""

    def __init__(self, root: Path, settings: Settings, now: TreeCode, cache: Path | None) -> None:
        """Ask nothing yet; `cache` is the store's folder."""
        self._root = root
        self._settings = settings
        self._now = now
        self._cache = cache
        self._working: WorkingFiles | None = None
        self._staged: Mapping[str, Staged] | None = None
        self._n_blobs_asked = 0
        self.objects = Objects.at(root)
        self._open: dict[tuple[str, frozenset[tuple[str, bytes | None]]], TreeCode] = {}

    @property
    def working(self) -> WorkingFiles:
        """The working files beside those of HEAD, compared once."""
        if self._working is None:
            tree = self._now.state.tree
            self._working = working_files(self._root, tree.stamps, tree.read, self.staged)
        return self._working

    def dirty(self, *, compare: bool) -> bool | None:
        """Tell whether code that HEAD has was edited or deleted; `None` when that is not known.

        Files are compared for it only where `compare` asks for that. New files do not count.
        """
        if isinstance(self._now.state.tree, CommitTree) or (self._working is None and not compare):
            return None
        working = self.working
        return any(path in working.committed for path in working.edited)

    @property
    def staged(self) -> Mapping[str, Staged]:
        """What git's index says of the working files, read once."""
        if self._staged is None:
            self._staged = staged_code(self._root)
        return self._staged

    def edits(self, info: TraceInfo, standing: CommitStanding, model: Labels | None) -> Edits:
        """Tell which edits a trace ran with, as far as they are known.

        A diff that is stored with the trace's model says it, when it fits. Else, on the commit that
        is HEAD now, a working file that was written before the trace began has the text that ran;
        one that was written since then had the commit's, or one nobody knows.
        """
        stored = self._stored(standing, model)
        if stored is not None:
            return stored
        if standing.behind_head != 0 or standing.named_by == "option":
            return Edits()
        if isinstance(self._now.state.tree, CommitTree):  # there are no working files
            return Edits(is_as_now=True)
        if standing.dirty_at_recording is False:
            return Edits(is_as_now=not self.working.edited)
        return self._of_working_files(info.request_ns)

    def _stored(self, standing: CommitStanding, model: Labels | None) -> Edits | None:
        """Apply the diff stored with a model to the commit; `None` when there is none."""
        diff = "" if model is None else stored_diff_of(model)
        is_of_it = standing.dirty_at_recording and standing.named_by in {"model", "trace"}
        if not diff or not is_of_it or standing.commit is None:
            return None
        objects, commit = self.objects, standing.commit
        try:
            texts = apply_diff(
                diff,
                lambda path: objects.text_at_top(commit, path),
                lambda path: path.startswith(objects.prefix) and path.endswith(SUFFIXES),
            )
        except DiffError:
            return Edits(stored_diff="does-not-fit")
        below = {path.removeprefix(objects.prefix): text for path, text in texts.items()}
        bases: dict[str, FreshnessBasis] = dict.fromkeys(below, "stored-diff")
        return Edits(below, bases, stored_diff="applied")

    def _of_working_files(self, began_ns: int | None) -> Edits:
        working = self.working
        younger = working.younger_than(began_ns)
        older = [path for path in working.edited if path not in younger]
        bases: dict[str, FreshnessBasis] = dict.fromkeys(older, "working-tree")
        if not younger:
            return Edits(bases=bases, is_as_now=True)
        return Edits({path: self._now.read(path) for path in older}, bases)

    def carrying(self, commit: str, edits: Edits, head: str | None) -> Carrying:
        """Open the code of a commit (a full id that is here) to be carried to now.

        `head` is the full id of HEAD, `None` before the first commit.
        """
        objects = self.objects
        blobs = objects.tree(commit)
        return Carrying(
            then=self._code(objects, commit, edits),
            now=self._now,
            objects=objects,
            ran=commit,
            head=head,
            blob_then=lambda path: None if path in edits.texts else blobs.get(path),
            blob_now=self._blob_of,
            bases=edits.bases,
        )

    def _code(self, objects: Objects, commit: str, edits: Edits) -> TreeCode:
        key = commit, frozenset(edits.texts.items())
        code = self._open.pop(key, None)
        if code is None:
            exclude = self._settings.exclude
            tree = CommitTree.of(objects, commit, exclude, edits.texts)
            store = Store.open(self._cache)
            working_key = self._now.state.tree.key
            seed(
                store,
                tree_key(objects, exclude),
                working_key,
                lambda path, stamp: unread_blob(self.staged.get(path), stamp),
            )
            code = TreeCode(build_index(tree, store), partial(_read, tree))
        self._open[key] = code
        for oldest in list(self._open)[:-MOST_OPEN]:
            del self._open[oldest]
        return code

    def _blob_of(self, path: str) -> bytes | None:
        """Give the blob id of a working file unread; reading a few is faster than git's index."""
        self._n_blobs_asked += 1
        if self._staged is None and self._n_blobs_asked <= MOST_HASHED:
            return None
        return unread_blob(self.staged.get(path), self._now.state.tree.stamps.get(path))


def _read(tree: CommitTree, path: str) -> bytes | None:
    """Read a file that may not be of the tree; what is not is no problem."""
    return tree.read(path) if path in tree.stamps else None
