/** Starts a real VS Code, installed once outside the repository, with a profile of its own. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
export const CLIENT = resolve(HERE, "..", "..");
export const REPOSITORY = resolve(CLIENT, "..");
export const PYTHON = join(REPOSITORY, ".venv", "bin", "python");
const VSIX = join(REPOSITORY, "dist", "tracegloss.vsix");
/** Long enough for a busy machine; whatever is waited for normally comes within a few seconds. */
export const PATIENCE = Number(process.env["TRACEGLOSS_PATIENCE_MS"] ?? 180_000);

/** Keys for what no test is about; every other command is run from the palette. */
export const CLOSE_ALL = "Control+Alt+F9";
const KEYS = [{ key: "ctrl+alt+f9", command: "workbench.action.closeAllEditors" }];

/** How a workbench is started. */
export interface Setup {
  /** A folder, or a file `*.code-workspace`. */
  folder: string;
  settings?: Record<string, unknown>;
  /** Ask for trust, as VS Code does unless it is told not to. */
  asksForTrust?: boolean;
  /** Folders of further extensions. */
  extensions?: string[];
  /** Variables of the environment that VS Code is started in. */
  environment?: Record<string, string>;
}

/** A VS Code that serves its page. */
export interface Launched {
  home: string;
  address: string;
  server: ChildProcess;
}

/** Install the extension into a fresh profile and start VS Code with it. */
export async function launch(setup: Setup): Promise<Launched> {
  const cache = execFileSync("bash", [join(HERE, "install.sh")], { encoding: "utf8" }).trim();
  const home = mkdtempSync(join(tmpdir(), "tracegloss-code-"));
  const entry = join(cache, "package", "out", "node", "entry.js");
  const node = join(cache, "run-node");
  const folders = profile(home, setup);
  const environment = {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
    ...setup.environment,
  };
  const stdio = "ignore";
  const install = [entry, ...folders, "--install-extension", VSIX];
  execFileSync(node, install, { env: environment, stdio });
  const port = await freePort();
  const trust = setup.asksForTrust === true ? [] : ["--disable-workspace-trust"];
  const address = `127.0.0.1:${port}`;
  const quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check"];
  const server = spawn(
    node,
    [entry, ...folders, ...quiet, ...trust, "--bind-addr", address, setup.folder],
    { env: environment, stdio, detached: true },
  );
  await answers(`http://${address}/`);
  return { home, address: `http://${address}`, server };
}

function profile(home: string, setup: Setup): string[] {
  const data = join(home, "data");
  const extensions = join(home, "extensions");
  mkdirSync(join(data, "User"), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  const settings = {
    "workbench.startupEditor": "none",
    "workbench.enableExperiments": false,
    "security.workspace.trust.startupPrompt": "always",
    "security.workspace.trust.banner": "never",
    "telemetry.telemetryLevel": "off",
    "window.commandCenter": false,
    "chat.disableAIFeatures": true,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "editor.minimap.enabled": false,
    "files.autoSave": "off",
    // What is typed is what counts, and a list stays open while something else takes the keyboard.
    "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
    "workbench.quickOpen.closeOnFocusLost": false,
    "workbench.commandPalette.experimental.suggestCommands": false,
    "window.confirmBeforeClose": "never",
    ...setup.settings,
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify(settings));
  writeFileSync(join(data, "User", "keybindings.json"), JSON.stringify(KEYS));
  for (const extension of setup.extensions ?? [])
    cpSync(extension, join(extensions, extension.split("/").at(-1) ?? "one"), { recursive: true });
  return ["--user-data-dir", data, "--extensions-dir", extensions];
}

/** Make a folder that is gone when the tests end. */
export function temporary(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  process.on("exit", () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/** A port of this machine that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
