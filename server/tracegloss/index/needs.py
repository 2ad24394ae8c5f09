"""What the sites of each file were worked out from, and so which still hold when files change.

A file's sites hold while its own text and all that was read for them are as they were: the files
it read, and in turn those that these read; the modules its imports may mean; and which classes and
calls of a name there are anywhere. All of it is noted while the sites are worked out, a file being
the least that is noted, so that too much is worked out anew rather than too little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from tracegloss.index.interpreter.relations import FileRelations
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.modules import stem_of

_PACKAGE = "__init__.py"


class Needs(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one file, whose content is `blob`, was worked out from, and what it gives others.

    `reads` are files, those that were wanted and not indexed included, `modules` the last names of
    modules that were looked for in it, `related` names that were looked for among the classes and
    calls of all files. `shared` are the wrappers it found, `gives` the names of wrappers that
    others may have from it, `carries` its classes that hold any; `settings` what it sets up of
    MLflow, by function.
    """

    path: str
    blob: bytes
    reads: tuple[str, ...]
    modules: tuple[str, ...]
    related: tuple[str, ...]
    relations: FileRelations
    shared: tuple[str, ...]
    gives: tuple[str, ...]
    carries: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, ...], ...]


_DECODER = msgspec.msgpack.Decoder(list[Needs])
_ENCODER = msgspec.msgpack.Encoder()


def packed_needs(needs: Iterable[Needs]) -> bytes:
    """Give the form the store keeps."""
    return _ENCODER.encode(list(needs))


def unpacked_needs(packed: bytes) -> list[Needs]:
    """Read the form the store keeps; what cannot be read is of no use."""
    try:
        return _DECODER.decode(packed)
    except msgspec.MsgspecError:
        return []


def still_holding(
    known: Sequence[Needs],
    blobs: Mapping[str, bytes | None],
    paths_before: AbstractSet[str],
    paths_now: AbstractSet[str],
    named: AbstractSet[str],
) -> dict[str, Needs]:
    """Give the files whose sites are as they were, by path.

    `blobs` has the content of each file that is to be indexed, `named` the names that those among
    them that are new or changed may be looked for by. A package or folder that came or went may
    change what any import means: then nothing is told to hold.
    """
    differing = paths_before ^ paths_now
    if _changes_packages(differing, paths_before, paths_now):
        return {}
    same = {each.path: each for each in known if blobs.get(each.path) == each.blob}
    stems = {stem_of(path) for path in differing}
    stale = ({each.path for each in known} | blobs.keys()) - same.keys()
    for each in same.values():
        if not (stems.isdisjoint(each.modules) and named.isdisjoint(each.related)):
            stale.add(each.path)
    for path in readers({each.path: each.reads for each in same.values()}, stale):
        same.pop(path, None)
    return same


def _changes_packages(
    differing: AbstractSet[str], before: AbstractSet[str], now: AbstractSet[str]
) -> bool:
    if any(path.endswith(_PACKAGE) for path in differing):
        return True
    folders = {path.rpartition("/")[0] for path in differing}
    return bool(folders) and any(
        folder not in _folders(before) or folder not in _folders(now) for folder in folders
    )


def _folders(paths: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in paths}


def names_looked_for(scopes: FileScopes) -> Iterator[str]:
    """Yield the names by which other files may look for what a file has: classes and calls."""
    yield from scopes.calls_by_name
    for definition in scopes.facts.definitions:
        if definition.kind == "class":
            yield definition.name
            yield from map(last_name, definition.bases)


def readers(reads: Mapping[str, Iterable[str]], stale: AbstractSet[str]) -> set[str]:
    """Name the files that read one of some files, directly or through others; those included.

    `reads` has what each file reads directly.
    """
    read_by: defaultdict[str, list[str]] = defaultdict(list)
    for reader, read in reads.items():
        for path in read:
            read_by[path].append(reader)
    found = set(stale)
    waiting = list(stale)
    while waiting:
        for path in read_by.get(waiting.pop(), ()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found
