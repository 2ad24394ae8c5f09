"""What a hover says, part by part, and that recorded text cannot break out of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.overlay.laying import (
    call,
    document,
    key,
    laid,
    place_of,
    raised,
    site_at,
    stated,
)
from tracegloss.ide.hover import hover
from tracegloss.model.finding import RaisedException, Related
from tracegloss.model.freshness import AsRan, ChangedIn
from tracegloss.model.last_day import DayFigures
from tracegloss.model.resolution import (
    Candidate,
    Freshness,
    PlacedFrame,
    Resolved,
)
from tracegloss.model.settings import Settings
from tracegloss.model.trace import SourceDescription, StackFrame
from tracegloss.recorded import Phrase, Recorded, phrase
from tracegloss.snapshot import SinceTrace, Snapshot, snapshot_of, with_last_day
from tracegloss.text import Position
from tracegloss.trace_on_code import TraceOnCode

SOURCE = """\
import mlflow

@mlflow.trace
def search(query, top_k=3):
    hits = lookup(query)
    if not hits:
        raise LookupError("nothing found")
    return hits

@mlflow.trace
def lookup(query):
    return []
"""
DOCUMENT = {
    "page_content": "Orders arrive within 3 to 5 business days.\nAbroad up to three weeks.",
    "metadata": {"doc_uri": "kb://ship-001", "score": 9.3699},
}
INPUTS = {"query": "I want a refund", "top_k": 3}


def at(words: str, token: str = "", source: str = SOURCE) -> Position:
    return place_of(source, words, token=token).range.start


def shown(snapshot: Snapshot, position: Position) -> str:
    found = hover(snapshot, key(), position)
    return "nothing" if found is None else found.markdown


def search_trace(trace: str = "tr-1", minute: int = 0, **more: Any) -> TraceOnCode:
    inputs = more.pop("inputs", INPUTS)
    outputs = more.pop("outputs", [DOCUMENT])
    span = call(SOURCE, "search", 0, 6.3, inputs=inputs, outputs=outputs)
    return laid(SOURCE, span, trace=trace, minute=minute, **more)


def test_a_site_with_something_wrong() -> None:
    said = phrase(
        "{name} failed: {why} ({who})",
        name=Recorded("retrieval_relevance"),
        why=Recorded("The only document is on shipping."),
        who=Recorded("judge/fake-gpt-4o"),
    )
    found = stated(SOURCE, "search", "assessment-failed", said)
    snapshot = snapshot_of((), [search_trace(findings=(found,))])
    assert (
        shown(snapshot, at("def search", "search"))
        == """\
**`search`** \u00a0 last call shown: OK · 6.3 ms · 2026-11-23 07:45:11 UTC

⚠ `retrieval_relevance` failed: `The only document is on shipping.` (`judge/fake-gpt-4o`)

```text
query  I want a refund
top_k  3
─────── returned, 1 document
[0]    kb://ship-001  score 9.3699
       Orders arrive within 3 to 5 business days. Abroad up to three weeks.
```

1 call in 1 trace · 0 errors

*Exact*: the only site with this function name and the parameters query, top\\_k. \
Recorded at commit 1ce4efb, shown on the code as it is now.
"""
    )


@pytest.mark.parametrize(
    "n_calls, figures",
    [
        (1, "1 call in 1 trace · 0 errors"),
        (4, "4 calls in 4 traces · max 4.0 ms · 0 errors"),
        (5, "5 calls in 5 traces · p50 3.0 ms · max 5.0 ms · 0 errors"),
        (20, "20 calls in 20 traces · p50 10 ms · p95 19 ms · max 20 ms · 0 errors"),
    ],
)
def test_figures_carry_their_base_and_no_percentile_of_a_few(n_calls: int, figures: str) -> None:
    traces = [
        laid(SOURCE, call(SOURCE, "lookup", 0, float(n + 1)), trace=f"tr-{n}", minute=n)
        for n in range(n_calls)
    ]
    snapshot = snapshot_of((), traces[::-1])
    assert figures in shown(snapshot, at("def lookup", "lookup")).splitlines()[2]


def test_a_day_stands_before_what_was_loaded() -> None:
    snapshot = snapshot_of((), [laid(SOURCE, call(SOURCE, "lookup"))])
    day = {Recorded("lookup"): DayFigures(40, 2, 38, 3_000_000, 9_000_000)}
    rows = shown(with_last_day(snapshot, day, Snapshot()), at("def lookup", "lookup")).splitlines()
    assert rows[2:5] == [
        "40 calls, 24 h · p50 3.0 ms · p95 9.0 ms · 2 errors",
        "",
        "1 call in 1 trace · 0 errors",
    ]


def test_calls_that_failed_count_as_errors_and_not_into_times() -> None:
    spans = [call(SOURCE, "lookup", n, 1.0 if n else 900.0, error=not n) for n in range(6)]
    snapshot = snapshot_of((), [laid(SOURCE, *spans)])
    assert "6 calls in 1 trace · p50 1.0 ms · max 1.0 ms · 1 error" in shown(
        snapshot, at("def lookup", "lookup")
    )


def failing() -> TraceOnCode:
    place = place_of(SOURCE, "raise LookupError", token="raise")
    frame = StackFrame(Recorded("/srv/app/app.py"), 7, Recorded("search"), None)
    exception = RaisedException(
        type=Recorded("LookupError"),
        message=Recorded("nothing found"),
        frames=(PlacedFrame(frame, True, place, None, True),),
        raised_at=place,
        in_library=None,
        roles={"0000000000000001": "raised"},
    )
    through = Related(phrase("tools"), place_of(SOURCE, "def lookup", token="lookup"))
    found = raised(
        SOURCE, "search", "raise LookupError", error="LookupError", message="nothing found",
        exception=0, related=(through,),
    )  # fmt: skip
    return search_trace(findings=(found,), exceptions=(exception,))


def test_a_raise_line_says_what_was_raised_through_what_and_why_here() -> None:
    snapshot = snapshot_of((), [failing()])
    expected = """\
✗ **`LookupError`: `nothing found`** \u00a0 1 of 1 call · 2026-11-23 07:45:11 UTC

Through tools (`app.py:11`); not handled

```text
query  I want a refund
top_k  3
─────── returned, 1 document
[0]    kb://ship-001  score 9.3699
       Orders arrive within 3 to 5 business days. Abroad up to three weeks.
```

*Exact*: this line is in the recorded stack, and its text is the same. \
Recorded at commit 1ce4efb, shown on the code as it is now.
"""
    assert shown(snapshot, at("raise LookupError")) == expected
    assert shown(snapshot, at("raise LookupError", "LookupError")) == expected


def test_a_tool_that_failed_says_which_model_asked_for_it_and_where() -> None:
    on_code = failing()
    [found] = on_code.examination.findings
    request = phrase("search(query={value})", value=Recorded("`refund`"))
    model = on_code.trace.spans[0].span_id
    asked = Related(request, place_of(SOURCE, "return hits"), model)
    examination = replace(on_code.examination, findings=(replace(found, asked_by=asked),))
    snapshot = snapshot_of((), [replace(on_code, examination=examination)])
    said = shown(snapshot, at("raise LookupError")).splitlines()
    assert said[2:4] == [
        "Called by the model: `search` at `app.py:8` emitted ``search(query=`refund`)``  ",
        "Through tools (`app.py:11`); not handled",
    ]


def test_a_tool_says_which_model_asked_for_the_call_shown() -> None:
    on_code = search_trace()
    asked = Related(phrase("search(top_k=3)"), place_of(SOURCE, "lookup(query)"), None)
    span_id = on_code.trace.spans[0].span_id
    examination = replace(on_code.examination, asked_by={span_id: replace(asked, span_id=span_id)})
    snapshot = snapshot_of((), [replace(on_code, examination=examination)])
    said = shown(snapshot, at("def search", "search")).splitlines()
    assert "Called by the model: `search` at `app.py:5` emitted `search(top_k=3)`" in said


def test_a_call_that_made_a_span_says_where() -> None:
    place = place_of(SOURCE, "lookup(query)", token="lookup")
    trace = laid(SOURCE, call(SOURCE, "lookup", called_from=place, inputs={"query": "x"}))
    assert shown(snapshot_of((), [trace]), place.range.start).splitlines()[:6] == [
        "**`lookup`** \u00a0 made at `app.py:11`",
        "",
        "```text",
        "query  x",
        "```",
        "",
    ]


@pytest.mark.parametrize("words", ["import mlflow", "    return hits", "def search"])
def test_where_nothing_ran_there_is_no_hover(words: str) -> None:
    assert shown(snapshot_of((), [search_trace()]), at(words)) == "nothing"


def test_other_places_that_were_considered_are_told() -> None:
    span = call(SOURCE, "search")
    assert isinstance(span.code, Resolved)
    other = Candidate(site_at(SOURCE, "lookup"), (), phrase("calls none of these children"))
    span = replace(span, code=replace(span.code, alternatives=(other,)))
    said = shown(snapshot_of((), [laid(SOURCE, span)]), at("def search", "search"))
    assert "Also considered: app.py:11 lookup: calls none of these children" in said


def test_before_an_edit_stays_readable_and_lost_parameters_are_told() -> None:
    found = raised(SOURCE, "search", "raise LookupError")
    text = SOURCE.replace("search(query, top_k=3)", "search(query)").replace("hits:", "hits or 0:")
    snapshot = snapshot_of((), [search_trace(findings=(found,))], [document(text)])
    said = shown(snapshot, at("def search", "search", text))
    assert "**Edited since this trace** was loaded." in said
    assert "top_k  3   ← parameter no longer exists" in said
    assert "*Recorded before your edit:*" in shown(snapshot, at("raise LookupError", "", text))


RAN_AT = place_of(SOURCE, "def search", token="search")


@pytest.mark.parametrize(
    "since, said",
    [
        (SinceTrace(Freshness.IDENTICAL), "*Identical* to commit 1ce4efb."),
        (SinceTrace(Freshness.MOVED), "*Moved* since commit 1ce4efb, text unchanged."),
        (
            SinceTrace(Freshness.EDITED, ChangedIn("9f8e7d6")),
            "**Edited since this trace** in 9f8e7d6; it ran at commit 1ce4efb.",
        ),
        (
            SinceTrace(
                Freshness.EDITED,
                ChangedIn("9f8e7d6", "Ada", "2024-06-10T09:00:00Z"),
                AsRan(
                    "1ce4efb",
                    RAN_AT,
                    RAN_AT.range,
                    "Index.search",
                    "(query, limit=3)",
                ),
                parts=("signature", "body"),
            ),
            " changed in 9f8e7d6 (Ada, 2024-06-10). It ran as `search(query, limit=3)`.",
        ),
        (
            SinceTrace(Freshness.EDITED, parts=("decorators",), uncommitted=True),
            "**Edited since this trace**: the decorators changed, which is not committed.",
        ),
        (
            SinceTrace(Freshness.IDENTICAL, basis="working-tree"),
            "*Unchanged* since this trace, with edits that commit 1ce4efb lacks.",
        ),
    ],
)
def test_what_became_of_the_code_is_told(since: SinceTrace, said: str) -> None:
    trace = replace(search_trace(), since={"0000000000000001": since})
    assert said in shown(snapshot_of((), [trace]), at("def search", "search"))


def test_a_pinned_trace_on_a_function_that_a_commit_edited() -> None:
    ran = AsRan("1ce4efb", RAN_AT, RAN_AT.range, "Index.search", "(query, customer=None)")
    changed = ChangedIn("9f8e7d6", "Ada", "2024-06-10T09:00:00Z")
    since = SinceTrace(Freshness.EDITED, changed, ran, parts=("signature", "body"))
    inputs = {"query": [DOCUMENT], "customer": "Jonas"}
    trace = replace(
        search_trace(inputs=inputs, outputs="Hello\nJonas!"), since={"0000000000000001": since}
    )
    snapshot = snapshot_of((), [trace], [document(SOURCE)], pinned=frozenset({"tr-1"}))
    found = hover(snapshot, key(), at("def search", "search"))
    assert found is not None
    assert (
        found.markdown
        == """\
**`search`** \u00a0 pinned trace: OK · 6.3 ms · 2026-11-23 07:45:11 UTC

**Edited since this trace**: the signature and body changed in 9f8e7d6 (Ada, 2024-06-10). \
It ran as `search(query, customer=None)`.

```text
query     1: kb://ship-001  score 9.3699
customer  Jonas   ← parameter no longer exists
─────── returned
          Hello Jonas!
```

*Exact*: the only site with this function name and the parameters query, top\\_k
"""
    )
    assert [link.label for link in found.links] == [
        "As ran", "What changed", "Input and output", "Pin trace",
    ]  # fmt: skip


def test_pinned_traces_say_so_and_links_are_data() -> None:
    source = SourceDescription(
        "server", "http://localhost:5000", ui_url="http://localhost:5000/#/1"
    )
    trace = replace(search_trace(), source=source)
    found = hover(
        snapshot_of((), [trace], pinned=frozenset({"tr-1"})), key(), at("def search", "search")
    )
    assert found is not None
    assert found.markdown.startswith("**`search`** \u00a0 pinned trace: OK")
    assert "](" not in found.markdown
    assert [(link.kind, link.url, link.target.trace_id) for link in found.links] == [
        ("mlflow", "http://localhost:5000/#/1", "tr-1"),
        ("span", None, "tr-1"),
        ("pin", None, "tr-1"),
    ]


NASTY = [
    "```\n[click](command:evil)",
    "[x](command:tracegloss.pin)",
    "<img src=x onerror=alert(1)>",
    "`` `a` ``",
    "\x1b[31mred\u202e",
    "**bold** _it_ | table",
    "https://evil.example/x",
    "\n\n# heading\n\n```text",
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))


@given(TEXTS, TEXTS, TEXTS)
def test_recorded_text_stays_fenced_or_in_code(name: str, value: str, message: str) -> None:
    said = Phrase(("failed: ", Recorded(message)))
    trace = laid(
        SOURCE,
        call(SOURCE, "search", inputs={"query": value, name: value}, outputs=value,
             more={"function_name": Recorded(name), "name": Recorded(name)}),
        findings=(stated(SOURCE, "search", "assessment-failed", said, detail=said),),
    )  # fmt: skip
    outside = outside_code(shown(snapshot_of((), [trace]), at("def search", "search")))
    assert not set(outside) & set("<[`\x1b\u202e"), outside
    assert "command:" not in outside


def outside_code(markdown: str) -> str:
    """Drop fences and code spans as CommonMark reads them."""
    kept: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        marks = line[: len(line) - len(line.lstrip("`"))]
        if fence:
            fence = "" if line.strip("`") == "" and len(marks) >= len(fence) else fence
        elif len(marks) >= 3:
            fence = marks
        else:
            kept.append(without_code_spans(line))
    assert not fence
    return "\n".join(kept)


def without_code_spans(line: str) -> str:
    rest, kept = line, ""
    while "`" in rest:
        before, _, after = rest.partition("`")
        run = 1 + len(after) - len(after.lstrip("`"))
        closing = "`" * run
        position = run - 1
        while True:
            position = after.find(closing, position)
            if position < 0:
                return kept + before + "`" + after
            end = position + run
            if after[end : end + 1] != "`" and after[position - 1 : position] != "`":
                break
            position = end + len(after[end:]) - len(after[end:].lstrip("`"))
        kept += before
        rest = after[end:]
    return kept + rest


def test_secrets_are_redacted_in_every_part() -> None:
    secret = "ghp_" + "a1B2c3D4" * 5
    said = Phrase(("failed: ", Recorded(f"key {secret}")))
    trace = laid(
        SOURCE,
        call(SOURCE, "search", inputs={"query": secret}, outputs={"authorization": secret},
             more={"name": Recorded(secret)}),
        findings=(stated(SOURCE, "search", "assessment-failed", said, detail=said),),
    )  # fmt: skip
    markdown = shown(snapshot_of((), [trace], settings=Settings()), at("def search", "search"))
    assert secret[7:20] not in markdown
    assert markdown.count("[key #1]") == 5


def test_a_huge_value_is_sampled() -> None:
    outputs = [{"page_content": "x" * 50, "metadata": {"doc_uri": str(n)}} for n in range(50_000)]
    markdown = shown(snapshot_of((), [search_trace(outputs=outputs)]), at("def search", "search"))
    assert "… and 49,990 items beyond this" in markdown
    assert len(markdown) < 3000


def test_the_newest_call_with_the_gravest_finding_is_shown() -> None:
    found = stated(SOURCE, "search", "assessment-failed", "wrong")
    older = search_trace("tr-1", inputs={"query": "older"}, findings=(found,))
    again = search_trace("tr-2", 1, inputs={"query": "again"}, findings=(found,))
    newer = search_trace("tr-3", 2, inputs={"query": "newer"})
    said = shown(snapshot_of((), [newer, again, older]), at("def search", "search"))
    assert "query  again" in said
