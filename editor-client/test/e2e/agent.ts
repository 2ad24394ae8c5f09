/** The sample agent, really run into a store of its own, for a workbench to open. */

import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PYTHON, REPOSITORY, temporary } from "./workbench.ts";

/** Record the sample agent for real into a store of its own; gives its folder. */
export function recordedAgent(): string {
  const folder = join(temporary("tracegloss-e2e-"), "support_agent");
  cpSync(join(REPOSITORY, "fixtures", "apps", "support_agent"), folder, { recursive: true });
  run(folder);
  return folder;
}

let shared: string | undefined;

/** The sample agent, recorded once for all tests that only look at it; gives its folder. */
export function sharedAgent(): string {
  return (shared ??= recordedAgent());
}

/** Record the sample agent from a commit of a repository of its own; gives its folder. */
export function committedAgent(): string {
  const folder = join(temporary("tracegloss-e2e-"), "support_agent");
  cpSync(join(REPOSITORY, "fixtures", "apps", "support_agent"), folder, { recursive: true });
  writeFileSync(join(folder, ".gitignore"), "mlflow.db\nmlruns\n__pycache__\n");
  const who = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"];
  for (const line of [
    ["init", "--quiet"],
    ["add", "."],
    [...who, "commit", "--quiet", "-m", "Begin"],
  ])
    execFileSync("git", line, { cwd: folder });
  run(folder);
  return folder;
}

/** Run the sample agent once more. */
export function run(folder: string): void {
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith("MLFLOW_"));
  execFileSync(PYTHON, ["main.py", "--tracking-uri", "sqlite:///mlflow.db", "--judge"], {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio: "ignore",
  });
}
