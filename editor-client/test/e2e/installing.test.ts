import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";

import { sharedAgent } from "./agent.ts";
import { PYTHON, REPOSITORY, Workbench, temporary } from "./workbench.ts";

it("without a Python that has tracegloss one is made, after saying how", async () => {
  const wheels = temporary("tracegloss-wheel-");
  const build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", wheels];
  execFileSync(PYTHON, build, { cwd: REPOSITORY, stdio: "ignore" });
  const libraries = execFileSync(
    PYTHON,
    ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
    { encoding: "utf8" },
  ).trim();
  const code = await Workbench.start({
    folder: sharedAgent(),
    environment: {
      // The wheel of this repository is installed; what it needs is that of the development environment.
      PIP_NO_INDEX: "1",
      PIP_NO_DEPS: "1",
      PIP_FIND_LINKS: wheels,
      PYTHONPATH: libraries,
    },
  });
  try {
    await code.open("main.py");
    await code.says("Tracegloss: no Python");
    assert.deepEqual(await code.page.locator(".notification-toast").allInnerTexts(), []);
    await code.status.click();
    const dialog = code.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    const said = await dialog.innerText();
    assert.match(said, /python3 on PATH \(python3\): tracegloss is not installed/);
    assert.match(said, /-I -m venv \S+environment\n.*-I -m pip install --upgrade tracegloss/);
    await code.picture("install");
    await dialog.locator(".monaco-button", { hasText: /^Install$/ }).click();
    await code.says("2 traces");
  } finally {
    await code.picture("install-last");
    await code.stop();
  }
});
