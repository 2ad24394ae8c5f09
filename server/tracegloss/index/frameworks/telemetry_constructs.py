"""Constructs that open spans of OpenTelemetry's, which reach MLflow over OTLP."""

from __future__ import annotations

from tracegloss.index.frameworks.construct_rows import Construct
from tracegloss.model.site import SiteKind

_OPENTELEMETRY = ("opentelemetry", "openinference", "phoenix", "traceloop")
_OPENINFERENCE = ("openinference", "phoenix")
_NAME = (0, "name")
_MESSAGE = (0, "msg_template")


def _opened(tail: str, kind: SiteKind = "context") -> Construct:
    return Construct("opentelemetry", _OPENTELEMETRY, tail, kind, named=_NAME)


TELEMETRY_CALLS: tuple[Construct, ...] = (
    _opened("start_as_current_span"),
    _opened("get_tracer().start_span"),
    Construct("logfire", ("logfire",), "logfire.span", "context", named=_MESSAGE),
)

TELEMETRY_DECORATORS: tuple[Construct, ...] = (
    _opened("start_as_current_span", "decorated"),
    Construct(
        "logfire", ("logfire",), "logfire.instrument", "decorated", named=(0, "msg_template")
    ),
    *(
        Construct(
            "traceloop",
            ("traceloop",),
            tail,
            "module",
            named=_NAME,
            qualified=True,
            method=(2, "method_name"),
        )
        for tail in ("workflow", "task", "agent", "tool", "aworkflow", "atask", "aagent", "atool")
    ),
    *(
        Construct(
            "openinference",
            _OPENINFERENCE,
            f"get_tracer().{tail}",
            "module",
            named=(99, "name"),
            qualified=True,
        )
        for tail in ("chain", "agent", "tool", "llm")
    ),
)
"""Functions under these run inside a span of their own."""
