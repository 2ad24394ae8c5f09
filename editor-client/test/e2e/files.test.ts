import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { sharedAgent } from "./agent.ts";
import { traceFile } from "./traceFile.ts";
import { AGAIN, PYTHON, Workbench, temporary } from "./workbench.ts";

const LARGEST_MESSAGE = 1_000_000;

describe("trace files", () => {
  const files = temporary("tracegloss-files-");
  let code: Workbench;
  let largest = 0;

  before(async () => {
    writeFileSync(
      join(files, "large.json"),
      traceFile("tr-00000000000000000000000000001a9e", 30_000),
    );
    writeFileSync(join(files, "small.json"), traceFile("tr-00000000000000000000000000000b0b", 3));
    writeFileSync(join(files, "other.json"), traceFile("tr-00000000000000000000000000000c0c", 4));
    code = await Workbench.start({
      folder: sharedAgent(),
      settings: { "tracegloss.python": PYTHON },
    });
    await code.open("main.py");
    await code.says("2 traces");
  });

  after(async () => {
    await code.picture("files-last");
    await code.stop();
  });

  it("one with 30,000 spans opens in the view Traces and as a waterfall, the longest first", async () => {
    code.onMessage((size) => (largest = Math.max(largest, size)));
    await code.command("Tracegloss: Open Trace File...");
    await code.answerPath(join(files, "large.json"));
    const waterfall = code.waterfall();
    await waterfall.locator("#note", { hasText: "longest of 30,000 spans" }).waitFor();
    await code.row("large.json").waitFor();
    await code.says("3 traces");
    const scroller = waterfall.locator("#scroller");
    await scroller.press("End");
    await waterfall.locator("#said", { hasText: "step" }).waitFor({ state: "attached" });
    await code.picture("large");
    await waterfall.locator("#text").fill("no such span");
    await waterfall.locator(chartOf(0)).waitFor({ state: "attached" });
    await waterfall.locator("#text").fill("");
    await waterfall.locator("#all").click();
    await waterfall.locator(chartOf(30_000)).waitFor({ state: "attached" });
  });

  it("its tree holds very many siblings in parts, of which few are drawn", async () => {
    // Rows at the top lie under those that stick there.
    await code.row("step").last().click();
    await code.until(
      () => code.page.keyboard.press("Home"),
      () => code.row("1 – 500").waitFor({ timeout: AGAIN }),
    );
    await code.expand(code.row("501 – 1,000"));
    await code.row("step").first().waitFor();
    await code.picture("large-tree");
    const last = code.row("29,501 – 29,999").filter({ hasText: "1 error" });
    await code.collapse(code.row("501 – 1,000"));
    await code.until(
      () => code.page.keyboard.press("PageDown"),
      () => last.waitFor({ timeout: AGAIN / 5 }),
    );
    assert.ok((await code.row(/./).count()) < 200);
    assert.ok(largest > 10_000 && largest < LARGEST_MESSAGE, `${largest} bytes in one message`);
  });

  it("a span chosen in the waterfall is selected in the tree, in the part it is in", async () => {
    await code.command("Tracegloss: Open Waterfall");
    await code.waterfall().locator("#scroller").press("Home");
    await code.waterfall().locator("#scroller").press("PageDown");
    await code.row("step").and(code.page.locator(".selected")).waitFor();
  });

  it("those dropped on the view are opened, from a tab and from outside", async () => {
    await code.closeAll();
    await code.command("File: Open File...");
    await code.answerPath(join(files, "small.json"));
    const tab = code.page.locator(".tab", { hasText: "small.json" });
    await tab.waitFor();
    const view = code.page.locator(".sidebar .tree-explorer-viewlet-tree-view").first();
    await code.until(
      () => tab.dragTo(view, { timeout: AGAIN }),
      () => code.row("small.json").waitFor({ timeout: AGAIN }),
    );
    await code.says("4 traces");
    const other = readFileSync(join(files, "other.json"), "utf8");
    const dropped = await code.page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "other.json", { type: "application/json" }));
      return transfer;
    }, other);
    const row = code.row("small.json");
    await code.until(
      async () => {
        for (const type of ["dragenter", "dragover", "drop"])
          await row.dispatchEvent(type, { dataTransfer: dropped }, { timeout: AGAIN });
      },
      () => code.row("other.json").first().waitFor({ timeout: AGAIN }),
    );
    await code.says("5 traces");
    await code.picture("dropped");
    assert.deepEqual(await code.page.locator(".notification-toast").allInnerTexts(), []);
  });

  it("they are read again when the server was started anew", async () => {
    await code.command("Tracegloss: Restart the Language Server");
    await code.says("5 traces");
    await code.row("large.json").waitFor();
  });
});

function chartOf(spans: number): string {
  return `#chart[aria-label="Waterfall of ${spans.toLocaleString("en-US")} spans"]`;
}
