"""Module names to files of the tree, as an import written in one of them would find them."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

_SOURCE_FOLDERS = ("src", "lib", "python", "server")


class ModuleMap:
    """Finds the files an import means; knows packages, `src` folders, several roots in one tree.

    `asked` has, for each file, the last names of the modules that were looked for in it.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        self.asked: defaultdict[str, set[str]] = defaultdict(set)
        self._by_stem: dict[str, list[str]] = {}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}

    def resolve(self, importer: str, module: str) -> tuple[str, ...]:
        """Give the files `module` (leading dots kept) means in `importer`; several when they tie.

        Empty when the module is outside the tree, or a namespace package without `__init__.py`.
        """
        self.asked[importer].add(module.rpartition(".")[2])
        key = (_folder(importer), module)
        found = self._found.get(key)
        if found is None:
            relative = module.startswith(".")
            found = self._relative(*key) if relative else self._absolute(*key)
            self._found[key] = found
        return tuple(path for path in found if path != importer)

    def is_folder(self, module: str) -> bool:
        """Tell whether `module` may be a folder of the tree that holds modules."""
        return module.startswith(".") or module.replace(".", "/") in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        """The folders of the tree, each under every name that an import may give it."""
        folders = {_folder(path) for path in self.files}
        return frozenset(name for folder in folders for name in _names_of_folder(folder))

    def _relative(self, folder: str, module: str) -> tuple[str, ...]:
        name = module.lstrip(".")
        base = folder.split("/") if folder else []
        up = len(module) - len(name) - 1
        if up > len(base):
            return ()
        kept = base[: len(base) - up]
        return self._existing("/".join([*kept, *filter(None, name.split("."))]))

    def _existing(self, stem: str) -> tuple[str, ...]:
        package = f"{stem}/__init__.py" if stem else "__init__.py"
        if package in self.files:
            return (package,)
        return (f"{stem}.py",) if stem and f"{stem}.py" in self.files else ()

    def _absolute(self, folder: str, module: str) -> tuple[str, ...]:
        parts = module.split(".")
        suffix = "/".join(parts)
        ranked: list[tuple[tuple[int, int], str]] = []
        for path in self._stems().get(parts[-1], ()):
            stem = path.removesuffix("/__init__.py").removesuffix(".py")
            if stem == suffix or stem.endswith(f"/{suffix}"):
                root = stem[: -len(suffix)].rstrip("/")
                rank = self._rank(folder, root, parts)
                if rank is not None:
                    ranked.append((rank, path))
        best = min((rank for rank, _ in ranked), default=None)
        return tuple(sorted(path for rank, path in ranked if rank == best))

    def _stems(self) -> dict[str, list[str]]:
        if not self._by_stem:
            for path in self.files:
                if path.endswith(".py"):
                    self._by_stem.setdefault(stem_of(path), []).append(path)
        return self._by_stem

    def _rank(self, folder: str, root: str, parts: list[str]) -> tuple[int, int] | None:
        """Order the roots a module may be found under: nearest folder above, `src`, elsewhere."""
        if f"{root}/__init__.py".lstrip("/") in self.files:
            return (4, -len(root)) if len(parts) > 1 else None
        if parts[0] in sys.stdlib_module_names:
            return (0, 0) if root == folder else None
        if root in {"", folder} or folder.startswith(f"{root}/"):
            return (0, -len(root))
        parent, _, name = root.rpartition("/")
        if name in _SOURCE_FOLDERS and (not parent or f"{folder}/".startswith(f"{parent}/")):
            return (1, -len(parent))
        return (2, -_common(folder, root))


def stem_of(path: str) -> str:
    """Give the last name of the module a file is: its own, or that of its package's folder."""
    head, _, name = path.rpartition("/")
    return head.rpartition("/")[2] if name == "__init__.py" else name[:-3]


def _names_of_folder(folder: str) -> Iterator[str]:
    """Yield the runs of names in a folder's path: of `a/b` these are `a`, `a/b` and `b`."""
    names = folder.split("/")
    for first in range(len(names)):
        for last in range(first, len(names)):
            yield "/".join(names[first : last + 1])


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _common(left: str, right: str) -> int:
    count = 0
    for mine, other in zip(left.split("/"), right.split("/"), strict=False):
        if mine != other:
            break
        count += 1
    return count
