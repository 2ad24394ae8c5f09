import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { clock, counted, dayOf, duration } from "../../src/figures.ts";
import { mlflowAddress, target } from "../../src/links.ts";
import type { Status } from "../../src/protocol.ts";
import { milliseconds, searchOf } from "../../src/searching.ts";
import { shown, type ClientState } from "../../src/states.ts";

const NOON = new Date(2026, 10, 23, 12).getTime();

describe("figures", () => {
  const durations: [number | null, string][] = [
    [null, "not finished"],
    [0, "0 ms"],
    [0.0004, "1 µs"],
    [0.04, "40 µs"],
    [0.42, "0.4 ms"],
    [38.2, "38 ms"],
    [1234, "1.2 s"],
    [59_400, "59 s"],
    [210_000, "3.5 min"],
  ];
  for (const [ms, said] of durations)
    it(`${ms} ms is ${said}`, () => {
      assert.equal(duration(ms), said);
    });

  it("counts", () => {
    assert.deepEqual([counted(1, "span"), counted(1204, "span")], ["1 span", "1,204 spans"]);
  });

  it("names times and days", () => {
    assert.equal(clock(NOON), "12:00:00");
    const days = [NOON, NOON - 86_400_000, NOON - 3 * 86_400_000, null];
    assert.deepEqual(
      days.map((each) => dayOf(each, NOON)),
      ["Today", "Yesterday", "2026-11-20", "No time recorded"],
    );
  });
});

describe("a search", () => {
  const cases: [string, unknown][] = [
    ["refund policy", { limit: 200, name: "refund policy" }],
    ["state:error", { limit: 200, state: "ERROR" }],
    ["answer state:ok longer:2s", { limit: 200, name: "answer", state: "OK", shortestMs: 2000 }],
    ["shorter:1m session:s-1", { limit: 200, longestMs: 60_000, session: "s-1" }],
    ["since:1h", { limit: 200, sinceNs: (NOON - 3_600_000) * 1_000_000 }],
    ["a filter:tags.x = 'y z'", { limit: 200, name: "a", filter: "tags.x = 'y z'" }],
    ["state:bad", "A state is ok, error or in_progress."],
    ["longer:soon", "longer: takes a time such as 100ms, 2s, 5m, 24h or 7d."],
  ];
  for (const [line, found] of cases)
    it(`reads ${line}`, () => {
      assert.deepEqual(searchOf(line, NOON), found);
    });

  it("says what it does not know", () => {
    const said = searchOf("colour:red", NOON);
    assert.ok(typeof said === "string" && said.startsWith("colour: is not known here"));
  });

  it("reads times", () => {
    assert.deepEqual(["7d", "1.5s", "3", "x"].map(milliseconds), [
      604_800_000,
      1500,
      undefined,
      undefined,
    ]);
  });
});

describe("a link", () => {
  const cases: [string, string, unknown][] = [
    ["/span", "trace=tr-1&span=ab12", { traceId: "tr-1", spanId: "ab12" }],
    ["/trace", "trace=trace%3A%2Fa.b%2F1", { traceId: "trace:/a.b/1", spanId: undefined }],
    ["/span", "trace=tr-1", undefined],
    ["/other", "trace=tr-1", undefined],
    ["/trace", "trace=a%20b", undefined],
    ["/trace", "trace=%60x%60", undefined],
    ["/trace", "", undefined],
  ];
  for (const [path, query, found] of cases)
    it(`${path}?${query} names ${found === undefined ? "nothing" : JSON.stringify(found)}`, () => {
      assert.deepEqual(target(path, query), found);
    });
});

describe("a page of MLflow", () => {
  const cases: [string, string | undefined][] = [
    [
      "http://127.0.0.1:5000/",
      "http://127.0.0.1:5000/#/experiments/3/traces?selectedEvaluationId=tr-1",
    ],
    [
      "https://me:secret@host/mlflow",
      "https://host/mlflow/#/experiments/3/traces?selectedEvaluationId=tr-1",
    ],
    ["sqlite:///mlflow.db", undefined],
    ["javascript:alert(1)", undefined],
  ];
  for (const [source, address] of cases)
    it(`of ${source} is ${address ?? "none"}`, () => {
      assert.equal(mlflowAddress(source, "3", "tr-1"), address);
    });
});

function status(state: Status["state"], more: Partial<Status> = {}): Status {
  return {
    state,
    text: `Tracegloss: ${state}`,
    detail: "",
    root: `file:///${state}`,
    traces: 0,
    errors: 0,
    sites: 0,
    following: false,
    pinned: [],
    experiments: [],
    problems: [],
    ...more,
  };
}

describe("the status bar", () => {
  const cases: [ClientState, Status[], [string, string] | undefined][] = [
    ["restricted", [], ["Tracegloss: restricted", "workbench.trust.manage"]],
    ["no-python", [], ["Tracegloss: no Python", "tracegloss.install"]],
    ["stopped", [], ["Tracegloss: stopped", "tracegloss.restart"]],
    ["starting", [], undefined],
    ["running", [], undefined],
    ["running", [status("hidden")], undefined],
    ["running", [status("indexing")], ["Tracegloss: indexing", "tracegloss.showIndexing"]],
    ["running", [status("no-source")], ["Tracegloss: no-source", "tracegloss.chooseSource"]],
    [
      "running",
      [status("choose-experiment")],
      ["Tracegloss: choose-experiment", "tracegloss.chooseExperiment"],
    ],
    ["running", [status("empty")], ["Tracegloss: empty", "tracegloss.toggleFollow"]],
    ["running", [status("loaded")], ["Tracegloss: loaded", "tracegloss.showExplorer"]],
    [
      "running",
      [status("loaded", { traces: 3, errors: 1 }), status("loaded", { traces: 1 })],
      ["Tracegloss: 4 traces · 1 error", "tracegloss.showExplorer"],
    ],
    [
      "running",
      [status("empty"), status("pinned")],
      ["Tracegloss: pinned", "tracegloss.releasePinned"],
    ],
    [
      "running",
      [status("loaded"), status("unreachable")],
      ["Tracegloss: unreachable", "tracegloss.doctor"],
    ],
  ];
  for (const [client, statuses, expected] of cases)
    it(`says ${expected?.[0] ?? "nothing"} when ${client} with ${statuses.map((each) => each.state).join(", ") || "no folder"}`, () => {
      const what = shown(client, statuses);
      assert.deepEqual(what && [what.text, what.command], expected);
    });

  it("tells problems in its tooltip", () => {
    const what = shown("running", [status("loaded", { detail: "d", problems: ["p", "q"] })]);
    assert.equal(what?.tooltip, "d\n- p\n- q");
  });
});
