"""What a rule is, and how what it noticed becomes a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from tracegloss.digest import blake2b
from tracegloss.findings.case import Case
from tracegloss.model.finding import Finding, NotChecked, Related, Severity
from tracegloss.model.settings import Settings
from tracegloss.model.site import Place
from tracegloss.recorded import Phrase

Looked: TypeAlias = Iterable[Finding] | NotChecked


class Rule(Struct, frozen=True):
    """One rule: its code, its severities, its thresholds by setting name, and how it looks.

    `editor` is `None` when an editor shows nothing of it. Lengths of time are in milliseconds.
    """

    code: str
    severity: Severity
    editor: Severity | None
    look: Callable[[Case, Rule], Looked]
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def threshold(self, case: Case, name: str) -> float:
        """Return a threshold as the settings or else the rule itself have it."""
        return self.set_threshold(case.settings, name)

    def set_threshold(self, settings: Settings, name: str) -> float:
        """Return a threshold under settings."""
        own = settings.rules.get(self.code)
        return (
            self.thresholds[name]
            if own is None
            else own.thresholds.get(name, self.thresholds[name])
        )

    def not_checked(self, reason: str) -> NotChecked:
        """Say that this rule could not look, and why."""
        return NotChecked(self.code, reason)


class Note(Struct, frozen=True):
    """What a rule noticed. The first span is the one it is about.

    `place` overrides the site's token of `anchor` (by default the first span); `placed` says that
    the place was read from a verified stack frame and needs no resolution, `outdated` that the line
    there is no longer the one that was quoted, so that an editor has nothing to mark. `stable` is
    what the fingerprint knows besides rule and function.
    """

    message: Phrase
    span_ids: tuple[str, ...]
    stable: tuple[str, ...] = ()
    place: Place | None = None
    placed: bool = False
    outdated: bool = False
    anchor: str | None = None
    has_place: bool = True
    detail: Phrase | None = None
    related: tuple[Related, ...] = ()
    values: Mapping[str, int | float | str] = field(default_factory=dict)
    exception: int | None = None
    severity: Severity | None = None
    editor: Severity | None = None
    asked_by: Related | None = None


def finding(case: Case, rule: Rule, note: Note) -> Finding:
    """Place, grade and fingerprint what a rule noticed.

    An editor shows nothing on a span that is unresolved, ambiguous or weak.
    """
    anchor = note.anchor or (note.span_ids[0] if note.span_ids else None)
    site = case.site(anchor)
    place = note.place or (site.at if site is not None else None)
    severity, editor = _severities(case, rule, note)
    is_sure = note.placed or case.is_sure(anchor)
    is_shown = place is not None and is_sure and not note.outdated
    return Finding(
        rule=rule.code,
        severity=severity,
        editor_severity=editor if is_shown and note.has_place else None,
        message=note.message,
        detail=note.detail,
        span_ids=note.span_ids,
        place=place if note.has_place else None,
        site=site if note.has_place else None,
        fingerprint=fingerprint(
            rule.code,
            place.path if place is not None else "",
            (site.qualified_name or "") if site is not None else "",
            *note.stable,
        ),
        related=note.related,
        values=note.values,
        exception=note.exception,
        asked_by=note.asked_by,
    )


def fingerprint(*parts: str) -> str:
    """Hash what stays the same when lines move: 16 hex digits."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _severities(case: Case, rule: Rule, note: Note) -> tuple[Severity, Severity | None]:
    own = case.settings.rules.get(rule.code)
    if own is not None and own.level is not None and own.level != "off":
        level = Severity[own.level.upper()]
        return level, level
    return note.severity or rule.severity, note.editor or rule.editor
