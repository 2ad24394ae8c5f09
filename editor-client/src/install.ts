/** Makes the private environment with tracegloss in it, after showing what will be run. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";

import * as vscode from "vscode";

import { installCommands, OLDEST_PYTHON } from "./python.ts";

/** Offer to install; gives whether tracegloss is there now. */
export async function install(
  environment: string,
  reasons: string[],
  output: vscode.LogOutputChannel,
): Promise<boolean> {
  const base = await choosePython();
  if (base === undefined) return false;
  const commands = installCommands(base, environment, process.platform);
  const shown = commands.map(({ command, args }) => `$ ${[command, ...args].join(" ")}`);
  const looked = reasons.map((reason) => `• ${reason}`);
  const missing = looked.length === 0 ? [] : ["Looked at:", ...looked, ""];
  const detail = [...missing, "This is run:", ...shown].join("\n");
  const yes = "Install";
  const answer = await vscode.window.showInformationMessage(
    "Install tracegloss into an environment of its own?",
    { modal: true, detail },
    yes,
  );
  if (answer !== yes) return false;
  const location = vscode.ProgressLocation.Notification;
  const title = "Installing tracegloss";
  try {
    await vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
      for (const { command, args } of commands) await run(command, args, output, token);
    });
  } catch (error) {
    output.error(String(error));
    const said = "tracegloss could not be installed; the output says why.";
    if ((await vscode.window.showErrorMessage(said, "Show Output")) !== undefined) output.show();
    return false;
  }
  return true;
}

async function choosePython(): Promise<string | undefined> {
  const names = process.platform === "win32" ? ["py", "python"] : ["python3", "python"];
  const version = `import sys; print(sys.executable); sys.exit(sys.version_info < (${OLDEST_PYTHON.replace(".", ", ")}))`;
  for (const name of names) {
    const found = await new Promise<string | undefined>((resolve) => {
      execFile(name, ["-I", "-c", version], { cwd: homedir() }, (error, stdout) => {
        resolve(error === null ? stdout.trim() : undefined);
      });
    });
    if (found !== undefined) return found;
  }
  void vscode.window.showErrorMessage(`Tracegloss needs Python ${OLDEST_PYTHON} or newer on PATH.`);
  return undefined;
}

function run(
  command: string,
  args: string[],
  output: vscode.LogOutputChannel,
  token: vscode.CancellationToken,
): Promise<void> {
  output.info([command, ...args].join(" "));
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { cwd: homedir() }, (error, stdout, stderr) => {
      for (const line of (stdout + stderr).split("\n")) if (line !== "") output.info(line);
      if (error === null) resolve();
      else reject(new Error(`${command}: ${error.message}`));
    });
    token.onCancellationRequested(() => child.kill());
  });
}
