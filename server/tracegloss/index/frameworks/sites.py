"""Sites that frameworks trace: nodes, tools, agents, and calls of model libraries."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracegloss.index.frameworks.aliases import alias_of, client_aliases
from tracegloss.index.frameworks.borrowed import is_borrowed
from tracegloss.index.frameworks.classes import ClassSites
from tracegloss.index.frameworks.constructs import (
    CALLED_OBJECTS,
    CALLS,
    CALLS_BY_NAME,
    DECORATORS_BY_NAME,
    PACKAGES,
    Construct,
    package_of,
)
from tracegloss.index.frameworks.given_callables import (
    Callable,
    assigned,
    callables,
    held_callables,
    own_callables,
)
from tracegloss.index.frameworks.given_inputs import STREAMING, given_inputs
from tracegloss.index.frameworks.parts import (
    method_around,
    names_of,
    of_method,
    part_names,
    recorded_by,
    taken_by,
    with_members,
    with_settings,
)
from tracegloss.index.frameworks.pipes import piped_names
from tracegloss.index.frameworks.receivers import (
    called_object,
    fits,
    is_known,
    keywords_of_module,
    outside_class,
    receiver,
    written,
)
from tracegloss.index.frameworks.shapes import literals
from tracegloss.index.interpreter.expressions import arguments, spot_of
from tracegloss.index.interpreter.interpreter import Interpreter
from tracegloss.index.interpreter.names import as_text
from tracegloss.index.interpreter.reader import Values
from tracegloss.index.interpreter.scopes import FileScopes, last_name
from tracegloss.index.interpreter.tracing import pick
from tracegloss.index.interpreter.turns import is_open, turns
from tracegloss.index.interpreter.values import (
    Class,
    External,
    Function,
    Given,
    Scope,
    Spot,
)
from tracegloss.index.places import extent_of, function_id, place_of
from tracegloss.index.sites import FoundSite
from tracegloss.model.site import DynamicName, LiteralName, Site, SpanName
from tracegloss.syntax.facts import Access, Call, Decorator, Expression, Invocation, Name, Subscript


def framework_sites(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[FoundSite]:
    """Yield the sites of one file that the table of constructs knows."""
    finder = _Finder(interpreter, scopes, path)
    yield from finder.invocations()
    if not _imports_framework(scopes):
        yield from finder.client_calls()
        return
    for number, call in enumerate(scopes.facts.calls):
        if call.role != "decorator":
            yield from finder.of_call(number, call)
    yield from finder.piped()
    for index, definition in enumerate(scopes.facts.definitions):
        if definition.kind == "class":
            yield from finder.of_class(index)
        for decorator in definition.decorators:
            yield from finder.of_decorator(index, decorator)


def _imports_framework(scopes: FileScopes) -> bool:
    return any(package_of(i.module) in PACKAGES for i in scopes.facts.imports)


class _Finder(ClassSites):
    """Looks at each construct of one file."""

    def __init__(self, interpreter: Interpreter, scopes: FileScopes, path: str) -> None:
        super().__init__(interpreter, scopes, path)
        self._aliases = client_aliases(scopes)

    def client_calls(self) -> Iterator[FoundSite]:
        """Yield calls of model clients, which tell by how they are written, in any file.

        Elsewhere `model.invoke(...)` is one of a model that a factory's function closes over, or of
        what a file with the framework hands over.
        """
        for number, call in enumerate(self.scopes.facts.calls):
            rows = CALLS_BY_NAME.get(last_name(call.callee), ())
            if call.role == "decorator" or not (rows or self._aliases):
                continue
            if not rows or rows[0].spans:
                yield from self.of_call(number, call)
            else:
                scope = Scope(self.path, call.scope)
                for row in (row for row in rows if row.kind == "sdk-call" and not row.dotted):
                    if is_borrowed(self.interpreter, self.scopes, self.path, row, call):
                        yield from self._sdk_call(row, call, scope)

    def of_call(self, number: int, call: Call) -> Iterator[FoundSite]:
        scope = Scope(self.path, call.scope)
        if isinstance(call.callee, Subscript) and last_name(call.callee.of)[:1].isupper():
            call = replace(call, callee=call.callee.of)  # `Agent[Context](...)`
        alias = alias_of(self.scopes, self._aliases, call)
        if alias is not None:
            called = replace(call, arguments=(*alias.given, *call.arguments))
            yield from self._sdk_call(alias.row, called, scope)
            return
        rows = CALLS_BY_NAME.get(self.last(call.callee), ())
        fitting = self._fitting(rows, call, scope) if rows else self.set_up(call)
        if not fitting:
            yield from self._called_object(call, scope)
            yield from self.renamed(call, scope)
            return
        if fitting[0].kind == "sdk-call":
            yield from self._sdk_call(fitting[0], call, scope)
            return
        if fitting[0].kind == "context":
            given = arguments(self.interpreter, call.arguments, scope)
            yield self._context(fitting[0], number, call, given)
            return
        yield from dict.fromkeys(self._registrations(fitting, call))

    def _registrations(self, rows: list[Construct], call: Call) -> Iterator[FoundSite]:
        """Yield what a call registers, turn by turn where a loop runs it."""
        told: set[SpanName] = set()
        for scope in turns(self.interpreter, self.scopes, self.path, call):
            given = arguments(self.interpreter, call.arguments, scope)
            found = [each for row in rows for each in self._registered(row, call, scope, given)]
            if told and is_open(scope):
                # What known turns name is theirs: here any name may stand beside any function.
                found = [each for each in found if told.isdisjoint(each.site.names)]
            told.update(name for each in found for name in each.site.names)
            yield from found

    def of_decorator(self, index: int, decorator: Decorator) -> Iterator[FoundSite]:
        expression = decorator.expression
        call = self.scopes.call(expression.call) if isinstance(expression, Invocation) else None
        callee = expression if call is None else call.callee
        rows = DECORATORS_BY_NAME.get(self.last(callee), ())
        if self.scopes.definition(index).kind != "function":
            rows = tuple(row for row in rows if row.method is not None or row.methods)
        if not rows:
            return
        scope = Scope(self.path, self.scopes.outer(index))
        values = self.evaluated(callee, scope)
        given = () if call is None else arguments(self.interpreter, call.arguments, scope)
        for row in rows:
            if fits(row, values, last_name(callee)):
                names = names_of(row, given)
                if row.methods:
                    names = (LiteralName(self.scopes.definition(index).name, "default"),)
                spot = Spot(self.path, decorator.at)
                holders = self.holders(row, callee, scope)
                for function in self._decorated(row, index, given):
                    yield self.function_site(row, function, names, spot, None, holders)

    def _decorated(self, row: Construct, index: int, given: tuple[Given, ...]) -> list[Callable]:
        """Find what runs under a decorator: the function, or the method a class's names."""
        if self.scopes.definition(index).kind == "function":
            return [Callable(Function(self.path, index), None)]
        named = pick(given, *row.method) if row.method is not None else None
        texts = [*row.methods, *filter(None, map(as_text, named or ()))]
        found: list[Callable] = []
        for text in texts:
            methods = self.interpreter.attribute(Class(self.path, index), text)
            found += own_callables(self.interpreter, methods)
        return found

    def piped(self) -> Iterator[FoundSite]:
        """Yield functions that stand between `|` in a chain of runnables."""
        for name, scope, at in piped_names(self.scopes):
            values = self.interpreter.lookup(name, Scope(self.path, scope))
            for given in own_callables(self.interpreter, values):
                yield self.function_site(_PIPED, given, (), Spot(self.path, at))

    def _fitting(self, rows: tuple[Construct, ...], call: Call, scope: Scope) -> list[Construct]:
        chain = f".{written(self.scopes, call.callee)}"
        told = [r for r in rows if r.spans and not r.of_object and chain.endswith(f".{r.tail}")]
        rows = tuple(told[:1]) or tuple(
            row for row in rows if row.of_object or row.is_function or not row.spans
        )
        values = self.evaluated(call.callee, scope) if rows else ()
        if not told:
            rows = tuple(row for row in rows if not row.is_function or is_known(row, values))
        fitting = [
            row
            for row in rows
            if (fits(row, values, row.last) and self._is_used(row, values, call))
            or (row.dotted and self.is_of_framework(row, values))
        ]
        # An object is known by its class, so that what only may be another is left out.
        fitting = [row for row in fitting if row.of_object] or fitting
        return self._imported(fitting) if fitting[1:] else fitting

    def _is_used(self, row: Construct, values: Values, call: Call) -> bool:
        """Tell whether a method of an untold object may be one of a framework's: by the imports."""
        if row.kind != "sdk-call" or (row.spans and not row.of_object):
            return True
        known = [v for v in values if isinstance(v, External)]
        if known:
            return any(row.fits(v.dotted) for v in known)
        if any(package_of(i.module) in row.packages for i in self.scopes.facts.imports):
            return True
        is_run = not row.of_object
        return is_run and is_borrowed(self.interpreter, self.scopes, self.path, row, call)

    def _imported(self, rows: list[Construct]) -> list[Construct]:
        """Keep the constructs of frameworks that the file imports, if there are any."""
        imported = {package_of(each.module) for each in self.scopes.facts.imports}
        return [row for row in rows if not imported.isdisjoint(row.packages)] or rows

    def _sdk_call(self, row: Construct, call: Call, scope: Scope) -> Iterator[FoundSite]:
        spot = spot_of(self.scopes, self.path, call)
        names: tuple[SpanName, ...] = tuple(LiteralName(each, "default") for each in row.spans)
        if not names:
            told = called_object(self.interpreter, self.scopes, call, scope)
            if told is None:
                return
            names = tuple(of_method(name, row.last) for name in told) if row.dotted else told
        given = self.passed(call, scope) if row.spans else ()
        keywords = tuple(each.keyword for each in given if each.keyword not in {None, "*"})
        is_whole = bool(row.spans) and not row.is_function
        is_told = is_whole and all(each.keyword not in {None, "*"} for each in given)
        plain = tuple(keyword for keyword in keywords if keyword and keyword != "**")
        if row.of_object or row.met is not None:
            make = self.run_site if row.met is None else self.meeting_site
            yield FoundSite(make(row, call, names, spot), spot)
            return
        is_chain = row.framework == "langchain" and not row.spans
        recorded, taken = literals(given), None
        if row.recorded:
            named = arguments(self.interpreter, call.arguments, scope)
            recorded, taken = recorded_by(row, named), taken_by(row, named)
        site = Site(
            kind="sdk-call",
            at=place_of(self.scopes.facts, self.path, spot.at),
            extent=extent_of(self.scopes.facts, call.extent),
            names=names,
            qualified_name=self.around(call.scope),
            function=None,
            parameters=plain if is_told else taken,
            variadic=("**",) if "**" in keywords else (),
            attributes=recorded,
            framework=row.framework,
            members=self._members(row, call, scope),
            is_generator=is_chain and row.last in STREAMING,
            given=given_inputs(row.last, call) if is_chain else (),
        )
        yield FoundSite(site, spot)

    def _members(self, row: Construct, call: Call, scope: Scope) -> tuple[str, ...]:
        """Name what a call of a framework runs: an agent, or the tools of the agent it is of."""
        if row.runs is not None:
            return tuple(self.ran(call))
        added = self.nodes(call, "add_component") if row.dotted else ()
        of = receiver(call.callee) if row.dotted and not added else None
        made = of if isinstance(of, Invocation) else None
        if isinstance(of, Name):
            built = (each for each in assigned(self.scopes, of.dotted, scope))
            made = next((each for each in built if isinstance(each, Invocation)), None)
        if made is None:
            return added
        constructor = self.scopes.call(made.call)
        given = arguments(self.interpreter, constructor.arguments, scope)
        held = held_callables(self.interpreter, pick(given, 99, "tools") or ())
        names = tuple(self.own_name(each) for each in held)
        return () if "*" in names else names

    def _called_object(self, call: Call, scope: Scope) -> Iterator[FoundSite]:
        """Yield a call of an object of a framework: `self.predict(question=...)`."""
        if self.calls_objects is None:
            return
        called: Expression | None = call.callee
        if last_name(call.callee) in {"acall", "__call__"}:
            called = receiver(call.callee)
        if called is None or isinstance(called, Access):
            return
        values = self.evaluated(called, scope)
        kinds = {outside_class(v) for v in values} - {""}
        names: list[SpanName] = []
        for dotted in sorted(kinds):
            own = CALLED_OBJECTS.get(package_of(dotted))
            last = dotted.rpartition(".")[2].removesuffix("()")
            if own is not None and last[:1].isupper():
                names.append(LiteralName(own.get(last, f"{last}.forward"), "default"))
        if names:
            spot = spot_of(self.scopes, self.path, call)
            row = Construct(self.calls_objects, (), "", "sdk-call")
            site = self.call_site(row, call, tuple(names), spot).site
            yield FoundSite(replace(site, parameters=keywords_of_module(call, names)), spot)

    def _registered(
        self, row: Construct, call: Call, scope: Scope, given: tuple[Given, ...]
    ) -> Iterator[FoundSite]:
        spot = spot_of(self.scopes, self.path, call)
        use = place_of(self.scopes.facts, self.path, spot.at)
        given = with_settings(row, given)
        names = names_of(row, given)
        holders = self.holders(row, call.callee, scope, spot)
        if row.kind == "agent":
            yield self._agent(row, call, names, given, spot)
        if row.held is not None:
            held_row = row if row.kind != "agent" else _TOOLS
            values = self.given_to_object(pick(given, *row.held) or ())
            for each in held_callables(self.interpreter, values):
                if row.kind == "node" or not self.is_decorated_tool(each):
                    yield self.function_site(held_row, each, (), spot, use, holders)
        if row.plugin is not None:
            yield from self.plugged(row, given, spot, use)
            return
        if row.runs is None:
            if row.kind in {"tool", "node"} and row.held is None:
                yield from self.built(row, call, names, given, spot)
            return
        found = self._run_by(row, call, scope)
        for each in found:
            yield self.function_site(row, each, names, spot, use, holders)
        if not found and row.kind == "node" and names:
            yield self.call_site(row, call, names, spot)

    def _context(
        self, row: Construct, number: int, call: Call, given: tuple[Given, ...]
    ) -> FoundSite:
        """Make the site of a span that a framework lets one open by hand, as `start_span` does."""
        spot = spot_of(self.scopes, self.path, call)
        found = self.call_site(row, call, names_of(row, given), spot)
        block = self.blocks.around(number)
        function = function_id(self.scopes, self.path, call.scope)
        site = replace(found.site, function=function, names=found.site.names or _UNNAMED)
        if block is not None:
            whole = extent_of(self.scopes.facts, block)
            site = replace(site, extent=whole, block=whole)
        return FoundSite(site, spot)

    def _run_by(self, row: Construct, call: Call, scope: Scope) -> list[Callable]:
        """Find what runs: of `add_node(fn)` the only argument is the callable."""
        position, keyword = row.runs or (99, "")
        plain = [a for a in call.arguments if a.keyword is None]
        written_as = [a.value for a in call.arguments if a.keyword == keyword]
        if not written_as and position < len(plain):
            written_as = [plain[position].value]
        if not written_as and row.kind == "node" and len(plain) == 1:
            written_as = [plain[0].value]
        found = [c for e in written_as for c in callables(self.interpreter, e, scope)]
        return list(dict.fromkeys(found))

    def _agent(
        self,
        row: Construct,
        call: Call,
        names: tuple[SpanName, ...],
        given: tuple[Given, ...],
        spot: Spot,
    ) -> FoundSite:
        if not names and row.default is not None:
            names = (LiteralName(row.default, "default"),)
        found = self.call_site(row, call, names, spot)
        members: tuple[str, ...] = self.nodes(call)
        if row.held is not None:
            held = held_callables(self.interpreter, pick(given, *row.held) or ())
            members = tuple(self.own_name(each) for each in held)
        if row.parts is not None:
            rows = (each for each in CALLS if each.framework == row.framework)
            members = part_names(self.interpreter, pick(given, *row.parts) or (), rows)
        method = method_around(self.interpreter, self.scopes, self.path, call.scope, row)
        found = self.told_by(found, row, given, method, call)
        return FoundSite(with_members(found.site, members), spot, runs=False)


_TOOLS = Construct("", (), "tools", "tool")
_UNNAMED = (DynamicName("name"),)
_PIPED = Construct("langchain", (), "|", "edge")
