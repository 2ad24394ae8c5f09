"""Programs and the spans frameworks make of them, and the one check that correlates them.

A trace, one span a line, indented by depth, with what must come out behind the arrow:

    agent CHAIN (messages) node=agent   -> Desk.agent strong
      ChatOpenAI CHAT_MODEL library     -> Desk.agent:12 strong

After the name: the type (`NONE` where none was recorded), the input keys, `key=value` attributes
(`node`, `agent`, `integration`, `inner` and `outer` stand for LangChain's metadata, the last two
for namespaces), a bare word for the library whose message format it carries.
An input `kwargs=a+b` holds two arguments, `topic='tea'` a text; `=false` is no text.
An outcome names a function, or for calls `function:line` of the source.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.correlate.outlines import _timed
from tests.index.repositories import index_text
from tests.spans import info_of
from tracegloss.correlate import correlate
from tracegloss.model.resolution import Ambiguous, Resolution, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.site import Site
from tracegloss.model.trace import Span, SpanStatus, Trace
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.tree import span_tree

_SPAN = re.compile(
    r"(?P<name>\"[^\"]*\"|\S+) (?P<type>[A-Z_]+)(?: \((?P<keys>[^)]*)\))?(?P<options>.*)"
)
_METADATA = {
    "node": "langgraph_node",
    "agent": "lc_agent_name",
    "integration": "ls_integration",
    "inner": "langgraph_checkpoint_ns",
    "outer": "checkpoint_ns",
}
_OPTION = re.compile(r"([\w.]+)(?:=(?:\"([^\"]*)\"|(\S+)))?")


def check(root: Path, source: str, trace: str, settings: Settings | None = None) -> None:
    """Index a program, correlate a trace with it, and compare the outcome of every span."""
    text = textwrap.dedent(source).lstrip("\n")
    index = index_text(root, text).index
    rows = [row for row in textwrap.dedent(trace).splitlines() if row.strip()]
    spans = _spans(rows)
    recorded = Trace(info_of(), tuple(_timed(spans)))
    found = correlate(recorded, span_tree(recorded), index, {}, settings or Settings())
    outcomes = [_outcome(found.resolutions[span.span_id]) for span in spans]
    came = [f"{_left(row)} -> {each}" for row, each in zip(rows, outcomes, strict=True)]
    expected = [f"{_left(row)} -> {' '.join(row.partition('->')[2].split())}" for row in rows]
    assert came == expected, "\n".join(came)


def _left(row: str) -> str:
    return row.partition("->")[0].rstrip()


def _spans(rows: list[str]) -> list[Span]:
    spans: list[Span] = []
    above: list[str] = []
    for number, row in enumerate(rows):
        depth = (len(row) - len(row.lstrip())) // 2
        span = _span(_left(row).strip(), number, above[depth - 1] if depth else None)
        above[depth:] = [span.span_id]
        spans.append(span)
    return spans


def _span(text: str, number: int, parent: str | None) -> Span:
    matched = _SPAN.fullmatch(text)
    assert matched, text
    span_type = None if matched["type"] == "NONE" else matched["type"]
    attributes: dict[str, JsonValue] = {} if span_type is None else {"mlflow.spanType": span_type}
    metadata: dict[str, JsonValue] = {}
    function_name = None
    for key, quoted, bare in _OPTION.findall(matched["options"]):
        value = quoted or bare
        if key == "fn":
            function_name = Recorded(value)
        elif key in _METADATA:
            metadata[_METADATA[key]] = value
        elif value:
            attributes[key] = False if value == "false" else value
        else:
            attributes["mlflow.message.format"] = key
    if metadata:
        attributes["metadata"] = metadata
    keys = [key for key in re.split(r",\s*", matched["keys"] or "") if key]
    return Span(
        span_id=f"{number:016x}",
        parent_id=parent,
        name=Recorded(matched["name"].strip('"')),
        type=None if span_type is None else Recorded(span_type),
        status=SpanStatus.OK,
        status_message=None,
        start_ns=number * 10,
        end_ns=None,
        function_name=function_name,
        inputs=None if matched["keys"] is None else Recorded(dict(map(_input, keys))),
        outputs=None,
        attributes=Recorded(attributes),
    )


def _input(key: str) -> tuple[str, JsonValue]:
    """Read one input: `kwargs=a+b` holds the arguments `a` and `b`, `topic='tea'` a text."""
    name, _, held = key.partition("=")
    if held.startswith("'"):
        return name, held.strip("'")
    return name, dict.fromkeys(held.split("+"), 1) if held else None


def _outcome(resolution: Resolution) -> str:
    match resolution:
        case Resolved(site, confidence):
            return f"{_title(site)} {confidence.name.lower()}"
        case Ambiguous(candidates):
            return "? " + ", ".join(sorted(_title(each.site) for each in candidates))
        case unresolved:
            return unresolved.reason


def _title(site: Site) -> str:
    name = site.qualified_name or "module"
    return name if site.function is not None else f"{name}:{site.at.range.start.line + 1}"
