"""Reads `[tool.tracegloss]` of a root's `pyproject.toml` and the user's file into `Settings`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

import msgspec

from tracegloss.model.settings import RedactionLevel, RedactionSettings, RuleSettings, Settings
from tracegloss.model.trace import Problem
from tracegloss.recorded import phrase

MAXIMUM_BYTES = 1_000_000


def read_settings(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """Read a root's settings; each key that cannot be used keeps its default and is a problem.

    The level of redaction is the user's alone: it comes from `TRACEGLOSS_REDACT` or the user's
    file, never from the repository.
    """
    table, problems = _tool_table(root / "pyproject.toml")
    settings, wrong = settings_from(table)
    level, refused = _user_level()
    redaction = replace(settings.redaction, level=level)
    return replace(settings, redaction=redaction), (*problems, *wrong, *refused)


def user_settings_path() -> Path:
    """Name the user's own settings file, which may not exist."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "tracegloss" / "config.toml"


def settings_from(table: Mapping[str, object]) -> tuple[Settings, tuple[Problem, ...]]:
    """Turn a `[tool.tracegloss]` table into settings, key by key."""
    settings = Settings()
    problems: list[Problem] = []
    for key, value in table.items():
        try:
            settings = _with_key(settings, key, value)
        except (msgspec.ValidationError, KeyError) as error:
            problems.append(_problem(key, error))
    return settings, tuple(problems)


class _Redact(msgspec.Struct, forbid_unknown_fields=True):
    keys: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


_SHAPES: Mapping[str, object] = {
    "tracking-uri": str,
    "experiment": str,
    "exclude": tuple[str, ...],
    "names": dict[str, str],
    "path-aliases": dict[str, str],
    "services": tuple[str, ...],
    "expected-exceptions": tuple[str, ...],
    "assessments": dict[str, str],
    "rules": dict[str, dict[str, float | str]],
    "redact": _Redact,
}


def _with_key(settings: Settings, key: str, value: object) -> Settings:
    converted = msgspec.convert(value, type=_SHAPES[key])
    if key == "rules":
        return replace(settings, rules=_rules(converted))
    if key == "redact":
        own = RedactionSettings(keys=converted.keys, patterns=converted.patterns)
        return replace(settings, redaction=own)
    return replace(settings, **{key.replace("-", "_"): converted})


def _rules(tables: Mapping[str, Mapping[str, float | str]]) -> dict[str, RuleSettings]:
    return {rule: _rule(table) for rule, table in tables.items()}


def _rule(table: Mapping[str, float | str]) -> RuleSettings:
    thresholds = {name: value for name, value in table.items() if not isinstance(value, str)}
    own = {name: value for name, value in table.items() if name not in thresholds}
    return msgspec.convert({**own, "thresholds": thresholds}, type=RuleSettings)


def _problem(key: str, error: Exception) -> Problem:
    what = "unknown setting" if isinstance(error, KeyError) else str(error)
    return Problem(
        "setting",
        phrase("[tool.tracegloss] {key}: {what}; its default is used", key=key, what=what),
        path="pyproject.toml",
    )


def _tool_table(path: Path) -> tuple[Mapping[str, object], tuple[Problem, ...]]:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            return {}, (_unreadable(path, "larger than 1 MB"),)
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError) as error:
        return {}, (_unreadable(path, str(error).partition("\n")[0]),)
    table = document.get("tool", {}).get("tracegloss", {})
    return (table, ()) if isinstance(table, dict) else ({}, (_unreadable(path, "no table"),))


def _unreadable(path: Path, why: str) -> Problem:
    return Problem(
        "setting",
        phrase("{name} cannot be read ({why}); defaults are used", name=path.name, why=why),
        path=path.name,
    )


def _user_level() -> tuple[RedactionLevel, tuple[Problem, ...]]:
    asked = os.environ.get("TRACEGLOSS_REDACT") or _level_in(user_settings_path())
    for level in get_args(RedactionLevel):
        if asked == level:
            return level, ()
    if not asked:
        return "secrets", ()
    return "secrets", (
        Problem("setting", phrase("redaction has no level {asked}; secrets is used", asked=asked)),
    )


def _level_in(path: Path) -> str:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    redact = document.get("redact", {})
    return str(redact.get("level", "")) if isinstance(redact, dict) else ""
