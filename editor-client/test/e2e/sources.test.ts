import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { recordedAgent } from "./agent.ts";
import { freePort, PYTHON, Workbench } from "./workbench.ts";

describe("where traces come from", () => {
  it("a tracking server that is down is told, and its traces come when it is up", async () => {
    const folder = recordedAgent();
    const port = await freePort();
    const settings = {
      "tracegloss.python": PYTHON,
      "tracegloss.trackingUri": `http://127.0.0.1:${port}`,
      "tracegloss.experiment": "support_agent",
    };
    const code = await Workbench.start({ folder, settings });
    let server: ChildProcess | undefined;
    try {
      await code.open("main.py");
      await code.says("Tracegloss: server unreachable, retry in");
      await code.status.click();
      await code.page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
      await code.picture("doctor");
      server = mlflow(folder, port);
      await code.says("2 traces · 1 error");
    } finally {
      await code.picture("server");
      await code.stop();
      if (server?.pid !== undefined) process.kill(-server.pid, "SIGKILL");
    }
  });

  it("a file with 30,000 spans opens, scrolls and filters", async () => {
    const folder = recordedAgent();
    writeFileSync(join(folder, "large.json"), JSON.stringify(large(30_000)));
    const code = await Workbench.start({ folder, settings: { "tracegloss.python": PYTHON } });
    try {
      await code.open("main.py");
      await code.says("2 traces");
      await code.command("Tracegloss: Open Trace File...");
      await code.page.locator(".quick-input-box input").fill(join(folder, "large.json"));
      await code.page.keyboard.press("Enter");
      const waterfall = code.waterfall();
      await waterfall.locator("#note", { hasText: "longest of 30,000 spans" }).waitFor();
      const scroller = waterfall.locator("#scroller");
      await scroller.press("End");
      await waterfall.locator("#said", { hasText: "step" }).waitFor({ state: "attached" });
      await code.picture("large");
      await waterfall.locator("#text").fill("no such span");
      const empty = '#chart[aria-label="Waterfall of 0 spans"]';
      await waterfall.locator(empty).waitFor({ state: "attached" });
      await code.says("3 traces");
      assert.equal(await code.page.locator(".notification-toast").count(), 0);
    } finally {
      await code.picture("large-last");
      await code.stop();
    }
  });
});

function mlflow(folder: string, port: number): ChildProcess {
  const store = `sqlite:///${join(folder, "mlflow.db")}`;
  return spawn(
    PYTHON,
    [
      "-m",
      "mlflow",
      "server",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--workers",
      "1",
    ].concat(["--backend-store-uri", store]),
    {
      cwd: folder,
      detached: true,
      stdio: "ignore",
      env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    },
  );
}

/** A trace in the shape that MLflow writes: one agent with many steps. */
function large(spans: number): unknown {
  const traceId = "tr-00000000000000000000000000001a9e";
  const start = Date.now() * 1_000_000;
  const span = (n: number): unknown => ({
    trace_id: Buffer.from(traceId.slice(3), "hex").toString("base64"),
    span_id: Buffer.from((n + 1).toString(16).padStart(16, "0"), "hex").toString("base64"),
    parent_span_id: n === 0 ? "" : Buffer.from("0000000000000001", "hex").toString("base64"),
    name: n === 0 ? "support_agent" : "step",
    start_time_unix_nano: start + n * 1000,
    end_time_unix_nano:
      n === 0 ? start + spans * 1000 + 1_000_000 : start + n * 1000 + 500 + (n % 997),
    events: [],
    status: { code: "STATUS_CODE_OK", message: "" },
    attributes: {
      "mlflow.traceRequestId": JSON.stringify(traceId),
      "mlflow.spanType": JSON.stringify(n === 0 ? "AGENT" : "CHAIN"),
    },
  });
  return {
    info: {
      trace_id: traceId,
      trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "1" } },
      request_time: new Date(start / 1_000_000).toISOString(),
      state: "OK",
      trace_metadata: {},
      tags: {},
      assessments: [],
    },
    data: { spans: Array.from({ length: spans }, (_, n) => span(n)) },
  };
}
