"""Closes over a tree of which an earlier run knows most: what still holds is not found anew."""

from __future__ import annotations

from tracegloss.index.assemble import Assembled
from tracegloss.index.closure import Closure
from tracegloss.index.files.facts import Files
from tracegloss.index.files.search import Term, TermSearch
from tracegloss.index.gathered import Gathered
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.scopes import FileScopes
from tracegloss.index.interpreter.tracing import API_NAMES
from tracegloss.index.modules import ModuleMap
from tracegloss.index.needs import Needs, names_looked_for, still_holding, unpacked_needs
from tracegloss.index.store.store import TreeState
from tracegloss.syntax.facts import FileFacts


def new_closure(files: Files, modules: ModuleMap, terms: set[Term]) -> Closure:
    """Make a closure that knows terms and nothing else."""
    indexed: set[str] = set()

    def facts_of(path: str) -> FileFacts | None:
        return files.facts(path) if path in indexed else None  # an earlier attempt had some more

    return Closure(Gathered(Interpreter(modules, facts_of, API_NAMES)), indexed, terms)


def closed(
    files: Files, modules: ModuleMap, stored: TreeState, packed_needs: bytes | None
) -> tuple[Closure, Assembled]:
    """Close over the files that may trace, from what an earlier run found of them.

    Sites are only taken over when the wrappers of all files have the names they had: a name is
    looked for in every file.
    """
    terms = {Term(*term) for term in stored.terms}
    hits = _first_hits(files, modules, stored, terms)
    needs = [] if packed_needs is None else unpacked_needs(packed_needs)
    holding = _holding(files, stored, needs, hits) if needs else {}
    if holding:
        closure = new_closure(files, modules, set(terms))
        closure.settle(stored.indexed, holding)
        assembled = _close(closure, files, modules, hits)
        if closure.gathered.names == set(stored.names):
            return closure, assembled
    closure = new_closure(files, modules, terms)
    return closure, _close(closure, files, modules, hits)


def _close(closure: Closure, files: Files, modules: ModuleMap, hits: set[str]) -> Assembled:
    closure.indexed.update(hits)
    files.promise(closure.gathered.settled)

    def mentioning(terms: set[Term]) -> set[str]:
        others = files.tree.stamps.keys() - closure.indexed
        return files.mentioning(TermSearch(terms, modules), sorted(others))

    return closure.close(mentioning, files.ensure)


def _first_hits(files: Files, modules: ModuleMap, stored: TreeState, terms: set[Term]) -> set[str]:
    unchanged = files.unchanged
    hits = files.with_base_marker()
    hits |= unchanged & {file.path for file in stored.indexed}
    if terms:
        changed = files.tree.stamps.keys() - unchanged - hits
        hits |= files.mentioning(TermSearch(terms, modules), changed)
    return hits


def _holding(
    files: Files, stored: TreeState, needs: list[Needs], hits: set[str]
) -> dict[str, Needs]:
    """Give the files whose sites are as an earlier run found them, by path."""
    known = {each.path: each.blob for each in needs}
    files.ensure(path for path in hits if files.blob(path) is None or path not in known)
    blobs = {path: files.blob(path) for path in hits}
    named: set[str] = set()
    for path, blob in blobs.items():
        if known.get(path) != blob and (facts := files.facts(path)) is not None:
            named.update(names_looked_for(FileScopes(facts)))
    before = {file.path for file in stored.files}
    return still_holding(needs, blobs, before, files.tree.stamps.keys(), named)
