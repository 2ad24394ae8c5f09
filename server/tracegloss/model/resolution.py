"""The answer to "which line made this span", how sure it is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from tracegloss.model.site import FunctionId, Place, Site
from tracegloss.model.trace import Problem, StackFrame
from tracegloss.recorded import Phrase


class EvidenceKind(Enum):
    """The kinds of reason the committed table of confidence speaks of."""

    CODE_ATTRIBUTES = "code-attributes"
    STACK_FRAME = "stack-frame"
    FUNCTION_NAME = "function-name"
    SPAN_NAME = "span-name"
    NAME_PATTERN = "name-pattern"
    PARAMETERS = "parameters"
    SPAN_TYPE = "span-type"
    ATTRIBUTES = "attributes"
    DESCRIPTION = "description"
    CALLED_BY = "called-by"
    CALLS = "calls"
    ORDER = "order"
    MODULE = "module"
    EXCLUSION = "exclusion"
    TEST = "test"
    VALUES = "values"
    TAUGHT = "taught"
    FRAMEWORK = "framework"
    NAMESAKE = "namesake"


class Confidence(IntEnum):
    """How far a line may be trusted; derived from evidence by a table, never a number."""

    WEAK = 1
    STRONG = 2
    EXACT = 3


class Freshness(Enum):
    """What became of a site since the trace was recorded."""

    IDENTICAL = "identical"
    MOVED = "moved"
    EDITED = "edited"
    GONE = "gone"


UnresolvedReason: TypeAlias = Literal[
    "library", "mlflow", "other-repository", "dynamic", "gone", "excluded", "unknown"
]


class Evidence(Struct, frozen=True):
    """One typed reason for (`supports`) or against a site, in words that can be checked."""

    kind: EvidenceKind
    supports: bool
    detail: Phrase


class Candidate(Struct, frozen=True):
    """A site that was considered, with its evidence and, for a runner-up, what spoke against it."""

    site: Site
    evidence: tuple[Evidence, ...]
    against: Phrase


class Resolved(Struct, frozen=True):
    """One site made this span. `called_from` is the call that entered it, when that is known."""

    site: Site
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    alternatives: tuple[Candidate, ...] = ()
    called_from: Place | None = None


class Ambiguous(Struct, frozen=True):
    """Two or more sites fit equally well; `candidates` lists the tie."""

    candidates: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...] = ()
    called_from: Place | None = None


class Unresolved(Struct, frozen=True):
    """No line is named, and why; `near` is a place worth a look, such as a dynamic `start_span`."""

    reason: UnresolvedReason
    detail: Phrase
    near: Place | None = None


Resolution: TypeAlias = Resolved | Ambiguous | Unresolved


class PathAlias(Struct, frozen=True):
    """Maps a path prefix in a trace to a folder of the workspace, with how many files agree.

    `prefix` is recorded text made safe (printable); `folder` is posix and relative to the root,
    `""` for the root itself.
    """

    prefix: str
    folder: str
    n_files: int
    n_verified: int


class PlacedFrame(Struct, frozen=True):
    """A stack frame laid on the workspace: `own` frames have a place, others belong to libraries.

    `verified` means that the quoted source line equals the line at the place. `function` is the
    definition around that line, when its file was indexed.
    """

    frame: StackFrame
    own: bool
    place: Place | None
    function: FunctionId | None
    verified: bool

    @property
    def reads_otherwise(self) -> bool:
        """Tell whether the line at the place is no longer the one that was quoted."""
        return self.place is not None and self.frame.text is not None and not self.verified


class Correlation(Struct, frozen=True):
    """What correlation made of one trace.

    `resolutions` has every span id. `frames` holds, for spans with exceptions, the frames of each
    block of each exception in printed order: `frames[span_id][exception][block][frame]`. `wanted`
    names files of the workspace (posix paths) that were not indexed and whose facts might settle
    what is still ambiguous. `invoked` has, for spans of what is built in one place and run from
    another, the calls that may have run it.
    """

    resolutions: Mapping[str, Resolution]
    frames: Mapping[str, tuple[tuple[tuple[PlacedFrame, ...], ...], ...]]
    aliases: tuple[PathAlias, ...] = ()
    wanted: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    invoked: Mapping[str, tuple[Place, ...]] = {}
