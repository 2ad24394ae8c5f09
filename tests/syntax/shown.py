"""Facts as short text, for tests to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracegloss.syntax.facts import (
    Access,
    Argument,
    BranchNode,
    Call,
    CallNode,
    Comprehension,
    Constant,
    Definition,
    Entries,
    Expression,
    FileFacts,
    Import,
    Invocation,
    Items,
    Lambda,
    LoopNode,
    Name,
    Node,
    Opaque,
    Options,
    Parameter,
    ReturnNode,
    Subscript,
    Template,
    TryNode,
    WithNode,
)

STARS = {"variadic": "*", "keywords": "**"}


def shown(value: Expression, facts: FileFacts) -> str:  # noqa: C901, PLR0911 - one line a kind
    """An expression: `{hole}` in templates, `<source>` when opaque, `name()` for calls."""
    match value:
        case Name(dotted):
            return dotted
        case Constant(constant):
            return repr(constant)
        case Template(pieces):
            parts = [p if isinstance(p, str) else f"{{{shown(p, facts)}}}" for p in pieces]
            return f"`{''.join(parts)}`"
        case Invocation(call):
            return f"{shown(facts.calls[call].callee, facts)}()"
        case Options(options):
            return " | ".join(shown(option, facts) for option in options)
        case Items(items):
            return f"[{', '.join(shown(item, facts) for item in items)}]"
        case Entries(entries):
            return f"{{{', '.join(f'{shown(k, facts)}: {shown(v, facts)}' for k, v in entries)}}}"
        case Comprehension(element, bound):
            loops = ", ".join(f"{name} = {shown(each, facts)}" for name, each in bound)
            return f"{shown(element, facts)} with {loops}"
        case Access(of, attribute):
            return f"({shown(of, facts)}).{attribute}"
        case Subscript(of, key):
            return f"{shown(of, facts)}[{shown(key, facts)}]"
        case Lambda(definition):
            return facts.definitions[definition].qualified_name
        case Opaque(text):
            return f"<{text}>"


def shown_argument(argument: Argument, facts: FileFacts) -> str:
    value = shown(argument.value, facts)
    if argument.keyword is None:
        return value
    return (
        f"{argument.keyword}{value}" if "*" in argument.keyword else f"{argument.keyword}={value}"
    )


def shown_call(call: Call, facts: FileFacts) -> str:
    arguments = ", ".join(shown_argument(argument, facts) for argument in call.arguments)
    scope = "" if call.scope < 0 else f" in {facts.definitions[call.scope].qualified_name}"
    role = "" if call.role == "plain" else f"{call.role} "
    return f"{role}{shown(call.callee, facts)}({arguments}){scope}"


def shown_parameter(parameter: Parameter, facts: FileFacts) -> str:
    annotation = "" if parameter.annotation is None else f": {parameter.annotation}"
    default = "" if parameter.default is None else f" = {shown(parameter.default, facts)}"
    return f"{STARS.get(parameter.kind, '')}{parameter.name}{annotation}{default}"


def shown_signature(parameters: Sequence[Parameter], facts: FileFacts) -> str:
    parts: list[str] = []
    for kind in ("positional-only", "plain", "variadic", "keyword-only", "keywords"):
        found = [shown_parameter(each, facts) for each in parameters if each.kind == kind]
        if kind == "keyword-only" and found and all(each.kind != "variadic" for each in parameters):
            found.insert(0, "*")
        parts += [*found, "/"] if kind == "positional-only" and found else found
    return f"({', '.join(parts)})"


def shown_definition(definition: Definition, facts: FileFacts) -> str:
    words = [
        "async" if definition.is_async else "",
        "generator" if definition.is_generator else "",
        "guarded" if definition.guarded else "",
        definition.kind,
        definition.qualified_name,
        "" if definition.kind == "class" else shown_signature(definition.parameters, facts),
        f"-> {definition.returns}" if definition.returns else "",
        *(f"@{shown(decorator.expression, facts)}" for decorator in definition.decorators),
        *(f"< {shown(base, facts)}" for base in definition.bases),
    ]
    return " ".join(word for word in words if word)


def shown_import(found: Import, facts: FileFacts) -> str:
    name = found.module if found.name is None else f"{found.module} {found.name}"
    scope = "" if found.scope < 0 else f" in {facts.definitions[found.scope].qualified_name}"
    return f"{name} as {found.bound}{scope}{' guarded' if found.guarded else ''}"


def shown_body(nodes: Iterable[Node], facts: FileFacts) -> str:
    """A body skeleton: calls in order, braces around parts, `|` between alternatives."""
    return " ".join(_shown_node(node, facts) for node in nodes)


def _shown_node(node: Node, facts: FileFacts) -> str:
    def inner(nodes: Iterable[Node]) -> str:
        return shown_body(nodes, facts)

    match node:
        case CallNode(call):
            return shown(Invocation(call), facts)
        case WithNode(headers, bound, body):
            names = "".join(f" as {name}" for name in bound if name is not None)
            return f"with {', '.join(shown(h, facts) for h in headers)}{names} {{{inner(body)}}}"
        case LoopNode(body):
            return f"loop {{{inner(body)}}}"
        case BranchNode(branches):
            return f"either {{{' | '.join(inner(branch) for branch in branches)}}}"
        case TryNode(body, handlers, final):
            caught = "".join(f" or {{{inner(handler)}}}" for handler in handlers)
            return f"try {{{inner(body)}}}{caught}{f' finally {{{inner(final)}}}' if final else ''}"
        case ReturnNode(value, is_yield):
            return f"{'yield' if is_yield else 'return'} {shown(value, facts)}"
