import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

import { committedAgent } from "./agent.ts";
import { PYTHON, Workbench } from "./workbench.ts";

it("code as it ran is shown beside the code of now", async () => {
  const folder = committedAgent();
  const file = join(folder, "tools", "refunds.py");
  const ran = readFileSync(file, "utf8");
  writeFileSync(file, ran.replace("policy_window", "window_of_the_policy"));
  const code = await Workbench.start({ folder, settings: { "tracegloss.python": PYTHON } });
  try {
    await code.open("main.py");
    await code.says("2 traces");
    await code.explorer();
    await code.expand(code.row(/ms|s ·/).first());
    await code.row("check_refund_eligibility").click();
    await code.standsAt("refunds.py", 14);
    await code.command("Tracegloss: Compare Code as It Ran with Now");
    await code.page
      .locator(".monaco-diff-editor .line-delete, .monaco-diff-editor .char-delete")
      .first()
      .waitFor();
    await code.page.locator(".tab.active", { hasText: "and now" }).waitFor();
    await code.picture("as-ran");
    const shown = await code.page.locator(".monaco-diff-editor").innerText();
    assert.match(shown, /policy_window/);
    assert.match(shown, /window_of_the_policy/);
  } finally {
    await code.picture("as-ran-last");
    await code.stop();
  }
});
