import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { recordedAgent, run } from "./agent.ts";
import { PYTHON, Workbench } from "./workbench.ts";

const RAISE = { file: "tools/policies.py", line: 15 };

describe("a workspace with traces", () => {
  let folder: string;
  let code: Workbench;

  before(async () => {
    folder = recordedAgent();
    code = await Workbench.start({ folder, settings: { "tracegloss.python": PYTHON } });
  });

  after(async () => {
    await code.picture("reading-last");
    await code.stop();
  });

  it("says in the status bar what is loaded, and opens nothing by itself", async () => {
    await code.says("Tracegloss: 2 traces · 1 error");
    assert.equal(await code.page.locator(".tab").count(), 0);
    assert.equal(await code.page.locator(".notification-toast").count(), 0);
  });

  it("marks the word where the error was raised, with the error's message", async () => {
    await code.open(RAISE.file);
    const squiggle = code.page.locator(".squiggly-error");
    await squiggle.first().waitFor();
    assert.equal(await squiggle.count(), 1);
    const word = code.page.locator(".view-line span", { hasText: /^raise$/ }).last();
    const [mark, text] = [await squiggle.boundingBox(), await word.boundingBox()];
    assert.ok(mark !== null && text !== null);
    assert.ok(Math.abs(mark.x - text.x) < 2 && Math.abs(mark.width - text.width) < 3);
    await code.command("Problems: Focus on Problems View");
    const problem = code.page.locator(".markers-panel .monaco-list-row", {
      hasText: "PolicyError",
    });
    await problem.first().waitFor();
    assert.match(await problem.first().innerText(), /tracegloss.*error-raised/s);
    await code.picture("problems");
    await code.command("View: Hide Panel");
    await problem.first().waitFor({ state: "hidden" });
  });

  it("tells in a hover what went wrong", async () => {
    const squiggle = code.page.locator(".squiggly-error").first();
    const said = await code.hoverAt(squiggle);
    assert.match(said, /PolicyError/);
    assert.match(said, /no refund window for category/);
    await code.picture("hover");
    const link = code.page.locator(".monaco-hover:visible a", { hasText: "Input and output" });
    await code.until(
      async () => {
        if (!(await link.isVisible())) await code.hoverAt(squiggle);
        await link.click({ timeout: 15_000 });
      },
      () => code.page.locator(".tab.active", { hasText: ".txt" }).waitFor({ timeout: 15_000 }),
    );
    await code.shows("Inputs");
  });

  it("writes figures at the end of lines that ran, or above them by setting", async () => {
    await code.open("retrieval/kb.py");
    await code.shows("1 call");
    await code.picture("code");
    await code.hoverAt(code.page.locator(".squiggly-warning").first());
    await code.pictureOfEditors("walkthrough-code", 420);
    await code.page.keyboard.press("Escape");
    await code.command("Tracegloss: Show Figures Above Lines");
    await code.page.locator(".codelens-decoration a", { hasText: "1 call" }).first().waitFor();
    await code.picture("lens");
    await code.command("Tracegloss: Show Figures at the End of Lines");
    await code.page.locator(".codelens-decoration a").first().waitFor({ state: "detached" });
  });

  it("lists findings by severity, each opening its line", async () => {
    await code.explorer();
    await code.row("Errors").waitFor();
    await code.row("PolicyError").click();
    await code.standsAt("policies.py", RAISE.line);
  });

  it("lists traces by day, with their spans, each opening its code", async () => {
    await code.row("support_agent").first().waitFor();
    await code.row("Today").waitFor();
    await code.expand(code.row(/ms|s ·/).first());
    const span = code.row("check_refund_eligibility");
    await span.waitFor();
    await code.picture("explorer");
    await span.click();
    await code.page
      .locator(".tab.active", { hasText: /refunds\.py|kb\.py|policies\.py/ })
      .waitFor();
  });

  it("finds traces by what is typed, and shows all again", async () => {
    const fine = code.page.locator('.sidebar .monaco-list-row[aria-label*="support_agent, ok"]');
    await fine.first().waitFor();
    await code.command("Tracegloss: Search Traces...");
    await code.answer("state:error");
    await fine.first().waitFor({ state: "detached" });
    await code.row("support_agent").first().waitFor();
    await code.picture("search");
    await code.command("Tracegloss: Clear Search");
    await fine.first().waitFor();
  });

  it("opens a span's inputs and outputs in a document that cannot be changed", async () => {
    const document = code.page.locator(".tab.active", { hasText: "check_refund_eligibility.txt" });
    await code.act(code.row("check_refund_eligibility"), "Inputs", document);
    await code.shows("Inputs");
    await code.picture("inputs");
  });

  it("draws a waterfall; a click in it opens the code beside, the code's cursor selects in it", async () => {
    await code.closeAll();
    await code.command("Tracegloss: Open Waterfall");
    const waterfall = code.waterfall();
    await waterfall.locator("#figures", { hasText: "tr-" }).waitFor();
    const names = await rowsOf(code);
    assert.ok(names > 3);
    await waterfall.locator("#text").fill("refund_elig");
    await waterfall
      .locator('#chart[aria-label="Waterfall of 1 span"]')
      .waitFor({ state: "attached" });
    await waterfall.locator("#text").fill("");
    await waterfall.locator("#mine").check();
    await waterfall.locator("#scroller").click({ position: { x: 60, y: 35 } });
    await code.page.locator(".tab.active, .tab.selected", { hasText: ".py" }).first().waitFor();
    await code.picture("waterfall");
    const words = waterfall.locator("#said", { hasText: /\w+, [\d.]+ m?s, (ok|error)/ });
    await words.waitFor({ state: "attached" });
    const said = await words.innerText();
    await waterfall.locator("#scroller").press("ArrowDown");
    await waterfall.locator("#said", { hasNotText: said }).waitFor({ state: "attached" });
    await code.page.locator(".view-line", { hasText: /def\s_order/ }).click();
    await waterfall.locator("#said", { hasText: /^_order,/ }).waitFor({ state: "attached" });
    await code.picture("waterfall-from-code");
    await waterfall.locator("#text").fill("refund_elig");
    await waterfall.locator("#scroller").click({ position: { x: 60, y: 35 } });
    await code.page.locator(".tab", { hasText: "refunds.py" }).waitFor();
    await waterfall.locator("#text").fill("");
    await waterfall.locator("#said", { hasText: /^check_refund/ }).waitFor({ state: "attached" });
    await code.pictureOfEditors("walkthrough-waterfall", 460);
    await waterfall.locator("#scroller").press("Home");
    await waterfall.locator("#said", { hasText: /^support_agent/ }).waitFor({ state: "attached" });
  });

  it("walks through the trace span by span", async () => {
    await code.closeAll();
    await code.command("Tracegloss: Next Span in Trace Order");
    await code.page.locator(".tab.active", { hasText: ".py" }).waitFor();
    const first = await code.cursor();
    await code.page.keyboard.press("Control+Alt+.");
    await code.page.waitForFunction(
      (before) =>
        !document.querySelector('[id="status.editor.selection"]')?.textContent.includes(before),
      `Ln ${first.split(":")[0]},`,
    );
    await code.page.keyboard.press("Control+Alt+,");
    await code.page
      .locator('.statusbar-item[id="status.editor.selection"]', {
        hasText: `Ln ${first.split(":")[0]},`,
      })
      .waitFor();
  });

  it("peeks the spans of the function around the cursor", async () => {
    await code.command("Tracegloss: Peek Spans of This Function");
    await code.page.locator(".peekview-widget").waitFor();
    await code.picture("peek");
    await code.page.keyboard.press("Escape");
  });

  it("shows traces that land while it is open", async () => {
    await code.closeAll();
    run(folder);
    await code.says("4 traces");
    await code.explorer();
  });

  it("ends a finding when its code is edited", async () => {
    await code.open(RAISE.file);
    await code.page.locator(".squiggly-error").first().waitFor();
    await code.goToLine(RAISE.line, 9);
    await code.page.keyboard.type("return 14  # ");
    await code.page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  });

  it("starts its server again when it is killed", async () => {
    const before = serversOf(code.home);
    assert.equal(before.length, 1);
    await killed(code);
    await code.says("4 traces");
    // What is not saved counts for the new server as well.
    await code.page.locator(".squiggly-error").first().waitFor({ state: "detached" });
  });

  it("leaves a server that ends again and again alone, says so, and starts it when asked", async () => {
    const given = code.status.filter({ hasText: "Tracegloss: stopped" });
    await code.until(
      () => {
        for (const pid of serversOf(code.home)) process.kill(pid, "SIGKILL");
        return Promise.resolve();
      },
      () => given.waitFor({ timeout: 2000 }),
    );
    const label = await code.status.locator("[aria-label]").first().getAttribute("aria-label");
    assert.match(label ?? "", /ended 5 times within 3 minutes and is not started again/);
    await code.picture("stopped");
    assert.deepEqual(await code.page.locator(".notification-toast").allInnerTexts(), []);
    assert.deepEqual(serversOf(code.home), []);
    await code.status.click();
    await code.says("4 traces");
    assert.equal(serversOf(code.home).length, 1);
  });
});

/** End the language server as the system would, and wait until another runs. */
async function killed(code: Workbench): Promise<void> {
  const before = serversOf(code.home);
  for (const pid of before) process.kill(pid, "SIGKILL");
  await code.until(
    () => new Promise((resolve) => setTimeout(resolve, 100)),
    () => {
      const now = serversOf(code.home);
      assert.ok(now.length === 1 && !before.includes(now[0] ?? 0));
      return Promise.resolve();
    },
  );
}

async function rowsOf(code: Workbench): Promise<number> {
  const label = await code.waterfall().locator("#chart").getAttribute("aria-label");
  return Number(/\d+/.exec(label ?? "")?.[0]);
}

/** The language servers that were started from a home folder. */
function serversOf(home: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        const is = line.includes("tracegloss") && line.includes("lsp");
        return is && readFileSync(`/proc/${name}/environ`, "utf8").includes(`HOME=${home}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}
