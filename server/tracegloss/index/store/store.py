"""Keeps facts by the content they were read from, and what was last known of each tree; sqlite."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct, field

from tracegloss import __version__, index, syntax
from tracegloss.digest import blake2b
from tracegloss.index.store.kept import KeptFile
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

SCHEMA = 3
_TABLES = """
create table kept (name text primary key, value blob not null) without rowid;
create table facts (blob blob primary key, packed blob not null) without rowid;
create table trees (root text primary key, packed blob not null) without rowid;
create table needs (
  root text primary key, state blob not null, packed blob not null
) without rowid;
create table steps (
  root text, beside text, state blob not null, packed blob not null, primary key (root, beside)
) without rowid;
"""
_BATCH = 500
_BUSY_SECONDS = 3.0


class FileState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file as it was last seen. `blob` is known for files whose facts were needed."""

    path: str
    mtime_ns: int
    size: int
    inode: int
    has_marker: bool
    blob: bytes | None = None
    broken: str | None = None
    has_framework: bool = False


class TreeState(msgspec.Struct, frozen=True, array_like=True):
    """What was last known of a tree: its files, the terms and names found, what was indexed."""

    files: tuple[FileState, ...] = ()
    terms: tuple[tuple[str, str, str], ...] = ()
    names: tuple[str, ...] = ()
    indexed: tuple[KeptFile, ...] = ()
    tracking_uris: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()


_TREES = msgspec.msgpack.Decoder(TreeState)
_ENCODER = msgspec.msgpack.Encoder()


def cache_folder() -> Path:
    """Name the user's cache folder for this program, as the XDG base directories have it."""
    base = os.environ.get("TRACEGLOSS_CACHE_HOME") or os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base) / "tracegloss"
    if os.name == "nt" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "tracegloss" / "Cache"
    return Path.home() / ".cache" / "tracegloss"


@cache
def facts_version() -> bytes:
    """Name the way files are read: by the files of this program that read them.

    Stamps stand for contents, so that nothing has to be read; a new release makes all anew.
    """
    digest = blake2b(f"{SCHEMA} {__version__}".encode(), digest_size=32)
    for folder in (Path(syntax.__file__).parent, Path(index.__file__).parent):
        for stamp in sorted(_stamps(folder, "")):
            digest.update(stamp.encode())
    return digest.digest()


def _stamps(folder: Path, below: str) -> Iterator[str]:
    """Give the path, size and time of each module under a folder."""
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            found = entry.stat()
            yield f"{below}{entry.name} {found.st_size} {found.st_mtime_ns}\n"
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _stamps(folder / entry.name, f"{below}{entry.name}/")


class Store(Struct):
    """Facts and tree states on disk. A fault is a listed problem and a slower run, never an error.

    `connection` is `None` when nothing is kept: by choice, or after a fault.
    """

    path: Path | None
    problems: list[Problem] = field(default_factory=list)
    connection: sqlite3.Connection | None = None
    _states: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path | None) -> Store:
        """Open the store of a folder; `None` keeps nothing."""
        store = cls(None if folder is None else folder / "facts.sqlite")
        with store._faults():
            store._connect()
        return store

    def facts(self, blobs: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the packed facts of those blobs that are kept."""
        wanted = list(blobs)
        found: dict[bytes, bytes] = {}
        with self._faults():
            for batch in _batches(wanted):
                marks = ",".join("?" * len(batch))
                query = f"select blob, packed from facts where blob in ({marks})"  # noqa: S608
                rows = self._run(query, batch)
                found.update((blob, packed) for blob, packed in rows)
        return found

    def keep_facts(self, packed: Mapping[bytes, bytes]) -> None:
        """Keep packed facts by blob."""
        with self._faults():
            self._write("insert or replace into facts values (?, ?)", list(packed.items()))

    def tree(self, root: str) -> TreeState:
        """Give what was last known of a tree; an empty state when nothing is."""
        with self._faults():
            for (packed,) in self._run("select packed from trees where root = ?", [root]):
                self._states[root] = _digest(packed)
                return _TREES.decode(packed)
        return TreeState()

    def has_tree(self, root: str) -> bool:
        """Tell whether something is known of a tree."""
        known: list[tuple[bytes, ...]] = []
        with self._faults():
            known = self._run("select 1 from trees where root = ?", [root])
        return bool(known)

    def keep_tree(self, root: str, state: TreeState) -> None:
        """Keep what is known of a tree now."""
        with self._faults():
            packed = _ENCODER.encode(state)
            self._states[root] = _digest(packed)
            self._write("insert or replace into trees values (?, ?)", [(root, packed)])
            self._write("delete from steps where root = ?", [(root,)])

    def needs(self, root: str) -> bytes | None:
        """Give what the sites of a tree's files were worked out from, as it was last known."""
        query = "select packed from needs where root = ? and state = ?"
        with self._faults():
            for (packed,) in self._run(query, [root, self._states.get(root, b"")]):
                return packed
        return None

    def keep_needs(self, root: str, packed: bytes) -> None:
        """Keep what the sites of a tree's files, as it is known now, were worked out from."""
        state = self._states.get(root)
        if state is not None:
            with self._faults():
                row = (root, state, packed)
                self._write("insert or replace into needs values (?, ?, ?)", [row])

    def steps(self, root: str, beside: str) -> bytes | None:
        """Give the steps kept for a tree as it was last known, `beside` naming further files."""
        query = "select packed from steps where root = ? and beside = ? and state = ?"
        with self._faults():
            for (packed,) in self._run(query, [root, beside, self._states.get(root, b"")]):
                return packed
        return None

    def keep_steps(self, root: str, beside: str, packed: bytes) -> None:
        """Keep steps of a tree as it is known now; they are forgotten when it changes."""
        state = self._states.get(root)
        if state is not None:
            with self._faults():
                row = (root, beside, state, packed)
                self._write("insert or replace into steps values (?, ?, ?, ?)", [row])

    def close(self) -> None:
        """Close the store; it keeps nothing more."""
        if self.connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
            self.connection = None

    def _run(self, query: str, values: Iterable[object]) -> list[tuple[bytes, ...]]:
        if self.connection is None:
            return []
        return self.connection.execute(query, list(values)).fetchall()

    def _write(self, statement: str, rows: Sequence[tuple[bytes | str, ...]]) -> None:
        if self.connection is not None and rows:
            with self.connection:
                self.connection.executemany(statement, rows)

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn any fault of the store into a problem, and keep nothing from then on."""
        try:
            yield
        except (sqlite3.Error, OSError, msgspec.MsgspecError) as error:
            self.close()
            if isinstance(error, sqlite3.DatabaseError | msgspec.MsgspecError):
                _remove_if_broken(self.path, error)
            self.problems.append(
                Problem(
                    "store-unusable",
                    phrase(
                        "the cache cannot be used, so this run reads everything ({why})",
                        why=_reason(error),
                    ),
                    path=None if self.path is None else str(self.path),
                )
            )

    def _connect(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            self.connection = _opened(self.path)
        except sqlite3.DatabaseError as error:
            if not _is_broken(error):
                raise
            _remove(self.path)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self.connection = _opened(self.path)
            self.problems.append(
                Problem("store-rebuilt", phrase("the cache was damaged and was made anew"))
            )


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = off")
        if _version(connection) != facts_version():
            _make_anew(connection)
    except BaseException:
        connection.close()
        raise
    connection.isolation_level = "DEFERRED"
    return connection


def _version(connection: sqlite3.Connection) -> bytes | None:
    known = connection.execute("select 1 from sqlite_master where name = 'kept'").fetchone()
    if known is None:
        return None
    row = connection.execute("select value from kept where name = 'version'").fetchone()
    return None if row is None else bytes(row[0])


def _make_anew(connection: sqlite3.Connection) -> None:
    """Drop what another version kept; another process may be doing the same."""
    connection.execute("begin immediate")
    if _version(connection) != facts_version():
        for table in ("kept", "facts", "trees", "needs", "steps"):
            connection.execute(f"drop table if exists {table}")
        for statement in _TABLES.strip().split(";"):
            connection.execute(statement)
        connection.execute("insert into kept values ('version', ?)", (facts_version(),))
    connection.execute("commit")


def _digest(packed: bytes) -> bytes:
    return blake2b(packed, digest_size=16).digest()


def _is_broken(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _remove_if_broken(path: Path | None, error: Exception) -> None:
    """Let the next run start anew when the file itself is damaged."""
    if path is not None and (_is_broken(error) or isinstance(error, msgspec.MsgspecError)):
        _remove(path)


def _remove(path: Path) -> bool:
    removed = False
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            Path(f"{path}{suffix}").unlink()
            removed = True
    return removed


def clear(folder: Path) -> bool:
    """Delete the store of a folder; tells whether there was one."""
    return _remove(folder / "facts.sqlite")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def _batches(values: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
