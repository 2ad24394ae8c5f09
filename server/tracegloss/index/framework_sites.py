"""Sites that frameworks trace: nodes, tools, agents, and calls of model libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tracegloss.index.constructs import (
    BASES_BY_NAME,
    CALLS_BY_NAME,
    DECORATORS_BY_NAME,
    PACKAGES,
    BaseClass,
    Construct,
    package_of,
)
from tracegloss.index.dressing import variadic_names
from tracegloss.index.expressions import arguments, spot_of
from tracegloss.index.given_callables import (
    Callable,
    assigned,
    callables,
    held_callables,
    own_callables,
)
from tracegloss.index.implicit import outside_bases
from tracegloss.index.interpreter import Interpreter
from tracegloss.index.names import as_text, span_names
from tracegloss.index.pipes import piped_names
from tracegloss.index.places import extent_of, function_id, place_of
from tracegloss.index.reader import Values
from tracegloss.index.receivers import called_object, written
from tracegloss.index.scopes import Defined, FileScopes, last_name
from tracegloss.index.sites import FoundSite
from tracegloss.index.tracing import pick
from tracegloss.index.values import Class, External, Function, Given, Instance, Scope, Spot, Unknown
from tracegloss.index.withs import Blocks
from tracegloss.model.site import DynamicName, LiteralName, Place, Site, SpanName
from tracegloss.syntax.facts import Call, Constant, Decorator, Expression, Invocation, Name

_TOLD_LITERALS = frozenset({"model", "temperature", "max_tokens", "stream", "top_p", "n", "seed"})


def framework_sites(interpreter: Interpreter, scopes: FileScopes, path: str) -> Iterator[FoundSite]:
    """Yield the sites of one file that the table of constructs knows."""
    finder = _Finder(interpreter, scopes, path)
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


class _Finder:
    def __init__(self, interpreter: Interpreter, scopes: FileScopes, path: str) -> None:
        self._interpreter = interpreter
        self._scopes = scopes
        self._path = path
        self._blocks = Blocks(interpreter, scopes, path)

    def client_calls(self) -> Iterator[FoundSite]:
        """Yield calls of model clients, which tell by how they are written, in any file."""
        for number, call in enumerate(self._scopes.facts.calls):
            rows = CALLS_BY_NAME.get(last_name(call.callee), ())
            if rows and rows[0].spans and call.role != "decorator":
                yield from self.of_call(number, call)

    def of_call(self, number: int, call: Call) -> Iterator[FoundSite]:
        rows = CALLS_BY_NAME.get(last_name(call.callee), ())
        if not rows:
            return
        scope = Scope(self._path, call.scope)
        fitting = self._fitting(rows, call, scope)
        if not fitting:
            return
        if fitting[0].kind == "sdk-call":
            yield from self._sdk_call(fitting[0], call, scope)
            return
        given = arguments(self._interpreter, call.arguments, scope)
        for row in fitting:
            if row.kind == "context":
                yield self._context(row, number, call, given)
            else:
                yield from self._registered(row, call, scope, given)

    def of_decorator(self, index: int, decorator: Decorator) -> Iterator[FoundSite]:
        expression = decorator.expression
        call = self._scopes.call(expression.call) if isinstance(expression, Invocation) else None
        callee = expression if call is None else call.callee
        rows = DECORATORS_BY_NAME.get(last_name(callee), ())
        if not rows or self._scopes.definition(index).kind != "function":
            return
        scope = Scope(self._path, self._scopes.outer(index))
        values = self._evaluated(callee, scope)
        given = () if call is None else arguments(self._interpreter, call.arguments, scope)
        for row in rows:
            if _fits(row, values, last_name(callee)):
                names = _named(row, given)
                function = Callable(Function(self._path, index), None)
                spot = Spot(self._path, decorator.at)
                yield self._function_site(row, function, names, spot)

    def of_class(self, index: int) -> Iterator[FoundSite]:
        definition = self._scopes.definition(index)
        if not definition.bases:
            return
        of = Class(self._path, index)
        for dotted in outside_bases(self._interpreter, of):
            row = BASES_BY_NAME.get(dotted.rpartition(".")[2])
            if row is not None and row.fits(dotted):
                yield from self._class_sites(row, of, index)

    def piped(self) -> Iterator[FoundSite]:
        """Yield functions that stand between `|` in a chain of runnables."""
        for name, scope, at in piped_names(self._scopes):
            values = self._interpreter.lookup(name, Scope(self._path, scope))
            for given in own_callables(self._interpreter, values):
                yield self._function_site(_PIPED, given, (), Spot(self._path, at))

    def _fitting(self, rows: tuple[Construct, ...], call: Call, scope: Scope) -> list[Construct]:
        chain = f".{written(self._scopes, call.callee)}"
        told = tuple(r for r in rows if r.spans and chain.endswith(f".{r.tail}"))
        rows = told[:1] or tuple(row for row in rows if not row.spans)
        values = self._evaluated(call.callee, scope) if rows else ()
        return [row for row in rows if _fits(row, values, row.last)]

    def _evaluated(self, callee: Expression, scope: Scope) -> Values:
        """Tell what is called; what it leads to need not be indexed for that."""
        missed = set(self._interpreter.missed)
        values = self._interpreter.evaluate(callee, scope)
        self._interpreter.missed = missed
        return values

    def _sdk_call(self, row: Construct, call: Call, scope: Scope) -> Iterator[FoundSite]:
        spot = spot_of(self._scopes, self._path, call)
        names: tuple[SpanName, ...] = tuple(LiteralName(name, "default") for name in row.spans)
        if not names:
            told = called_object(self._interpreter, self._scopes, call, scope)
            if told is None:
                return
            names = told
        keywords = tuple(a.keyword for a in call.arguments if a.keyword not in {None, "*"})
        is_told = bool(row.spans) and all(a.keyword not in {None, "*"} for a in call.arguments)
        plain = tuple(keyword for keyword in keywords if keyword and keyword != "**")
        site = Site(
            kind="sdk-call",
            at=place_of(self._scopes.facts, self._path, spot.at),
            extent=extent_of(self._scopes.facts, call.extent),
            names=names,
            qualified_name=self._around(call.scope),
            function=None,
            parameters=plain if is_told else None,
            variadic=("**",) if "**" in keywords else (),
            attributes=self._literals(call, scope) if row.spans else (),
            framework=row.framework,
            members=tuple(self._ran(call)) if row.runs is not None else (),
        )
        yield FoundSite(site, spot)

    def _ran(self, call: Call) -> Iterator[str]:
        """Name what a call runs: the agent's own name, or the function that builds it."""
        first = call.arguments[0].value if call.arguments else None
        built = [first] if first is not None else []
        if isinstance(first, Name):
            built += assigned(self._scopes, first.dotted, Scope(self._path, call.scope))
        for expression in built:
            if isinstance(expression, Invocation):
                made = self._scopes.call(expression.call)
                names = [a.value for a in made.arguments if a.keyword == "name"]
                yield from (str(n.value) for n in names if isinstance(n, Constant))
                yield last_name(made.callee)

    def _literals(self, call: Call, scope: Scope) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for argument in call.arguments:
            if argument.keyword in _TOLD_LITERALS and argument.keyword is not None:
                values = self._evaluated(argument.value, scope)
                text = as_text(values[0]) if len(values) == 1 else None
                if text is not None:
                    found.append((argument.keyword, text))
        return tuple(found)

    def _registered(
        self, row: Construct, call: Call, scope: Scope, given: tuple[Given, ...]
    ) -> Iterator[FoundSite]:
        spot = spot_of(self._scopes, self._path, call)
        use = place_of(self._scopes.facts, self._path, spot.at)
        names = _named(row, given)
        if row.kind == "agent":
            yield self._agent(row, call, names, given, spot)
        if row.held is not None:
            held_row = row if row.kind != "agent" else _TOOLS
            for each in held_callables(self._interpreter, pick(given, *row.held) or ()):
                if row.kind == "node" or not self._is_decorated_tool(each):
                    yield self._function_site(held_row, each, (), spot, use)
        if row.runs is None:
            if row.kind == "tool" and row.held is None and names:
                yield self._call_site(row, call, names, spot)
            return
        found = self._run_by(row, call, scope)
        for each in found:
            yield self._function_site(row, each, names, spot, use)
        if not found and row.kind == "node" and names:
            yield self._call_site(row, call, names, spot)

    def _context(
        self, row: Construct, number: int, call: Call, given: tuple[Given, ...]
    ) -> FoundSite:
        """Make the site of a span that a framework lets one open by hand, as `start_span` does."""
        spot = spot_of(self._scopes, self._path, call)
        found = self._call_site(row, call, _named(row, given), spot)
        block = self._blocks.around(number)
        function = function_id(self._scopes, self._path, call.scope)
        site = replace(found.site, function=function, names=found.site.names or _UNNAMED)
        if block is not None:
            whole = extent_of(self._scopes.facts, block)
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
        found = [c for e in written_as for c in callables(self._interpreter, e, scope)]
        return list(dict.fromkeys(found))

    def _is_decorated_tool(self, given: Callable) -> bool:
        """Tell whether a function is a tool by its own decorator, which knows its name."""
        scopes = self._interpreter.scopes(given.function.path)
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
        found = self._call_site(row, call, names, spot)
        members: tuple[str, ...] = self._nodes(call)
        if row.held is not None:
            held = held_callables(self._interpreter, pick(given, *row.held) or ())
            members = tuple(self._own_name(each) for each in held)
        return FoundSite(_with_members(found.site, members), spot, runs=False)

    def _nodes(self, call: Call) -> tuple[str, ...]:
        """Name the nodes that the same scope added to what is compiled here."""
        graph = written(self._scopes, call.callee).rpartition(".")[0]
        found: list[str] = []
        for number in self._scopes.calls.get(call.scope, ()) if graph else ():
            other = self._scopes.call(number)
            if last_name(other.callee) != "add_node" or not other.arguments:
                continue
            if written(self._scopes, other.callee).rpartition(".")[0] == graph:
                scope = Scope(self._path, call.scope)
                values = self._evaluated(other.arguments[0].value, scope)
                text = as_text(values[0]) if len(values) == 1 else None
                if text is None:
                    given = own_callables(self._interpreter, values)
                    text = self._own_name(given[0]) if given else None
                found.append(text or "*")
        return () if "*" in found else tuple(dict.fromkeys(found))

    def _own_name(self, given: Callable) -> str:
        if given.name is not None:
            return given.name
        scopes = self._interpreter.scopes(given.function.path)
        return "*" if scopes is None else scopes.definition(given.function.definition).name

    def _class_sites(self, row: BaseClass, of: Class, index: int) -> Iterator[FoundSite]:
        definition = self._scopes.definition(index)
        if row.pattern is None:
            values = self._interpreter.attribute(of, "name")
            names = span_names(v for v in values if not isinstance(v, Unknown))
        else:
            names = (LiteralName(row.pattern.replace("*", definition.name), "default"),)
        names = names or (LiteralName(definition.name, "default"),)
        for method in row.methods:
            for bound in self._scopes.names.get(index, {}).get(method, ()):
                if isinstance(bound, Defined):
                    table_row = Construct(row.framework, row.packages, row.base, row.kind)
                    given = Callable(Function(self._path, bound.definition), None)
                    spot = Spot(self._path, definition.at)
                    yield self._function_site(table_row, given, names, spot)

    def _function_site(
        self,
        row: Construct,
        given: Callable,
        names: tuple[SpanName, ...],
        spot: Spot,
        use: Place | None = None,
    ) -> FoundSite:
        path, index = given.function.path, given.function.definition
        scopes = self._interpreter.scopes(path)
        assert scopes is not None
        definition = scopes.definition(index)
        is_lambda = definition.kind == "lambda"
        own: str | None = given.name or definition.name
        if row.default is not None and (row.kind == "agent" or (is_lambda and not given.name)):
            own = row.default
        names = names or ((LiteralName(own, "function"),) if own else ())
        kept = definition.parameters
        if scopes.is_method(index) and kept and kept[0].name in {"self", "cls"}:
            kept = kept[1:]
        kept = kept[row.injected :]
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
        )
        return FoundSite(site, spot, runs=False)

    def _call_site(
        self, row: Construct, call: Call, names: tuple[SpanName, ...], spot: Spot
    ) -> FoundSite:
        site = Site(
            kind=row.kind,
            at=place_of(self._scopes.facts, self._path, spot.at),
            extent=extent_of(self._scopes.facts, call.extent),
            names=names,
            qualified_name=self._around(call.scope),
            function=None,
            framework=row.framework,
        )
        return FoundSite(site, spot, runs=False)

    def _around(self, scope: int) -> str | None:
        return self._scopes.definition(scope).qualified_name if scope >= 0 else None


_TOOLS = Construct("", (), "tools", "tool")
_UNNAMED = (DynamicName("name"),)
_PIPED = Construct("langchain", (), "|", "edge")


def _with_members(site: Site, members: Iterable[str]) -> Site:
    listed = tuple(members)
    return site if "*" in listed else replace(site, members=listed)


def _fits(row: Construct, values: Values, last: str) -> bool:
    """Tell whether a callee is a construct, or may be: nothing of the tree, of untold type."""
    if any(isinstance(v, External) and row.fits(v.dotted) for v in values):
        return True
    if any(isinstance(v, Function | Class) for v in values) or "." in row.tail:
        return row.kind == "sdk-call" and not any(isinstance(v, Function | Class) for v in values)
    return all(isinstance(v, Unknown | Instance) for v in values) and any(
        isinstance(v, Unknown) and v.attribute == last for v in values
    )


def _named(row: Construct, given: tuple[Given, ...]) -> tuple[SpanName, ...]:
    if row.named is None:
        return ()
    values = pick(given, *row.named) or ()
    return span_names(
        v for v in values if not isinstance(v, Function | Class | Instance | External)
    )
