import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";

import { run, sharedAgent } from "./agent.ts";
import { PYTHON, Workbench, temporary } from "./workbench.ts";

it("two folders each show their own traces, on their own code", async () => {
  const around = temporary("tracegloss-folders-");
  const second = join(around, "second_agent");
  cpSync(join(sharedAgent()), second, {
    recursive: true,
    filter: (path) => !/mlflow\.db|mlruns/.test(path),
  });
  run(second);
  const workspace = join(around, "both.code-workspace");
  const folders = [{ path: sharedAgent() }, { path: second }];
  writeFileSync(workspace, JSON.stringify({ folders }));
  const code = await Workbench.start({
    folder: workspace,
    settings: { "tracegloss.python": PYTHON },
  });
  try {
    await code.explorer();
    const experiments = code.row(/^support_agent(support_agent|second_agent)$/);
    await experiments.nth(1).waitFor();
    for (const folder of ["support_agent", "second_agent"]) {
      // The rows of an experiment follow it: all but its own are closed.
      const experiment = code.row(new RegExp(`^support_agent${folder}$`));
      const other = experiments.filter({ hasNotText: new RegExp(`^support_agent${folder}$`) });
      await code.expand(experiment);
      await code.collapse(other);
      await code.expand(code.row(/ms|s ·/).first());
      await code.row("check_refund_eligibility").click();
      await code.standsAt("refunds.py", 14);
      await code.page
        .locator(".breadcrumbs-control, .tab.active", { hasText: folder })
        .first()
        .waitFor();
      await code.picture(`folders-${folder}`);
      await code.closeAll();
    }
  } finally {
    await code.picture("folders-last");
    await code.stop();
  }
});
