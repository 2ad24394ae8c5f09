"""Which spans of two traces correspond: outlines of both, and the merged tree expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.builder import S, on_code, unresolved
from tracegloss.compare.alignment import MOST_RAILS, align
from tracegloss.trace_on_code import TraceOnCode


def outlined(text: str, prefix: str) -> TraceOnCode:
    """Lay a trace of lines `name path:line`, or `name -` without a site; indentation nests."""
    rows: list[tuple[int, str, str]] = []
    for line in text.strip().split("\n"):
        name, code = line.split()
        rows.append((len(line) - len(line.lstrip()), name, code))
    return on_code(*_spans(rows, prefix, [0]))


def _spans(rows: list[tuple[int, str, str]], prefix: str, begun: list[int]) -> list[S]:
    spans: list[S] = []
    while rows:
        depth, name, code = rows[0]
        end = next((n for n, row in enumerate(rows[1:], 1) if row[0] <= depth), len(rows))
        number = begun[0] = begun[0] + 1
        below = tuple(_spans(rows[1:end], prefix, begun))
        made_by = unresolved("library") if code == "-" else code
        spans.append(S(name, made_by, float(number), children=below, id=f"{prefix}{number}"))
        rows = rows[end:]
    return spans


def merged(before: TraceOnCode, after: TraceOnCode) -> list[str]:
    """One line a row: depth, then the name with `-` or `+` where only one trace has it."""
    told = []
    for row in align(before, after):
        tree = after.tree if row.after is not None else before.tree
        name = tree.spans[row.after or row.before or ""].name._value
        mark = "-" if row.after is None else "+" if row.before is None else "=~"[row.moved]
        told.append(f"{' ' * row.depth}{mark}{name}")
    return told


CASES = {
    "the same": ("a x:1\n b x:2\n c x:3", "a x:1\n b x:2\n c x:3", "=a\n =b\n =c"),
    "a span more": ("a x:1\n c x:3", "a x:1\n b x:2\n c x:3", "=a\n +b\n =c"),
    "a span less stands behind the one it followed": (
        "a x:1\n b x:2\n d x:4\n c x:3",
        "a x:1\n b x:2\n c x:3",
        "=a\n =b\n -d\n =c",
    ),
    "one less at the start": ("a x:1\n b x:2\n c x:3", "a x:1\n c x:3", "=a\n -b\n =c"),
    "with what is below it": ("a x:1\n b x:2\n  c x:3", "a x:1", "=a\n -b\n  -c"),
    "the n-th call with the n-th": (
        "a x:1\n b x:2\n b x:2",
        "a x:1\n b x:2\n b x:2\n b x:2",
        "=a\n =b\n =b\n +b",
    ),
    "another order": ("a x:1\n b x:2\n c x:3", "a x:1\n c x:3\n b x:2", "=a\n =c\n =b"),
    "a new name on the same line": ("a x:1\n b x:2", "a x:1\n other x:2", "=a\n =other"),
    "the same name on another line": ("a x:1\n b x:2", "a x:1\n b x:9", "=a\n =b"),
    "the line before the name": (
        "a x:1\n b x:2\n c x:3",
        "a x:1\n b x:3\n c x:2",
        "=a\n =b\n =c",
    ),
    "library spans by name": ("a x:1\n llm -\n llm -", "a x:1\n llm -", "=a\n =llm\n -llm"),
    "under a span that is new": (
        "a x:1\n c x:3\n  d x:4",
        "a x:1\n b x:2\n  c x:3\n   d x:4",
        "=a\n +b\n  ~c\n   =d",
    ),
    "library spans correspond only under spans that do": (
        "a x:1\n llm -",
        "a x:1\n b x:2\n  llm -",
        "=a\n -llm\n +b\n  +llm",
    ),
    "the only roots": ("a x:1\n b x:2", "c y:1\n b x:2", "=c\n =b"),
    "two traces with nothing in common": (
        "a x:1\nb x:2",
        "c y:1\nd y:2",
        "-a\n-b\n+c\n+d",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_alignment(case: str) -> None:
    before, after, expected = CASES[case]
    assert merged(outlined(before, "a"), outlined(after, "b")) == expected.split("\n")


OUTLINES: st.SearchStrategy[list] = st.recursive(
    st.just([]),
    lambda below: st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["x:1", "x:2", "-"]), below),
        max_size=4,
    ),
    max_leaves=20,
)


def written(rows: list[tuple[str, str, list]], depth: int = 1) -> str:
    return "".join(f"\n{' ' * depth}{n} {c}{written(r, depth + 1)}" for n, c, r in rows)


@given(OUTLINES, OUTLINES)
def test_every_span_stands_in_one_row(before: list, after: list) -> None:
    old = outlined("root x:9" + written(before), "a")
    new = outlined("root x:9" + written(after), "b")
    rows = align(old, new)
    assert sorted(r.before for r in rows if r.before) == sorted(old.tree.spans)
    assert [r.after for r in rows if r.after] == list(new.tree.order)
    assert all(len(row.rails) == min(row.depth, MOST_RAILS) for row in rows)


@given(OUTLINES)
def test_a_trace_corresponds_to_itself(outline: list) -> None:
    trace = outlined("root x:9" + written(outline), "a")
    assert [(r.before, r.after, r.moved) for r in align(trace, trace)] == [
        (span_id, span_id, False) for span_id in trace.tree.order
    ]


def test_very_deep_traces_are_aligned() -> None:
    deep = S("leaf", "x:1", id="a0")
    for number in range(1, 400):
        deep = S("f", "x:2", children=(deep,), id=f"a{number}")
    trace = on_code(deep)
    rows = align(trace, trace)
    assert [row.depth for row in rows] == list(range(400))
