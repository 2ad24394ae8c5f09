"""Exceptions: each once, at its raise line, by what became of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.findings.builder import Raised, Spec, Surroundings, check, examined, said
from tracegloss.model.settings import Settings

BOOM = "ValueError: no order 17"
RAISE = "app.py:12 find"
CALL = "app.py:30 run"

ROOT = Spec("run", 0, 90, at="app.py:28")
FIND = Spec("find", 10, 20, "run", "TOOL", inputs={"id": 17}, at="app.py:10")


def failing(spec: Spec, raised: Raised) -> Spec:
    return replace(spec, raised=raised)


def test_one_exception_through_three_spans_is_one_error_at_its_raise_line() -> None:
    check(
        [
            failing(ROOT, Raised(BOOM, (CALL, "app.py:40 step", RAISE))),
            failing(
                Spec("step", 5, 50, "run", at="app.py:38"), Raised(BOOM, ("app.py:40 step", RAISE))
            ),
            failing(replace(FIND, parent="step"), Raised(BOOM, (RAISE,))),
        ],
        "error-raised error/error app.py:12 ValueError: no order 17 [find step run]",
    )


def test_messages_that_differ_in_numbers_alone_are_one_exception() -> None:
    check(
        [
            failing(ROOT, Raised("ValueError: no order 18", (CALL, RAISE))),
            failing(FIND, Raised("ValueError: no order 17", (RAISE,))),
            failing(
                replace(FIND, id="again", start=30, end=40, inputs={"id": 18}),
                Raised("ValueError: no order 18", (RAISE,)),
            ),
        ],
        "error-raised error/error app.py:12 ValueError: no order 18 (2 of 2 calls) [find again "
        "run]",
    )


def test_an_exception_of_a_library_stands_at_the_last_own_call() -> None:
    library = "site-packages/requests/api.py:59 get"
    check(
        [failing(ROOT, Raised("requests.Timeout: too slow", (CALL, library)))],
        "error-raised error/error app.py:30 Timeout: too slow (raised in requests) [run]",
    )


def test_a_wrapped_exception_belongs_to_the_one_that_ended_the_run() -> None:
    cause = Raised("KeyError: 'x'", (RAISE,), relation="cause")
    check(
        [
            failing(ROOT, Raised("OrderError: failed", (CALL,), (cause,))),
            failing(FIND, Raised("KeyError: 'x'", (RAISE,))),
        ],
        "error-raised error/error app.py:30 OrderError: failed [run]",
    )


def test_of_a_group_every_member_seen_raised_is_an_error_of_its_own() -> None:
    one = Raised("KeyError: 'x'", ("app.py:12 find",), relation="member")
    other = Raised("OSError: gone", ("app.py:22 load",), relation="member")
    check(
        [
            failing(ROOT, Raised("ExceptionGroup: two", (CALL,), (one, other))),
            failing(FIND, replace(one, relation="last")),
            failing(Spec("load", 12, 25, "run", at="app.py:20"), replace(other, relation="last")),
        ],
        "error-raised error/error app.py:12 KeyError: 'x' [find]",
        "error-raised error/error app.py:22 OSError: gone [load]",
    )


def test_an_exception_without_frames_is_the_same_as_its_like_with_frames() -> None:
    check(
        [failing(ROOT, Raised(BOOM)), failing(FIND, Raised(BOOM, (RAISE,)))],
        "error-raised error/error app.py:12 ValueError: no order 17 [find run]",
    )


def test_an_exception_whose_type_was_not_recorded_says_its_message() -> None:
    """OpenAI's agents record neither the type nor a stack of what a tool raised."""
    [found] = examined([failing(ROOT, Raised(": the tool failed"))]).findings
    assert said(found.message) == "the tool failed"


def test_a_failed_parent_without_an_exception_of_its_own_passes_it_on() -> None:
    check(
        [replace(ROOT, failed=""), failing(FIND, Raised(BOOM, (RAISE,)))],
        "error-raised error/error app.py:12 ValueError: no order 17 [find run]",
    )


def test_an_unplaced_exception_is_reported_and_shown_in_no_editor() -> None:
    check(
        [failing(Spec("run", 0, 90), Raised("ValueError: x"))],
        "error-raised error/- nowhere ValueError: x [run]",
    )


@pytest.mark.parametrize("kind", ["GraphInterrupt", "ToolRetryError", "StopIteration"])
def test_control_flow_is_never_an_error(kind: str) -> None:
    check([failing(ROOT, Raised(f"lib.{kind}: wait", (CALL,)))])


def test_a_handled_exception_says_by_whom_and_what_came_out() -> None:
    check(
        [replace(ROOT, outputs={"orders": []}), failing(FIND, Raised(BOOM, (RAISE,)))],
        "error-handled information/information app.py:12 ValueError: no order 17, "
        'handled by run, which returned {"orders": []} [find]',
    )


def test_an_exception_handled_by_a_span_that_failed_later_says_so() -> None:
    check(
        [failing(ROOT, Raised("OSError: disk", (CALL,))), failing(FIND, Raised(BOOM, (RAISE,)))],
        "error-raised error/error app.py:30 OSError: disk [run]",
        "error-handled information/information app.py:12 ValueError: no order 17, "
        "handled by run, which then failed [find]",
    )


def test_expected_exceptions_are_information_of_the_report_alone() -> None:
    expected = Surroundings(settings=Settings(expected_exceptions=("shop.*Error",)))
    check(
        [failing(ROOT, Raised("shop.StockError: none", (CALL,)))],
        "expected-error information/- app.py:30 StockError: none (listed as expected) [run]",
        around=expected,
    )
    check(
        [ROOT, failing(FIND, Raised("shop.StockError: none", (RAISE,)))],
        "expected-error information/- app.py:12 StockError: none (listed as expected) [find]",
        around=expected,
    )


def test_a_failed_status_without_exception_is_a_warning_at_the_site() -> None:
    check(
        [ROOT, replace(FIND, failed="no stock")],
        "error-without-exception warning/warning app.py:10 "
        "Status set to ERROR without an exception: no stock [find]",
    )
    check(
        [replace(ROOT, failed=""), replace(FIND, failed="")],
        "error-without-exception warning/warning app.py:10 "
        "Status set to ERROR without an exception: no message [find]",
    )


def test_roles_causes_and_frames_of_the_table() -> None:
    cause = Raised("KeyError: 'x'", (RAISE,), relation="cause")
    exceptions = examined(
        [
            failing(ROOT, Raised("OrderError: failed", (CALL,), (cause,))),
            failing(FIND, Raised("KeyError: 'x'", (RAISE,))),
        ]
    ).exceptions
    assert [(e.roles, e.cause) for e in exceptions] == [
        ({"run": "re-raised", "find": "raised"}, None),
        ({"run": "raised"}, 0),
    ]


def test_fingerprints_survive_moves_and_other_numbers() -> None:
    def fingerprint(path: str, line: int, message: str) -> str:
        spec = Spec(
            "run", 0, 9, at=f"{path}:{line}", raised=Raised(message, (f"{path}:{line + 1} run",))
        )
        return examined([spec]).findings[0].fingerprint

    known = fingerprint("app.py", 10, "ValueError: order 'A-1' of 3")
    assert known == fingerprint("app.py", 99, "ValueError: order 'B-2' of 41")
    assert known != fingerprint("app.py", 10, "ValueError: basket of 3")
    assert known != fingerprint("api.py", 10, "ValueError: order 'A-1' of 3")
    assert len(known) == 16


def test_related_places_lead_outwards_and_to_the_cause() -> None:
    cause = Raised("KeyError: 'x'", ("app.py:50 look",), relation="cause")
    raised = Raised("OrderError: failed", (RAISE,), (cause,))
    found = examined([failing(ROOT, replace(raised, frames=(CALL, RAISE))), failing(FIND, raised)])
    related = [said(each.message) for each in found.findings[0].related]
    assert related == ["run", "caused by KeyError: 'x'"]
