"""A real Neovim, headless: attach, diagnostics, hover, lens, go to code, stop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.skipif(shutil.which("nvim") is None, reason="needs Neovim: apt-get install neovim")
def test_neovim_shows_what_the_server_says(agent: Path) -> None:
    lines = (agent / "retrieval" / "kb.py").read_text("utf-8").splitlines()
    line = next(n for n, row in enumerate(lines) if "def search_knowledge_base" in row)
    (agent / "pasted.txt").write_text('  File "/elsewhere/tools/policies.py", line 15, in x\n')
    out = agent.parent / "seen.json"
    home = str(agent.parent / "home")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACEGLOSS_"))}
    subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"],
        env={
            **kept,
            "HOME": home,
            "XDG_CACHE_HOME": home,
            "TRY_ROOT": str(agent),
            "TRY_COMMAND": f"{sys.executable} -m tracegloss lsp",
            "TRY_OUT": str(out),
        },
        timeout=200,
        check=True,
        capture_output=True,
    )
    seen = json.loads(out.read_text("utf-8"))
    assert sorted(seen["diagnostics"]) == [
        ["tracegloss", rule, line, 4, 25]
        for rule in ("assessment-failed", "expectation-unmet", "retrieval-missing-term")
    ]
    assert seen["hover"].startswith("**`search_knowledge_base`**")
    assert [(at, words.split(" · ")[0]) for at, words in seen["lenses"]] == [(line, "1 call")]
    assert seen["definition"] == [[(agent / "tools" / "policies.py").as_uri(), 14]]
    assert seen["stopped"]
