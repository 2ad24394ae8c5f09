"""What the documents tell of the repository is there: links, files, commands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# Sample applications and recordings speak of repositories of their own.
ELSEWHERE = (":!fixtures/apps", ":!fixtures/eval", ":!fixtures/correlate", ":!fixtures/ide")
# Where the paths of ARCHITECTURE.md and CONTRIBUTING.md begin.
ROOTS = ("", "server/tracegloss", "editor-client/src")


def documents() -> list[str]:
    listed = ["git", "ls-files", "-z", "--", "*.md", *ELSEWHERE]
    out = subprocess.run(listed, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode()
    return [name for name in out.split("\0") if name and (REPOSITORY / name).is_file()]


def prose(page: Path) -> str:
    """A page without its samples."""
    return re.sub(
        r"^( *)(```+).*?^ *\2", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def anchors(page: Path) -> set[str]:
    """What a link into a page may name: its headings, as hosts of repositories spell them."""
    headings = re.findall(r"^#+ +(.*?) *$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", documents())
def test_every_link_leads_somewhere(name: str) -> None:
    page = REPOSITORY / name
    text = re.sub(r"(`+).*?\1", "", prose(page), flags=re.DOTALL)
    broken = []
    for path, anchor in re.findall(r"\]\((?!\w+:)([^)#\s]*)#?([^)\s]*)\)", text):
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}")
    assert broken == []


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_exists(name: str) -> None:
    told = re.findall(r"`([\w.*/-]+(?:/|\.(?:py|ts|md|toml|lock|scm)))`", prose(REPOSITORY / name))
    missing = [
        path for path in told if not any(any((REPOSITORY / root).glob(path)) for root in ROOTS)
    ]
    assert told
    assert missing == []


def test_every_make_target_that_the_readme_tells_to_run_exists() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    told = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, flags=re.MULTILINE))
    assert told <= targets
