"""Whatever a trace holds, every span gets an answer, and meaningless changes change nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.correlate.outlines import CodeReader, correlated, outcome, trace_in
from tests.spans import info_of, span_of
from tracegloss.correlate import correlate, frame_files
from tracegloss.model.resolution import Ambiguous, Resolved
from tracegloss.model.settings import Settings
from tracegloss.model.trace import Span, SpanException, StackFrame, Trace, TracebackBlock
from tracegloss.recorded import JsonValue, Recorded
from tracegloss.tree import span_tree

CODE = """
core/engine.py
  @Engine.start(x): first, loop(A.run, B.run), unknown
  first(): A.run, either(B.run, C.run), with_("step-*", get), with_(title, put)
core/parts.py
  @A.run(value): get
  @B.run(value): together(get, put)
  @C.run(value):
core/stores.py
  @get(key):
  @put(key): attempt(get, put)
"""

names = st.sampled_from(
    ["start", "run", "get", "put", "step-1", "other", "run_1", "run_2", "", "\x1b[2J"]
)
keys: st.SearchStrategy[JsonValue] = st.sampled_from(
    [None, [], {}, {"value": 1}, {"key": 1}, {"x": 1}, 5]
)
frames = st.builds(
    StackFrame,
    st.sampled_from(
        ["/srv/core/parts.py", "core/stores.py", "", "<string>", "/x/mlflow/tracing/fluent.py"]
    ).map(Recorded),
    st.integers(-3, 90),
    st.sampled_from(["run", "get", "<module>", "<listcomp>", ""]).map(Recorded),
    st.sampled_from(["line 3 of parts.py", "", "x"]).map(Recorded) | st.none(),
)
exceptions = st.builds(
    SpanException,
    st.just(Recorded("E")),
    st.just(Recorded("")),
    st.lists(
        st.builds(
            TracebackBlock,
            st.just(Recorded("E")),
            st.just(Recorded("")),
            st.lists(frames, max_size=4).map(tuple),
            st.just("last"),
        ),
        max_size=2,
    ).map(tuple),
    st.just(Recorded("")),
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    n_spans = draw(st.integers(0, 8))
    spans: list[Span] = []
    for number in range(n_spans):
        parent = draw(st.none() | st.integers(0, n_spans).map(str))
        plain = span_of(str(number), number * 10, draw(st.none() | st.integers(0, 200)), parent)
        inputs = draw(keys)
        spans.append(
            replace(
                plain,
                name=Recorded(draw(names)),
                function_name=draw(st.none() | names.map(Recorded)),
                inputs=None if inputs is None else Recorded(inputs),
                attributes=Recorded(
                    draw(
                        st.dictionaries(
                            st.sampled_from(["code.file.path", "code.lineno", "metadata"]),
                            st.sampled_from(["core/parts.py", "7", 11, {"langgraph_node": "x"}]),
                        )
                    )
                ),
                exceptions=draw(st.lists(exceptions, max_size=2).map(tuple)),
                service=draw(st.none() | st.just(Recorded("billing"))),
            )
        )
    return Trace(info_of(), tuple(spans))


@given(traces())
def test_every_span_gets_an_answer(trace: Trace) -> None:
    correlation = correlated(CODE, trace)
    assert set(correlation.resolutions) == {span.span_id for span in trace.spans}
    assert set(correlation.frames) == {s.span_id for s in trace.spans if s.exceptions}
    for resolution in correlation.resolutions.values():
        if isinstance(resolution, Ambiguous):
            assert len({candidate.site.at for candidate in resolution.candidates}) > 1


@given(traces(), st.text("xyz", min_size=1, max_size=3))
def test_span_ids_mean_nothing(trace: Trace, prefix: str) -> None:
    renamed = Trace(
        trace.info,
        tuple(
            replace(
                span,
                span_id=prefix + span.span_id,
                parent_id=None if span.parent_id is None else prefix + span.parent_id,
            )
            for span in trace.spans
        ),
    )
    before = correlated(CODE, trace).resolutions
    after = correlated(CODE, renamed).resolutions
    assert {prefix + s: outcome(r) for s, r in before.items()} == {
        s: outcome(r) for s, r in after.items()
    }


@given(traces())
def test_files_of_frames_are_files(trace: Trace) -> None:
    index = CodeReader().read(CODE)
    assert frame_files(trace, index.files, Settings()) <= index.files


def test_the_order_of_the_code_means_nothing() -> None:
    trace = """
    start(x)
      run(value)
        get(key)
      step-7
        get(key)
      run(value)
    """
    lines = CODE.strip().splitlines()
    parts = [lines[:3], lines[3:7], lines[7:]]
    turned = "\n".join(line for part in reversed(parts) for line in part)
    outlined = trace_in(trace)
    before = correlated(CODE, outlined.trace).resolutions
    after = correlated(turned, outlined.trace).resolutions
    assert [outcome(before[s]) for s in sorted(before)] == [
        outcome(after[s]) for s in sorted(after)
    ]


def test_deep_and_wide_traces() -> None:
    index = CodeReader().read(CODE)
    deep = [span_of(str(n), n, 10**6 - n, str(n - 1) if n else None) for n in range(4000)]
    wide = [span_of(f"w{n}", 10**6 + n, 10**6 + n, "0") for n in range(4000)]
    trace = Trace(info_of(), (*deep, *wide))
    assert len(correlate(trace, span_tree(trace), index, {}, Settings()).resolutions) == 8000


def test_where_a_child_was_called_from() -> None:
    code = """
    @start(x): first, B.run
    first(): A.run
    @A.run(value):
    @B.run(value): with_("inner")
    """
    outlined = trace_in("start(x)\n  run(value)\n  run(value)\n    inner")
    found = [r for _, r in sorted(correlated(code, outlined.trace).resolutions.items())]
    lines = [
        (r.called_from.range.start.line if r.called_from else None)
        for r in found
        if isinstance(r, Resolved)
    ]
    assert lines == [None, 11, 1, 1]
