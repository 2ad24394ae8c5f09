"""What is said of a span without a site: each reason is true of the code and trace beside it."""

from __future__ import annotations

import pytest

from tests.correlate.outlines import correlated, trace_in
from tracegloss.model.resolution import Unresolved
from tracegloss.redaction import Redactor

NO_CALL = "no tracing call known in this workspace gives its spans this name"
NO_FUNCTION = "has this name, but MLflow records the function of its spans, here it is not"
NOT_NAMED = "no function rows is traced by name"

CASES = {
    "nothing of the name": (
        "@get(key): ",
        "tides",
        NO_CALL,
    ),
    "no function of the name": (
        "main(): with_('rows')",
        "rows(key)",
        "no traced function called rows is known in this workspace",
    ),
    "a call whose name the source does not tell": (
        "main(): with_(title)",
        "tides",
        f"{NO_CALL}, but a call with a variable name might (app.py:2)",
    ),
    "several such calls": (
        "main(): with_(title)\nother(): with_(name)",
        "tides",
        f"{NO_CALL}, but 2 calls with a variable name might, such as app.py:2",
    ),
    "more such calls than are compared": (
        "\n".join(f"f{n}(): with_(title)" for n in range(30)),
        "tides",
        f"{NO_CALL}, but 30 calls with a variable name might, such as app.py:2",
    ),
    "a traced function of this name, while the span is no function's": (
        "@get(key): ",
        "get",
        f"get (app.py:1) {NO_FUNCTION}",
    ),
    "the same for a name with holes": (
        '@get(key) name="get-*": ',
        "get-7",
        f"get (app.py:1) {NO_FUNCTION}",
    ),
    "a function that something here may have traced": (
        "new(): wrap_(member)",
        "rows(key)",
        f"{NOT_NAMED}, but app.py:2 traces functions the source does not name",
    ),
    "one of several such places": (
        "new(): wrap_(member), wrap_(value)",
        "rows(key)",
        f"{NOT_NAMED}, but app.py:2 and 1 more place trace functions the source does not name",
    ),
    "other parameters": (
        "@predict(question): ",
        "predict(context, model_input)",
        "predict (app.py:1) does not fit: inputs are context, model_input, not question",
    ),
    "another name": (
        '@predict(question) name="ask": ',
        "guess(question) fn=predict",
        "predict (app.py:1) does not fit: its spans are called ask",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_reason(case: str) -> None:
    code, trace, expected = CASES[case]
    # A traced function beside it keeps the trace from looking like one that lost its attributes.
    outlined = trace_in(f"known()\n{trace}")
    correlation = correlated(f"{code}\n@known(): ", outlined.trace)
    resolution = correlation.resolutions[outlined.trace.spans[1].span_id]
    assert isinstance(resolution, Unresolved)
    assert Redactor().phrase(resolution.detail) == expected
