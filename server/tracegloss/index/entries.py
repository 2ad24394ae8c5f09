"""Definitions of facts as entries of the index."""

from __future__ import annotations

from tracegloss.index.interpreter.scopes import MODULE, FileScopes
from tracegloss.index.places import place_of
from tracegloss.index.repo import FunctionEntry
from tracegloss.model.site import FunctionId
from tracegloss.syntax.facts import Extent


def entry_of(scopes: FileScopes, function: FunctionId, definition: int) -> FunctionEntry:
    """Describe a definition, or the module's own code for -1."""
    facts = scopes.facts
    if definition == MODULE:
        start = place_of(facts, function.path, Extent(0, 0, 0, 0))
        whole = place_of(facts, function.path, Extent(0, 0, max(facts.n_lines, 1), 0))
        return FunctionEntry(function, "", start, whole, (), "module", "")
    found = scopes.definition(definition)
    return FunctionEntry(
        function=function,
        name=found.name,
        at=place_of(facts, function.path, found.at),
        extent=place_of(facts, function.path, found.extent),
        parameters=tuple(parameter.name for parameter in found.parameters),
        kind=found.kind,
        text_hash=found.text_hash,
        is_async=found.is_async,
        is_generator=found.is_generator,
    )
