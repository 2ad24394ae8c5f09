"""Traces laid on the commit they ran at and shown on the code of now, in real repositories."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.history.repositories import committed, git, put, started
from tests.spans import trace_of
from tracegloss.errors import RevisionError
from tracegloss.index.build import index_folder
from tracegloss.model.resolution import Confidence, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Labels, SourceDescription, SpanException, SpanStatus, Trace
from tracegloss.recorded import Recorded
from tracegloss.report.text.standing import standing_items
from tracegloss.trace_on_code import TraceOnCode
from tracegloss.traces.stack import traceback_blocks
from tracegloss.wording.display import Display
from tracegloss.workspace.at import At, AtRevision, Now
from tracegloss.workspace.opening import Opening, open_workspace
from tracegloss.workspace.workspace import Workspace

HEAD = "import mlflow\n\n"
ANSWER = "@mlflow.trace\ndef answer(question):\n    return search(question)\n\n"
SEARCH = "@mlflow.trace\ndef search(query):\n    return query.upper()\n\n"
APP = HEAD + ANSWER + SEARCH
SOURCE = SourceDescription("file", "trace.json")
RAN_NS = 1_700_000_000_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return started(tmp_path / "shop")


def trace_at(commit: str, **metadata: str) -> Trace:
    """A trace in which `answer` called `search` with a query."""
    trace = trace_of("answer 0-9", "  search 1-5")
    spans = tuple(
        replace(span, function_name=span.name, inputs=Recorded({key: "a"}))
        for span, key in zip(trace.spans, ("question", "query"), strict=True)
    )
    labels = {"mlflow.source.git.commit": commit, **metadata}
    info = replace(trace.info, metadata=Recorded(labels), request_ns=RAN_NS)
    return replace(trace, spans=spans, info=info)


def lay(
    folder: Path,
    trace: Trace,
    at: At | None = None,
    settings: Settings | None = None,
    model: Labels | None = None,
) -> TraceOnCode:
    chosen = settings or Settings()
    workspace = Workspace(folder, chosen, index_folder(folder, (), None), None, at)
    return workspace.lay(trace, SOURCE, model=model)


def said(on_code: TraceOnCode) -> list[str]:
    """Write what is said of each span: its line, and what became of it."""
    lines = []
    for span in on_code.trace.spans:
        found = on_code.correlation.resolutions[span.span_id]
        since = on_code.since.get(span.span_id)
        where = type(found).__name__.lower()
        if isinstance(found, Resolved):
            where = f"{found.site.at.path}:{found.site.at.range.start.line + 1}"
        became = "" if since is None else f" {since.freshness.value} ({since.basis})"
        lines.append(f"{span.span_id} {where}{became}")
    return lines


def written_at(folder: Path, path: str, moment_ns: int) -> None:
    os.utime(folder / path, ns=(moment_ns, moment_ns))


def test_a_trace_of_an_older_commit(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    edit = committed(
        folder,
        {"app.py": HEAD + ANSWER, "talk.py": HEAD + SEARCH.replace("query", "text")},
        "move and edit",
    )
    laid = lay(folder, trace_at(ran))
    assert said(laid) == ["answer app.py:4 identical (commit)", "search talk.py:4 edited (commit)"]
    since = laid.since["search"]
    assert since.changed_in is not None
    assert since.changed_in.commit == edit
    assert since.parts == ("signature", "body")
    assert since.lost_inputs == ("query",)
    assert since.as_ran is not None
    assert (since.as_ran.at.path, since.as_ran.at.range.start.line) == ("app.py", 7)
    assert since.as_ran.signature == "(query)"
    assert laid.texts[since.as_ran.at.text_key].source == APP.encode()
    assert (laid.standing.resolved_at, laid.standing.behind_head) == ("commit", 1)


def test_what_is_gone_says_where_it_was(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    committed(folder, {"app.py": APP + "x = 1\n"}, "something else")
    removed = committed(folder, {"app.py": HEAD + ANSWER}, "remove it")
    laid = lay(folder, trace_at(ran))
    assert said(laid) == ["answer app.py:4 identical (commit)", "search app.py:8 gone (commit)"]
    since = laid.since["search"]
    assert since.changed_in is not None
    assert since.changed_in.commit == removed
    assert since.last_in is not None
    assert since.last_in.subject == "something else"
    found = laid.correlation.resolutions["search"]
    assert isinstance(found, Resolved)
    assert found.site.at.repository == f"r0@{ran[:12]}"
    assert laid.repositories[1].commit == ran


def test_uncommitted_edits_since_the_trace(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    put(folder, {"app.py": APP.replace("upper", "lower")})
    laid = lay(folder, trace_at(ran))
    assert said(laid) == ["answer app.py:4 identical (commit)", "search app.py:8 edited (commit)"]
    assert laid.since["search"].uncommitted
    assert laid.since["search"].changed_in is None


def test_edits_that_were_there_before_the_trace_are_what_ran(folder: Path) -> None:
    ran = committed(folder, {"app.py": HEAD + ANSWER})
    put(folder, {"app.py": APP})
    written_at(folder, "app.py", RAN_NS - 1)
    laid = lay(folder, trace_at(ran))
    assert said(laid) == [
        "answer app.py:4 identical (working-tree)",
        "search app.py:8 identical (working-tree)",
    ]


def test_an_edit_before_the_trace_beside_one_after_it(folder: Path) -> None:
    ran = committed(folder, {"app.py": HEAD + ANSWER, "talk.py": "x = 1\n"})
    put(folder, {"app.py": "# later\n" + HEAD + ANSWER, "talk.py": HEAD + SEARCH})
    written_at(folder, "talk.py", RAN_NS - 1)
    written_at(folder, "app.py", RAN_NS + 1)
    laid = lay(folder, trace_at(ran))
    assert said(laid) == [
        "answer app.py:5 moved (commit)",
        "search talk.py:4 identical (working-tree)",
    ]


def test_a_function_that_no_commit_has_is_never_called_exact(folder: Path) -> None:
    ran = committed(folder, {"app.py": HEAD + ANSWER})
    put(folder, {"app.py": APP})
    written_at(folder, "app.py", RAN_NS + 1)
    laid = lay(folder, trace_at(ran))
    assert said(laid) == ["answer app.py:4 identical (commit)", "search app.py:8"]
    found = laid.correlation.resolutions["search"]
    assert isinstance(found, Resolved)
    assert found.confidence is Confidence.STRONG


def test_at_a_named_commit_and_now(folder: Path) -> None:
    first = committed(folder, {"app.py": APP})
    git(folder, "tag", "v1")
    committed(folder, {"app.py": "# later\n" + APP})
    moved = ["answer app.py:5 moved (commit)", "search app.py:9 moved (commit)"]
    assert said(lay(folder, trace_at(""), AtRevision("v1"))) == moved
    assert said(lay(folder, trace_at(""), AtRevision("HEAD~1"))) == moved
    assert said(lay(folder, trace_at(""), settings=Settings(commit="v1"))) == moved
    assert lay(folder, trace_at(""), settings=Settings(commit="v1")).standing.named_by == "setting"
    now = lay(folder, trace_at(first), Now())
    assert said(now) == ["answer app.py:5", "search app.py:9"]
    assert now.standing.why_now == "asked"
    with pytest.raises(RevisionError, match="No such commit here"):
        lay(folder, trace_at(first), AtRevision("v2"))


@pytest.mark.parametrize("version", ["1.2.0", "v1.2.0"])
def test_a_service_version_that_is_a_tag_names_the_commit(folder: Path, version: str) -> None:
    first = committed(folder, {"app.py": APP})
    git(folder, "tag", "v1.2.0")
    committed(folder, {"app.py": "# later\n" + APP})
    trace = trace_at("")
    trace = replace(trace, info=replace(trace.info, tags=Recorded({"service.version": version})))
    standing = lay(folder, trace).standing
    assert (standing.commit, standing.named_by) == (first, "release")


def test_a_commit_that_is_not_here(folder: Path) -> None:
    committed(folder, {"app.py": APP})
    git(folder, "remote", "add", "origin", "https://example.com/ada/shop.git")
    unknown = "1" * 40
    laid = lay(folder, trace_at(unknown))
    assert said(laid) == ["answer app.py:4", "search app.py:8"]
    assert laid.standing.fetch == f"git fetch origin {unknown}"
    found = laid.correlation.resolutions["answer"]
    assert isinstance(found, Resolved)
    assert found.confidence is Confidence.STRONG
    elsewhere = {"mlflow.source.git.repoURL": "git@example.com:bob/other.git"}
    assert lay(folder, trace_at(unknown, **elsewhere)).standing.why_now == "other-repository"
    same = {"mlflow.source.git.repoURL": "ssh://git@example.com/ada/shop"}
    assert lay(folder, trace_at(unknown, **same)).standing.why_now == "unknown-here"


def test_a_commit_whose_code_has_none_of_the_spans(folder: Path) -> None:
    before = committed(folder, {"README.md": "so\n"})
    committed(folder, {"app.py": APP})
    laid = lay(folder, trace_at(before))
    assert said(laid) == ["answer app.py:4", "search app.py:8"]
    assert (laid.standing.resolved_at, laid.standing.why_now) == ("working-tree", "not-there")


def test_a_commit_ahead_of_head(folder: Path) -> None:
    committed(folder, {"app.py": "# early\n" + APP})
    ahead = committed(folder, {"app.py": APP})
    git(folder, "checkout", "-q", "HEAD~1")
    laid = lay(folder, trace_at(ahead))
    assert said(laid) == ["answer app.py:5 moved (commit)", "search app.py:9 moved (commit)"]
    assert (laid.standing.ahead_of_head, laid.standing.behind_head) == (1, None)


HELPER = "def check(query):\n    if not query:\n        raise ValueError(query)\n\n"
STACK = """\
Traceback (most recent call last):
  File "/srv/app/app.py", line 10, in search
    check(query)
  File "/srv/app/helpers.py", line 3, in check
    raise ValueError(query)
ValueError: a
"""


def test_a_raise_line_in_an_edited_helper_says_so(folder: Path) -> None:
    search = SEARCH.replace("    return", "    check(query)\n    return")
    app = "import mlflow\nfrom helpers import check\n\n" + ANSWER + search
    ran = committed(folder, {"app.py": app, "helpers.py": HELPER})
    edit = committed(folder, {"helpers.py": HELPER.replace("ValueError", "TypeError")}, "edit it")
    trace = trace_at(ran)
    raised = SpanException(
        Recorded("ValueError"), Recorded("a"), traceback_blocks(STACK), Recorded(STACK)
    )
    answer, found = trace.spans
    fault = {"status": SpanStatus.ERROR, "exceptions": (raised,)}
    spans = replace(answer, **fault), replace(found, **fault)
    laid = lay(folder, replace(trace, spans=spans))
    assert said(laid) == [
        "answer app.py:5 identical (commit)",
        "search app.py:9 identical (commit)",
    ]
    [error] = [f for f in laid.examination.findings if f.rule == "error-raised"]
    assert error.place is not None
    assert (error.place.path, error.place.range.start.line) == ("helpers.py", 2)
    since = laid.since_at(error.span_ids, error.place)
    assert since is not None
    assert since.changed_in is not None
    assert since.changed_in.commit == edit


def with_model(commit: str, diff: str, dirty: str = "true") -> Labels:
    return Recorded(
        {
            "mlflow.source.git.commit": commit,
            "mlflow.source.git.dirty": dirty,
            "mlflow.source.git.diff": diff,
        }
    )


@pytest.mark.parametrize("recorded", [True, False], ids=["trace names it", "model names it"])
def test_a_diff_stored_with_the_model_is_what_ran(folder: Path, recorded: bool) -> None:
    ran = committed(folder, {"app.py": HEAD + ANSWER})
    put(folder, {"app.py": APP})
    diff = git(folder, "diff")
    committed(folder, {"app.py": "# later\n" + APP}, "commit them")
    laid = lay(folder, trace_at(ran if recorded else ""), model=with_model(ran, diff))
    assert said(laid) == [
        "answer app.py:5 moved (stored-diff)",
        "search app.py:9 moved (stored-diff)",
    ]
    assert laid.standing.stored_diff == "applied"
    assert laid.standing.named_by == ("trace" if recorded else "model")


def test_a_stored_diff_of_another_run_is_told(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    put(folder, {"app.py": APP.replace("upper", "lower")})
    diff = git(folder, "diff").replace("upper", "title")
    laid = lay(folder, trace_at(ran), model=with_model(ran, diff))
    assert laid.standing.stored_diff == "does-not-fit"
    assert said(laid) == ["answer app.py:4 identical (commit)", "search app.py:8 edited (commit)"]


def test_a_model_that_was_clean_leaves_older_edits_out(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    put(folder, {"app.py": APP.replace("upper", "lower")})
    written_at(folder, "app.py", RAN_NS - 1)
    laid = lay(folder, trace_at(ran), model=with_model(ran, "", "false"))
    assert said(laid) == ["answer app.py:4 identical (commit)", "search app.py:8 edited (commit)"]
    assert laid.standing.dirty_at_recording is False


def test_a_tree_that_is_as_it_was(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    laid = lay(folder, trace_at(ran))
    assert said(laid) == [
        "answer app.py:4 identical (commit)",
        "search app.py:8 identical (commit)",
    ]


def test_a_repository_without_working_files(folder: Path, tmp_path: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    head = committed(folder, {"app.py": "# later\n" + APP})
    git(tmp_path, "clone", "-q", "--bare", str(folder), "bare.git")
    bare = open_workspace(Opening(tmp_path / "bare.git", cache=False)).workspace
    moved = ["answer app.py:5 moved (commit)", "search app.py:9 moved (commit)"]
    assert said(bare.lay(trace_at(ran), SOURCE)) == moved
    same = ["answer app.py:5 identical (commit)", "search app.py:9 identical (commit)"]
    assert said(bare.lay(trace_at(head), SOURCE)) == same
    assert bare.lay(trace_at(head), SOURCE).texts["app.py"].source == f"# later\n{APP}".encode()


def test_without_git(tmp_path: Path) -> None:
    put(tmp_path, {"app.py": APP})
    laid = lay(tmp_path, trace_at("1" * 40))
    assert said(laid) == ["answer app.py:4", "search app.py:8"]
    assert laid.standing.why_now == "no-git"


def test_nothing_is_written_into_the_repository(folder: Path) -> None:
    ran = committed(folder, {"app.py": APP})
    committed(folder, {"app.py": HEAD + ANSWER})
    before = {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}
    lay(folder, trace_at(ran))
    assert {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))} == before


@pytest.mark.parametrize(
    "edit, dirty",
    [
        ({}, False),
        ({"new.py": "x = 1\n"}, False),
        ({"other.py": "x = 2\n"}, True),
        ({"other.py": None}, True),
    ],
    ids=["nothing", "a new file", "an edit of another file", "a deleted file"],
)
def test_edits_of_any_file_are_told(
    folder: Path, edit: Mapping[str, str | None], dirty: bool
) -> None:
    """Also where no function of the trace was touched: what is shown is not HEAD then."""
    ran = committed(folder, {"app.py": APP, "other.py": "x = 1\n"})
    head = committed(folder, {"app.py": "# moved\n" + APP}, "move")
    put(folder, edit)
    titles = []
    for commit in (ran, head):
        laid = lay(folder, trace_at(commit))
        assert laid.repositories[0].dirty is dirty
        titles.append(" ".join(standing_items(laid, Display(laid.settings.redaction))))
    assert [("uncommitted edits here now" in title) for title in titles] == [dirty] * 2
    assert ("shown here" in titles[0]) is dirty
    assert ("shown at HEAD" in titles[0]) is not dirty


def test_a_clone_without_the_files_of_a_commit_says_so(folder: Path) -> None:
    """A partial clone has the commit and not its files, and nothing is fetched for a trace."""
    ran = committed(folder, {"app.py": APP})
    blob = git(folder, "rev-parse", f"{ran}:app.py")
    committed(folder, {"app.py": HEAD + ANSWER.replace("search", "look") + SEARCH}, "edit")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    laid = lay(folder, trace_at(ran))
    assert (laid.standing.resolved_at, laid.standing.why_now) == ("working-tree", "unreadable")
    title = " ".join(standing_items(laid, Display(laid.settings.redaction)))
    assert "files of it are not in this clone" in title


def test_a_commit_that_was_named_where_git_refuses_the_repository(tmp_path: Path) -> None:
    put(tmp_path, {"app.py": APP})
    with pytest.raises(RevisionError, match="not a git repository"):
        lay(tmp_path, trace_at("1" * 40), AtRevision("v1.0"))


QUOTES = {
    "a line that is there": ("return search(question)", ANSWER, ""),
    "a line that is laid out otherwise now": (
        "return search(question)",
        ANSWER.replace("(question)\n\n", "(\n        question,\n    )\n\n"),
        "",
    ),
    "a line that is not there any more": (
        "return search(question.strip())",
        ANSWER,
        " edited (stack-text)",
    ),
}


@pytest.mark.parametrize("case", QUOTES)
def test_without_a_commit_a_stack_tells_what_was_edited(folder: Path, case: str) -> None:
    quoted, answer, became = QUOTES[case]
    committed(folder, {"app.py": HEAD + answer + SEARCH})
    stack = (
        "Traceback (most recent call last):\n"
        f'  File "app.py", line 5, in answer\n    {quoted}\nValueError: no\n'
    )
    raised = SpanException(
        Recorded("ValueError"), Recorded("no"), traceback_blocks(stack), Recorded(stack)
    )
    trace = trace_at("")
    first = replace(trace.spans[0], status=SpanStatus.ERROR, exceptions=(raised,))
    laid = lay(folder, replace(trace, spans=(first, *trace.spans[1:])))
    assert said(laid)[0] == f"answer app.py:4{became}"
    assert said(laid)[1].startswith("search app.py:")
    assert "search" not in laid.since


@pytest.mark.parametrize("told, dirty", [("true", True), ("false", False), ("", None)])
def test_edits_at_recording_are_told_without_a_commit(
    tmp_path: Path, told: str, *, dirty: bool | None
) -> None:
    folder = started(tmp_path / "shop")
    committed(folder, {"app.py": APP})
    laid = lay(folder, trace_at("", **{"mlflow.source.git.dirty": told}))
    assert (laid.standing.commit, laid.standing.dirty_at_recording) == (None, dirty)
