"""The custom messages of the server: methods, and the parameters of each request by type."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import attrs
import msgspec

STATUS = "tracegloss/status"

SPAN_LOCATION = "tracegloss/spanLocation"
SPAN_DETAIL = "tracegloss/span/detail"
SPAN_CODE = "tracegloss/span/code"
TRACE_SPANS = "tracegloss/traces/spans"
TRACES_LIST = "tracegloss/traces/list"
TRACES_SEARCH = "tracegloss/traces/search"
TRACES_LOAD = "tracegloss/traces/load"
TRACES_PIN = "tracegloss/traces/pin"
TRACES_RELEASE = "tracegloss/traces/release"
TRACES_FOLLOW = "tracegloss/traces/follow"
OPEN_TRACE_FILE = "tracegloss/openTraceFile"
VISIBILITY = "tracegloss/visibility"

COMMAND_PIN = "tracegloss.pinTrace"
COMMAND_RELEASE = "tracegloss.releaseTrace"

MOST_LISTED = 200

Id: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Ids: TypeAlias = Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=20)]
Token: TypeAlias = int | str | None


class _Params(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Parameters on the wire are in camel case; what is not known is refused."""


class SpanParams(_Params, frozen=True):
    """Names one span of a loaded trace."""

    trace_id: Id
    span_id: Id


class SpansParams(_Params, frozen=True):
    """A page of the spans of a loaded trace; with `parent` only the direct children of a span."""

    trace_id: Id
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    parent: Id | None = None


class ListParams(_Params, frozen=True):
    """A page of the newest traces of the chosen experiment; `root` is a folder's URI."""

    offset: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_LISTED)] = 100
    root: str | None = None


class SearchParams(_Params, frozen=True):
    """Conditions that all must hold; times are nanoseconds since the epoch."""

    state: Literal["OK", "ERROR", "IN_PROGRESS"] | None = None
    name: str | None = None
    session: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    shortest_ms: int | None = None
    longest_ms: int | None = None
    filter: str | None = None
    order: Literal["newest", "oldest", "longest", "shortest"] = "newest"
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_LISTED)] = 100
    root: str | None = None


class LoadParams(_Params, frozen=True):
    """Traces to read and lay on the code; progress is reported under `workDoneToken`."""

    trace_ids: Ids
    root: str | None = None
    work_done_token: Token = None


class PinParams(_Params, frozen=True):
    """Traces to pin; those that are not loaded are loaded first."""

    trace_ids: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=3)]
    root: str | None = None
    work_done_token: Token = None


class ReleaseParams(_Params, frozen=True):
    """Traces to release; none named means all."""

    trace_ids: tuple[Id, ...] = ()
    root: str | None = None


class FollowParams(_Params, frozen=True):
    """Whether new traces are looked for."""

    enabled: bool
    root: str | None = None


class OpenFileParams(_Params, frozen=True):
    """A trace file to lay on the code, by its URI."""

    uri: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    work_done_token: Token = None


class VisibilityParams(_Params, frozen=True):
    """Whether anybody can see what new traces would change."""

    is_visible: bool


Params: TypeAlias = (
    SpanParams
    | SpansParams
    | ListParams
    | SearchParams
    | LoadParams
    | PinParams
    | ReleaseParams
    | FollowParams
    | OpenFileParams
    | VisibilityParams
)

REQUESTS: dict[str, type[Params]] = {
    SPAN_LOCATION: SpanParams,
    SPAN_DETAIL: SpanParams,
    SPAN_CODE: SpanParams,
    TRACE_SPANS: SpansParams,
    TRACES_LIST: ListParams,
    TRACES_SEARCH: SearchParams,
    TRACES_LOAD: LoadParams,
    TRACES_PIN: PinParams,
    TRACES_RELEASE: ReleaseParams,
    TRACES_FOLLOW: FollowParams,
    OPEN_TRACE_FILE: OpenFileParams,
    VISIBILITY: VisibilityParams,
}


@attrs.frozen
class CustomRequest:
    """A request of ours as pygls hands it on."""

    id: int | str
    method: str
    params: Params
    jsonrpc: str = "2.0"
