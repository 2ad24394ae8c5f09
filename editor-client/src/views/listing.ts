/** Asks the server for the traces of every folder, a page at a time. */

import * as protocol from "../protocol.ts";
import type { SearchParams } from "../protocol.ts";
import type { Server } from "../server.ts";
import type { ExperimentNode, TraceNode } from "./nodes.ts";

const PAGE = 100;

/** Ask for the traces of every folder that has some; what cannot be had is left out. */
export async function experiments(
  server: Server,
  search: SearchParams | undefined,
): Promise<ExperimentNode[]> {
  const roots = server.statuses
    .filter((status) => status.state !== "hidden" && status.state !== "indexing")
    .map((status) => status.root);
  const asked = await Promise.allSettled(roots.map((root) => page(server, root, 0, search)));
  const found: ExperimentNode[] = [];
  for (const each of asked) {
    if (each.status === "fulfilled") found.push(each.value);
    // The status bar and the welcome text say what is wrong.
    else server.output.info(String(each.reason));
  }
  return found.filter((each) => each.traces.length > 0);
}

/** Ask for the next traces of an experiment and add them to it. */
export async function more(
  server: Server,
  experiment: ExperimentNode,
  search: SearchParams | undefined,
): Promise<void> {
  const next = await page(server, experiment.root, experiment.traces.length, search);
  experiment.traces.push(...next.traces);
  experiment.hasMore = next.hasMore;
}

async function page(
  server: Server,
  root: string,
  offset: number,
  search: SearchParams | undefined,
): Promise<ExperimentNode> {
  const found =
    search === undefined
      ? await server.ask(protocol.TRACES_LIST, { offset, limit: PAGE, root })
      : await server.ask(protocol.TRACES_SEARCH, { ...search, root });
  const { source, experimentId, experiment, because, hasMore } = found;
  const traces = found.traces.map((row): TraceNode => ({
    kind: "trace",
    row,
    source,
    experimentId,
  }));
  return { kind: "experiment", name: experiment, root, because, traces, hasMore };
}
