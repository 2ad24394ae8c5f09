/** Which Python has tracegloss: where to look, in which order, and what each look found. */

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/** The oldest Python that runs tracegloss. */
export const OLDEST_PYTHON = "3.11";

/** A Python that may have tracegloss, and where it was found, in words. */
export interface Candidate {
  python: string;
  origin: string;
}

export interface Found extends Candidate {
  version: string;
}

/** What was looked at, when no Python with tracegloss was found. */
export interface NotFound {
  looked: { origin: string; python: string; why: string }[];
}

export interface Surroundings {
  setting: string;
  extension: string | undefined;
  folders: string[];
  privateEnvironment: string;
  platform: NodeJS.Platform;
}

/** List the Pythons to try, best first; a setting is tried alone, so that it is never passed over. */
export function candidates(around: Surroundings): Candidate[] {
  if (around.setting !== "")
    return [{ python: around.setting, origin: "the setting tracegloss.python" }];
  const list: Candidate[] = [];
  if (around.extension !== undefined)
    list.push({ python: around.extension, origin: "the Python extension" });
  for (const folder of around.folders)
    for (const name of [".venv", "venv"])
      list.push({
        python: pythonOf(join(folder, name), around.platform),
        origin: `${name} of the workspace`,
      });
  list.push({
    python: pythonOf(around.privateEnvironment, around.platform),
    origin: "the private environment",
  });
  for (const name of around.platform === "win32" ? ["python", "py"] : ["python3", "python"])
    list.push({ python: name, origin: `${name} on PATH` });
  return list.filter((each, at) => list.findIndex((one) => one.python === each.python) === at);
}

/** Name the interpreter of a virtual environment. */
export function pythonOf(environment: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? join(environment, "Scripts", "python.exe")
    : join(environment, "bin", "python");
}

// Isolated, and started outside the workspace: a file of the repository must not stand in for a module.
const QUESTION = "import importlib.metadata as m; print(m.version('tracegloss'))";

/** Try the candidates in order; the first that has tracegloss is taken. */
export async function findPython(list: Candidate[]): Promise<Found | NotFound> {
  const looked: NotFound["looked"] = [];
  for (const candidate of list) {
    const answer = await ask(candidate.python);
    if ("version" in answer) return { ...candidate, version: answer.version };
    looked.push({ ...candidate, why: answer.why });
  }
  return { looked };
}

/** How the server is started with a Python; `-P` keeps the workspace off the module path. */
export function serverCommand(python: string): { command: string; args: string[] } {
  return { command: python, args: ["-P", "-m", "tracegloss", "lsp"] };
}

/**
 * The commands that make the private environment, to be shown before they are run. Isolated, so that what `PYTHONPATH`
 * names is not taken for installed.
 */
export function installCommands(
  base: string,
  environment: string,
  platform: NodeJS.Platform,
): { command: string; args: string[] }[] {
  return [
    { command: base, args: ["-I", "-m", "venv", environment] },
    {
      command: pythonOf(environment, platform),
      args: ["-I", "-m", "pip", "install", "--upgrade", "tracegloss"],
    },
  ];
}

/** Say in one line each where was looked and why that was not it. */
export function explain(notFound: NotFound): string[] {
  return notFound.looked.map((look) => `${look.origin} (${look.python}): ${look.why}`);
}

function ask(python: string): Promise<{ version: string } | { why: string }> {
  return new Promise((resolve) => {
    execFile(
      python,
      ["-I", "-c", QUESTION],
      { cwd: homedir(), timeout: 15_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve({ version: stdout.trim() });
        else if ((error as NodeJS.ErrnoException).code === "ENOENT")
          resolve({ why: "does not exist" });
        else if (stderr.includes("PackageNotFoundError"))
          resolve({ why: "tracegloss is not installed" });
        else resolve({ why: stderr.trim().split("\n").at(-1) ?? error.message });
      },
    );
  });
}
