"""Sites of classes of the tree that inherit from a framework's, and of objects made of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.index.frameworks.constructs import (
    BASES_BY_NAME,
    CALLS_BY_NAME,
    DECORATORS_BY_NAME,
    BaseClass,
    Construct,
)
from tracegloss.index.frameworks.given_callables import Callable, own_callables
from tracegloss.index.frameworks.parts import names_of
from tracegloss.index.frameworks.receivers import receiver
from tracegloss.index.frameworks.shapes import SiteShapes
from tracegloss.index.implicit import outside_bases
from tracegloss.index.interpreter.expressions import arguments, spot_of
from tracegloss.index.interpreter.names import span_names
from tracegloss.index.interpreter.scopes import MODULE, last_name
from tracegloss.index.interpreter.told_apart import key_of, made_at
from tracegloss.index.interpreter.tracing import pick
from tracegloss.index.interpreter.values import (
    Class,
    Function,
    Given,
    Instance,
    Scope,
    Spot,
    Unknown,
)
from tracegloss.index.sites import FoundSite
from tracegloss.model.site import LiteralName, Place
from tracegloss.syntax.facts import Call, Invocation

_RUNNING = frozenset({"invoke", "ainvoke", "stream", "astream", "batch", "abatch"})
_INVOCATION = Construct("invocation", (), "", "sdk-call")


class ClassSites(SiteShapes):
    """Makes the sites of one file's classes."""

    def of_class(self, index: int) -> Iterator[FoundSite]:
        """Yield the sites of a class that inherits from a framework's."""
        definition = self.scopes.definition(index)
        if not definition.bases:
            return
        of = Class(self.path, index)
        for row in self._bases(of):
            yield from self._class_sites(row, of, index)

    def _class_sites(self, row: BaseClass, of: Class, index: int) -> Iterator[FoundSite]:
        definition = self.scopes.definition(index)
        if row.pattern is None:
            values = self.interpreter.attribute(of, "name")
            names = span_names(v for v in values if not isinstance(v, Unknown))
        else:
            named = row.pattern.replace("*", definition.name).split("|")
            names = tuple(LiteralName(name, "default") for name in named)
        names = names or (LiteralName(definition.name, "default"),)
        table_row = Construct(row.framework, row.packages, row.base, row.kind)
        spot = Spot(self.path, definition.at)
        if not row.methods:
            yield self.class_site(table_row, index, names, spot)
        for method in row.methods:
            values = self.interpreter.attribute(of, method)
            for given in own_callables(self.interpreter, values):
                yield self.function_site(table_row, given, names, spot)

    def renamed(self, call: Call, scope: Scope) -> Iterator[FoundSite]:
        """Yield the methods of a tool's class under the name that an object of it is given."""
        named = [each for each in call.arguments if each.keyword == "name"]
        if not named or not last_name(call.callee)[:1].isupper():
            return
        for value in self.evaluated(call.callee, scope):
            rows = self._bases(value) if isinstance(value, Class) else ()
            for row in (row for row in rows if row.kind == "tool" and row.pattern is None):
                names = span_names(self.evaluated(named[0].value, scope))
                spot = spot_of(self.scopes, self.path, call)
                table_row = Construct(row.framework, row.packages, row.base, row.kind)
                for method in row.methods:
                    values = self.interpreter.attribute(value, method)
                    for given in own_callables(self.interpreter, values):
                        yield self.function_site(table_row, given, names, spot)

    def set_up(self, call: Call) -> list[Construct]:
        """Find the agent of a framework that a class of the tree sets up: `super().__init__()`."""
        if last_name(call.callee) != "__init__" or call.scope < 0:
            return []
        owner = self.scopes.outer(call.scope)
        of = Class(self.path, owner)
        if owner < 0 or self.scopes.definition(owner).kind != "class":
            return []
        return [
            row
            for dotted in sorted(outside_bases(self.interpreter, of))
            for row in CALLS_BY_NAME.get(dotted.rpartition(".")[2], ())
            if row.kind == "agent" and row.fits(dotted)
        ][:1]

    def invocations(self) -> Iterator[FoundSite]:
        """Yield the calls, in any file, that run a graph or agent built by a framework."""
        for call in self.scopes.facts.calls:
            called = receiver(call.callee) if last_name(call.callee) in _RUNNING else None
            if called is not None:
                spots = made_at(self.evaluated(called, Scope(self.path, call.scope)))
                if spots:
                    spot = spot_of(self.scopes, self.path, call)
                    found = self.call_site(_INVOCATION, call, (), spot)
                    yield replace(found, site=replace(found.site, runs=tuple(map(key_of, spots))))

    def plugged(
        self, row: Construct, given: tuple[Given, ...], spot: Spot, use: Place
    ) -> Iterator[FoundSite]:
        """Yield the decorated methods of an object that is handed over as a plugin of a name."""
        plugins = span_names(pick(given, *row.plugin) or ()) if row.plugin is not None else ()
        plugin = plugins[0] if len(plugins) == 1 else None
        for value in pick(given, 0, "plugin") or ():
            if not isinstance(plugin, LiteralName):
                return
            if isinstance(value, Instance) and isinstance(value.of, Class):
                for method, name in self._decorated_methods(row, value.of):
                    names = (LiteralName(f"{plugin.text}-{name}", "literal"),)
                    yield self.function_site(row, method, names, spot, use)

    def _decorated_methods(self, row: Construct, of: Class) -> Iterator[tuple[Callable, str]]:
        scopes = self.interpreter.scopes(of.path)
        for index, definition in enumerate(scopes.facts.definitions if scopes is not None else ()):
            if definition.scope != of.definition or scopes is None:
                continue
            for decorator in definition.decorators:
                call = decorator.expression
                written = scopes.call(call.call) if isinstance(call, Invocation) else None
                callee = call if written is None else written.callee
                around = Scope(of.path, MODULE)
                for own in DECORATORS_BY_NAME.get(last_name(callee), ()):
                    if own.framework == row.framework:
                        asked = () if written is None else written.arguments
                        named = names_of(own, arguments(self.interpreter, asked, around))
                        told = named[0] if named else LiteralName(definition.name, "function")
                        if isinstance(told, LiteralName):
                            yield Callable(Function(of.path, index), None), told.text

    def _bases(self, of: Class) -> Iterator[BaseClass]:
        """Yield the rows of the classes of frameworks that a class inherits from."""
        for dotted in outside_bases(self.interpreter, of):
            for row in BASES_BY_NAME.get(dotted.rpartition(".")[2], ()):
                if row.fits(dotted):
                    yield row
