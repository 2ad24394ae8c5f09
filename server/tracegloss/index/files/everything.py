"""Reads every file of a tree into the store, wanted or not, so that later runs find it there."""

from __future__ import annotations

from collections.abc import Iterator

from tracegloss.index.files.bulk import Packed, Source, packed
from tracegloss.index.files.tree_of_files import TreeOfFiles, blob_id
from tracegloss.index.store.store import Store

# Bytes of source that are held at a time.
_AT_ONCE = 4_000_000


def store_everything(
    tree: TreeOfFiles, store: Store, processes: int | None = None
) -> Iterator[Packed]:
    """Keep the facts of every file that the store does not have, and yield them by and by.

    `processes` is one or two; `None` decides by itself.
    """
    for sources in _portions(tree):
        blobs = {source.path: blob_id(source.data) for source in sources}
        kept = store.facts(blobs.values())
        missing = [source for source in sources if blobs[source.path] not in kept]
        found = packed(missing, processes)
        store.keep_facts({blobs[each.path]: each.facts for each in found})
        yield from found


def _portions(tree: TreeOfFiles) -> Iterator[list[Source]]:
    held: list[Source] = []
    size = 0
    for path in tree.stamps:
        data = tree.read(path)
        if data is None:
            continue
        held.append(Source(path, data))
        size += len(data)
        if size >= _AT_ONCE:
            yield held
            held, size = [], 0
    yield held
