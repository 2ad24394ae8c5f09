"""Reads every file of the current folder into the store, with as many processes as it is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tracegloss.index.build import build_index
from tracegloss.index.files.bulk import Packed, Source, packed
from tracegloss.index.files.tree_of_files import TreeOfFiles, WorkingTree, blob_id
from tracegloss.index.store.store import Store, cache_folder

# Bytes of source that are held at a time.
_AT_ONCE = 4_000_000


def store_everything(tree: TreeOfFiles, store: Store, processes: int) -> Iterator[Packed]:
    """Keep the facts of every file that the store does not have, and yield them by and by."""
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


def main() -> None:
    tree, store = WorkingTree.of(Path.cwd()), Store.open(cache_folder())
    for _ in store_everything(tree, store, int(sys.argv[1])):
        pass
    if sys.argv[2:] == ["index"]:
        build_index(tree, store)


if __name__ == "__main__":
    main()
