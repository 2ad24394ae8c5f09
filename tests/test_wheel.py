"""The built distribution carries everything the program reads at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

from tests.conftest import REPOSITORY

DEMO_AGENT = "fixtures/apps/support_agent"


def tracked(folder: str) -> set[PurePosixPath]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    paths = {PurePosixPath(name) for name in listed.stdout.decode().split("\0") if name}
    return {path for path in paths if (REPOSITORY / path).is_file()}


def test_the_wheel_holds_the_package_and_the_sample_agent(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, capture_output=True, check=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {str(path.relative_to("server")) for path in tracked("server/tracegloss")}
    agent = {
        f"tracegloss/demo_app/support_agent/{path.relative_to(DEMO_AGENT)}"
        for path in tracked(DEMO_AGENT)
    }
    assert held == package | agent
