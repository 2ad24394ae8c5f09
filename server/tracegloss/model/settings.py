"""Settings of a workspace as values with their defaults; read from `[tool.tracegloss]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

RedactionLevel: TypeAlias = Literal["off", "secrets", "personal"]
RuleLevel: TypeAlias = Literal["off", "hint", "information", "warning", "error"]


class RuleSettings(Struct, frozen=True):
    """One rule's table: a severity of its own, and its thresholds by name (`min-self-ms`)."""

    level: RuleLevel | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)


class RedactionSettings(Struct, frozen=True):
    """Own redaction: key names and patterns beside the built-in ones; the level is the user's."""

    level: RedactionLevel = "secrets"
    keys: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class Settings(Struct, frozen=True):
    """Everything that can be set; a repository's file is untrusted and can only say these things.

    `names` maps span-name patterns to symbols (`module:qualified.name`). `path_aliases` maps path
    prefixes in traces to folders of the workspace. `assessments` maps an assessment's name to what
    counts as failed (`"fail below 3"`). `services` names services that are this repository.
    `commit` names the commit of traces that recorded none.
    """

    tracking_uri: str | None = None
    experiment: str | None = None
    commit: str | None = None
    exclude: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    path_aliases: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    expected_exceptions: tuple[str, ...] = ()
    assessments: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    redaction: RedactionSettings = field(default_factory=RedactionSettings)
