"""The reader of YAML settings against PyYAML, which reads all of YAML: the same text, or none."""

from __future__ import annotations

from typing import TypeAlias

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tracegloss.syntax.facts import Constant, Entries, Expression
from tracegloss.syntax.settings_file import extract_settings

Told: TypeAlias = "str | dict[str, Told] | None"

AGENTS = """\
# who works here
---
writer:
  role: >
    Senior {topic}
    Writer

    of books
  goal: |-
    Write.
      Indented.
  backstory: plain words
    over two lines # and a comment
  llm: 'it''s'
"quoted key":
  role: "tab\\tand \\u00e9"
  note: "over
    two lines"
under:
  role:
    plain below
listed:
  tools:
    - one
    - role: two
  role: after a list
"""

UNTOLD = {
    "a list": "a: [b, c]",
    "a mapping in flow style": "a: {b: c}",
    "a number": "a: 12.5",
    "a flag": "a: yes",
    "nothing": "a: ~",
    "an anchor": "a: &x text",
    "an alias": "a: *x",
    "a tag": "a: !!str 1",
    "a quote that never ends": "a: 'b",
    "an escape of YAML's own": 'a: "\\x41"',
    "an indicator of indentation": "a: |2\n    b",
}


def told(value: Expression) -> Told:
    if isinstance(value, Constant):
        return str(value.value)
    if isinstance(value, Entries):
        return {str(k.value): told(v) for k, v in value.entries if isinstance(k, Constant)}
    return None


def read(text: str) -> dict[str, Told]:
    return {each.target: told(each.value) for each in extract_settings(text.encode()).assignments}


def test_texts_are_those_that_pyyaml_reads() -> None:
    whole = yaml.safe_load(AGENTS)
    whole["listed"]["tools"] = None
    assert read(AGENTS) == whole
    lines = {each.target: each.line for each in extract_settings(AGENTS.encode()).assignments}
    assert lines == {"writer": 2, "quoted key": 14, "under": 18, "listed": 21}


@pytest.mark.parametrize("case", UNTOLD)
def test_what_is_no_plain_text_is_not_told(case: str) -> None:
    assert read(f"{UNTOLD[case]}\nlast: one") in ({"a": None, "last": "one"}, {"a": None})


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"- a\n- b", b":", b"a:\n b:\n  c:\n" * 50])
def test_no_file_stops_it(data: bytes) -> None:
    assert extract_settings(data).n_lines > 0


DEEP = "".join(f"{' ' * depth}a:\n" for depth in range(500))


def test_depth_is_bounded() -> None:
    assert list(read(DEEP)) == ["a"]


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
TEXTS = st.text(alphabet="ab {}:#'\"-\n.,\\é>|", max_size=40)


@given(
    st.dictionaries(NAMES, st.dictionaries(NAMES, TEXTS, min_size=1, max_size=3), max_size=3),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(20, 90),
)
def test_nothing_is_told_that_is_not_so(
    settings: dict[str, dict[str, str]], style: str | None, width: int
) -> None:
    text = yaml.safe_dump(
        settings, default_style=style, width=width, allow_unicode=True, default_flow_style=False
    )
    found = read(text)
    for key, whole in yaml.safe_load(text).items():
        inner = found.get(key)
        if isinstance(inner, dict):
            assert all(inner.get(name) in (value, None) for name, value in whole.items())
