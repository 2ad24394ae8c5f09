"""What each option of `correlate` changes, and which do not go together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.running import PATIENCE, TRACES, Ran, Shell, check_fault, check_report
from tracegloss.cli import correlate_main, main
from tracegloss.cli.asked import Asked
from tracegloss.cli.correlate import correlate
from tracegloss.cli.reporting import shows_unicode

ERROR = "error-in-tool.json"
JUDGED = "judged-wrong.json"
FAILED_SPAN = "6bb1051c1d27070d"


@pytest.fixture
def call(agent: Shell, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Any:
    """Runs `correlate` in this process, which is quicker and the same."""
    monkeypatch.chdir(agent.folder)
    monkeypatch.delenv("COLUMNS", raising=False)
    for name, value in agent.environment({}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, command: Any = correlate_main) -> Ran:
        with pytest.raises(SystemExit) as stopped:
            command(arguments)
        out, err = capfdbinary.readouterr()
        assert isinstance(stopped.value.code, int)
        return Ran(stopped.value.code, out, err)

    return run


def test_a_trace_alone_is_asked_for_as_with_every_option_at_its_default() -> None:
    read = correlate.make_context("correlate", ["tr-1"]).params
    assert msgspec.convert(read, Asked) == Asked("tr-1")


CONTRADICTIONS = {
    "--span a --why b": "--span and --why are different views. Ask for one",
    "--find a --budget 300": "--find and --budget are different views. Ask for one",
    "--budget 300 --format json": "--budget is no view in json. ",
    "--why a --format markdown": "--why is no view in markdown. ",
    "--span a --format github": "--span is no view in github. ",
    "--find a --format sarif": "--find is no view in sarif. ",
    "--fields verdict": "--fields selects members of JSON. ",
    "--fields , --format json": "--fields names no member. ",
    "--find= --format text": "There is nothing to find (--find). ",
    "--io full": "Full inputs and outputs need a span. ",
    "--io full --no-io --span a": "--no-io and --io full exclude each other. ",
    "--stamp": "--stamp is a member of JSON. ",
    "--frames all --format json": "--frames all is for text. ",
    "--budget 199": "A budget of 199 tokens is too small for a report (--budget). The least is 200",
    "--budget many": "Invalid value for '--budget'",
    "--timeout 0": "Invalid value for '--timeout'",
    "--format yaml": "Invalid value for '--format'",
    "--fail-on nothing": "Invalid value for '--fail-on'",
    "--colour": "No such option '--colour'",
    "--fields colour --format json": "The report has no member 'colour' (--fields). It has: schema",
    "--span 0000": "No span '0000' in this trace",
    "--why zzzz": "No span 'zzzz' in this trace",
    "another.json": "Got unexpected extra argument",
}


@pytest.mark.parametrize("written", CONTRADICTIONS)
def test_what_cannot_be_had_is_refused(call: Any, written: str) -> None:
    ran = call(ERROR, *written.split())
    assert (ran.status, ran.out) == (2, b"")
    assert ran.said.startswith(f"tracegloss: {CONTRADICTIONS[written]}")
    assert ran.said.count("\n") == 1
    assert not ran.said.endswith(".\n")


SHOWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "": (("VERDICT  proven", 'in    category  "gift_card"', "stack 4 frames"), ("site-packages",)),
    "--no-io": (("VERDICT  proven",), ("in    category",)),
    "--frames all": (("mlflow/tracing/fluent.py",), ()),
    f"--span {FAILED_SPAN}": (("INPUT\n  category  gift_card", "OUTPUT  not recorded"), ()),
    f"--span {FAILED_SPAN} --no-io": (("policy_window",), ("INPUT",)),
    f"--span {FAILED_SPAN} --io full": (("INPUT\n  category  gift_card",), ()),
    "--span 6BB1051C": (("policy_window",), ()),
    f"--why {FAILED_SPAN}": (("policy_window → tools/refunds.py:15", "for      its stack"), ()),
    "--find gift_card": (('FOUND  "gift_card" in 5 of 9 spans',), ("VERDICT",)),
    "--find absent-from-it": (('"absent-from-it"',), ("VERDICT",)),
    "--budget 300": (("verdict(proven): raised at tools/policies.py:15",), ()),
    "--color always": (("\x1b[",), ()),
    "--color never": ((), ("\x1b[",)),
    "--format markdown": (("## ", "`tools/policies.py:15`"), ()),
    "--format github": (("::error file=tools/policies.py,line=15,",), ("VERDICT",)),
    "--root .": (("9 of 9 spans on code",), ()),
    "--root safety": (("not resolved",), ()),
    "--no-cache": (("9 of 9 spans on code",), ()),
    "--redact off": (("9 of 9 spans on code",), ()),
    "--timeout 1": (("9 of 9 spans on code",), ()),
}


@pytest.mark.parametrize("written", SHOWN)
def test_what_an_option_shows(call: Any, written: str) -> None:
    present, absent = SHOWN[written]
    ran = call(ERROR, *written.split())
    check_report(ran, *present)
    assert [part for part in absent if part in ran.text] == []


def test_all_gives_every_span_a_row(call: Any) -> None:
    check_report(call(JUDGED), "title_overlap \N{MULTIPLICATION SIGN}3")
    check_report(call(JUDGED, "--all"))
    assert call(JUDGED, "--all").text.count("─ title_overlap") == 0
    assert call(JUDGED, "--all").text.count(" title_overlap  ") == 3


@pytest.mark.parametrize("tokens", [200, 300, 600, 3000])
def test_a_budget_is_a_hard_bound(call: Any, tokens: int) -> None:
    ran = call(JUDGED, "--budget", str(tokens))
    check_report(ran, "retrieval/index.py:36")
    assert len(ran.out) <= tokens * 3


@pytest.mark.parametrize("tokens, n_reports", [(230, 1), (600, 2), (900, 3), (6000, 3)])
def test_a_budget_bounds_several_traces_together(
    own_agent: Shell, tokens: int, n_reports: int
) -> None:
    traces = [
        json.loads((own_agent.folder / name).read_bytes()) for name in (JUDGED, ERROR, JUDGED)
    ]
    for number, trace in enumerate(traces):
        trace["info"]["trace_id"] = f"tr-{number:032x}"
    ran = own_agent.correlate("-", "--budget", str(tokens), given=json.dumps(traces).encode())
    check_report(ran)
    assert len(ran.out) <= tokens * 3
    assert ran.text.count("\nverdict(") == n_reports
    assert ("left out, a larger --budget holds them" in ran.text) == (n_reports < 3)
    too_small = own_agent.correlate("-", "--budget", "229", given=json.dumps(traces).encode())
    check_fault(too_small, "A budget of 229 tokens is too small for 3 traces (--budget). The least")


@pytest.mark.parametrize(
    "trace, level, status",
    [
        (ERROR, "never", 0),
        (ERROR, "error", 1),
        (ERROR, "warning", 1),
        (JUDGED, "error", 0),
        (JUDGED, "warning", 1),
        ("not-judged.json", "warning", 0),
        ("not-judged.json", "information", 1),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "markdown", "github", "sarif"])
def test_only_fail_on_makes_a_report_fail(
    call: Any, trace: str, level: str, status: int, form: str
) -> None:
    ran = call(trace, "--fail-on", level, "--format", form)
    assert (ran.status, ran.said) == (status, "")


def test_json_has_the_members_asked_for(call: Any) -> None:
    told = json.loads(call(ERROR, "--format", "json", "--fields", "verdict, counts").out)
    assert set(told) == {"schema", "verdict", "counts"}


def test_only_a_stamp_puts_the_time_into_a_report(call: Any) -> None:
    plain = call(ERROR, "--format", "json")
    assert call(ERROR, "--format", "json").out == plain.out
    stamped = json.loads(call(ERROR, "--format", "json", "--stamp").out)
    assert stamped.pop("generated_at").endswith("Z")
    assert stamped == json.loads(plain.out)


def test_sarif_is_one_log_of_all_traces(agent: Shell) -> None:
    given = b"\n".join(
        json.dumps(json.loads((TRACES / name).read_bytes())).encode() for name in (ERROR, JUDGED)
    )
    log = json.loads(agent.correlate("-", "--format", "sarif", given=given).out)
    rules = [[result["ruleId"] for result in run["results"]] for run in log["runs"]]
    assert (log["version"], rules[0], len(rules)) == ("2.1.0", ["error-raised"], 2)


def test_several_traces_are_lines_with_a_summary_last(agent: Shell) -> None:
    given = b"\n".join((TRACES / name).read_bytes() for name in (ERROR, JUDGED))
    ran = agent.correlate("-", "--format", "json", "--fail-on", "error", given=given)
    first, second, summary = map(json.loads, ran.out.splitlines())
    assert ran.status == 1
    assert [r["schema"] for r in (first, second)] == ["tracegloss.report/1"] * 2
    assert (summary["schema"], summary["traces"]) == ("tracegloss.summary/1", 2)
    assert summary["outcome"] == {"fail_on": "error", "exit_status": 1}
    both = agent.correlate("-", given=given)
    check_report(both, "tr-a0e76158", "tr-940274f8")


def test_standard_input_gives_the_report_of_the_file(agent: Shell) -> None:
    given = (TRACES / ERROR).read_bytes()
    there, here = agent.correlate(ERROR), agent.correlate("-", given=given)
    assert there.text.replace(f"correlate {ERROR}", "correlate -") == here.text


def test_a_command_to_run_next_holds_no_password(call: Any) -> None:
    ran = call(ERROR, "--tracking-uri", "http://user:hunter2secret@127.0.0.1:9")
    check_report(ran, f"correlate {ERROR} --tracking-uri http://127.0.0.1:9 --span")
    assert "hunter2secret" not in ran.text


@pytest.mark.parametrize("columns, widest", [("70", 80), ("100", 100), ("140", 140)])
def test_a_report_is_as_wide_as_asked(agent: Shell, columns: str, widest: int) -> None:
    ran = agent.correlate("not-judged.json", COLUMNS=columns)
    assert max(map(len, ran.text.splitlines())) <= widest


@pytest.mark.parametrize("language, everything", [("C", ""), ("de_DE.UTF-8", "POSIX")])
def test_a_plain_locale_gets_plain_marks(agent: Shell, language: str, everything: str) -> None:
    ran = agent.correlate(ERROR, LANG=language, LC_ALL=everything)
    assert "x ` policy_window" in " ".join(ran.text.split())
    assert ran.out.isascii()


UNICODE = [
    ({}, "utf-8", True),
    ({"LANG": "de_DE.UTF-8"}, "utf-8", True),
    ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", False),
    ({"LANG": "C", "LC_ALL": "C.UTF-8"}, "utf-8", True),
    ({"LANG": "C", "LC_CTYPE": "de_DE.UTF-8"}, "utf-8", True),
    ({"LC_CTYPE": "C.UTF-8"}, "utf-8", True),
    ({"LC_ALL": "POSIX"}, "utf-8", False),
    ({"LC_ALL": "C", "PYTHONUTF8": "1"}, "utf-8", True),
    ({"LANG": "de_DE"}, "iso8859-1", False),
    ({}, None, False),
]


@pytest.mark.parametrize("environment, encoding, unicode", UNICODE)
def test_locales(environment: dict[str, str], encoding: str | None, unicode: bool) -> None:
    assert shows_unicode(environment, encoding) is unicode


def test_a_reader_who_has_seen_enough_is_no_fault(agent: Shell) -> None:
    command = [sys.executable, "-m", "tracegloss", "correlate", ERROR, "--format", "json"]
    process = subprocess.Popen(
        command,
        cwd=agent.folder,
        env=agent.environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(PATIENCE) == 0


def test_an_interrupt_is_quiet(agent: Shell) -> None:
    """The command waits for its input, says so by nothing, and is interrupted there."""
    reading, writing = os.pipe()
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tracegloss.workspace import opening\n"
        "given = opening.read_stream\n"
        "def read(stream):\n"
        "    sys.stderr.write('ready')\n"
        "    sys.stderr.flush()\n"
        "    return given(stream)\n"
        "opening.read_stream = read\n"
        "from tracegloss.cli import correlate_main\n"
        "correlate_main(['-', '--no-cache'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=agent.folder,
        env=agent.environment({}),
        stdin=reading,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stderr.read(5) == b"ready"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    os.close(reading)
    os.close(writing)
    assert (process.returncode, out, err) == (130, b"", b"\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_index_hides_secrets_in_names_of_spans(agent: Shell, tmp_path: Path, form: str) -> None:
    source = (
        'import mlflow\n\ndef get(q):\n    with mlflow.start_span(f"get {KEY} {q}"):\n        q()\n'
    )
    (tmp_path / "app.py").write_text(source.replace("{KEY}", "AKIAIOSFODNN7EXAMPLE"), "utf-8")
    ran = Shell(tmp_path, agent.home).tracegloss("index", "--format", form)
    check_report(ran, "get [key #1] *")
    assert "AKIA" not in ran.text


COMMANDS = ["correlate", "traces", "index", "doctor", "demo", "cache"]
TWINS = ["diagnostics", "hover", "lens", "locate", "symbols"]


@pytest.mark.parametrize("command", ["", *COMMANDS, *TWINS])
def test_help_fits_a_terminal_and_explains_every_option(call: Any, command: str) -> None:
    ran = call(*command.split(), "--help", command=main)
    check_report(ran, "Usage: tracegloss")
    lines = ran.text.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    options = [n for n, line in enumerate(lines) if line.startswith("  -")]
    unexplained = [
        lines[n] for n in options if len(lines[n].split("  ")) < 3 and lines[n + 1][:10].strip()
    ]
    assert unexplained == []


def test_a_program_without_a_command_lists_them(call: Any) -> None:
    ran = call(command=main)
    assert ran.status == 0
    for name in (*COMMANDS, *TWINS):
        assert f"\n  {name} " in ran.text


def test_an_unknown_command_is_one_line(agent: Shell) -> None:
    ran = agent.tracegloss("corelate")
    assert (ran.status, ran.out) == (2, b"")
    assert ran.said == "tracegloss: No such command 'corelate'. See tracegloss --help\n"


def test_roots_are_found_from_below(agent: Shell) -> None:
    below = Shell(agent.folder / "tools", agent.home)
    named = below.correlate(f"../{ERROR}", "--root", "..")
    check_report(named, "9 of 9 spans on code")
    check_fault(below.correlate("../absent.json"), "No such file (../absent.json). ")
