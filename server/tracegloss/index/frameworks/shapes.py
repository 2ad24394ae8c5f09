"""Sites of frameworks in the making: what is common to all, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.index.frameworks.constructs import (
    CALLED_OBJECTS,
    DECORATORS_BY_NAME,
    Construct,
    package_of,
)
from tracegloss.index.frameworks.given_callables import (
    Callable,
    assigned,
    own_callables,
)
from tracegloss.index.frameworks.parts import method_around, recorded_by, settings_place
from tracegloss.index.frameworks.pydantic_constructs import PYDANTIC
from tracegloss.index.frameworks.receivers import receiver, written
from tracegloss.index.implicit import outside_bases
from tracegloss.index.interpreter.dressing import variadic_names
from tracegloss.index.interpreter.expressions import arguments
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.names import as_text
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.interpreter.told_apart import (
    held_keys,
    is_injected,
    key_of,
    made_at,
    own_name,
)
from tracegloss.index.interpreter.tracing import pick
from tracegloss.index.interpreter.turns import is_open, turns
from tracegloss.index.interpreter.values import (
    Argument,
    Class,
    Function,
    Given,
    Instance,
    Scope,
    Spot,
    Table,
    Value,
)
from tracegloss.index.interpreter.withs import Blocks
from tracegloss.index.places import extent_of, function_id, place_of
from tracegloss.index.sites import FoundSite
from tracegloss.model.site import LiteralName, Place, Site, SpanName
from tracegloss.syntax.facts import Call, Constant, Expression, Invocation, Name

_TOLD_LITERALS = frozenset({"model", "temperature", "max_tokens", "stream", "top_p", "n", "seed"})


def literals(given: tuple[Given, ...]) -> tuple[tuple[str, str], ...]:
    """Give the literal arguments of a call that spans of model calls record."""
    found: list[tuple[str, str]] = []
    for argument in given:
        if argument.keyword in _TOLD_LITERALS and argument.keyword is not None:
            text = as_text(argument.values[0]) if len(argument.values) == 1 else None
            if text is not None:
                found.append((argument.keyword, text))
    return tuple(found)


class SiteShapes:
    """Makes sites of one file's constructs."""

    def __init__(self, interpreter: Interpreter, scopes: FileScopes, path: str) -> None:
        self.interpreter = interpreter
        self.scopes = scopes
        self.path = path
        self.blocks = Blocks(interpreter, scopes, path)
        packages = (package_of(imported.module) for imported in scopes.facts.imports)
        self.calls_objects = next((each for each in packages if each in CALLED_OBJECTS), None)

        self.imported_as = {
            imported.bound: imported.name
            for imported in scopes.facts.imports
            if imported.asname and imported.name is not None
        }

    def last(self, callee: Expression) -> str:
        """Give the last name of a callee, as it is called where an import renamed it."""
        last = last_name(callee)
        return self.imported_as.get(last, last) if isinstance(callee, Name) else last

    def evaluated(self, callee: Expression, scope: Scope) -> Values:
        """Tell what is called; what it leads to need not be indexed for that."""
        missed = set(self.interpreter.missed)
        values = self.interpreter.evaluate(callee, scope)
        self.interpreter.missed = missed
        return values

    def given_to_object(self, values: Values) -> Values:
        """Follow parameters of a constructor to what indexed code gives them: `tools=tools`."""
        found: list[Value] = []
        for value in values:
            if isinstance(value, Argument) and value.path == self.path:
                of = Class(self.path, self.scopes.outer(value.definition))
                found.extend(self.interpreter.given_to_constructor(value, of))
            else:
                found.append(value)
        return tuple(found)

    def ran(self, call: Call) -> Iterator[str]:
        """Name what a call runs: the agent's own name, or the function that builds it."""
        first = call.arguments[0].value if call.arguments else None
        built = [first] if first is not None else []
        if isinstance(first, Name):
            built += assigned(self.scopes, first.dotted, Scope(self.path, call.scope))
        for expression in built:
            if isinstance(expression, Invocation):
                made = self.scopes.call(expression.call)
                names = [a.value for a in made.arguments if a.keyword == "name"]
                yield from (str(n.value) for n in names if isinstance(n, Constant))
                yield last_name(made.callee)

    def passed(self, call: Call, scope: Scope) -> tuple[Given, ...]:
        """Give what a call passes, known tables spread; values as far as spans record them."""
        found: list[Given] = []
        for argument in call.arguments:
            is_read = argument.keyword in _TOLD_LITERALS or argument.keyword == "**"
            values = self.evaluated(argument.value, scope) if is_read else ()
            if argument.keyword == "**" and len(values) == 1 and isinstance(values[0], Table):
                found.extend(Given(key or "**", held) for key, held in values[0].entries)
            else:
                found.append(Given(argument.keyword, values))
        return tuple(found)

    def is_of_framework(self, row: Construct, values: Values) -> bool:
        """Tell whether methods of the tree are those of a class that inherits from a framework."""
        for value in values:
            scopes = self.interpreter.scopes(value.path) if isinstance(value, Function) else None
            if scopes is None or not isinstance(value, Function):
                return False
            outer = scopes.outer(value.definition)
            if outer < 0 or scopes.definition(outer).kind != "class":
                return False
            bases = outside_bases(self.interpreter, Class(value.path, outer))
            if not any(package_of(dotted) in row.packages for dotted in bases):
                return False
        return bool(values)

    def is_decorated_tool(self, given: Callable) -> bool:
        """Tell whether a function is a tool by its own decorator, which knows its name."""
        scopes = self.interpreter.scopes(given.function.path)
        if scopes is None:
            return True
        for decorator in scopes.definition(given.function.definition).decorators:
            expression = decorator.expression
            if isinstance(expression, Invocation):
                expression = scopes.call(expression.call).callee
            rows = DECORATORS_BY_NAME.get(last_name(expression), ())
            if any(row.kind == "tool" for row in rows):
                return True
        return False

    def nodes(self, call: Call, adding: str = "add_node") -> tuple[str, ...]:
        """Name the nodes that the same scope added to what is compiled or run here."""
        graph = receiver(call.callee)
        if isinstance(graph, Name):
            calls = self._calls_on(graph.dotted, call.scope)
        else:
            calls = self._calls_making(graph, call.scope)
        of_nodes = (each for each in calls if last_name(each.callee) == adding and each.arguments)
        found = [name for each in of_nodes for name in self._added(each)]
        return () if "*" in found else tuple(dict.fromkeys(found))

    def _calls_on(self, graph: str, scope: int) -> Iterator[Call]:
        """Yield the calls on a variable of a scope, or on a member of the object, in its class."""
        around = self.scopes.enclosing_class(scope) if graph.startswith("self.") else None
        levels = [scope] if around is None else self.scopes.inner.get(around, [])
        for number in (number for level in levels for number in self.scopes.calls.get(level, ())):
            call = self.scopes.call(number)
            if written(self.scopes, call.callee).rpartition(".")[0] == graph:
                yield call
        if around is None and not graph.startswith("self"):
            for made in assigned(self.scopes, graph, Scope(self.path, scope)):
                yield from self._calls_making(made, scope)

    def _calls_making(self, made: Expression | None, scope: int) -> Iterator[Call]:
        """Yield the calls in the function of this file that made an object."""
        if not isinstance(made, Invocation):
            return
        callee = self.scopes.call(made.call).callee
        for value in self.evaluated(callee, Scope(self.path, scope)):
            if isinstance(value, Function) and value.path == self.path:
                for number in self.scopes.calls.get(value.definition, ()):
                    yield self.scopes.call(number)

    def _added(self, call: Call) -> Iterator[str]:
        """Name what a call adds, in every turn of a loop around it; `*` for what is not told."""
        named = [a for a in call.arguments if a.keyword == "name"]
        first = (named or call.arguments)[0].value
        told: set[str | None] = set()
        for scope in turns(self.interpreter, self.scopes, self.path, call):
            values = self.evaluated(first, scope)
            if is_open(scope) and told.issuperset(map(as_text, values)):
                continue
            told.update(map(as_text, values))
            text = as_text(values[0]) if len(values) == 1 else None
            if text is None:
                given = own_callables(self.interpreter, values)
                text = self.own_name(given[0]) if given else None
            yield text or "*"

    def own_name(self, given: Callable) -> str:
        """Name a callable as it was given, else as it is defined; `*` when that is not told."""
        if given.name is not None:
            return given.name
        scopes = self.interpreter.scopes(given.function.path)
        return "*" if scopes is None else scopes.definition(given.function.definition).name

    def function_site(
        self,
        row: Construct,
        given: Callable,
        names: tuple[SpanName, ...],
        spot: Spot,
        use: Place | None = None,
        members: tuple[str, ...] = (),
    ) -> FoundSite:
        """Make the site of a function that a framework was given; `use` is where.

        `members` are the objects of the framework that hold it.
        """
        path, index = given.function.path, given.function.definition
        scopes = self.interpreter.scopes(path)
        assert scopes is not None
        definition = scopes.definition(index)
        is_lambda = definition.kind == "lambda"
        plain = definition.qualified_name if row.qualified else definition.name
        own: str | None = given.name or plain
        if row.default is not None and (row.kind == "agent" or (is_lambda and not given.name)):
            own = row.default
        names = names or ((LiteralName(own, "function"),) if own else ())
        kept = definition.parameters
        if scopes.is_method(index) and kept and kept[0].name in {"self", "cls"}:
            kept = kept[1:]
        kept = tuple(each for each in kept[row.injected :] if not is_injected(each.annotation))
        site = Site(
            kind=row.kind,
            at=place_of(scopes.facts, path, definition.at),
            extent=extent_of(scopes.facts, definition.extent),
            names=names,
            qualified_name=definition.qualified_name,
            function=function_id(scopes, path, index),
            parameters=tuple(parameter.name for parameter in kept),
            variadic=variadic_names(kept),
            secondary=use,
            is_generator=definition.is_generator,
            is_async=definition.is_async,
            framework=row.framework,
            members=members,
        )
        return FoundSite(site, spot, runs=False)

    def holders(
        self, row: Construct, callee: Expression, scope: Scope, made: Spot | None = None
    ) -> tuple[str, ...]:
        """Name the object that a tool is given to: what is made here, or whose method is called."""
        if row.packages != PYDANTIC:
            return ()
        if made is not None and row.last[:1].isupper():
            return (key_of(made),)
        called = receiver(callee)
        spots = () if called is None else made_at(self.evaluated(called, scope))
        return tuple(key_of(spot) for spot in spots)

    def run_site(self, row: Construct, call: Call, names: tuple[SpanName, ...], spot: Spot) -> Site:
        """Make the site of a call that runs an object made elsewhere, with what it may call."""
        called = receiver(call.callee)
        scope = Scope(self.path, call.scope)
        made = () if called is None else made_at(self.evaluated(called, scope))
        held = [held_keys(self.interpreter, each) for each in made]
        own = {own_name(self.interpreter, each) for each in made}
        name = own.pop() if len(own) == 1 else None
        return replace(
            self.call_site(row, call, names, spot).site,
            members=tuple(key for keys in held for key in keys or ()) if None not in held else (),
            attributes=() if name is None else (("name", name),),
        )

    def meeting_site(
        self, row: Construct, call: Call, names: tuple[SpanName, ...], spot: Spot
    ) -> Site:
        """Make the site of a call that lets two objects made elsewhere meet."""
        scope = Scope(self.path, call.scope)
        given = arguments(self.interpreter, call.arguments, scope)
        met = pick(given, *row.met) or () if row.met is not None else ()
        called = receiver(call.callee)
        both = (*self.evaluated(called, scope), *met) if called is not None else met
        spots = [v.made for v in both if isinstance(v, Instance) and v.made is not None]
        named = {v.called if isinstance(v, Instance) else None for v in met}
        name = named.pop() if len(named) == 1 else None
        return replace(
            self.call_site(row, call, names, spot).site,
            members=tuple(map(key_of, spots)) if len(spots) == len(both) else (),
            attributes=() if name is None or row.met is None else ((row.met[1], name),),
        )

    def class_site(
        self, row: Construct, index: int, names: tuple[SpanName, ...], spot: Spot
    ) -> FoundSite:
        """Make the site of a class of the tree whose inherited methods make spans."""
        definition = self.scopes.definition(index)
        site = Site(
            kind=row.kind,
            at=place_of(self.scopes.facts, self.path, definition.at),
            extent=extent_of(self.scopes.facts, definition.extent),
            names=names,
            qualified_name=definition.qualified_name,
            function=None,
            framework=row.framework,
        )
        return FoundSite(site, spot, runs=False)

    def call_site(
        self, row: Construct, call: Call, names: tuple[SpanName, ...], spot: Spot
    ) -> FoundSite:
        """Make the site of a construct that runs no function of the tree."""
        site = Site(
            kind=row.kind,
            at=place_of(self.scopes.facts, self.path, spot.at),
            extent=extent_of(self.scopes.facts, call.extent),
            names=names,
            qualified_name=self.around(call.scope),
            function=None,
            framework=row.framework,
        )
        return FoundSite(site, spot, runs=False)

    def built(
        self,
        row: Construct,
        call: Call,
        names: tuple[SpanName, ...],
        given: tuple[Given, ...],
        spot: Spot,
    ) -> Iterator[FoundSite]:
        """Make the site of a tool or node that runs nothing of the tree, when its name is told."""
        method = method_around(self.interpreter, self.scopes, self.path, call.scope, row)
        if not names and row.default is not None and method is None:
            names = (LiteralName(row.default, "default"),)
        if names:
            found = self.call_site(row, call, names, spot)
            yield self.told_by(found, row, given, method, call)

    def told_by(
        self,
        found: FoundSite,
        row: Construct,
        given: tuple[Given, ...],
        method: int | None,
        call: Call,
    ) -> FoundSite:
        """Add what spans record of a construct; a method that makes it stands for it."""
        site = replace(found.site, attributes=recorded_by(row, given))
        if row.kind == "agent":  # of a node it is where the node is registered
            site = replace(site, secondary=settings_place(self.interpreter, self.path, row, call))
        if method is not None:
            definition = self.scopes.definition(method)
            site = replace(
                site,
                at=place_of(self.scopes.facts, self.path, definition.at),
                extent=extent_of(self.scopes.facts, definition.extent),
            )
        return replace(found, site=site)

    def around(self, scope: int) -> str | None:
        """Name the definition around a place, `None` for the module."""
        return self.scopes.definition(scope).qualified_name if scope >= 0 else None
