"""Reads every file of the current folder into the store, with as many processes as it is told."""

from __future__ import annotations

import sys
from pathlib import Path

from tracegloss.index.build import build_index
from tracegloss.index.files.everything import store_everything
from tracegloss.index.files.tree_of_files import WorkingTree
from tracegloss.index.store.store import Store, cache_folder


def main() -> None:
    tree, store = WorkingTree.of(Path.cwd()), Store.open(cache_folder())
    for _ in store_everything(tree, store, int(sys.argv[1])):
        pass
    if sys.argv[2:] == ["index"]:
        build_index(tree, store)


if __name__ == "__main__":
    main()
