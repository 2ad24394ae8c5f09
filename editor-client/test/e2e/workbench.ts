/** A real VS Code in a real browser: started with a fresh profile, driven as by hand. */

import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";

import { AGAIN, Driver } from "./driver.ts";
import { CLIENT, CLOSE_ALL, launch, PATIENCE, type Setup } from "./launch.ts";

export { AGAIN } from "./driver.ts";
export { freePort, PATIENCE, PYTHON, REPOSITORY, temporary, type Setup } from "./launch.ts";

const OUTPUT = join(CLIENT, "test-output");
const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

type Clip = NonNullable<NonNullable<Parameters<Page["screenshot"]>[0]>["clip"]>;

export class Workbench extends Driver {
  private hearing: (bytes: number) => void = () => undefined;

  private constructor(
    page: Page,
    readonly address: string,
    readonly home: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
  ) {
    super(page);
  }

  static async start(setup: Setup): Promise<Workbench> {
    const { home, address, server } = await launch(setup);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: CHROMIUM_ARGUMENTS,
    });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const what = setup.folder.endsWith(".code-workspace") ? "workspace" : "folder";
    const url = `${address}/?${what}=${encodeURIComponent(setup.folder)}`;
    const code = new Workbench(page, address, home, server, browser);
    page.on("websocket", (socket) => {
      for (const kind of ["framesent", "framereceived"] as const)
        socket.on(kind as "framesent", ({ payload }) => {
          code.hearing(payload.length);
        });
    });
    await page.goto(url);
    await page.waitForSelector(".monaco-workbench");
    return code;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    if (this.server.pid !== undefined) process.kill(-this.server.pid, "SIGKILL");
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Keep a picture among the test output: of everything, or of a part `{x, y, width, height}`. */
  async picture(name: string, clip?: Clip): Promise<void> {
    mkdirSync(OUTPUT, { recursive: true });
    const part = clip === undefined ? {} : { clip };
    await this.page.screenshot({ path: join(OUTPUT, `${name}.png`), ...part });
  }

  /** Keep a picture of the editors alone, down to a height in pixels. */
  async pictureOfEditors(name: string, height: number): Promise<void> {
    const box = await this.page.locator(".part.editor").boundingBox();
    if (box !== null) await this.picture(name, { ...box, height: Math.min(height, box.height) });
  }

  /** Open a file of the folder by its name. */
  async open(name: string): Promise<void> {
    const label = name.split("/").at(-1) ?? name;
    await this.until(
      () => this.choose("Control+P", name, label),
      () => this.page.locator(".tab.active", { hasText: label }).waitFor({ timeout: AGAIN }),
    );
  }

  /** Hear the size of each message between VS Code's window and its extensions from now on. */
  onMessage(hear: (bytes: number) => void): void {
    this.hearing = hear;
  }

  /** Close what is open, and forget what was selected. */
  async closeAll(): Promise<void> {
    await this.until(
      () => this.page.keyboard.press(CLOSE_ALL),
      () => this.page.locator(".tab").first().waitFor({ state: "detached", timeout: AGAIN }),
    );
  }

  /** Put the cursor on a line of the editor, which gets the keyboard. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.until(
      async () => {
        await this.ask("Control+G", `:${line}:${column}`);
        await this.page.keyboard.press("Enter");
      },
      async () => {
        await this.cursorAt(line).waitFor({ timeout: AGAIN });
        await this.page.locator(".monaco-editor.focused").waitFor({ timeout: AGAIN });
      },
    );
  }

  /** What the hover says at a mark in the editor. */
  async hoverAt(target: Locator): Promise<string> {
    const hover = this.page.locator(".monaco-hover:visible .hover-contents").first();
    // The editor opens a hover only when the mouse comes to rest where it was not before.
    let shift = 0;
    await this.until(
      async () => {
        const box = await target.boundingBox({ timeout: AGAIN });
        if (box === null) throw new Error("nothing to hover over");
        shift = (shift + 1) % 4;
        await this.page.mouse.move(box.x + 4 + shift, box.y + box.height / 2);
      },
      () => hover.waitFor({ timeout: AGAIN / 3 }),
    );
    return (await this.page.locator(".monaco-hover:visible").allInnerTexts()).join("\n");
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
    await this.until(
      async () => {
        if ((await row.getAttribute("aria-expanded", { timeout: AGAIN })) !== "true")
          await row.locator(".monaco-tl-twistie").click({ timeout: AGAIN });
      },
      () => row.and(this.page.locator('[aria-expanded="true"]')).waitFor({ timeout: AGAIN }),
    );
  }

  /** Close a row that is open. */
  async collapse(row: Locator): Promise<void> {
    await this.until(
      async () => {
        if ((await row.getAttribute("aria-expanded", { timeout: AGAIN })) === "true")
          await row.locator(".monaco-tl-twistie").click({ timeout: AGAIN });
      },
      () => row.and(this.page.locator('[aria-expanded="false"]')).waitFor({ timeout: AGAIN }),
    );
  }

  /** Click one of the small icons at the end of a row, until what it opens is there. */
  async act(row: Locator, label: string, opened: Locator): Promise<void> {
    await this.until(
      async () => {
        await row.hover({ timeout: AGAIN });
        await row.locator(`.action-label[aria-label*="${label}"]`).click({ timeout: AGAIN });
      },
      () => opened.waitFor({ timeout: AGAIN }),
    );
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
    await this.cursorAt(line).waitFor();
  }

  /** The place of the status bar that names the cursor's line. */
  cursorAt(line: number): Locator {
    const id = '.statusbar-item[id="status.editor.selection"]';
    return this.page.locator(id, { hasText: `Ln ${line},` });
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
