"""The fast road to a tracking server: its own endpoints, without MLflow.

Info from `traces/{id}`, spans from `get-trace-artifact`: the store's own JSON, the same path on
servers 2.20 to 3.17 and several times faster than `traces/get`, which re-encodes every span and
fails on numbers above 2^63. `traces/get` is the second choice, for gateways that let only `/api`
through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

import msgspec

from tracegloss.errors import SourceError, SourceRefusedError, TraceNotFoundError
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, Problem, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import JsonValue, Phrase, Recorded
from tracegloss.traces.decode import decode_infos, decode_trace
from tracegloss.traces.fields import items, mapping, text
from tracegloss.traces.http import Answer, HttpClient
from tracegloss.traces.json_bytes import collection_paused, decode_document
from tracegloss.traces.logins import REMEDY, is_withheld
from tracegloss.traces.query import (
    ORDER_BY,
    Experiment,
    ReferenceRoadError,
    TraceQuery,
    filter_string,
)
from tracegloss.traces.rest_last_day import METRICS, counting, last_day_of, timing
from tracegloss.traces.tracking_uri import safe_uri

LARGEST_PAGE = 500
"""More is answered with 400 (`SEARCH_TRACES_MAX_RESULTS`)."""

_NO_ENDPOINT = "ENDPOINT_NOT_FOUND"


class RestSource:
    """Traces of one tracking server."""

    def __init__(self, client: HttpClient, description: SourceDescription) -> None:
        self.description = description
        self._client = client

    def trace(self, trace_id: str) -> Trace:
        """Read one trace in two questions; raises `TraceNotFoundError` or a `SourceError`."""
        info = self._info(trace_id)
        tags = mapping(info.get("tags"))
        if tags.get("mlflow.trace.spansLocation") == "ARCHIVE_REPO":
            raise ReferenceRoadError("the spans are archived", where=self._where)
        spans = self._artifact(trace_id)
        if spans is None:
            spans = self._whole(trace_id)
        trace = decode_trace(info, spans or ())
        if spans is not None:
            return trace
        missing = Phrase(("the server has this trace but none of its spans",))
        return Trace(trace.info, trace.spans, (*trace.problems, Problem("spans-missing", missing)))

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        """Yield matching infos page by page; falls back to the older endpoint."""
        token: str | None = None
        left = query.limit
        while left > 0:
            answer = self._search_page(query, min(left, LARGEST_PAGE), token)
            found = decode_infos(items(answer.get("traces")))
            yield from found[:left]
            left -= len(found)
            token = text(answer.get("next_page_token"))
            if not token:
                return

    def experiments(self) -> tuple[Experiment, ...]:
        """List active experiments; how many traces each has is not asked."""
        found: list[Experiment] = []
        token: str | None = None
        while True:
            asked = {"max_results": "1000", **({"page_token": token} if token else {})}
            answer = self._json("GET", f"/api/2.0/mlflow/experiments/search?{urlencode(asked)}")
            for entry in items(answer.get("experiments")):
                key, name = mapping(entry).get("experiment_id"), mapping(entry).get("name")
                found.append(Experiment(str(key), Recorded(text(name) or "")))
            token = text(answer.get("next_page_token"))
            if not token:
                return tuple(found)

    def model_tags(self, model_id: str) -> Labels:
        """Read the tags of a logged model; servers before 3.0 have none."""
        name = quote(model_id, safe="")
        answer = self._client.ask("GET", f"/api/2.0/mlflow/logged-models/{name}")
        if answer.status in (400, 404):
            return Recorded({})
        info = mapping(mapping(self._checked(answer).get("model")).get("info"))
        tags = (mapping(tag) for tag in items(info.get("tags")))
        return Recorded({str(tag.get("key")): str(tag.get("value", "")) for tag in tags})

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:
        """Let the server add up a day; `None` when it is too old, or its store cannot."""
        counted = self._client.ask("POST", METRICS, counting(experiment_id, now_ms))
        if counted.status in (400, 404, 405, 501):
            return None
        timed = self._client.ask("POST", METRICS, timing(experiment_id, now_ms))
        return last_day_of(self._checked(counted), self._checked(timed))

    @property
    def _where(self) -> str:
        return safe_uri(self._client.address)

    def _info(self, trace_id: str) -> dict[str, JsonValue]:
        name = quote(trace_id, safe="")
        answer = self._client.ask("GET", f"/api/3.0/mlflow/traces/{name}")
        if _is_no_endpoint(answer):
            answer = self._client.ask("GET", f"/api/2.0/mlflow/traces/{name}/info")
        if answer.status in (400, 404) and answer.is_json and not _is_no_endpoint(answer):
            raise TraceNotFoundError(
                f"no trace {trace_id}", where=self._where, remedy="List them: tracegloss traces"
            )
        body = self._checked(answer)
        info = mapping(body.get("trace", body)).get("trace_info", body.get("trace_info"))
        return dict(mapping(info))

    def _artifact(self, trace_id: str) -> Sequence[JsonValue] | None:
        asked = urlencode({"request_id": trace_id})
        answer = self._client.ask("GET", f"/ajax-api/2.0/mlflow/get-trace-artifact?{asked}")
        if answer.status != 200:
            return None
        with collection_paused(len(answer.body)):
            try:
                spans = mapping(decode_document(answer.body)).get("spans")
            except (ValueError, RecursionError):
                return None
        return spans if isinstance(spans, list) else None

    def _whole(self, trace_id: str) -> Sequence[JsonValue] | None:
        asked = urlencode({"trace_id": trace_id, "allow_partial": "true"})
        answer = self._client.ask("GET", f"/api/3.0/mlflow/traces/get?{asked}")
        if answer.status in (400, 404, 500):
            return None
        body = self._checked(answer)
        spans = mapping(body.get("trace")).get("spans")
        return spans if isinstance(spans, list) else None

    def _search_page(self, query: TraceQuery, size: int, token: str | None) -> dict[str, JsonValue]:
        wanted = filter_string(query)
        places = [
            {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": key}}
            for key in query.experiment_ids
        ]
        asked = {
            "locations": places,
            "filter": wanted,
            "max_results": size,
            "order_by": [ORDER_BY[query.order]],
            **({"page_token": token} if token else {}),
        }
        answer = self._client.ask(
            "POST", "/api/3.0/mlflow/traces/search", msgspec.json.encode(asked)
        )
        if _is_no_endpoint(answer):
            old = [("experiment_ids", key) for key in query.experiment_ids]
            old += [("filter", wanted), ("max_results", str(size))]
            old += [("order_by", ORDER_BY[query.order])]
            old += [("page_token", token)] if token else []
            answer = self._client.ask("GET", f"/api/2.0/mlflow/traces?{urlencode(old)}")
        return self._checked(answer)

    def _json(self, method: str, path: str) -> dict[str, JsonValue]:
        return self._checked(self._client.ask(method, path))

    def _checked(self, answer: Answer) -> dict[str, JsonValue]:
        """Return an answer's object, or raise what its status and type say."""
        if answer.status in (401, 403, 407):
            is_known = not is_withheld(self._client.environment)
            raise _refused(answer.status, self._where, is_known=is_known)
        if answer.status >= 500:
            raise SourceError(
                f"the server failed (status {answer.status})",
                where=self._where,
                remedy="Its own log says why",
            )
        if not answer.is_json:
            raise SourceRefusedError(
                f"the answer is no MLflow answer (status {answer.status}, {answer.kind})",
                where=self._where,
                remedy="Is this the tracking server's address, or a sign-in page before it?",
            )
        if answer.status >= 400:
            raise SourceError(
                f"the server refuses the question (status {answer.status}{_code(answer)})",
                where=self._where,
                remedy="Check the filter, the experiment and the server's version",
            )
        return _object(answer)


def _refused(status: int, where: str, *, is_known: bool) -> SourceRefusedError:
    if status in (401, 403) and not is_known:
        remedy = REMEDY
    elif status == 403:
        remedy = "These credentials lack the permission to read this experiment"
    elif status == 407:
        remedy = "The proxy wants a user and password in its address"
    else:
        remedy = "Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or _TOKEN"
    return SourceRefusedError(f"the server refuses (status {status})", where=where, remedy=remedy)


def _is_no_endpoint(answer: Answer) -> bool:
    """Tell a path the server does not know (HTML 404, 405) from a thing it does not have."""
    if answer.status not in (404, 405):
        return False
    return not answer.is_json or _object(answer).get("error_code") == _NO_ENDPOINT


def _code(answer: Answer) -> str:
    code = text(_object(answer).get("error_code")) or ""
    return f", {code}" if code.isascii() and code.replace("_", "").isalnum() else ""


def _object(answer: Answer) -> dict[str, JsonValue]:
    try:
        return dict(mapping(decode_document(answer.body)))
    except (ValueError, RecursionError):
        return {}
