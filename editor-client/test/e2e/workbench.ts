/** A real VS Code in a real browser: installed once, started with a fresh profile, driven as by hand. */

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
const CLIENT = resolve(HERE, "..", "..");
export const REPOSITORY = resolve(CLIENT, "..");
export const PYTHON = join(REPOSITORY, ".venv", "bin", "python");
const OUTPUT = join(CLIENT, "test-output");
const VSIX = join(REPOSITORY, "dist", "tracegloss.vsix");
/** Long enough for a busy machine; whatever is waited for normally comes within a few seconds. */
export const PATIENCE = Number(process.env["TRACEGLOSS_PATIENCE_MS"] ?? 90_000);

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How a workbench is started. */
export interface Setup {
  folder: string;
  settings?: Record<string, unknown>;
  /** Ask for trust, as VS Code does unless it is told not to. */
  asksForTrust?: boolean;
  /** Folders of further extensions. */
  extensions?: string[];
  path?: string;
}

export class Workbench {
  private constructor(
    readonly page: Page,
    readonly address: string,
    readonly home: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
  ) {}

  static async start(setup: Setup): Promise<Workbench> {
    const cache = execFileSync("bash", [join(HERE, "install.sh")], { encoding: "utf8" }).trim();
    const home = mkdtempSync(join(tmpdir(), "tracegloss-code-"));
    const folders = profile(home, setup);
    const entry = join(cache, "package", "out", "node", "entry.js");
    const node = join(cache, "run-node");
    const environment = {
      ...process.env,
      HOME: home,
      XDG_CACHE_HOME: join(home, "cache"),
      ...(setup.path === undefined ? {} : { PATH: setup.path }),
    };
    const stdio = "ignore";
    execFileSync(node, [entry, ...folders, "--install-extension", VSIX], {
      env: environment,
      stdio,
    });
    const port = await freePort();
    const trust = setup.asksForTrust === true ? [] : ["--disable-workspace-trust"];
    const address = `127.0.0.1:${port}`;
    const quiet = ["--auth", "none", "--disable-telemetry", "--disable-update-check"];
    const server = spawn(
      node,
      [entry, ...folders, ...quiet, ...trust, "--bind-addr", address, setup.folder],
      { env: environment, stdio, detached: true },
    );
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: CHROMIUM_ARGUMENTS,
    });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const url = `http://${address}/?folder=${encodeURIComponent(setup.folder)}`;
    await answers(url);
    await page.goto(url);
    await page.waitForSelector(".monaco-workbench");
    return new Workbench(page, `http://${address}`, home, server, browser);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    if (this.server.pid !== undefined) process.kill(-this.server.pid, "SIGKILL");
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Keep a picture among the test output. */
  async picture(name: string): Promise<void> {
    mkdirSync(OUTPUT, { recursive: true });
    await this.page.screenshot({ path: join(OUTPUT, `${name}.png`) });
  }

  /** Open a file of the folder by its name; asked anew when the list takes an answer away again. */
  async open(name: string): Promise<void> {
    const label = name.split("/").at(-1) ?? name;
    const tab = this.page.locator(".tab.active", { hasText: label });
    for (let isOpen = false; !isOpen;) {
      await this.page.keyboard.press("Control+P");
      await this.choose(name, label);
      const shown = tab.waitFor({ timeout: PATIENCE / 9 });
      isOpen = await shown.then(() => true).catch(() => false);
    }
  }

  /** Close what is open, and forget what was selected. */
  async closeAll(): Promise<void> {
    await this.command("View: Close All Editors");
    await this.page.locator(".tab").first().waitFor({ state: "detached" });
  }

  /** Put the cursor on a line of the editor that has the keyboard. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press("Control+G");
    await this.page.locator(".quick-input-box input").fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page
      .locator('.statusbar-item[id="status.editor.selection"]', { hasText: `Ln ${line},` })
      .waitFor();
  }

  /** What the hover says at the first squiggle of the editor. */
  async hoverAt(target: Locator): Promise<string> {
    const hover = this.page.locator(".monaco-hover:visible .hover-contents").first();
    // The editor opens a hover only when the mouse comes to rest where it was not before.
    for (let shift = 0; !(await hover.isVisible()); shift = (shift + 1) % 4) {
      const box = await target.boundingBox();
      if (box === null) throw new Error("nothing to hover over");
      await this.page.mouse.move(box.x + 4 + shift, box.y + box.height / 2);
      await hover.waitFor({ timeout: 2000 }).catch(() => undefined);
    }
    return (await this.page.locator(".monaco-hover:visible").allInnerTexts()).join("\n");
  }

  /** Run a command by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.choose(`>${title}`, title);
  }

  private async choose(typed: string, label: string): Promise<void> {
    await this.page.locator(".quick-input-box input").fill(typed);
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: label });
    await row.first().click();
  }

  /** Show the Traces view. */
  async explorer(): Promise<void> {
    await this.command("Tracegloss: Show Traces");
    await this.row(/./).first().waitFor();
  }

  /** A row of the trees in the side bar. */
  row(text: string | RegExp): Locator {
    return this.page.locator(".sidebar .tree-explorer-viewlet-tree-view .monaco-list-row", {
      hasText: text,
    });
  }

  /** Open a row that is closed. */
  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) !== "true")
      await row.locator(".monaco-tl-twistie").click();
  }

  /** The page inside the waterfall. */
  waterfall(): ReturnType<Page["frameLocator"]> {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  get status(): Locator {
    return this.page.locator('.statusbar-item[id*="tracegloss"]');
  }

  /** Wait until the status bar says something. */
  async says(text: string | RegExp): Promise<void> {
    await this.status.filter({ hasText: text }).waitFor();
  }

  /** The cursor as `line:column`, both from 1. */
  async cursor(): Promise<string> {
    const said = await this.page
      .locator('.statusbar-item[id="status.editor.selection"]')
      .innerText();
    const [, line, column] = /(\d+)\D+(\d+)/.exec(said) ?? [];
    return `${line}:${column}`;
  }

  /** Wait until the cursor stands on a line of a file. */
  async standsAt(file: string, line: number): Promise<void> {
    await this.page.locator(".tab.active", { hasText: file }).first().waitFor();
    await this.page
      .locator('.statusbar-item[id="status.editor.selection"]', { hasText: `Ln ${line},` })
      .waitFor();
  }

  /** What the lines of the editor show, inlays included. */
  async shows(text: string): Promise<void> {
    const spaced = text.replaceAll(" ", "\u00a0");
    await this.page
      .locator(".monaco-editor .view-line", {
        hasText: new RegExp(`${escaped(text)}|${escaped(spaced)}`),
      })
      .first()
      .waitFor();
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
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
    ...setup.settings,
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify(settings));
  for (const extension of setup.extensions ?? [])
    cpSync(extension, join(extensions, extension.split("/").at(-1) ?? "one"), { recursive: true });
  return ["--user-data-dir", data, "--extensions-dir", extensions];
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
