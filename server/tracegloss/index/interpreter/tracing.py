"""Which dotted paths are MLflow's tracing API, and what their arguments say about the span."""

from __future__ import annotations

from msgspec import Struct

from tracegloss.index.interpreter.names import as_text, is_given, owners_of, span_names
from tracegloss.index.interpreter.values import (
    Creator,
    External,
    Given,
    Plain,
    Sequence,
    SpanMade,
    Spot,
    Table,
    Value,
)
from tracegloss.model.site import LiteralName


class Api(Struct, frozen=True):
    """A call that makes spans: its positional parameters and its default span name."""

    creator: Creator
    positional: tuple[str, ...]
    default_name: str | None = None


_TRACE = Api("trace", ("func", "name", "span_type", "attributes"))
_START_SPAN = Api("context", ("name", "span_type", "attributes"), "span")
_NO_CONTEXT = Api("call", ("name", "span_type", "parent_span", "inputs", "attributes"))
_LOG_TRACE = Api("call", ("name", "request", "response"), "Task")
_CLIENT_TRACE = Api("call", ("name", "span_type", "inputs", "attributes"))
_CLIENT_SPAN = Api("call", ("name", "trace_id", "parent_id", "span_type", "inputs", "attributes"))

_HOMES = ("mlflow", "mlflow.tracing", "mlflow.tracing.fluent")
_CLIENTS = (
    "mlflow.MlflowClient",
    "mlflow.client.MlflowClient",
    "mlflow.tracking.MlflowClient",
    "mlflow.tracking.client.MlflowClient",
)

APIS: dict[str, Api] = {
    **{f"{home}.trace": _TRACE for home in _HOMES},
    **{f"{home}.start_span": _START_SPAN for home in _HOMES},
    **{f"{home}.start_span_no_context": _NO_CONTEXT for home in _HOMES},
    **{f"{home}.log_trace": _LOG_TRACE for home in _HOMES},
    **{f"{client}.start_trace": _CLIENT_TRACE for client in _CLIENTS},
    **{f"{client}.start_span": _CLIENT_SPAN for client in _CLIENTS},
}

HANDLERS = frozenset(
    f"mlflow.genai.agent_server{part}.{name}"
    for part in ("", ".server")
    for name in ("invoke", "stream")
)
SCORER_DECORATORS = frozenset(
    f"mlflow.genai.{part}scorer" for part in ("", "scorers.", "scorers.base.")
)
SCORER_CLASSES = frozenset(
    f"mlflow.genai.{part}Scorer" for part in ("", "scorers.", "scorers.base.")
)
RESPONSES_AGENTS = frozenset(
    f"mlflow.pyfunc.{part}ResponsesAgent" for part in ("", "model.", "responses_agent.")
)
EVALUATE = frozenset({"mlflow.genai.evaluate", "mlflow.genai.evaluation.evaluate"})

ALL_APIS = APIS.keys() | HANDLERS | SCORER_DECORATORS
"""Every dotted path whose call makes spans, or something that does."""

API_NAMES = frozenset(dotted.rpartition(".")[2] for dotted in APIS)
"""Last names of the calls that make spans."""

REGISTERING_NAMES = frozenset(
    dotted.rpartition(".")[2]
    for dotted in HANDLERS | SCORER_DECORATORS | RESPONSES_AGENTS | SCORER_CLASSES
)
"""Last names of what MLflow traces by itself once a function or class is handed to it."""


def pick(given: tuple[Given, ...], position: int, keyword: str) -> tuple[Value, ...] | None:
    """Give the values of one parameter of an outside callable, `None` when it was not given."""
    plain = 0
    for argument in given:
        if argument.keyword == keyword:
            return argument.values
        if argument.keyword == "**":
            found = _from_tables(argument.values, keyword)
            if found:
                return found
        elif argument.keyword is None:
            if plain == position:
                return argument.values
            plain += 1
        elif argument.keyword == "*":
            items = [v for v in argument.values if isinstance(v, Sequence)]
            if items and position - plain in range(len(items[0].items)):
                return items[0].items[position - plain]
    return None


def _from_tables(values: tuple[Value, ...], key: str) -> tuple[Value, ...]:
    return tuple(v for table in values if isinstance(table, Table) for v in table.get(key))


def span_made(api: Api, given: tuple[Given, ...], spot: Spot) -> SpanMade:
    """Describe the span that a call of MLflow's API makes."""
    named = _parameter(api, given, "name")
    names = () if named is None else span_names(named)
    if not names and api.default_name is not None:
        names = (LiteralName(api.default_name, "default"),)
    return SpanMade(
        creator=api.creator,
        names=names,
        trail=(spot,),
        span_type=_span_type(_parameter(api, given, "span_type")),
        attributes=_attributes(_parameter(api, given, "attributes")),
        description=_only_text(pick(given, 99, "description")),
        owners=owners_of(named or ()),
        is_given=is_given(named or ()),
    )


def _parameter(api: Api, given: tuple[Given, ...], name: str) -> tuple[Value, ...] | None:
    position = api.positional.index(name) if name in api.positional else 99
    return pick(given, position, name)


def _span_type(values: tuple[Value, ...] | None) -> str | None:
    """Read a literal type or a member of `mlflow.entities.SpanType`, whose values are its names."""
    for value in values or ():
        if isinstance(value, External) and ".SpanType." in value.dotted:
            return value.last
    return _only_text(values)


def _only_text(values: tuple[Value, ...] | None) -> str | None:
    texts = {as_text(value) for value in values or ()}
    return texts.pop() if len(texts) == 1 else None


def _attributes(values: tuple[Value, ...] | None) -> tuple[tuple[str, str], ...]:
    tables = [value for value in values or () if isinstance(value, Table)]
    if len(tables) != 1:
        return ()
    return tuple(
        (key, str(held[0].value))
        for key, held in tables[0].entries
        if key is not None and len(held) == 1 and isinstance(held[0], Plain)
    )
