"""Settings are read key by key: a bad one keeps its default and is told, the others hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import fields

from tests.conftest import REPOSITORY
from tracegloss.model.settings import RedactionSettings, RuleSettings, Settings
from tracegloss.recorded import Phrase
from tracegloss.workspace.settings import read_settings, settings_from


def check(root: Path, text: str | None, expected: Settings, problems: tuple[str, ...] = ()) -> None:
    if text is not None:
        (root / "pyproject.toml").write_text(text, "utf-8")
    settings, listed = read_settings(root)
    assert settings == expected
    told = ["".join(part for part in p.message.parts if isinstance(part, str)) for p in listed]
    assert len(told) == len(problems), told
    for message, start in zip(told, problems, strict=True):
        assert message.startswith(start)


@pytest.fixture(autouse=True)
def _no_user_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("TRACEGLOSS_REDACT", raising=False)


@pytest.mark.parametrize(
    "text, expected, problems",
    [
        pytest.param(None, Settings(), (), id="no file"),
        pytest.param("[project]\nname = 'x'\n", Settings(), (), id="no table"),
        pytest.param("[tool.tracegloss", Settings(), ("pyproject.toml cannot be read",), id="torn"),
        pytest.param(
            f"[tool.tracegloss]\nroot = {'[' * 50_000}",
            Settings(),
            ("pyproject.toml cannot be read (nested too deeply)",),
            id="nested beyond all sense",
        ),
        pytest.param(
            '[tool.tracegloss]\nexperiment = "shop"\nexclude = ["vendor/"]\n'
            '[tool.tracegloss.path-aliases]\n"/srv/app" = "."\n',
            Settings(experiment="shop", exclude=("vendor/",), path_aliases={"/srv/app": "."}),
            (),
            id="plain keys",
        ),
        pytest.param(
            '[tool.tracegloss.rules.slow-span]\nlevel = "hint"\nmin-self-ms = 2000\n',
            Settings(rules={"slow-span": RuleSettings("hint", {"min-self-ms": 2000})}),
            (),
            id="a rule",
        ),
        pytest.param(
            '[tool.tracegloss]\nexperiment = 3\nservices = ["a"]\ncolour = "red"\n',
            Settings(services=("a",)),
            ("[tool.tracegloss] experiment: ", "[tool.tracegloss] colour: unknown setting"),
            id="two bad keys beside a good one",
        ),
        pytest.param(
            '[tool.tracegloss.assessments]\nhelpfulness = "fail below 3"\ntone = "rude"\n'
            "[tool.tracegloss.rules.none-such]\nlevel = 'off'\n"
            "[tool.tracegloss.rules.time-gap]\nlevel = 'off'\nmin-age-ms = 3\n"
            "[tool.tracegloss.rules.slow-span]\nlevel = 'loud'\n",
            Settings(
                assessments={"helpfulness": "fail below 3"},
                rules={"time-gap": RuleSettings("off")},
            ),
            (
                "[tool.tracegloss] assessments.tone: is no scale",
                "[tool.tracegloss] rules.none-such: there is no such rule",
                "[tool.tracegloss] rules.time-gap.min-age-ms: unknown setting",
                "[tool.tracegloss] rules.slow-span: ",
            ),
            id="bad entries beside good ones",
        ),
        pytest.param(
            '[tool.tracegloss.redact]\nlevel = "off"\n',
            Settings(),
            ("[tool.tracegloss] redact: ",),
            id="a repository cannot switch redaction off",
        ),
        pytest.param(
            '[tool.tracegloss.redact]\nkeys = ["pin"]\n',
            Settings(redaction=RedactionSettings(keys=("pin",))),
            (),
            id="own redaction",
        ),
    ],
)
def test_settings(
    tmp_path: Path, text: str | None, expected: Settings, problems: tuple[str, ...]
) -> None:
    check(tmp_path, text, expected, problems)


def test_the_user_chooses_the_level_of_redaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config" / "tracegloss"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[redact]\nlevel = "personal"\n', "utf-8")
    check(tmp_path, None, Settings(redaction=RedactionSettings(level="personal")))
    monkeypatch.setenv("TRACEGLOSS_REDACT", "off")
    check(tmp_path, None, Settings(redaction=RedactionSettings(level="off")))
    monkeypatch.setenv("TRACEGLOSS_REDACT", "loud")
    check(tmp_path, None, Settings(), ("redaction has no level loud",))


def test_a_problem_is_a_phrase_of_our_own_words(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.tracegloss]\nx = 1\n", "utf-8")
    _, (problem,) = read_settings(tmp_path)
    assert isinstance(problem.message, Phrase)
    assert problem.path == "pyproject.toml"


DOCUMENT = REPOSITORY / "docs" / "settings.md"


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(r"^## `([\w-]+)`$", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    keys = {"redact" if f.name == "redaction" else f.name for f in fields(Settings)}
    assert documented == {key.replace("_", "-") for key in keys}


def test_the_documented_example_sets_everything() -> None:
    example = DOCUMENT.read_text("utf-8").split("```toml\n")[1].partition("```")[0]
    settings, problems = settings_from(tomllib.loads(example)["tool"]["tracegloss"])
    assert problems == ()
    untouched = [f.name for f in fields(Settings) if getattr(settings, f.name) == f.default]
    empty = [f.name for f in fields(Settings) if not getattr(settings, f.name)]
    assert (untouched, empty) == ([], [])
