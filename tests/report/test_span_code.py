"""`tracegloss show` on real histories: the text that ran, and the difference to the text of now."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.eval.history.cases import HISTORIES, UNKNOWN
from tests.eval.history.judging import RECORDINGS, lay
from tests.eval.history.making import History, Made, app_files, edited, make
from tests.eval.history.marked import written
from tracegloss.cli import main
from tracegloss.workspace.span_code import span_code

NAMED = {history.name: history for history in (*HISTORIES, UNKNOWN)}
Show = Callable[..., str]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(NAMED["grown"], tmp_path_factory.mktemp("grown"))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Show:
    def run(made: Made, label: str, *options: str, status: int = 0, app: str = "desk") -> str:
        monkeypatch.chdir(made.root)
        trace, span = span_of(app, label)
        with pytest.raises(SystemExit) as stopped:
            main(["show", str(trace), span, "--no-cache", *options])
        out = capsysbinary.readouterr()
        assert stopped.value.code == status, out.err
        return (out.err if status else out.out).decode()

    return run


def ran_text(history: History) -> dict[str, str]:
    """The files that ran, edits that nobody had committed included."""
    return written(edited(app_files(history.app), history.uncommitted))


def span_of(app: str, label: str) -> tuple[Path, str]:
    """Find a recorded span of a label, and its trace."""
    labels = json.loads((RECORDINGS / app / "labels.json").read_text(encoding="utf-8"))
    for trace in sorted((RECORDINGS / app / "traces").iterdir()):
        trace_id = json.loads(trace.read_text(encoding="utf-8"))["info"]["trace_id"]
        for span, found in labels[trace_id].items():
            if found == label:
                return trace, span
    raise LookupError(label)


AS_RAN = """\
desk/tools.py:15  find_order as it ran at 9c115bc
uncommitted edits at recording time: not recorded
15 │ @mlflow.trace(span_type='TOOL')
16 │ def find_order(text):
17 │     key = order_id(text)
18 │     order = ORDERS[key]
19 │     return {'order': key, 'state': order['state']}
"""
RENAMED = """\
find_order as it ran at 9c115bc, against now
uncommitted edits at recording time: not recorded
--- a/desk/tools.py
+++ b/desk/tools.py
@@ -15,5 +20,5 @@
 @mlflow.trace(span_type='TOOL')
-def find_order(text):
+def lookup_order(text):
     key = order_id(text)
     order = ORDERS[key]
     return {'order': key, 'state': order['state']}
"""
GONE = """\
Desk.greet as it ran at 9c115bc, against now
uncommitted edits at recording time: not recorded
--- a/desk/agent.py
+++ /dev/null
@@ -45,3 +0,0 @@
-    @mlflow.trace
-    def greet(self):
-        return GREETINGS.get(self.name[:1], 'Hello') + f' {self.name}!'
"""
SAME = """\
Index.lookup is the same as when it ran at 9c115bc
uncommitted edits at recording time: not recorded
"""


@pytest.mark.parametrize(
    "label, options, expected",
    [
        ("find_order", ("--as-ran",), AS_RAN),
        ("find_order", (), AS_RAN),
        ("find_order", ("--diff",), RENAMED),
        ("greet", ("--diff",), GONE),
        ("lookup", ("--diff",), SAME),
    ],
)
def test_what_is_shown(
    label: str, options: tuple[str, ...], expected: str, grown: Made, shown: Show
) -> None:
    assert shown(grown, label, *options) == expected


@pytest.mark.parametrize("label", ["find_order", "lookup", "complete", "refund_order", "answer"])
def test_a_whole_file_is_the_file_that_ran(label: str, grown: Made, shown: Show) -> None:
    path = grown.then[label].path
    assert shown(grown, label, "--file", "--format", "raw") == written(app_files("desk"))[path]


@pytest.mark.parametrize("label", ["find_order", "complete", "plan", "answer"])
def test_the_difference_applies_to_the_file_that_ran(
    label: str, grown: Made, shown: Show, tmp_path: Path
) -> None:
    path = grown.then[label].path
    for name, text in written(app_files("desk")).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    diff = shown(grown, label, "--diff", "--file", "--format", "raw")
    subprocess.run(["git", "apply", "-p1"], cwd=tmp_path, input=diff.encode(), check=True)
    now = (grown.root / path).read_text(encoding="utf-8")
    assert (tmp_path / path).read_text(encoding="utf-8") == now


def test_json_has_both_texts_and_the_difference(grown: Made, shown: Show) -> None:
    document = json.loads(shown(grown, "complete", "--format", "json"))
    assert document["schema"] == "tracegloss.code/1"
    assert document["then"]["commit"] == grown.recorded
    assert (document["then"]["line"], document["now"]["line"]) == (4, 4)
    assert "model='small'" in document["now"]["text"]
    assert "model='small'" not in document["then"]["text"]
    assert "+def complete(prompt, limit=40, model='small'):\n" in document["diff"]


def test_a_cell_of_a_notebook(shown: Show, tmp_path: Path) -> None:
    made = make(NAMED["notebook, cell edited"], tmp_path)
    difference = shown(made, "judge", "--diff", app="lab")
    assert "-    return 'good' if value > 0.6 else 'fair'\n" in difference
    assert "--- a/study.ipynb#3\n" in difference


def test_edits_that_nobody_committed_are_part_of_now(shown: Show, tmp_path: Path) -> None:
    made = make(NAMED["uncommitted edits"], tmp_path)
    assert "+    return CARD.sub('[card number]', text)\n" in shown(made, "redact", "--diff")


def test_a_clone_without_the_commit_says_so(shown: Show, tmp_path: Path) -> None:
    made = make(UNKNOWN, tmp_path)
    said = shown(made, "complete", "--as-ran", status=2)
    assert said.startswith("tracegloss: The code that ran is not known (its commit is not in this")


def test_a_commit_can_be_named_by_hand(grown: Made, shown: Show) -> None:
    at = grown.commits[5]
    said = shown(grown, "complete", "--at", at)
    assert said.startswith(f"desk/model.py:4  complete as it ran at {at[:7]}")
    assert "model='small'" in said


def test_edits_that_a_model_stored_are_what_ran(tmp_path: Path) -> None:
    """MLflow keeps what nobody had committed with the logged model of a trace."""
    history = NAMED["stored diff, thrown away"]
    made = make(history, tmp_path)
    laid = lay(history, made)
    labels = json.loads((RECORDINGS / "desk-dirty" / "labels.json").read_text(encoding="utf-8"))
    texts = {path: text.encode() for path, text in ran_text(history).items()}
    codes = {
        label: span_code(made.root, on_code, span, texts.get)
        for on_code in laid
        for span, label in labels[on_code.trace.info.trace_id].items()
    }
    assert "mine = {w.strip('.,')" in "".join(codes["overlap"].then.part("function"))
    assert codes["overlap"].now is not None
    assert "mine = set(query" in "".join(codes["overlap"].now.part("function"))
    assert codes["overlap"].is_certain
