import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";

import { sharedAgent } from "./agent.ts";
import { freePort, PYTHON, Workbench } from "./workbench.ts";

describe("where traces come from", () => {
  it("a tracking server that is down is told, and its traces come when it is up", async () => {
    const folder = sharedAgent();
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
      await code.page.locator(".tab.active", { hasText: "Doctor of support_agent" }).waitFor();
      // It says so of the store of the settings, not of one that it would find by itself.
      await code.shows(`http://127.0.0.1:${port}`);
      await code.picture("doctor");
      server = mlflow(folder, port);
      await code.says("2 traces · 1 error");
    } finally {
      await code.picture("server");
      await code.stop();
      if (server?.pid !== undefined) process.kill(-server.pid, "SIGKILL");
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
