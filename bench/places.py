"""Where the bench keeps what it makes, outside the repository, and what it takes from it."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
APPLICATION = REPOSITORY / "fixtures" / "eval" / "agents_shop" / "app"
RESULTS = REPOSITORY / "bench" / "results.json"
PAGE = REPOSITORY / "docs" / "performance.md"
PROBES = REPOSITORY / "bench" / "probes"


def home() -> Path:
    """Return the folder of what is made at run time: `TRACEGLOSS_BENCH`, else a cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TRACEGLOSS_BENCH") or cache / "tracegloss-bench")


def corpora_folder() -> Path:
    """Return the folder of the repositories to index."""
    return home() / "corpora"


def stores_folder() -> Path:
    """Return the folder of the recorded tracking stores."""
    return home() / "stores"
