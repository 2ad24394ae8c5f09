"""Reads `[tool.tracegloss]` of a root's `pyproject.toml` and the user's file into `Settings`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, get_args

import msgspec
from msgspec.structs import replace

from tracegloss.findings.assessments import is_scale
from tracegloss.findings.rule import Rule
from tracegloss.findings.rules import RULES
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
            settings, wrong = _with_key(settings, key, value)
            problems += wrong
        except KeyError:
            problems.append(_problem(key, "unknown setting"))
        except msgspec.ValidationError as error:
            problems.append(_problem(key, str(error)))
    return settings, tuple(problems)


class _Redact(msgspec.Struct, forbid_unknown_fields=True):
    keys: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


_SHAPES: Mapping[str, object] = {
    "tracking-uri": str,
    "experiment": str,
    "commit": str,
    "exclude": tuple[str, ...],
    "names": dict[str, str],
    "path-aliases": dict[str, str],
    "services": tuple[str, ...],
    "expected-exceptions": tuple[str, ...],
    "assessments": dict[str, str],
    "rules": dict[str, dict[str, float | str]],
    "redact": _Redact,
}
_RULES = {rule.code: rule for rule in RULES}
_Wrong: TypeAlias = list[Problem]


def _with_key(settings: Settings, key: str, value: object) -> tuple[Settings, _Wrong]:
    converted = msgspec.convert(value, type=_SHAPES[key])
    if key == "rules":
        rules, wrong = _rules(converted)
        return replace(settings, rules=rules), wrong
    if key == "assessments":
        scales, wrong = _scales(converted)
        return replace(settings, assessments=scales), wrong
    if key == "redact":
        own = RedactionSettings(keys=converted.keys, patterns=converted.patterns)
        return replace(settings, redaction=own), []
    return replace(settings, **{key.replace("-", "_"): converted}), []


def _rules(
    tables: Mapping[str, Mapping[str, float | str]],
) -> tuple[dict[str, RuleSettings], _Wrong]:
    kept: dict[str, RuleSettings] = {}
    wrong: _Wrong = []
    for code, table in tables.items():
        rule = _RULES.get(code)
        if rule is None:
            wrong.append(_problem(f"rules.{code}", "there is no such rule"))
            continue
        for name in sorted(table.keys() - {"level", *rule.thresholds}):
            wrong.append(_problem(f"rules.{code}.{name}", "unknown setting"))
        try:
            kept[code] = _rule(rule, table)
        except msgspec.ValidationError as error:
            wrong.append(_problem(f"rules.{code}", str(error)))
    return kept, wrong


def _rule(rule: Rule, table: Mapping[str, float | str]) -> RuleSettings:
    thresholds = {name: table[name] for name in rule.thresholds if name in table}
    level = {"level": table["level"]} if "level" in table else {}
    return msgspec.convert({**level, "thresholds": thresholds}, type=RuleSettings)


def _scales(written: Mapping[str, str]) -> tuple[dict[str, str], _Wrong]:
    kept = {name: scale for name, scale in written.items() if is_scale(scale)}
    wrong = [
        _problem(f"assessments.{name}", "is no scale such as 'fail below 3' or 'fail if bad'")
        for name in sorted(written.keys() - kept.keys())
    ]
    return kept, wrong


def _problem(key: str, what: str) -> Problem:
    return Problem(
        "setting",
        phrase("[tool.tracegloss] {key}: {what}; its default is used", key=key, what=what),
        path="pyproject.toml",
    )


def _tool_table(path: Path) -> tuple[Mapping[str, object], tuple[Problem, ...]]:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            return {}, (_unreadable(path, "larger than 1 MB"),)
        text = path.read_text("utf-8")
        document = _toml(text) if "tracegloss" in text else {}
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError) as error:
        return {}, (_unreadable(path, str(error).partition("\n")[0]),)
    table = document.get("tool", {}).get("tracegloss", {})
    return (table, ()) if isinstance(table, dict) else ({}, (_unreadable(path, "no table"),))


def _toml(text: str) -> dict[str, Any]:
    """Read a TOML document; most repositories set nothing here and need no reader for it."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


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
        document = _toml(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    redact = document.get("redact", {})
    return str(redact.get("level", "")) if isinstance(redact, dict) else ""
