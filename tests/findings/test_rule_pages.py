"""Every rule has a page that says its severities and the thresholds it really has."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY
from tracegloss.findings.rule import Rule
from tracegloss.findings.rules import RULES

PAGES = REPOSITORY / "docs" / "rules"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page(rule: Rule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    editor = "nothing" if rule.editor is None else rule.editor.name.lower()
    assert page.startswith(f"# {rule.code}\n")
    assert f"\nReport: {rule.severity.name.lower()} · editor: {editor}\n" in page
    settings = page.rpartition(f"[tool.tracegloss.rules.{rule.code}]")[2]
    said = {
        name: float(value)
        for name, value in re.findall(r"^([\w-]+) = ([\d.]+)$", settings, re.MULTILINE)
    }
    assert said == dict(rule.thresholds)
    for name in rule.thresholds:
        assert f"`{name}`" in page


def test_there_are_no_other_pages() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {rule.code for rule in RULES} | {"README"}
