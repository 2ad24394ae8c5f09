"""What a body does, as a skeleton of calls in the order in which they are evaluated."""

from __future__ import annotations

import textwrap

import pytest

from tests.syntax.shown import shown_body
from tracegloss.syntax.extract import extract

CASES = {
    "arguments run before their call": ("f(g(), x=h())", "g() h() f()"),
    "the callee runs before the arguments": ("f()(g())", "f() g() f()()"),
    "a chain runs from the left": ("a().b(c()).d()", "a() c() (a()).b() ((a()).b()).d()"),
    "operands run in order": ("a() + b() < c()", "a() b() c()"),
    "the value runs before its target": ("x[f()] = g()", "g() f()"),
    "short circuits may not run": ("a() or b() or c()", "a() either {b() either {c() | } | }"),
    "mixed short circuits nest": ("a() and b() or c()", "a() either {b() | } either {c() | }"),
    "one of two values": ("a() if b() else c()", "b() either {a() | c()}"),
    "if": ("if a():\n    b()", "a() either {b() | }"),
    "if else": ("if a():\n    b()\nelse:\n    c()", "a() either {b() | c()}"),
    "elif without calls is flat": (
        "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()", "either {b() | d() | e()}"),
    "a later condition runs when the earlier failed": (
        "if a():\n    b()\nelif c():\n    d()\nelse:\n    e()",
        "a() either {b() | c() either {d() | e()}}"),
    "branches that do nothing": ("if a():\n    x = 1\nelse:\n    pass", "a()"),
    "for": ("for x in a():\n    b()\nelse:\n    c()", "a() loop {b()} c()"),
    "while": ("while a():\n    b()", "loop {a() b()}"),
    "comprehension": ("[f(x) for x in a()]", "a() loop {f()}"),
    "conditions of comprehensions": (
        "[f(x) for x in a() if b(x) for y in c()]",
        "a() loop {b() either {c() loop {f()} | }}"),
    "dict comprehension": ("{k(): v() for k in a()}", "a() loop {k() v()}"),
    "generator argument": ("gather(*(f(x) for x in xs))", "loop {f()} gather()"),
    "with": ("with a() as b:\n    c()", "a() with a() as b {c()}"),
    "two items nest": (
        "with a() as x, b(c()):\n    d()", "a() with a() as x {c() b() with b() {d()}}"),
    "parenthesized items nest": (
        "with (\n    a() as x,\n    b(),\n):\n    d()", "a() with a() as x {b() with b() {d()}}"),
    "a header chosen at run time": (
        "with a() if on else b() as x:\n    c()",
        "either {a() | b()} with a() | b() as x {c()}"),
    "with around nothing is kept": ("with a:\n    pass", "with a {}"),
    "try": (
        ("try:\n    a()\nexcept b():\n    c()\nexcept E as e:\n    d()\n"
        "else:\n    e()\nfinally:\n    f()"),
        "try {a() e()} or {b() c()} or {d()} finally {f()}"),
    "match": (
        "match a():\n    case A(x=1) if b():\n        c()\n    case {'k': v}:\n        d()",
        "a() either {b() c() | d() | }"),
    "match that always matches": (
        "match a:\n    case 1:\n        b()\n    case _:\n        c()", "either {b() | c()}"),
    "assert": ("assert a(), b()", "a() either {b() | }"),
    "raise": ("raise a() from b()", "a() b()"),
    "lambdas run later": ("f(lambda: g())", "f()"),
    "class bodies run in place": ("class A(b()):\n    x = c()\n    d()", "b() c() d()"),
    "decorators and defaults run in place": (
        "@a()\ndef f(x=b()):\n    c()", "a() b()"),
    "annotations are not run": ("x: a() = b()\ndef f(y: c()) -> d(): pass", "b()"),
    "f-string holes": ("f'{a()}{b():{c()}}'", "a() b() c()"),
    "type is called, not aliased": ("type(a()).x[b()] = c()", "c() a() type() b()"),
    "starred call after another": ("x = *a(), *b.c()", "a() b.c()"),
    "walrus": ("if (x := a()):\n    b(x)", "a() either {b() | }"),
    "del and subscripts": ("del x[a()]\ny[b():c()]", "a() b() c()"),
    "code after an error is still read": ("def f(:\n    a()\nb()", "b()"),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", CASES.values(), ids=CASES)
def test_module(source: str, expected: str) -> None:
    facts = extract(source.encode())
    assert shown_body(facts.body, facts) == expected


FUNCTIONS = {
    "return": ("return a(b())", "b() a() return a()"),
    "bare return": ("if a:\n    return\nb()", "either {return None | } b()"),
    "await": ("return await a()", "a() return a()"),
    "yield": ("x = yield a()", "a() yield a()"),
    "bare yield": ("with a():\n    yield", "a() with a() {yield None}"),
    "yield from": ("yield from a()", "a() yield a()"),
    "several values": ("return a(), 1", "a() return [a(), 1]"),
    "async for": ("async for x in a():\n    yield b(x)", "a() loop {b() yield b()}"),
    "async with": ("async with a() as b:\n    await c()", "a() with a() as b {c()}"),
    "inner functions run when called": ("def g():\n    a()\ng()", "g()"),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", FUNCTIONS.values(), ids=FUNCTIONS)
def test_function(source: str, expected: str) -> None:
    facts = extract(f"async def f():\n{textwrap.indent(source, '    ')}\n".encode())
    assert shown_body(facts.definitions[0].body, facts) == expected


def test_a_lambda_returns_its_body() -> None:
    facts = extract(b"run(lambda x: a(x) or b)")
    assert shown_body(facts.definitions[0].body, facts) == "a() return a() | b"


def test_nesting_without_end_is_read_flat() -> None:
    depth = 150
    source = "".join(f"{' ' * n}if a():\n" for n in range(depth)) + " " * depth + "b()\n"
    facts = extract(source.encode())
    assert len(facts.calls) == depth + 1
