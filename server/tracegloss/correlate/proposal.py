"""What a rule of one framework, or of MLflow itself, has to say about a span."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tracegloss.correlate.features import SpanFeatures
from tracegloss.correlate.names import SiteNames
from tracegloss.model.resolution import Evidence, UnresolvedReason
from tracegloss.model.site import Site
from tracegloss.recorded import Phrase


class Proposal(Struct, frozen=True):
    """Candidate sites with the evidence all of them share, and the reason should none be right.

    `final` proposals leave no room for candidates by name: the rule knows who made the span.
    `below_is_foreign` says that the spans below were recorded by another process. `is_call` says
    that `sites` are calls, of which only those of the function above can be meant; below another
    framework's construct the span belongs to that, unless it is `only_outermost`. `called` is the
    name within the span's name, where a framework writes more than that; `nameless` spans carry
    none that could tell their site.
    """

    evidence: Evidence
    reason: UnresolvedReason
    detail: Phrase
    sites: tuple[int, ...] = ()
    final: bool = False
    below_is_foreign: bool = False
    is_call: bool = False
    only_outermost: bool = False
    called: str | None = None
    nameless: bool = False


Rule = Callable[[SpanFeatures, tuple[Site, ...], SiteNames], Proposal | None]
"""A rule looks at one span's features and the sites; `None` means that it has nothing to say."""
