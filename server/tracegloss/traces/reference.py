"""The reference road: MLflow's own client, for what only it can read. The only importer of mlflow.

It takes seconds to load and would change what it opens: it upgrades an older sqlite schema in
place, creates a file that is missing, adds `.trash` to a file store. So a local store is never
opened itself but a copy (sqlite) or a folder of links (file store), and a database server only when
its schema is exactly this client's.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from tracegloss.errors import SourceError, TraceglossError, TraceNotFoundError
from tracegloss.model.last_day import LastDay
from tracegloss.model.trace import Labels, SourceDescription, Trace, TraceInfo
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.traces.deadline import within
from tracegloss.traces.decode import decode_infos, decode_traces
from tracegloss.traces.query import ORDER_BY, Experiment, TraceQuery, filter_string
from tracegloss.traces.tracking_uri import TrackingUri, safe_uri

if TYPE_CHECKING:
    from mlflow import MlflowClient

T = TypeVar("T")

_LOGIN = re.compile(r"//[^/@\s]+@")
_LARGEST_PAGE = 500


class ReferenceSource:
    """Traces of any store MLflow's client can read; `workspace` is one of the server's own."""

    def __init__(
        self,
        uri: TrackingUri,
        description: SourceDescription,
        timeout: float,
        workspace: str | None = None,
    ) -> None:
        self.description = description
        self._uri = uri
        self._timeout = timeout
        self._workspace = workspace
        self._client: MlflowClient | None = None
        self._copies: tempfile.TemporaryDirectory[str] | None = None

    def trace(self, trace_id: str) -> Trace:
        """Read one trace; raises `TraceNotFoundError` or a `SourceError`."""
        client = self._opened()

        def read() -> str:
            found = client.get_trace(trace_id, display=False)
            return str(found.to_json())

        traces = decode_traces(self._asked(read, trace_id).encode(), self._where)
        return traces[0]

    def search(self, query: TraceQuery) -> Iterator[TraceInfo]:
        """Yield matching infos page by page; the filter string is MLflow's own."""
        client = self._opened()
        token: str | None = None
        left = query.limit
        while left > 0:
            page = self._page(client, query, min(left, _LARGEST_PAGE), token)
            infos, token = page
            yield from decode_infos(infos)
            left -= len(infos)
            if not token:
                return

    def experiments(self) -> tuple[Experiment, ...]:
        """List active experiments; how many traces each has is not asked."""
        client = self._opened()

        def read() -> list[tuple[str, str]]:
            return [(str(e.experiment_id), str(e.name)) for e in client.search_experiments()]

        return tuple(Experiment(key, Recorded(name)) for key, name in self._asked(read))

    def last_day(self, experiment_id: str, now_ms: int) -> LastDay | None:  # noqa: ARG002
        """Tell that this road adds nothing up: it would have to read every trace."""
        return None

    def model_tags(self, model_id: str) -> Labels:
        """Read the tags of a logged model; clients before 3.0 know none."""
        client = self._opened()

        def read() -> dict[str, str]:
            ask = getattr(client, "get_logged_model", None)
            return {} if ask is None else dict(ask(model_id).tags)

        try:
            return Recorded(self._asked(read))
        except TraceNotFoundError:
            return Recorded({})

    @property
    def _where(self) -> str:
        return safe_uri(self._uri.written)

    def _page(
        self, client: MlflowClient, query: TraceQuery, size: int, token: str | None
    ) -> tuple[list[JsonValue], str | None]:
        def read() -> tuple[list[JsonValue], str | None]:
            page = client.search_traces(
                locations=list(query.experiment_ids),
                filter_string=filter_string(query) or None,
                max_results=size,
                order_by=[ORDER_BY[query.order]],
                page_token=token,
                include_spans=False,
            )
            infos: list[JsonValue] = [trace.info.to_dict() for trace in page]
            return infos, page.token or None

        return self._asked(read)

    def _opened(self) -> MlflowClient:
        if self._client is None:
            self._client = _load(self._readable_uri(), self._timeout)
        return self._client

    def _readable_uri(self) -> str:
        path = self._uri.path
        if self._uri.kind == "other":
            _check_schema(self._uri.written, self._where)
        if path is None:
            return self._uri.written
        if not path.exists():
            raise SourceError("no such store", where=self._where, remedy="Check the path it names")
        self._copies = tempfile.TemporaryDirectory(prefix="tracegloss-")
        copy = Path(self._copies.name) / "store"
        if self._uri.kind == "sqlite":
            _copy_sqlite(path, copy)
            return f"sqlite:///{copy}"
        _link_file_store(path, copy)
        return copy.as_uri()

    def _asked(self, read: Callable[[], T], trace_id: str = "") -> T:
        def read_there() -> T:
            with _in_workspace(self._workspace):
                return read()

        try:
            return within(self._timeout, read_there, where=self._where, give_up=lambda: None)
        except TraceglossError:
            raise
        except Exception as error:  # noqa: BLE001 (MLflow raises what its transports raise)
            raise self._failure(error, trace_id) from None

    def _failure(self, error: Exception, trace_id: str) -> TraceglossError:
        code = getattr(error, "error_code", "")
        if trace_id and code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"):
            return TraceNotFoundError(f"no trace {trace_id}", where=self._where)
        lines = _LOGIN.sub("//", str(error)).splitlines() or [type(error).__name__]
        return SourceError(
            f"MLflow's client failed: {lines[0][:300]}",
            where=self._where,
            remedy="tracegloss doctor says what is set here",
        )


def _load(tracking_uri: str, timeout: float) -> MlflowClient:
    """Import MlflowClient with its retries bounded; a reader sends no telemetry."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", str(max(1, int(timeout))))
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        from mlflow import MlflowClient
    except ImportError:
        raise SourceError(
            "this store needs MLflow's own client, which is not installed",
            remedy="pip install mlflow",
        ) from None
    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    return MlflowClient(tracking_uri=tracking_uri)


def _in_workspace(name: str | None) -> AbstractContextManager[object]:
    """Ask the server for one of its workspaces; clients that know none ask without."""
    if name is None:
        return nullcontext()
    try:
        from mlflow.utils.workspace_context import WorkspaceContext
    except ImportError:
        return nullcontext()
    held: AbstractContextManager[object] = WorkspaceContext(name)
    return held


def _copy_sqlite(original: Path, copy: Path) -> None:
    """Copy a consistent state even while a writer is at work."""
    address = f"file:{quote(str(original.absolute()))}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise SourceError(f"the store cannot be copied ({error})", where=str(original)) from None


def _link_file_store(original: Path, copy: Path) -> None:
    """Make a folder with each experiment's `meta.yaml` and a link to its traces."""
    copy.mkdir()
    for folder in original.iterdir():
        if (folder / "meta.yaml").is_file() and not folder.name.startswith("."):
            made = copy / folder.name
            made.mkdir()
            shutil.copy(folder / "meta.yaml", made / "meta.yaml")
            for part in ("traces", "tags"):
                if (folder / part).is_dir():
                    (made / part).symlink_to((folder / part).absolute(), target_is_directory=True)


def _check_schema(uri: str, where: str) -> None:
    """Refuse a database server of another schema: the client would upgrade it for everyone."""
    import sqlalchemy
    from mlflow.store.db.utils import _get_latest_schema_revision

    try:
        engine = sqlalchemy.create_engine(uri)
        with engine.connect() as connection:
            found = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version"))
            revision = str(found.scalar())
    except Exception as error:  # noqa: BLE001 (every driver has errors of its own)
        raise SourceError(
            f"no MLflow store there ({type(error).__name__})",
            where=where,
            remedy="Check the address and its database driver",
        ) from None
    if revision != _get_latest_schema_revision():
        raise SourceError(
            "the database has the schema of another MLflow version",
            where=where,
            remedy="Reading it with this one would upgrade it; go through its tracking server",
        )
