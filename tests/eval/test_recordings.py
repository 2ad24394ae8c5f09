"""The recordings themselves: every span has its truth, every place exists, no machine shows."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOCKS = sorted((FIXTURES / "record" / "environments").glob("*.lock"))
TRUTHS = sorted((FIXTURES / "eval").rglob("truth.json"))
STARTS = re.compile(r"\bdef |\bclass |\blambda\b|\(")
MACHINE = re.compile(r"/home/|/root/\.pyenv|/tmp/(?!ipykernel_)|/Users/|/venv/")


def folder_of(truth: Path) -> str:
    return truth.parent.relative_to(FIXTURES / "eval").as_posix()


def traces_of(truth: Path) -> list[Path]:
    beside = truth.parent / "traces"
    return sorted(p for p in (beside if beside.is_dir() else truth.parent).glob("[0-9]*.json"))


def root_of(truth: Path) -> Path:
    case = FIXTURES / "eval" / truth.relative_to(FIXTURES / "eval").parts[0]
    return case / "app" if (case / "app").is_dir() else FIXTURES / "apps" / case.name


def span_ids(trace: dict[str, Any]) -> set[str]:
    return {
        span["context"]["span_id"].removeprefix("0x")
        if "context" in span
        else base64.b64decode(span["span_id"]).hex()
        for span in trace["data"]["spans"]
    }


def lines_of(root: Path, place: dict[str, Any]) -> list[str]:
    path: str = place["path"]
    text = (root / path).read_text(encoding="utf-8")
    if place["cell"] is not None:
        source: list[str] = json.loads(text)["cells"][place["cell"]]["source"]
        text = "".join(source)
    return text.split("\n")


@pytest.mark.parametrize("truth", TRUTHS, ids=folder_of)
def test_every_recorded_span_has_one_note(truth: Path) -> None:
    notes = json.loads(truth.read_text(encoding="utf-8"))
    recorded = {}
    for path in traces_of(truth):
        trace = json.loads(path.read_text(encoding="utf-8"))
        recorded[trace["info"].get("trace_id") or trace["info"]["request_id"]] = span_ids(trace)
    assert {trace_id: set(spans) for trace_id, spans in notes.items()} == recorded


@pytest.mark.parametrize("truth", TRUTHS, ids=folder_of)
def test_every_place_is_a_line_that_can_make_a_span(truth: Path) -> None:
    root = root_of(truth)
    places = [
        place
        for spans in json.loads(truth.read_text(encoding="utf-8")).values()
        for note in spans.values()
        if note["in_repository"]
        for place in [note, *note.get("also", []), *note.get("equal_copies", [])]
    ]
    unfit = {
        (place["path"], place["cell"], place["line"])
        for place in places
        if not STARTS.search(lines_of(root, place)[place["line"] - 1])
    }
    assert unfit == set()


@pytest.mark.parametrize("truth", TRUTHS, ids=folder_of)
def test_no_path_of_the_recording_machine_is_left(truth: Path) -> None:
    found = {
        match.group()
        for path in [truth, *traces_of(truth)]
        for match in MACHINE.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_an_environment_is_locked_to_the_file(lock: Path) -> None:
    """Every package has its hashes, what was asked for is there, and no host is named."""
    text = lock.read_text(encoding="utf-8")
    packages = [entry.split("\n") for entry in re.split(r"\n(?=[\w.-]+==)", f"\n{text}")[1:]]
    loose = [lines[0] for lines in packages if not any("--hash=sha256:" in each for each in lines)]
    assert packages
    assert loose == []
    asked = lock.with_suffix(".in").read_text(encoding="utf-8").split()
    names = {re.split(r"[\[=<>~ ;]", package)[0].lower() for package in asked}
    assert names <= {lines[0].partition("==")[0] for lines in packages}
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []
