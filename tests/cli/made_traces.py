"""Traces no program would make, written in the shape MLflow writes."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterable
from typing import Any

from tests.cli.running import TRACES

START_NS = 1_795_450_033_000_000_000
ROOT_NUMBER = 1


def identity(number: int) -> str:
    return base64.b64encode(number.to_bytes(8, "big")).decode()


def made_span(number: int, parent: int | None, name: str = "check_input", **more: Any) -> Any:
    """One span of 1 ms; `parent` is a number too."""
    return {
        "trace_id": base64.b64encode(bytes(range(16))).decode(),
        "span_id": identity(number),
        "parent_span_id": None if parent is None else identity(parent),
        "name": name,
        "start_time_unix_nano": START_NS + number * 1000,
        "end_time_unix_nano": START_NS + number * 1000 + 1_000_000,
        "events": [],
        "status": {"code": "STATUS_CODE_OK", "message": ""},
        "attributes": {"mlflow.spanInputs": '{"text": "hello"}'},
        "links": [],
        **more,
    }


def made_trace(spans: Iterable[Any], **info: Any) -> bytes:
    """A trace of these spans below a root span `support_agent` with number 1."""
    recorded = json.loads((TRACES / "not-judged.json").read_text("utf-8"))
    document = copy.deepcopy(recorded)
    asked = {"mlflow.spanInputs": '{"question": "hello"}', "mlflow.spanFunctionName": '"handle"'}
    root = made_span(ROOT_NUMBER, None, "support_agent", attributes=asked)
    document["data"]["spans"] = [root, *spans]
    document["info"] |= info
    return json.dumps(document).encode()


def hostile_span(number: int, text: str) -> Any:
    """A span that says `text` wherever a span can say something."""
    written = json.dumps(text)
    stack = (
        f'Traceback (most recent call last):\n  File "/srv/{text}.py", line 3, in {text}\n'
        f"    {text}\n{text}: {text}\n"
    )
    raised = {"type": text, "message": text, "stacktrace": stack}
    return made_span(
        number,
        ROOT_NUMBER,
        text,
        status={"code": "STATUS_CODE_ERROR", "message": text},
        attributes={
            "mlflow.spanType": written,
            "mlflow.spanInputs": json.dumps({text: text}),
            "mlflow.spanOutputs": written,
            "mlflow.spanFunctionName": written,
            text: written,
        },
        events=[
            {
                "name": "exception",
                "time_unix_nano": START_NS,
                "attributes": {f"exception.{key}": value for key, value in raised.items()},
            }
        ],
    )


def hostile_info(text: str) -> dict[str, Any]:
    """Info that says `text` in its tags, metadata and assessments."""
    assessment = {
        "assessment_id": text,
        "assessment_name": text,
        "source": {"source_type": "LLM_JUDGE", "source_id": text},
        "feedback": {"value": False},
        "rationale": text,
        "create_time": "2026-11-23T10:00:00Z",
        "last_update_time": "2026-11-23T10:00:00Z",
        "valid": True,
    }
    return {
        "tags": {text: text, "mlflow.traceName": text},
        "trace_metadata": {text: text, "mlflow.source.git.branch": text},
        "request_preview": text,
        "response_preview": text,
        "assessments": [assessment],
    }
