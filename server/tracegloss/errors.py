"""The one exception tree: every leaf says what is wrong, where, and what to do."""

from __future__ import annotations


class TraceglossError(Exception):
    """Something the user can act on; printed as one line, never as a traceback."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Join what, where and the remedy into one line."""
        located = f"{self.what} ({self.where})" if self.where else self.what
        return f"{located}. {self.remedy}" if self.remedy else located


class UsageError(TraceglossError):
    """The command line or a request asks for something that does not exist."""


class SettingError(TraceglossError):
    """A setting has a value that cannot be used."""


class RepositoryError(TraceglossError):
    """The tree to index cannot be read."""


class RevisionError(RepositoryError):
    """A commit that was asked for is not in this repository."""


class TraceError(TraceglossError):
    """A trace could not be had."""


class TraceNotFoundError(TraceError):
    """No trace with this id, at this place, or none at all."""


class TraceFormatError(TraceError):
    """The bytes are no trace in any known shape."""


class SourceError(TraceError):
    """A place where traces come from cannot be used."""


class SourceUnreachableError(SourceError):
    """A tracking server does not answer in time, or not at all."""


class SourceRefusedError(SourceError):
    """A tracking server answers, but refuses: credentials, permissions, a gateway."""


class SourceUnclearError(SourceError):
    """Several stores or experiments fit and nothing says which is meant."""


class OutputError(TraceglossError):
    """What was asked for cannot be written to standard output."""
