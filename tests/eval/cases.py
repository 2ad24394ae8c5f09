"""The recorded cases: an application that acts as a repository, its traces, and their truth."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from tests.eval.scoring import Truth, truth_of

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Case(Struct, frozen=True):
    """One recording of one application; `truths` goes by trace id and 16 hex digits of span id."""

    name: str
    root: Path
    traces: tuple[Path, ...]
    truths: Mapping[str, Mapping[str, Truth]]


def cases() -> list[Case]:
    """Read every case of `fixtures/eval`, recordings by older clients apart as `CASE/CLIENT`."""
    return [_case(path) for path in sorted((FIXTURES / "eval").rglob("truth.json"))]


def _case(truth: Path) -> Case:
    parts = truth.parent.relative_to(FIXTURES / "eval").parts
    folder = FIXTURES / "eval" / parts[0]
    own = folder / "app"
    traces = truth.parent / "traces" if len(parts) == 1 else truth.parent
    recorded = json.loads(truth.read_text(encoding="utf-8"))
    return Case(
        name="/".join(part for part in parts if part != "traces"),
        root=own if own.is_dir() else FIXTURES / "apps" / parts[0],
        traces=tuple(sorted(traces.glob("[0-9]*.json"))),
        truths={
            trace_id: {span_id: truth_of(note) for span_id, note in spans.items()}
            for trace_id, spans in recorded.items()
        },
    )


def spans_of(trace: Path) -> tuple[str, dict[str, str]]:
    """Return a recorded trace's id and its spans' names by span id, without the package's help."""
    recorded = json.loads(trace.read_text(encoding="utf-8"))
    info = recorded["info"]
    names = {_span_id(span): str(span["name"]) for span in recorded["data"]["spans"]}
    return str(info.get("trace_id") or info["request_id"]), names


def _span_id(span: Mapping[str, object]) -> str:
    context = span.get("context")
    if isinstance(context, dict):
        return str(context["span_id"]).removeprefix("0x")
    return base64.b64decode(str(span["span_id"])).hex()
