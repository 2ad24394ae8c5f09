/** What the status bar says and what a click on it does: one state out of many, as plain values. */

import { counted } from "./figures.ts";
import { MOST_RESTARTS, WITHIN_MS } from "./restarts.ts";
import type { State, Status } from "./protocol.ts";

/** What the extension knows of its server, beside what the server says of its folders. */
export type ClientState = "restricted" | "no-python" | "starting" | "running" | "stopped";

export interface Shown {
  text: string;
  tooltip: string;
  command: string;
  isWarning: boolean;
}

// What asks for the reader comes first; among folders the one with most to say is shown.
const BY_WEIGHT: State[] = [
  "pinned",
  "unreachable",
  "loaded",
  "choose-experiment",
  "indexing",
  "no-source",
  "empty",
];

const COMMANDS: Record<State, string> = {
  hidden: "tracegloss.showExplorer",
  indexing: "tracegloss.showIndexing",
  "no-source": "tracegloss.chooseSource",
  "choose-experiment": "tracegloss.chooseExperiment",
  empty: "tracegloss.toggleFollow",
  loaded: "tracegloss.showExplorer",
  pinned: "tracegloss.releasePinned",
  unreachable: "tracegloss.doctor",
};

const MINUTES = WITHIN_MS / 60_000;
const GIVEN_UP = `The language server ended ${MOST_RESTARTS + 1} times within ${MINUTES} minutes and is not started again. The output says more; a click starts it.`;

/** Choose the folder whose state is shown; `undefined` when there is nothing to say. */
export function weightiest(statuses: Iterable<Status>): Status | undefined {
  const every = [...statuses];
  for (const state of BY_WEIGHT) {
    const found = every.find((status) => status.state === state);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Give the item's words; `undefined` hides it. */
export function shown(client: ClientState, statuses: Iterable<Status>): Shown | undefined {
  switch (client) {
    case "restricted":
      return item("Tracegloss: restricted", "Trust this workspace to see its traces.", {
        command: "workbench.trust.manage",
      });
    case "no-python":
      return item("Tracegloss: no Python", "No Python with tracegloss was found.", {
        command: "tracegloss.install",
        isWarning: true,
      });
    case "stopped":
      return item("Tracegloss: stopped", GIVEN_UP, {
        command: "tracegloss.restart",
        isWarning: true,
      });
    case "starting":
      return undefined;
    case "running": {
      const status = weightiest(statuses);
      if (status === undefined) return undefined;
      const loaded = [...statuses].filter((each) => each.state === "loaded");
      if (status.state === "loaded" && loaded.length > 1) return ofAll(loaded);
      const problems = status.problems.map((each) => `\n- ${each}`).join("");
      return item(status.text, status.detail + problems, {
        command: COMMANDS[status.state],
        isWarning: status.state === "unreachable",
      });
    }
  }
}

/** Count what several folders show; each folder's own words are in the tooltip. */
function ofAll(loaded: Status[]): Shown {
  const traces = loaded.reduce((sum, each) => sum + each.traces, 0);
  const errors = loaded.reduce((sum, each) => sum + each.errors, 0);
  const text = `Tracegloss: ${counted(traces, "trace")}`;
  const tooltip = loaded.flatMap((each) => [
    `${each.root.split("/").at(-1) ?? ""}: ${each.detail}`,
    ...each.problems.map((problem) => `- ${problem}`),
  ]);
  return item(errors === 0 ? text : `${text} · ${counted(errors, "error")}`, tooltip.join("\n"), {
    command: COMMANDS.loaded,
  });
}

function item(
  text: string,
  tooltip: string,
  more: { command: string; isWarning?: boolean },
): Shown {
  return { text, tooltip, command: more.command, isWarning: more.isWarning ?? false };
}
