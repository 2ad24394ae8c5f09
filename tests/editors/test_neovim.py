"""A real Neovim, headless, used as a person uses it: what it shows, and where it goes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY

HERE = Path(__file__).parent
PAGE = REPOSITORY / "docs" / "editors.md"

# Writes the newest trace of the store in the current folder as MLflow exports it.
EXPORT = """
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("support_agent")
[trace] = mlflow.search_traces(filter_string="status = 'OK'", return_type="list")
print(trace.to_json(pretty=True))
"""


def used(agent: Path, span_id: str) -> dict[str, Any]:
    """What a user of Neovim saw in the agent's folder."""
    assert shutil.which("nvim"), "Neovim is missing: .ci/run installs it"
    out, home, settings = (agent.parent / name for name in ("seen.json", "home", "init.lua"))
    settings.write_text(recipe(), "utf-8")
    subprocess.run(
        ["nvim", "--headless", "-u", settings, "-n", "-c", f"luafile {HERE / 'neovim.lua'}"],
        cwd=agent,
        env={
            **without_settings(),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home),
            "TRY_SPAN": span_id,
            "TRY_OUT": str(out),
        },
        timeout=600,
        check=True,
        capture_output=True,
    )
    seen: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return seen


def recipe() -> str:
    """The settings that the page on editors tells users of this Neovim to take."""
    [found] = re.findall(r"```lua\n(.*?start_client.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(found.split("```lua\n")[-1])


def without_settings() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "TRACEGLOSS_"))}


def exported(agent: Path) -> str:
    """Write the trace with a retrieval into the folder; gives the id of that span."""
    said = subprocess.run(
        [sys.executable, "-c", EXPORT],
        cwd=agent,
        env=without_settings(),
        capture_output=True,
        check=True,
        text=True,
    )
    (agent / "trace.json").write_text(said.stdout, "utf-8")
    spans = json.loads(said.stdout)["data"]["spans"]
    [span_id] = [s["span_id"] for s in spans if s["name"] == "search_knowledge_base"]
    return str(span_id)


def test_neovim_shows_findings_and_leads_to_the_code(agent: Path) -> None:
    lines = (agent / "retrieval" / "kb.py").read_text("utf-8").splitlines()
    line = next(n for n, row in enumerate(lines) if "def search_knowledge_base" in row)
    (agent / "pasted.txt").write_text('  File "/elsewhere/tools/policies.py", line 15, in x\n')
    seen = used(agent, exported(agent))
    assert seen.get("error") is None, seen
    assert sorted(seen["diagnostics"]) == [
        ["tracegloss", rule, line, 4, 25]
        for rule in ("assessment-failed", "expectation-unmet", "retrieval-missing-term")
    ]
    assert "search_knowledge_base" in seen["hover"][0]
    assert any("kb://ship-001" in row for row in seen["hover"])
    assert [(at, words.split(" · ")[0]) for at, words in seen["lenses"]] == [(line, "1 call")]
    assert seen["actions"][0].startswith("Ignore ")
    assert (seen["left"], seen["changed"]) == (2, True)
    assert seen["from_span"] == ["kb.py", line + 1, 4]
    assert seen["from_stack"] == ["policies.py", 15, 8]
    assert [symbol[:2] for symbol in seen["symbols"]] == [["kb.py", line + 1]]
