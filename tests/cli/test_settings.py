"""Each setting of `[tool.tracegloss]` changes the report, and a broken one is told and no more."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.cli.made_traces import ROOT_NUMBER, made_span, made_trace
from tests.cli.running import Shell, check_report
from tests.tracking_server import NEWEST_STORE, STORES

ERROR = "error-in-tool.json"
JUDGED = "judged-wrong.json"


def told(shell: Shell, settings: str, *arguments: str, given: bytes = b"") -> Any:
    """The JSON report under these settings; nothing may be said beside it."""
    (shell.folder / "pyproject.toml").write_text(settings, "utf-8")
    ran = shell.correlate(*arguments, "--format", "json", given=given)
    assert (ran.status, ran.said) == (0, "")
    return json.loads(ran.out)


def rules(report: Any) -> dict[str, str]:
    return {found["rule"]: found["severity"] for found in report["findings"]}


def test_a_rule_has_the_level_and_the_thresholds_set(own_agent: Shell) -> None:
    assert rules(told(own_agent, "", ERROR)) == {"error-raised": "error"}
    off = '[tool.tracegloss.rules.error-raised]\nlevel = "off"\n'
    assert rules(told(own_agent, off, ERROR)) == {}
    low = (
        '[tool.tracegloss.rules.slow-span]\nlevel = "warning"\nmin-self-ms = 5\nmin-trace-ms = 5\n'
        "min-share = 0.1\n"
    )
    assert rules(told(own_agent, low, ERROR)) == {"error-raised": "error", "slow-span": "warning"}


def test_expected_exceptions_are_no_errors(own_agent: Shell) -> None:
    settings = '[tool.tracegloss]\nexpected-exceptions = ["PolicyError"]\n'
    assert rules(told(own_agent, settings, ERROR)) == {"expected-error": "information"}
    check_report(own_agent.correlate(ERROR), "support_agent · ERROR, expected")


def test_a_taught_name_is_placed(own_agent: Shell) -> None:
    given = made_trace([made_span(2, ROOT_NUMBER, "step:7")])
    before = told(own_agent, "", "-", given=given)
    assert before["counts"]["resolved"] == 1
    settings = '[tool.tracegloss.names]\n"step:*" = "tools.orders:find"\n'
    after = told(own_agent, settings, "-", given=given)
    assert after["counts"]["resolved"] == 2
    assert "tools/orders.py" in {site["at"]["path"] for site in after["sites"].values()}


def test_a_path_alias_maps_frames(own_agent: Shell) -> None:
    """Two folders hold the same lines under the same names, so that only the alias can tell."""
    shutil.copytree(own_agent.folder / "tools", own_agent.folder / "archive")
    data = (own_agent.folder / ERROR).read_bytes().replace(b"/srv/app/tools", b"/opt/x1/utilities")

    def raised_in(settings: str) -> str:
        raised = told(own_agent, settings, "-", given=data)["exceptions"]["e0"]["raised_at"]
        return str(raised["path"])

    assert raised_in("") == "agent/orchestrator.py"
    for folder in ("tools", "archive"):
        alias = f'[tool.tracegloss.path-aliases]\n"/opt/*/utilities" = "{folder}"\n'
        assert raised_in(alias) == f"{folder}/policies.py"


def test_a_scale_judges(own_agent: Shell) -> None:
    document = json.loads((own_agent.folder / "not-judged.json").read_bytes())
    judged = json.loads((own_agent.folder / JUDGED).read_bytes())["info"]["assessments"][0]
    document["info"]["assessments"] = [
        {**judged, "assessment_name": "helpfulness", "feedback": {"value": 2.0}}
    ]
    given = json.dumps(document).encode()
    (unclear,) = told(own_agent, "", "-", given=given)["assessments"]
    settings = '[tool.tracegloss.assessments]\nhelpfulness = "fail below 3"\n'
    (failed,) = told(own_agent, settings, "-", given=given)["assessments"]
    assert (unclear["judged"], failed["judged"]) == ("unclear", "failed")


def test_own_keys_and_patterns_are_hidden(own_agent: Shell) -> None:
    settings = '[tool.tracegloss.redact]\nkeys = ["category"]\npatterns = ["A-[0-9]{4}"]\n'
    (own_agent.folder / "pyproject.toml").write_text(settings, "utf-8")
    for view in (("--all",), ("--format", "json"), ("--find", "order")):
        ran = own_agent.correlate(ERROR, *view)
        check_report(ran)
        assert "A-1009" not in ran.text
        assert '"category": "gift_card"' not in ran.text


def test_excluded_files_have_no_sites(own_agent: Shell) -> None:
    settings = '[tool.tracegloss]\nexclude = ["tools/"]\n'
    report = told(own_agent, settings, ERROR)
    assert not [s for s in report["sites"].values() if s["at"]["path"].startswith("tools/")]
    assert report["counts"]["resolved"] < 9


def test_services_of_others_are_other_repositories(own_agent: Shell) -> None:
    attributes = {"service.name": '"billing"', "mlflow.spanFunctionName": '"find_order"'}
    given = made_trace([made_span(2, ROOT_NUMBER, "find_order", attributes=attributes)])
    settings = '[tool.tracegloss]\nservices = ["support"]\n'
    report = told(own_agent, settings, "-", given=given)
    assert report["counts"]["unresolved"] == {"other-repository": 1}


def test_store_and_experiment_are_those_set(own_agent: Shell) -> None:
    shutil.copy(STORES / NEWEST_STORE / "store.db", own_agent.folder / "kept.db")
    settings = '[tool.tracegloss]\ntracking-uri = "sqlite:///kept.db"\nexperiment = "orders"\n'
    (own_agent.folder / "pyproject.toml").write_text(settings, "utf-8")
    ran = own_agent.tracegloss("traces")
    check_report(ran, "orders, experiment 1 ([tool.tracegloss]) · sqlite:///kept.db")
    listed = own_agent.tracegloss("traces", "--experiment", "Default")
    check_report(listed, "Default, experiment 0 (given with --experiment)")


BROKEN = {
    "[tool.tracegloss": "pyproject.toml cannot be read",
    "[tool]\ntracegloss = 3": "pyproject.toml cannot be read (no table)",
    "[tool.tracegloss]\nexperiment = 3": "[tool.tracegloss] experiment: Expected `str`",
    "[tool.tracegloss]\ncolour = 1": "[tool.tracegloss] colour: unknown setting",
    "[tool.tracegloss.rules.slow]\nx = 1": "[tool.tracegloss] rules.slow: there is no such rule",
    "[tool.tracegloss.rules.slow-span]\nx = 1": "[tool.tracegloss] rules.slow-span.x: unknown set",
    '[tool.tracegloss.rules.slow-span]\nlevel = "loud"': "[tool.tracegloss] rules.slow-span: Inv",
    '[tool.tracegloss.assessments]\na = "good"': "[tool.tracegloss] assessments.a: is no scale",
    '[tool.tracegloss.names]\n"a*" = "m:f"': "[tool.tracegloss] names: m:f is not known; a* is",
    '[tool.tracegloss.redact]\nlevel = "off"': "[tool.tracegloss] redact: Object contains unk",
}


@pytest.mark.parametrize("settings", BROKEN)
def test_a_broken_setting_is_told_and_the_rest_holds(own_agent: Shell, settings: str) -> None:
    (own_agent.folder / "pyproject.toml").write_text(f"{settings}\n", "utf-8")
    ran = own_agent.correlate(ERROR)
    assert ran.status == 0
    assert ran.said.startswith(f"tracegloss: {BROKEN[settings]}")
    assert ran.said.count("\n") == 1
    assert "9 of 9 spans on code, all exact" in ran.text


def test_a_broken_pattern_of_redaction_shows_nothing(own_agent: Shell) -> None:
    settings = '[tool.tracegloss.redact]\npatterns = ["("]\n'
    (own_agent.folder / "pyproject.toml").write_text(settings, "utf-8")
    ran = own_agent.correlate(ERROR)
    assert (ran.status, ran.out, ran.said.count("\n")) == (2, b"", 1)
    assert "[tool.tracegloss.redact] patterns" in ran.said
