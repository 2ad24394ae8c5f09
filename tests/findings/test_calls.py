"""Retries, repeated calls, loops, slowness and gaps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.findings.builder import Raised, Spec, Surroundings, check, examined, rule
from tracegloss.findings.history import EarlierCall
from tracegloss.recorded import JsonValue

DOWN = "ConnectionError: attempt 1 refused"
ROOT = Spec("run", 0, 900, at="app.py:28")
ASK = Spec(
    "ask", 0, 0, "run", inputs={"q": "x"}, outputs="y", at="app.py:10", called_from="app.py:31"
)


def calls(*, failed: Sequence[bool], **changes: object) -> list[Spec]:
    """Calls of `ask`, 100 ms apart and 20 ms long, some of which fail."""
    made = []
    for number, fails in enumerate(failed):
        times: dict[str, object] = {"start": 100 * number, "end": 100 * number + 20}
        call = replace(ASK, id=f"ask{number}", **{**times, **changes})
        raised = Raised(DOWN, ("app.py:12 ask",)) if fails else None
        made.append(replace(call, raised=raised, outputs=None if fails else call.outputs))
    return made


def test_a_caller_that_gave_up_is_one_warning_in_place_of_the_attempts() -> None:
    root = replace(ROOT, raised=Raised(DOWN, ("app.py:31 run", "app.py:12 ask")))
    check(
        [root, *calls(failed=[True, True, True])],
        "retry-exhausted warning/warning app.py:10 "
        "All 3 attempts failed: ConnectionError: attempt 1 refused [ask0 ask1 ask2]",
    )


def test_a_caller_that_gave_up_with_an_exception_of_its_own_is_an_error_beside() -> None:
    root = replace(ROOT, raised=Raised("GaveUp: down", ("app.py:33 run",)))
    check(
        [root, *calls(failed=[True, True])],
        "error-raised error/error app.py:33 GaveUp: down [run]",
        "retry-exhausted warning/warning app.py:10 "
        "All 2 attempts failed: ConnectionError: attempt 1 refused [ask0 ask1]",
    )


def test_a_retry_that_succeeded_is_a_hint_with_the_time_it_cost() -> None:
    check(
        [ROOT, *calls(failed=[True, True, False])],
        "retry-succeeded hint/hint app.py:10 Succeeded at attempt 3 of 3, 200 ms lost [ask0 "
        "ask1 ask2]",
    )


@pytest.mark.parametrize(
    "changed",
    [{"inputs": None}, {"end": 500}],
    ids=["without recorded inputs", "at the same time"],
)
def test_what_is_no_retry_is_told_as_a_handled_error(changed: dict[str, object]) -> None:
    found = examined([ROOT, *calls(failed=[True, False], **changed)]).findings
    assert [each.rule for each in found] == ["error-handled"]


def test_other_inputs_are_no_retry() -> None:
    first, second = calls(failed=[True, False])
    found = examined([ROOT, first, replace(second, inputs={"q": "z"})]).findings
    assert [each.rule for each in found] == ["error-handled"]


def test_three_equal_calls_are_reported_at_the_line_that_calls() -> None:
    check(
        [ROOT, *calls(failed=[False] * 3)],
        "repeated-call information/information app.py:31 "
        "Called 3 times with the same inputs, same result; 60 ms in all [ask0 ask1 ask2]",
    )


@pytest.mark.parametrize(
    "changed",
    [{"inputs": {}}, {"inputs": {"args": [], "kwargs": {}}}, {"outputs": None}],
    ids=["no inputs", "empty arguments", "no output"],
)
def test_calls_that_say_nothing_are_not_repeated(changed: dict[str, object]) -> None:
    check([ROOT, *calls(failed=[False] * 3, **changed)])


def test_calls_that_differ_or_are_few_are_not_repeated() -> None:
    first, second, third = calls(failed=[False] * 3)
    check([ROOT, first, second])
    check([ROOT, first, second, replace(third, outputs="other")])
    check([ROOT, first, second, replace(third, inputs={"q": "z"})])
    check(
        [ROOT, first, second, third],
        around=Surroundings(settings=rule("repeated-call", min_calls=4)),
    )


AGENT = Spec("agent", 0, 900, "run", "AGENT", at="app.py:50")


def request(number: int, arguments: str = '{"q": 1}') -> Spec:
    """A model call that asks for the tool `search`."""
    call: JsonValue = {"id": f"c{number}", "function": {"name": "search", "arguments": arguments}}
    outputs: JsonValue = {"choices": [{"message": {"tool_calls": [call]}}]}
    return Spec(
        "llm",
        10 * number,
        10 * number + 5,
        "agent",
        "CHAT_MODEL",
        {"n": number},
        outputs,
        id=f"m{number}",
    )


def test_an_agent_that_asks_for_the_same_again_is_a_loop() -> None:
    check(
        [ROOT, AGENT, *(request(n) for n in range(5))],
        "loop-suspected warning/warning app.py:50 "
        "search asked for 5 times with the same arguments [agent m0 m1 m2 m3 m4]",
    )
    check([ROOT, AGENT, *(request(n) for n in range(4))])
    check([ROOT, AGENT, *(request(n, f'{{"q": {n}}}') for n in range(6))])


def test_equal_tool_spans_are_a_loop_and_no_repeated_calls_besides() -> None:
    tools = [replace(c, parent="agent", type="TOOL") for c in calls(failed=[False] * 5)]
    check(
        [ROOT, AGENT, *tools],
        "loop-suspected warning/warning app.py:50 "
        "ask asked for 5 times with the same arguments [agent ask0 ask1 ask2 ask3 ask4]",
    )


def test_a_router_that_alternates_is_a_loop() -> None:
    def routed(n: int) -> list[Spec]:
        return [
            Spec(
                "route",
                k,
                k + 1,
                "run",
                inputs={"n": k},
                outputs="ab"[k % 2],
                at="app.py:70",
                id=f"r{k}",
            )
            for k in range(n)
        ]

    found = examined([ROOT, *routed(21)]).findings
    assert [each.rule for each in found] == ["loop-suspected"]
    check([ROOT, *routed(20)])


SLOW = Spec("run", 0, 4000, at="app.py:28")


def test_the_span_with_most_time_of_its_own_is_slow() -> None:
    check(
        [
            SLOW,
            Spec("load", 100, 3000, "run", at="app.py:10"),
            Spec("read", 200, 1300, "load", at="app.py:20"),
        ],
        "slow-span information/information app.py:10 1.80 s of 4.00 s spent in this function "
        "itself (45 %) [load]",
    )


def test_time_before_the_first_child_of_a_root_does_not_count() -> None:
    check([SLOW, Spec("load", 3500, 3900, "run")])


def test_models_may_take_their_time() -> None:
    check([SLOW, Spec("llm", 100, 3900, "run", "LLM", at="app.py:10")])
    check(
        [Spec("run", 0, 20_000), Spec("llm", 100, 19_000, "run", "LLM", at="app.py:10")],
        "slow-span information/information app.py:10 18.90 s of 20.00 s spent in this function "
        "itself (94 %) [llm]",
    )


def test_a_short_trace_is_not_slow_unless_the_settings_say_so() -> None:
    specs = [Spec("run", 0, 1900), Spec("load", 100, 1800, "run", at="app.py:10")]
    check(specs)
    around = Surroundings(settings=rule("slow-span", min_trace_ms=1000))
    assert [f.rule for f in examined(specs, around).findings] == ["slow-span"]


def test_a_gap_between_two_children_is_a_hint_of_the_report() -> None:
    check(
        [
            SLOW,
            Spec("a", 0, 500, "run"),
            Spec("b", 2000, 3000, "run"),
            Spec("c", 2500, 2600, "run"),
        ],
        "time-gap hint/- app.py:28 1.50 s between a and b without a span [run a b]",
        around=Surroundings(settings=rule("slow-span", min_self_ms=9e9)),
    )


def usual(ms: Sequence[int], text_hash: str = "0" * 16) -> Surroundings:
    made = [EarlierCall("app.py", "load", text_hash, n * 1_000_000) for n in ms]
    return Surroundings(history=made)


def test_a_call_is_compared_with_earlier_calls_of_the_same_text() -> None:
    specs = [Spec("run", 0, 1500), Spec("load", 100, 1000, "run", at="app.py:10")]
    check(
        specs,
        "slower-than-usual warning/warning app.py:10 900 ms, usually 100 ms (p95 110 ms, 20 "
        "calls) [load]",
        around=usual([100] * 18 + [110, 120]),
    )
    check(specs, around=usual([600] * 20))
    check(specs, around=usual([100] * 20, "1" * 16))
    assert "slower-than-usual" in {
        each.rule for each in examined(specs, usual([100] * 19)).not_checked
    }
    quick = [Spec("run", 0, 1500), Spec("load", 100, 400, "run", at="app.py:10")]
    assert "slower-than-usual" in examined(quick).checked
