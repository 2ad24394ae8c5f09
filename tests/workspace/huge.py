"""Makes a huge trace of a recorded one: everything below its root many times over."""

from __future__ import annotations

import base64
import json
from itertools import count
from pathlib import Path

from tests.conftest import REPOSITORY

RECORDED = REPOSITORY / "fixtures" / "traces" / "error-in-tool.json"


def huge_trace(target: Path, n_spans: int) -> Path:
    """Write a trace with at least so many spans, each with an id of its own."""
    document = json.loads(RECORDED.read_bytes())
    [root] = (span for span in document["data"]["spans"] if not span["parent_span_id"])
    below = [span for span in document["data"]["spans"] if span is not root]
    spans, numbers = [root], count(1)
    while len(spans) < n_spans:
        ids = {root["span_id"]: root["span_id"]}
        ids |= {span["span_id"]: _id(next(numbers)) for span in below}
        spans += [
            {**span, **{key: ids[span[key]] for key in ("span_id", "parent_span_id")}}
            for span in below
        ]
    document["data"]["spans"] = spans
    target.write_text(json.dumps(document), "utf-8")
    return target


def _id(number: int) -> str:
    return base64.b64encode(number.to_bytes(8, "big")).decode()
