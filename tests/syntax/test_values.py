"""Values of expressions: constants, templates, containers, and what stays source text."""

from __future__ import annotations

import pytest

from tests.syntax.shown import shown
from tracegloss.syntax.extract import extract

CASES = {
    "name": ("a", "a"),
    "dotted": ("a.b.c", "a.b.c"),
    "dotted over lines": ("(a\n .b  # why\n .c)", "a.b.c"),
    "attribute of a call": ("a().b", "(a()).b"),
    "attribute of an element": ("a[0].b", "(a[0]).b"),
    "element": ("TOOLS[name]", "TOOLS[name]"),
    "element of several keys": ("a[1, b]", "a[[1, b]]"),
    "none": ("None", "None"),
    "bool": ("True", "True"),
    "integer": ("0x_1F", "31"),
    "negative": ("-1", "-1"),
    "float": ("1e3", "1000.0"),
    "too large for the store": ("99999999999999999999", "<99999999999999999999>"),
    "complex": ("1j", "<1j>"),
    "bytes": ('b"a"', '<b"a">'),
    "string": ("'a\"b'", "'a\"b'"),
    "escapes": (r'"\x41\u00e9\U0001F600\N{BULLET}\101\n\'\q"', "\"Aé😀•A\\n'\\\\q\""),
    "raw": (r'r"\n{x}"', r"'\\n{x}'"),
    "triple": ('"""a\n "b" """', "'a\\n \"b\" '"),
    "joined line": ('"a\\\nb"', "'ab'"),
    "lone surrogate": (r'"\ud800"', r'<"\ud800">'),
    "unicode prefix": ("U'a'", "'a'"),
    "adjacent": ("('a' \"b\"\n 'c')", "'abc'"),
    "adjacent with an f-string": ("'{a}' f'{b}'", "`{a}{b}`"),
    "f-string": ("f'step-{n}'", "`step-{n}`"),
    "f-string without holes": ("f'{{a}}'", "'{a}'"),
    "f-string with format": ("f'{a!r:>{w}}x'", "`{a}x`"),
    "f-string that tells": ("f'{a=}'", "`a={a}`"),
    "f-string in an f-string": ("f'a{f\"b{c}\"}'", "`ab{c}`"),
    "f-string with a literal": ("f\"{'a'}b\"", "'ab'"),
    "raw f-string": (r"rf'\d{a}'", r"`\d{a}`"),
    "f-string with a call": ("f'{fn.__name__}:{f()}'", "`{fn.__name__}:{f()}`"),
    "t-string": ("t'a{b}'", "`a{b}`"),
    "plus": ("'a' + b + 'c'", "`a{b}c`"),
    "plus of constants": ("'a' + 'b'", "'ab'"),
    "plus of names": ("a + b", "<a + b>"),
    "percent": ("'%s-%d%%' % (a, b)", "`{a}-{b}%`"),
    "percent of one": ("'a%s' % b", "`a{b}`"),
    "percent by key": ("'%(x)s:%(y)s' % {'x': a}", "`{a}:{<y>}`"),
    "format": ("'{}:{}'.format(a, b)", "`{a}:{b}`"),
    "format by number": ("'{1}{0}'.format(a, b)", "`{b}{a}`"),
    "format by name": ("'{{{x.y}}}{z!r:>4}'.format(x=a, z='z')", "`{{(a).y}}{'z'}`"),
    "format of an unpacked": ("'{}-{}'.format(*a)", "`{<{0}>}-{<{1}>}`"),
    "modulo": ("a % b", "<a % b>"),
    "alternatives": ("a if b else 'c'", "a | 'c'"),
    "or": ("a or b or 'c'", "a | b | 'c'"),
    "list": ("[a, 'b']", "[a, 'b']"),
    "tuple": ("a, 'b'", "[a, 'b']"),
    "unpacked member": ("[*a, b]", "[<*a>, b]"),
    "dict": ("{'a': b, **c}", "{'a': b, <**>: c}"),
    "lambda": ("lambda x: x", "<lambda>"),
    "call": ("f(1)", "f()"),
    "await": ("await f()", "f()"),
    "walrus": ("(a := 'b')", "'b'"),
    "comparison": ("a < b", "<a < b>"),
    "comprehension": ("[a for a in b]", "[a] with a = b[<*>]"),
    "comprehension of pairs": ("{k: f(v) for k, v in b}",
                               "{k: f()} with k = b[<*>][0], v = b[<*>][1]"),
    "nested comprehension": ("{a for b in c if b for a in b}",
                             "[a] with b = c[<*>], a = b[<*>]"),
    "comprehension of the unsaid": ("[a < b for a in c]", "<[a < b for a in c]>"),
    "long source text is cut": ("a < '" + "b" * 90 + "'", f"<a < '{'b' * 75}>"),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", CASES.values(), ids=CASES)
def test_value(source: str, expected: str) -> None:
    facts = extract(f"x = {source}\n".encode())
    [value] = [each.value for each in facts.assignments if each.target == "x"]
    assert shown(value, facts) == expected


TARGETS = {
    "name": ("a = 1", ["a = 1"]),
    "attribute": ("self.a.b = 1", ["self.a.b = 1"]),
    "chained": ("a = b = 1", ["b = 1", "a = 1"]),
    "unpacked display": ("a, b = 1, 2", ["a = 1", "b = 2"]),
    "unpacked value": ("(a, [b]) = f()", ["a = f()[0]", "b = f()[1][0]"]),
    "rest": ("a, *b, c = d", ["a = d[0]", "b = <*>", "c = d[-1]"]),
    "annotated": ("a: int = 1", ["a = 1"]),
    "only annotated": ("a: int", ["a = <>"]),
    "augmented": ("a += 1", ["a = <a += 1>"]),
    "element": ("a['k'] = f", ["a[] = f"]),
    "loop": ("for a, b in c.items(): pass", ["a = c.items()[<*>][0]", "b = c.items()[<*>][1]"]),
    "comprehension with calls": ("[a() for a in b]", ["a = b[<*>]"]),
    "comprehension without": ("[a for a in b]", []),
    "with": ("with f() as a: pass", ["a = (f()).__enter__"]),
    "with unpacked": ("with f as (a, b): pass",
                      ["a = (f).__enter__[0]", "b = (f).__enter__[1]"]),
    "walrus": ("print(a := 1)", ["a = 1"]),
    "type alias": ("type A = int", ["A = <int>"]),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", TARGETS.values(), ids=TARGETS)
def test_targets(source: str, expected: list[str]) -> None:
    facts = extract(source.encode())
    found = [f"{each.target} = {shown(each.value, facts)}" for each in facts.assignments]
    assert found == expected


SCOPES = {
    "module": ("a = 1", {"a": ""}),
    "function": ("def f():\n    a = 1", {"a": "f"}),
    "class": ("class A:\n    a = 1", {"a": "A"}),
    "global": ("def f():\n    global a\n    a = 1", {"a": ""}),
    "nonlocal": (
        "def f():\n    a = 0\n    def g():\n        nonlocal a\n        a = 1", {"a": "f"}),
    "class in function": ("def f():\n    class A:\n        a = 1", {"a": "f.<locals>.A"}),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", SCOPES.values(), ids=SCOPES)
def test_scopes(source: str, expected: dict[str, str]) -> None:
    facts = extract(source.encode())
    names = {-1: ""} | {n: each.qualified_name for n, each in enumerate(facts.definitions)}
    assert {each.target: names[each.scope] for each in facts.assignments} == expected


EXPORTS = {
    "none": ("a = 1", None),
    "list": ("__all__ = ['a', \"b\"]", ("a", "b")),
    "tuple": ("__all__ = 'a', 'b'", ("a", "b")),
    "grown": ("__all__ = ['a']\n__all__ += ['b']", ("a", "b")),
    "extended": ("__all__ = ['a']\n__all__.extend(['b'])\n__all__.append('c')", ("a", "b", "c")),
    "not the module's": ("def f():\n    __all__ = ['a']", None),
}  # fmt: skip


@pytest.mark.parametrize("source, expected", EXPORTS.values(), ids=EXPORTS)
def test_exports(source: str, expected: tuple[str, ...] | None) -> None:
    assert extract(source.encode()).exports == expected


def test_long_displays_are_data() -> None:
    facts = extract(b"x = [" + b"f(), " * 600 + b"]")
    assert len(facts.calls) == 600
    assert shown(facts.assignments[0].value, facts).startswith("<[f(), ")
