"""Code and traces in outline, and the one check that correlates them.

Code, a path and below it one function a line, `@` when it is traced, its steps after the colon:

    core/engine.py
      @Engine.run(value): get, Engine.helper
      Engine.helper(): loop(Step.run)
      @stream(text) generator name="chunks" type=LLM: with_("inner", get)

Steps: names of functions · `loop(...)` · `either(...)` (exclusive) · `attempt(...)` (a `try`) ·
`together(...)` (concurrent) · `started(...)` (concurrent, not waited for) ·
`with_("name", ...)` (a span in the body; a bare word is a variable
name) · `wrap_(value)` (traces a function that nothing names) ·
`guess(A.run, B.run)` (a method of an unknown object) · `unknown` (a call of anything).

A trace, one span a line, `name(keys)` when MLflow's decorator made it, and what must come out:

    run(value)            -> Engine.run exact
      get(key) fn=get     -> get strong
      inner               -> ? first/inner, second/inner
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from tests.spans import info_of
from tracegloss.correlate import correlate
from tracegloss.index.repo import FunctionEntry, RepoIndex
from tracegloss.model.resolution import Ambiguous, Correlation, Resolution, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import (
    DynamicName,
    FunctionId,
    LiteralName,
    NamePattern,
    Place,
    Site,
    SpanName,
)
from tracegloss.model.steps import CallStep, Choice, Loop, SiteStep, Step, Steps, Unordered
from tracegloss.model.trace import (
    Event,
    Span,
    SpanException,
    SpanStatus,
    StackFrame,
    Trace,
    TracebackBlock,
)
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.text import LineIndex, TextRange, range_of
from tracegloss.tree import span_tree

LINES_A_FUNCTION = 10

_DECLARATION = re.compile(
    r"(?P<traced>@?)(?P<name>[\w.<>]+)(?:\((?P<parameters>.*?)\))?(?P<options>[^:]*):?(?P<steps>.*)"
)
_OPTION = re.compile(r"(\w+)(?:=(?:\"([^\"]*)\"|(\S+)))?")
_SPAN = re.compile(r"(?P<name>\"[^\"]*\"|[^\s(]+)(?:\((?P<keys>[^)]*)\))?(?P<options>.*)")


class Declared(Struct):
    """One function of an outline."""

    function: FunctionId
    traced: bool
    parameters: tuple[str, ...]
    options: dict[str, str]
    steps: str


class CodeReader(Struct):
    """Turns an outline into an index, sites of `with_` steps included."""

    declared: list[Declared] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    site_of: dict[str, int] = field(default_factory=dict)

    def read(self, outline: str) -> RepoIndex:
        path = ""
        counts: dict[str, int] = {}
        for line in filter(str.strip, outline.splitlines()):
            text = line.strip()
            if "(" not in text and text.endswith((".py", ".ipynb")):
                path = text
                continue
            number = counts[path] = counts.get(path, 0) + 1
            self.declare(path or "app.py", (number - 1) * LINES_A_FUNCTION, text)
        for each in self.declared:
            if each.traced:
                self.site_of[key_of(each)] = len(self.sites)
                self.sites.append(decorated(each))
        steps = {each.function: self.steps(each) for each in self.declared}
        files = frozenset(each.function.path for each in self.declared)
        functions = {each.function: entry(each) for each in self.declared}
        return RepoIndex(files, files, tuple(self.sites), functions, steps)

    def declare(self, path: str, line: int, text: str) -> None:
        matched = _DECLARATION.fullmatch(text)
        assert matched, text
        parameters = tuple(filter(None, re.split(r",\s*", matched["parameters"] or "")))
        options = {m[1]: m[2] or m[3] or "" for m in _OPTION.finditer(matched["options"])}
        function = FunctionId(path, matched["name"], line)
        self.declared.append(
            Declared(function, bool(matched["traced"]), parameters, options, matched["steps"])
        )

    def steps(self, each: Declared) -> Steps:
        if not each.steps.strip():
            return Steps()
        tree = ast.parse(f"[{each.steps}]", mode="eval").body
        assert isinstance(tree, ast.List)
        return self.sequence(tree.elts, each)

    def sequence(self, nodes: list[ast.expr], each: Declared) -> Steps:
        return Steps(tuple(self.step(node, each) for node in nodes))

    def step(self, node: ast.expr, each: Declared) -> Step:
        if not isinstance(node, ast.Call):
            return self.call(ast.unparse(node), node, each)
        inside = node.args
        match ast.unparse(node.func):
            case "loop":
                return Loop(self.sequence(inside, each))
            case "together" | "started" as word:
                return Unordered(self.sequence(inside, each), joined=word == "together")
            case "either":
                return Choice(tuple(self.sequence([n], each) for n in inside), exclusive=True)
            case "attempt":
                return Choice(tuple(self.sequence([n], each) for n in inside))
            case "guess":
                calls = [self.call(ast.unparse(n), n, each) for n in inside]
                sites = tuple(s for call in calls for s in call.sites)
                return CallStep(self.at(node, each), sites, (), open=True)
            case "seq":
                return Choice((self.sequence(inside, each),), exclusive=True)
            case "with_" | "wrap_" as word:
                made = self.opened if word == "with_" else self.wrapping
                return made(inside, each)
            case other:
                raise AssertionError(other)

    def call(self, name: str, node: ast.expr, each: Declared) -> CallStep:
        at = self.at(node, each)
        if name == "unknown":
            return CallStep(at, open=True)
        called = [d for d in self.declared if name in {d.function.qualified_name, key_of(d)}]
        assert called, f"{name} is not declared"
        return CallStep(
            at,
            tuple(self.site_of[key_of(d)] for d in called if d.traced),
            tuple(d.function for d in called if not d.traced),
        )

    def opened(self, inside: list[ast.expr], each: Declared) -> SiteStep:
        first, *rest = inside
        name: SpanName
        if isinstance(first, ast.Constant):
            name = literal_or_pattern(str(first.value))
        else:
            name = DynamicName(ast.unparse(first))
        number = len(self.sites)
        self.sites.append(
            Site(
                "context",
                self.at(first, each),
                range_of(each.function.line + 1, 0, each.function.line + 8, 0),
                (name,),
                each.function.qualified_name,
                each.function,
                block=range_of(each.function.line + 1, 0, each.function.line + 8, 0),
            )
        )
        return SiteStep(number, self.sequence(rest, each))

    def wrapping(self, inside: list[ast.expr], each: Declared) -> CallStep:
        at = self.at(inside[0], each)
        name = DynamicName(ast.unparse(inside[0]))
        self.sites.append(Site("wrapped", at, at.range, (name,), None, None))
        return CallStep(at)

    def at(self, node: ast.expr, each: Declared) -> Place:
        line, column = each.function.line + 1, node.col_offset
        return Place(each.function.path, range_of(line, column, line, column + 1))


def place(path: str, marked: TextRange) -> Place:
    return Place(path, marked, 0 if path.endswith(".ipynb") else None)


def literal_or_pattern(text: str) -> SpanName:
    return NamePattern(tuple(text.split("*"))) if "*" in text else LiteralName(text, "literal")


def key_of(each: Declared) -> str:
    """Name a function uniquely: `pkg/mod.py` and `f` are `pkg.mod.f` to the steps."""
    stem = each.function.path.removesuffix(".py").replace("/", ".")
    return f"{stem}.{each.function.qualified_name}"


def decorated(each: Declared) -> Site:
    bare = each.function.qualified_name.rpartition(".")[2]
    generator = "generator" in each.options
    name: SpanName = LiteralName(bare, "function")
    if "name" in each.options:
        name = literal_or_pattern(each.options["name"])
    return Site(
        "decorated",
        place(each.function.path, range_of(each.function.line, 4, each.function.line, 8)),
        range_of(each.function.line, 0, each.function.line + LINES_A_FUNCTION - 1, 0),
        (name,),
        each.function.qualified_name,
        each.function,
        function_name=None if generator else bare,
        parameters=each.parameters,
        span_type=each.options.get("type"),
        is_generator=generator,
    )


def entry(each: Declared) -> FunctionEntry:
    line = each.function.line
    path = each.function.path
    return FunctionEntry(
        each.function,
        each.function.qualified_name.rpartition(".")[2],
        place(path, range_of(line, 4, line, 8)),
        place(path, range_of(line, 0, line + LINES_A_FUNCTION - 1, 0)),
        each.parameters,
        "function",
        each.options.get("hash", f"{path}:{line}"),
    )


class Outlined(Struct, frozen=True):
    """A trace in outline: its lines up to the arrow, and the outcome each names."""

    trace: Trace
    lines: tuple[str, ...]
    expected: tuple[str, ...]


def trace_in(outline: str, change: Callable[[Span], Span] | None = None) -> Outlined:
    """Read a trace; spans follow each other unless marked `overlapping`."""
    spans: list[Span] = []
    above: list[str] = []
    lines, expected = [], []
    rows = [row for row in outline.splitlines() if row.strip()]
    indent = len(rows[0]) - len(rows[0].lstrip()) if rows else 0
    for number, row in enumerate(rows):
        text, _, outcome = row.partition("->")
        depth = (len(text) - len(text.lstrip()) - indent) // 2
        span = span_in(text.strip(), number, above[depth - 1] if depth else None)
        above[depth:] = [span.span_id]
        spans.append(span if change is None else change(span))
        lines.append(text.rstrip()[indent:])
        expected.append(" ".join(outcome.split()))
    return Outlined(Trace(info_of(), tuple(_timed(spans))), tuple(lines), tuple(expected))


def span_in(text: str, number: int, parent: str | None) -> Span:
    matched = _SPAN.fullmatch(text)
    assert matched, text
    name = matched["name"].strip('"')
    options = {m[1]: m[2] or m[3] or "" for m in _OPTION.finditer(matched["options"])}
    decorated_by_mlflow = matched["keys"] is not None and "generator" not in options
    keys = [k for k in re.split(r",\s*", matched["keys"] or "") if k]
    attributes: dict[str, JsonValue] = {"mlflow.spanType": "UNKNOWN"}
    if "library" in options:
        attributes["mlflow.message.format"] = options["library"]
    if "code" in options:
        path, line, function = options["code"].split(":")
        attributes |= {"code.file.path": path, "code.line.number": line}
        attributes |= {"code.function.name": f"{function}"}
    return Span(
        span_id=f"{number:016x}",
        parent_id=options.get("parent", parent),
        name=Recorded(name),
        type=Recorded(options["type"]) if "type" in options else None,
        status=SpanStatus.ERROR if "frames" in options else SpanStatus.OK,
        status_message=None,
        start_ns=number * 10,
        end_ns=-1 if "overlapping" in options else None,
        function_name=Recorded(options.get("fn", name)) if decorated_by_mlflow else None,
        inputs=None if matched["keys"] is None else Recorded(dict.fromkeys(keys, 1)),
        outputs=None,
        attributes=Recorded(attributes),
        exceptions=(exception_of(options["frames"]),) if "frames" in options else (),
        events=(Event(Recorded("mlflow.chunk.item.0"), None, Recorded({})),)
        if "generator" in options
        else (),
        service=Recorded(options["service"]) if "service" in options else None,
    )


def exception_of(frames: str) -> SpanException:
    """Read `mlflow>path:line:function>...`; blocks of a chain are parted by `|`."""
    blocks = tuple(block_of(block) for block in frames.split("|"))
    return SpanException(Recorded("ValueError"), Recorded("no"), blocks, Recorded("..."))


def block_of(frames: str) -> TracebackBlock:
    return TracebackBlock(
        Recorded("ValueError"),
        Recorded("no"),
        tuple(frame_of(frame) for frame in frames.split(">") if frame),
        "last",
    )


def frame_of(text: str) -> StackFrame:
    if text == "mlflow":
        wrapper = "/usr/lib/python3.11/site-packages/mlflow/tracing/fluent.py"
        return StackFrame(Recorded(wrapper), 500, Recorded("wrapper"), Recorded("yield span"))
    path, line, function = text.rsplit(":", 2)
    quoted = line_of_source(path.rpartition("/")[2], int(line))
    if function.endswith("?"):
        quoted = "something = edited()"
    return StackFrame(Recorded(path), int(line), Recorded(function.rstrip("?")), Recorded(quoted))


def line_of_source(name: str, line: int) -> str:
    """The text of a 1-based line in every file of this name."""
    return f"line {line} of {name}"


def text_key(path: str) -> str:
    """Notebooks of outlines have one cell, of number 0."""
    return f"{path}#0" if path.endswith(".ipynb") else path


def source_of(path: str) -> LineIndex:
    name = path.rpartition("/")[2]
    return LineIndex.of("\n".join(f"    {line_of_source(name, n)}" for n in range(1, 400)).encode())


def _timed(spans: list[Span]) -> list[Span]:
    """Let every span end after its children and before its next sibling, or else after it."""
    ends: dict[str, int] = {}
    for span in reversed(spans):
        ends[span.span_id] = max(ends.get(span.span_id, 0), span.start_ns + 5)
        if span.parent_id is not None:
            ends[span.parent_id] = max(ends.get(span.parent_id, 0), ends[span.span_id] + 1)
    return [
        replace(span, end_ns=ends[span.span_id] + (1000 if span.end_ns == -1 else 0))
        for span in spans
    ]


def correlated(code: str, trace: Trace, settings: Settings | None = None) -> Correlation:
    index = CodeReader().read(code)
    texts = {text_key(path): source_of(path) for path in index.files}
    return correlate(trace, span_tree(trace), index, texts, settings or Settings())


def outcome(resolution: Resolution) -> str:
    match resolution:
        case Resolved(site, confidence):
            return f"{title(site)} {confidence.name.lower()}"
        case Ambiguous(candidates):
            return "? " + ", ".join(sorted(title(c.site) for c in candidates))
        case unresolved:
            return f"- {unresolved.reason}"


def title(site: Site) -> str:
    name = site.qualified_name or "?"
    if site.kind != "context":
        return name
    match site.names[0]:
        case LiteralName(text):
            return f"{name}/{text}"
        case NamePattern(pieces):
            return f"{name}/{'*'.join(pieces)}"
        case DynamicName(expression):
            return f"{name}/{expression}"


def check(code: str, trace: str, settings: Settings | None = None) -> None:
    """Correlate, and compare the outcome of every span with the outline's."""
    outlined = trace_in(trace)
    correlation = correlated(code, outlined.trace, settings)
    width = max(len(line) for line in outlined.lines)
    ids = sorted(correlation.resolutions)
    actual = [outcome(correlation.resolutions[span_id]) for span_id in ids]

    def table(outcomes: tuple[str, ...] | list[str]) -> str:
        rows = zip(outlined.lines, outcomes, strict=True)
        return "\n".join(f"{line:<{width}} -> {out}" for line, out in rows)

    assert table(actual) == table(outlined.expected)
