import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { sharedAgent } from "./agent.ts";
import { PYTHON, Workbench, type Setup } from "./workbench.ts";

const STAND_IN = join(dirname(fileURLToPath(import.meta.url)), "stand-in");

async function using(setup: Setup, name: string, body: (code: Workbench) => Promise<void>) {
  const code = await Workbench.start(setup);
  try {
    await body(code);
  } finally {
    await code.picture(name);
    await code.stop();
  }
}

describe("starting", () => {
  it("without a Python that has tracegloss says so, where was looked, and offers to install", async () => {
    const folder = sharedAgent();
    const settings = { "tracegloss.python": "/nowhere/python" };
    await using({ folder, settings }, "no-python", async (code) => {
      await code.open("main.py");
      await code.says("Tracegloss: no Python");
      await code.page.locator('.activitybar .action-item a[aria-label^="Tracegloss"]').click();
      await code.page.getByText("No Python with tracegloss was found.").first().waitFor();
      await code.command("Tracegloss: Install the Language Server...");
      const dialog = code.page.locator(".monaco-dialog-box");
      await dialog.waitFor();
      const said = await dialog.innerText();
      assert.match(said, /\/nowhere\/python.*does not exist/s);
      assert.match(said, /-I -m venv .*-I -m pip install --upgrade tracegloss/s);
      await code.picture("install");
      await code.page.keyboard.press("Escape");
    });
  });

  it("takes the interpreter of the Python extension, and opens links to spans", async () => {
    const folder = sharedAgent();
    const settings = { "standIn.python": "/nowhere/python" };
    await using({ folder, settings, extensions: [STAND_IN] }, "link", async (code) => {
      await code.open("main.py");
      await code.says("Tracegloss: no Python");
      await code.command("Stand-in: Choose Interpreter");
      await code.answer(PYTHON);
      await code.says("2 traces");
      await code.explorer();
      await code.expand(code.row(/ms|s ·/).first());
      const span = code.row(/check_refund_eligibility/).first();
      await span.click();
      await code.standsAt("refunds.py", 14);
      await code.act(span, "Inputs", code.page.locator(".tab.active", { hasText: ".txt" }));
      await code.shows("span, ");
      const said = await code.page.locator(".view-lines").last().innerText();
      const [, traceId, spanId] = /Trace\s(tr-\w+),\sspan\s(\w+)/.exec(said) ?? [];
      await code.closeAll();
      await code.command("Stand-in: Link to Span");
      const input = code.page.locator(".quick-input-box input");
      await code.answer(`trace=${traceId}&span=${spanId}`);
      await code.page.locator(".quick-input-message", { hasText: "link" }).waitFor();
      const link = await input.inputValue();
      await code.page.keyboard.press("Escape");
      assert.match(link, /^http:\/\/127\.0\.0\.1:/);
      const visit = await code.page.context().newPage();
      await visit.goto(link);
      await code.standsAt("refunds.py", 14);
    });
  });

  it("in a workspace that is not trusted starts nothing until it is", async () => {
    const folder = sharedAgent();
    const settings = { "tracegloss.python": PYTHON };
    await using({ folder, settings, asksForTrust: true }, "trust", async (code) => {
      const dialog = code.page.locator(".monaco-dialog-box");
      await dialog
        .getByText(/No, I don't trust|Browse in Restricted/)
        .first()
        .click();
      await code.open("main.py");
      await code.says("Tracegloss: restricted");
      await code.status.click();
      await code.page.locator(".workspace-trust-editor").waitFor();
      await code.page
        .locator(".workspace-trust-editor .monaco-button", { hasText: /^Trust$/ })
        .first()
        .click();
      await code.says("2 traces");
    });
  });
});
