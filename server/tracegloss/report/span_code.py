"""The code of a span as it ran, and what changed since, as text and JSON."""

from __future__ import annotations

import json

from tracegloss.compare.span_code import CodeText, Part, SpanCode, unified_diff
from tracegloss.report.json.members import Members
from tracegloss.report.text.segments import Line, Segment, Style
from tracegloss.wording.display import Display
from tracegloss.wording.printable import json_safe, one_line

SCHEMA = "tracegloss.code/1"


def as_ran_lines(code: SpanCode, part: Part, display: Display) -> list[Line]:
    """Write a title and the numbered lines of the function, or of its file, as they ran."""
    then = code.then
    lines = then.part(part)
    first = then.offset(part) + 1
    width = len(str(first + len(lines)))
    title: Line = (
        Segment(_place(then), "heading"),
        Segment(f"  {one_line(then.qualified_name)} as it ran{_at(then)}", "dim"),
    )
    numbered: list[Line] = [
        (Segment(f"{number:>{width}} │ ", "dim"), Segment(display.source(line)))
        for number, line in enumerate(lines, first)
    ]
    return [title, *_doubt(code), *numbered]


def diff_lines(code: SpanCode, part: Part, display: Display) -> list[Line]:
    """Write the unified diff from then to now, or say that nothing changed."""
    found = unified_diff(code, part, display.source)
    name, at = one_line(code.then.qualified_name), _at(code.then)
    if not found:
        return [(Segment(f"{name} is the same as when it ran{at}"),), *_doubt(code)]
    title: Line = (Segment(f"{name} as it ran{at}, against now", "dim"),)
    return [title, *_doubt(code), *((Segment(line, _style(line)),) for line in found)]


def raw_text(code: SpanCode, part: Part, display: Display) -> str:
    """Write the lines as they ran and nothing else, to be kept in a file."""
    return "".join(f"{display.source(line)}\n" for line in code.then.part(part))


def raw_diff(code: SpanCode, part: Part, display: Display) -> str:
    """Write the unified diff and nothing else; empty when nothing changed."""
    return "".join(f"{line}\n" for line in unified_diff(code, part, display.source))


def code_json(code: SpanCode, part: Part, display: Display, *, trace_id: str, span_id: str) -> str:
    """Write both texts and the diff as `tracegloss.code/1`."""
    members: Members = {
        "schema": SCHEMA,
        "trace_id": display.ours(trace_id),
        "span_id": display.ours(span_id),
        "part": part,
        "then": _text(code.then, part, display),
        "now": None if code.now is None else _text(code.now, part, display),
        "uncommitted_edits_known": code.is_certain,
        "diff": raw_diff(code, part, display),
    }
    return json_safe(json.dumps(members, ensure_ascii=False, indent=1) + "\n")


def _text(text: CodeText, part: Part, display: Display) -> Members:
    return {
        "commit": text.commit,
        "path": one_line(text.path),
        "cell": text.cell,
        "line": text.offset(part) + 1,
        "qualified_name": one_line(text.qualified_name),
        "text": "".join(f"{display.source(line)}\n" for line in text.part(part)),
    }


def _place(text: CodeText) -> str:
    cell = "" if text.cell is None else f" cell {text.cell}"
    return f"{one_line(text.path)}{cell}:{text.first + 1}"


def _at(text: CodeText) -> str:
    return "" if text.commit is None else f" at {text.commit[:7]}"


def _doubt(code: SpanCode) -> list[Line]:
    if code.is_certain:
        return []
    return [(Segment("uncommitted edits at recording time: not recorded", "dim"),)]


def _style(line: str) -> Style:
    if line.startswith(("---", "+++")):
        return "heading"
    return "dim" if line.startswith("@@") else "plain"
