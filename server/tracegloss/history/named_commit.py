"""Which commit a trace says it ran at, and what said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.matcher import matcher
from tracegloss.model.repository import NamedBy
from tracegloss.model.trace import Labels, TraceInfo
from tracegloss.reveal import reveal

COMMIT = "mlflow.source.git.commit"
BRANCH = "mlflow.source.git.branch"
ADDRESS = "mlflow.source.git.repoURL"
DIFF = "mlflow.source.git.diff"
MODEL = "mlflow.modelId"
_DIRTY = "mlflow.source.git.dirty"
# Resource attributes become tags of the trace; the first that names a commit counts.
_TAGS = (
    "vcs.ref.head.revision",
    "vcs.repository.ref.revision",
    "git.commit.sha",
    "git.commit",
    "deployment.commit",
    "service.version",
)
_BRANCH_TAGS = ("vcs.ref.head.name", "vcs.repository.ref.name", "git.branch")
_ADDRESS_TAGS = ("vcs.repository.url.full",)
_ID = matcher(r"[0-9a-f]{7,64}\Z")
_RELEASE = matcher(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,79}\Z")


class NamedCommit(Struct, frozen=True):
    """A commit as something named it: `revision` is an id, or the name of a tag.

    `dirty` tells whether files differed from it in the run, `None` when that was not recorded.
    `address` is where its repository is fetched from, as recorded: it may hold a password.
    """

    revision: str
    named_by: NamedBy
    branch: str | None = None
    dirty: bool | None = None
    address: str | None = None


def named_commit(info: TraceInfo, model: Labels | None = None) -> NamedCommit | None:
    """Find the commit in a trace's metadata and tags, then in the tags of its model.

    MLflow describes the process's working directory and writes an empty text when it knows none.
    Only what can be a commit's id is taken, and of a service's version the name of a tag.
    """
    metadata, tags = reveal(info.metadata), reveal(info.tags)
    of_model = None if model is None else _recorded(reveal(model), "model")
    recorded = _recorded(metadata, "trace") or _recorded(tags, "trace")
    if recorded is None:
        return of_model or next(_by_resource(tags), None)
    if recorded.dirty is None and of_model is not None and of_model.revision == recorded.revision:
        return replace(recorded, dirty=of_model.dirty)
    return recorded


def recorded_dirty(info: TraceInfo, model: Labels | None = None) -> bool | None:
    """Tell whether files were edited when a trace ran, also where no commit was recorded with it.

    The trace's own metadata and tags come before those of its model; `None` when none says it.
    """
    labels = (reveal(info.metadata), reveal(info.tags), {} if model is None else reveal(model))
    return next((told for each in labels if (told := _dirty(each)) is not None), None)


def model_of(info: TraceInfo) -> str | None:
    """Name the logged model of a trace, whose tags may say what ran; `None` without one."""
    return reveal(info.metadata).get(MODEL) or None


def stored_diff_of(model: Labels) -> str:
    """Give the diff that MLflow stored with a model; empty when it stored none."""
    return reveal(model).get(DIFF, "")


def _recorded(labels: Mapping[str, str], named_by: NamedBy) -> NamedCommit | None:
    commit = labels.get(COMMIT, "").strip().lower()
    if not _ID.match(commit):
        return None
    address = labels.get(ADDRESS) or None
    return NamedCommit(commit, named_by, labels.get(BRANCH) or None, _dirty(labels), address)


def _dirty(labels: Mapping[str, str]) -> bool | None:
    return {"true": True, "false": False}.get(labels.get(_DIRTY, "").strip().lower())


def _by_resource(tags: Mapping[str, str]) -> Iterator[NamedCommit]:
    branch = next((tags[key] for key in _BRANCH_TAGS if tags.get(key)), None)
    address = next((tags[key] for key in _ADDRESS_TAGS if tags.get(key)), None)
    for key in _TAGS:
        value = tags.get(key, "").strip()
        if _ID.match(value.lower()):
            yield NamedCommit(value.lower(), "tag", branch, None, address)
        elif key == "service.version" and _RELEASE.match(value):
            yield NamedCommit(f"refs/tags/{value}", "release", branch, None, address)
