"""What a command loads before it begins: only what it needs, because start-up time is felt."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.running import PATIENCE, Shell

HEAVY = {
    "mlflow",
    "pygls",
    "lsprotocol",
    "git",
    "rich",
    "asyncio",
    "http",
    "ssl",
    "requests",
    "pandas",
    "numpy",
    "multiprocessing",
    "click",
    "tomllib",
}
PROGRAM = """
import json, os, sys
from tracegloss.cli import main
saved = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
try:
    main(sys.argv[1:])
except SystemExit as stopped:
    os.dup2(saved, 1)
    print(json.dumps([stopped.code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


@pytest.mark.parametrize(
    "command, status, loaded",
    [
        ("--help", 0, {"click"}),
        ("correlate --help", 0, {"click"}),
        ("cache path", 0, {"click"}),
        ("index", 0, {"click"}),
        ("correlate error-in-tool.json", 0, set()),
        ("correlate error-in-tool.json --format json", 0, {"click"}),
        ("diagnostics error-in-tool.json", 0, {"click"}),
        ("hover tools/policies.py:15:9 --trace error-in-tool.json", 0, {"click"}),
        ("lens tools/refunds.py --trace error-in-tool.json", 0, {"click"}),
        ("locate error-in-tool.json 6bb1051c1d27070d", 0, {"click"}),
        ("symbols policy --trace error-in-tool.json", 0, {"click"}),
        ("correlate last", 2, set()),
        ("correlate tr-1 --tracking-uri http://127.0.0.1:1", 2, {"click", "http", "ssl"}),
        ("correlate tr-1 --tracking-uri sqlite:///absent.db", 2, {"click"}),
    ],
)
def test_a_command_loads_what_it_needs(
    agent: Shell, command: str, status: int, loaded: set[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split()],
        cwd=agent.folder,
        env=agent.environment({}),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    code, modules = json.loads(done.stdout)
    assert code == status
    assert HEAVY.intersection(modules) == loaded
