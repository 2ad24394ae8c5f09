"""Functions that had another's name and parameters when a trace without a commit ran."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from msgspec import Struct

from tracegloss.history.asking import ask_git, ask_git_bytes
from tracegloss.history.code import Code, code_of_texts
from tracegloss.history.likeness import decorators
from tracegloss.history.objects import Objects, old_entries
from tracegloss.index.files.discover import SUFFIXES
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.site import FunctionId

# Of a trace so old that more files changed since, nothing is told.
MOST_CHANGED = 2_000
_DIFFERING = ("diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames")


class Namesake(Struct, frozen=True):
    """A decorated function that was there at a commit (full id) and is traced no more."""

    function: FunctionId
    commit: str


def namesakes(
    objects: Objects,
    head: str,
    moment_ns: int,
    functions: Collection[FunctionEntry],
    is_traced: Callable[[str, str], bool],
) -> dict[FunctionId, Namesake]:
    """Find for functions of now another that a trace of their name may be of instead.

    The commit is the one that HEAD (its full id) was at by then if nothing was rewritten: the last
    older one. A function that was not there yet has moved or is new, and nothing is said of it.
    `is_traced` tells whether the function of a path and a qualified name is traced now.
    """
    then = _commit_at(objects, head, moment_ns)
    if then is None or then == head:
        return {}
    code = _changed_code(objects, then, head, {entry.name for entry in functions})
    found: dict[FunctionId, Namesake] = {}
    for entry in functions:
        if not _was_there(code, entry):
            continue
        for other in _of_name(code, entry):
            if not is_traced(other.function.path, other.function.qualified_name):
                found.setdefault(entry.function, Namesake(other.function, then))
    return found


def _commit_at(objects: Objects, head: str, moment_ns: int) -> str | None:
    """Name the last commit of HEAD's own line that is older than a moment."""
    age = f"--min-age={moment_ns // 1_000_000_000}"
    try:
        [found] = ask_git(objects.root, ("rev-list", "-1", "--first-parent", age, head, "--"))
    except OSError:
        return None
    return found or None


def _changed_code(objects: Objects, then: str, head: str, names: Collection[str]) -> Code:
    """Read the earlier texts of files that differ at HEAD.

    New files are empty, and so are those without any of the names.
    """
    differing = ask_git_bytes(objects.root, *_DIFFERING, then, head) or b""
    changed = {
        path.removeprefix(objects.prefix): blob
        for path, blob in old_entries(differing)
        if path.startswith(objects.prefix) and path.endswith(SUFFIXES)
    }
    blobs = {path: blob for path, blob in changed.items() if blob is not None}
    if len(blobs) > MOST_CHANGED:
        return code_of_texts({})
    mentioned = re.compile(
        rb"\bdef\s+(?:" + b"|".join(re.escape(n.encode()) for n in names) + rb")\b"
    )
    read = zip(blobs, objects.blobs_in_order(list(blobs.values())), strict=True)
    texts = {p: text for p, text in read if text is not None and mentioned.search(text)}
    return code_of_texts({**dict.fromkeys(changed, b""), **texts})


def _was_there(code: Code, entry: FunctionEntry) -> bool:
    path, name = entry.function.path, entry.function.qualified_name
    if path not in code.paths:
        return True
    return any(each.function.qualified_name == name for each in code.functions(path))


def _of_name(code: Code, entry: FunctionEntry) -> Iterator[FunctionEntry]:
    """Yield the decorated functions of a function's name and parameters that are others."""
    own, wanted = (entry.function.path, entry.function.qualified_name), _inputs(entry)
    for path in sorted(code.paths):
        for other in code.functions(path):
            is_other = (path, other.function.qualified_name) != own and other.name == entry.name
            if is_other and _inputs(other) == wanted and decorators(code.source(other)):
                yield other


def _inputs(entry: FunctionEntry) -> tuple[str, ...]:
    """Give the parameters that a trace records: no object or class that a method belongs to."""
    is_bound = entry.parameters[:1] in {("self",), ("cls",)}
    return entry.parameters[1:] if is_bound else entry.parameters
