"""Every place that can create spans, marked in sources of each construct; nothing else."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests import marks
from tests.conftest import REPOSITORY
from tests.index.repositories import files_of, index_text, joined, site_words
from tracegloss.model.site import Site

FIXTURES = REPOSITORY / "fixtures" / "index"
CASES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.py"))


def _marks(sites: tuple[Site, ...]) -> dict[str, list[marks.Mark]]:
    found: dict[str, list[marks.Mark]] = defaultdict(list)
    for site in sites:
        token = site.at.range
        mark = marks.Mark(
            token.start.line, token.start.column, token.end.column, "site", site_words(site)
        )
        found[site.at.path].append(mark)
    return found


@pytest.mark.parametrize("case", CASES)
def test_sites_are_where_the_marks_are(
    case: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = (FIXTURES / case).read_text(encoding="utf-8")
    sources = files_of(text)
    clean = {path: marks.read_marks(source).text for path, source in sources.items()}
    found = _marks(index_text(tmp_path, joined(clean)).index.sites)
    compared = {
        path: marks.compare_marks(source, found[path], ["site"]) for path, source in sources.items()
    }
    came_out = joined({path: pair[1] for path, pair in compared.items()})
    if request.config.getoption("--update-marks"):
        (FIXTURES / case).write_text(came_out, encoding="utf-8")
        return
    assert came_out == joined({path: pair[0] for path, pair in compared.items()})
