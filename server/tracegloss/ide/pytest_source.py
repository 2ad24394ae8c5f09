"""The source of a pytest test that repeats one recorded call."""

from __future__ import annotations

import ast
import builtins
import keyword
import pprint
import re
import textwrap
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tracegloss.index.repo import FunctionEntry
from tracegloss.model.settings import RedactionSettings
from tracegloss.overlay.layer import Call
from tracegloss.recorded import JsonValue
from tracegloss.wording.display import Display

MOST_BYTES = 50_000
_SHORTEST_EXPECTATION = 3

_AS_RECORDED = '''\
def as_recorded(value: object) -> object:
    """Turn a value into the plain data that MLflow records of it."""
    return json.loads(json.dumps(value, cls=TraceJSONEncoder))
'''
_NO_TRACING = '''\
@pytest.fixture(autouse=True)
def without_tracing() -> Iterator[None]:
    """Keep this test out of the tracking store."""
    mlflow.tracing.disable()
    yield
    mlflow.tracing.enable()
'''


class PytestCase(Struct, frozen=True):
    """One call of a function that `module` exports; `variadic` are its `*args` and `**kwargs`."""

    call: Call
    function: FunctionEntry
    module: str
    variadic: tuple[str, ...] = ()


def pytest_source(case: PytestCase, redaction: RedactionSettings) -> str | None:
    """Write the test; `None` when the inputs cannot be written down, or not in 50,000 bytes.

    Everything personal is redacted: tests leave this machine. Then outputs are not compared, since
    the test calls the function with something else than what was recorded.
    """
    level = redaction.level if redaction.level == "off" else "personal"
    display = Display(replace(redaction, level=level))
    arguments = _arguments(case, display)
    if arguments is None:
        return None
    body = "\n".join(_body(case, display, arguments))
    source = f"{_head(case, display, body)}\n\n{body}\n"
    return source if len(source.encode("utf-8", "replace")) <= MOST_BYTES else None


def _arguments(case: PytestCase, display: Display) -> list[str] | None:
    """Write the inputs as keyword arguments; `None` when one of them cannot be given by name."""
    recorded = case.call.span.inputs
    inputs = display.value(recorded) if recorded is not None else None
    if not isinstance(inputs, Mapping):
        return None
    written: list[str] = []
    for name, value in inputs.items():
        literal = _literal(value)
        if literal is None:
            return None
        if name in case.variadic:
            if isinstance(value, Mapping):
                written += [f"**{literal},"] if value else []
            elif value:
                return None
        elif name not in case.function.parameters or keyword.iskeyword(name):
            return None
        else:
            written.append(f"{name}={literal},")
    return written


def _literal(value: JsonValue) -> str | None:
    """Write a value as Python; `None` for what has no literal (NaN, infinity, deep nesting)."""
    try:
        text = pprint.pformat(value, width=80, sort_dicts=False)
        ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return text


def _body(case: PytestCase, display: Display, arguments: Sequence[str]) -> list[str]:
    raised = case.call.span.exceptions
    name = re.sub(r"\W", "_", case.function.function.qualified_name).strip("_")
    head = f"def test_{name}_{'raises' if raised else 'answers'}() -> None:"
    call = [f"    {_call_opening(case)}", *_indented(arguments, 8), f"    {_call_closing(case)}"]
    if raised:
        return [head, *_raises(display.text(raised[0].type), call)]
    call[0] = f"    result = {call[0].strip()}"
    return [head, *call, "", *_asserts(case, display)]


def _call_opening(case: PytestCase) -> str:
    called = f"{case.function.function.qualified_name}("
    if case.function.is_async:
        return f"asyncio.run({called}"
    return f"list({called}" if case.function.is_generator else called


def _call_closing(case: PytestCase) -> str:
    return "))" if case.function.is_async or case.function.is_generator else ")"


def _raises(recorded: str, call: Sequence[str]) -> list[str]:
    """Expect the recorded exception; one that is not Python's own is told by its name."""
    name = re.sub(r"\W", "_", recorded.rpartition(".")[2])
    known = getattr(builtins, name, None)
    inner = [f"    {row}" for row in call]
    if isinstance(known, type) and issubclass(known, BaseException):
        return [f"    with pytest.raises({name}):", *inner]
    return [
        "    with pytest.raises(Exception) as raised:",
        *inner,
        "",
        f'    assert type(raised.value).__name__ == "{name}"',
    ]


def _asserts(case: PytestCase, display: Display) -> list[str]:
    expected = _expectation(case, display)
    if expected is not None:
        return [f"    assert {_literal(expected)} in str(result)"]
    recorded = case.call.span.outputs
    output = display.value(recorded) if recorded is not None else None
    literal = _literal(output)
    if display.redacted or recorded is None or literal is None:
        return ["    assert result is not None"]
    is_plain = not isinstance(output, Mapping | list | tuple)
    compared = "result" if is_plain else "as_recorded(result)"
    if isinstance(output, float):
        literal = f"pytest.approx({literal})"
    relation = "!=" if _is_judged_wrong(case) else "=="
    rows = _indented([f"assert {compared} {relation} {literal}"], 4)
    if _is_judged_wrong(case):
        rows.insert(0, "    # What was recorded was judged wrong, so anything else is expected.")
    return rows


def _expectation(case: PytestCase, display: Display) -> str | None:
    """Return an expected text of this call, or of the whole trace where this call is its root."""
    for judged in case.call.on_code.examination.assessments:
        a = judged.assessment
        is_here = a.span_id == case.call.span.span_id or (a.span_id is None and case.call.is_root)
        if is_here and judged.judged in {"met", "unmet"} and a.value is not None:
            value = display.value(a.value)
            if isinstance(value, str) and len(value) >= _SHORTEST_EXPECTATION:
                return value
    return None


def _is_judged_wrong(case: PytestCase) -> bool:
    return any(
        judged.judged == "failed" and judged.assessment.span_id == case.call.span.span_id
        for judged in case.call.on_code.examination.assessments
    )


def _head(case: PytestCase, display: Display, body: str) -> str:
    """Write what stands above the test: docstring, the imports it needs, fixture and helper."""
    name = case.function.function.qualified_name
    said = f'"""What {name} makes of one call, recorded in trace {case.call.trace_id}."""'
    redacted = sum(display.redacted.values())
    if redacted:
        said += f"\n# {redacted} recorded value{'' if redacted == 1 else 's'} redacted: [kind #n]"
    uses_recorded = "as_recorded(" in body
    standard = [
        *(["import asyncio"] if "asyncio.run(" in body else []),
        *(["import json"] if uses_recorded else []),
        "from collections.abc import Iterator",
    ]
    installed = ["import mlflow", "import pytest"]
    if uses_recorded:
        installed.append("from mlflow.tracing.utils import TraceJSONEncoder")
    own = [f"from {case.module} import {name.partition('.')[0]}"]
    imports = "\n\n".join("\n".join(group) for group in (standard, installed, own))
    parts = [f"{said}\n\n{imports}\n", _NO_TRACING, *([_AS_RECORDED] if uses_recorded else [])]
    return "\n\n".join(parts)


def _indented(rows: Sequence[str], depth: int) -> list[str]:
    return [textwrap.indent(row, " " * depth) for row in rows]
