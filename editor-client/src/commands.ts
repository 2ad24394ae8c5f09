/** Every command that is about traces and spans, each a function of what it is called on. */

import * as vscode from "vscode";

import type { AsRan } from "./asRan.ts";
import { HERE, openCode, openPlace } from "./code.ts";
import { spanUri } from "./documents.ts";
import { duration } from "./figures.ts";
import { mlflowAddress } from "./links.ts";
import * as protocol from "./protocol.ts";
import type { OpenedFiles } from "./opened.ts";
import type { Reading } from "./reading.ts";
import { HELP, searchOf } from "./searching.ts";
import type { Server } from "./server.ts";
import { spansAt, step } from "./spans.ts";
import type { Node, TraceTree } from "./views/traceTree.ts";
import type { Waterfall } from "./views/waterfall.ts";

/** What the commands work on. */
export interface Parts {
  server: Server;
  reading: Reading;
  tree: TraceTree;
  view: vscode.TreeView<Node>;
  waterfall: Waterfall;
  asRan: AsRan;
  opened: OpenedFiles;
}

/** Give every command by its name; names are those of `package.json`. */
export function commands(parts: Parts): Record<string, (...given: never[]) => unknown> {
  const { server, reading, tree, waterfall } = parts;
  return {
    showExplorer: () => vscode.commands.executeCommand("tracegloss.traces.focus"),
    refreshTraces: () => {
      reading.forget();
      tree.refresh();
    },
    moreTraces: (node: Node) => tree.more(node),
    searchTraces: () => search(parts),
    clearSearch: () => showSearch(parts, undefined),
    openTraceFile: (uri?: vscode.Uri) => openTraceFile(parts, uri),
    openTrace: () => openTrace(parts),
    openWaterfall: async (node?: Node) => {
      if (node?.kind === "trace") await reading.open(node.row.traceId);
      waterfall.open();
    },
    openSpanCode: (traceId: string, spanId: string) => openSpanCode(parts, traceId, spanId),
    // Links in hovers and lenses stand in the code already: they open what was recorded.
    showSpan: (traceId: string, spanId: string) => openSpan(parts, traceId, spanId),
    showStack: (traceId: string, spanId: string) => openSpan(parts, traceId, spanId),
    goToCode: (node: Node) =>
      node.kind === "span" ? openCode(server, node.tree.traceId, node.row.spanId, HERE) : undefined,
    openInputs: (node: Node) =>
      node.kind === "span" ? openSpan(parts, node.tree.traceId, node.row.spanId) : undefined,
    openAsRan: (from?: Node | string, spanId?: string) =>
      withSpan(parts, from, spanId, (...ids) => parts.asRan.open(...ids)),
    compareAsRan: (from?: Node | string, spanId?: string) =>
      withSpan(parts, from, spanId, (...ids) => parts.asRan.compare(...ids)),
    pin: (node: Node) => pin(parts, node),
    releasePinned: () => releasePinned(parts),
    toggleFollow: () => toggleFollow(server),
    copyTraceId: (node: Node) => copy(traceIdOf(node)),
    copySpanId: (node: Node) => copy(node.kind === "span" ? node.row.spanId : undefined),
    openInMlflow: (node?: Node) => openInMlflow(parts, node),
    nextSpan: () => walk(parts, 1),
    previousSpan: () => walk(parts, -1),
    peekSpans: () => peekSpans(parts),
  };
}

/** Select a span and open its code. */
export async function openSpanCode(parts: Parts, traceId: string, spanId: string): Promise<void> {
  await parts.reading.select(traceId, spanId, "tree");
  await openCode(parts.server, traceId, spanId, HERE);
}

async function search(parts: Parts): Promise<void> {
  const line = await vscode.window.showInputBox({
    title: "Search traces",
    prompt: HELP,
    validateInput: (text) => {
      const found = searchOf(text, Date.now());
      return typeof found === "string" ? found : undefined;
    },
  });
  if (line === undefined) return;
  const found = searchOf(line, Date.now());
  if (typeof found !== "string") await showSearch(parts, line.trim() === "" ? undefined : found);
}

async function showSearch(parts: Parts, search: protocol.SearchParams | undefined): Promise<void> {
  await vscode.commands.executeCommand(
    "setContext",
    "tracegloss.isSearching",
    search !== undefined,
  );
  parts.tree.show(search);
}

async function openTraceFile(parts: Parts, given?: vscode.Uri): Promise<void> {
  const chosen =
    given ??
    (
      await vscode.window.showOpenDialog({
        title: "Open trace file",
        filters: { "MLflow traces": ["json", "jsonl"] },
      })
    )?.[0];
  if (chosen === undefined) return;
  const [first] = await parts.opened.open(chosen);
  if (first === undefined) return;
  await parts.reading.open(first);
  parts.waterfall.open();
  const node = await parts.tree.trace(first);
  if (node !== undefined)
    await parts.view.reveal(node, { select: true, focus: false, expand: true });
}

async function openTrace(parts: Parts): Promise<void> {
  const typed = await vscode.window.showInputBox({ title: "Open trace", prompt: "A trace id" });
  if (typed === undefined || typed.trim() === "") return;
  await parts.reading.open(typed.trim());
  parts.waterfall.open();
}

async function openSpan(parts: Parts, traceId: string, spanId: string): Promise<void> {
  const row = await parts.reading.select(traceId, spanId, "tree");
  const document = await vscode.workspace.openTextDocument(
    spanUri(traceId, spanId, row?.name ?? "span"),
  );
  await vscode.window.showTextDocument(document, { preview: true });
}

/** Pin a trace; one that the server no longer has is read first. */
async function pin({ reading, server, tree }: Parts, node: Node): Promise<void> {
  if (node.kind !== "trace") return;
  const { traceId } = node.row;
  if (node.source === "") await reading.spans(traceId);
  await reading.inItsFolder(traceId, (root) =>
    server.ask(protocol.TRACES_PIN, { traceIds: [traceId], root }),
  );
  tree.refresh();
}

async function releasePinned(parts: Parts): Promise<void> {
  for (const { root, pinned } of parts.server.statuses)
    if (pinned.length > 0) await parts.server.ask(protocol.TRACES_RELEASE, { root });
  parts.tree.refresh();
}

async function toggleFollow(server: Server): Promise<void> {
  const following = !server.statuses.some((status) => status.following);
  for (const { root } of server.statuses)
    await server.ask(protocol.TRACES_FOLLOW, { enabled: following, root });
  const said = following ? "new traces appear by themselves" : "new traces are not looked for";
  vscode.window.setStatusBarMessage(`Tracegloss: ${said}`, 5000);
}

async function openInMlflow(parts: Parts, node?: Node): Promise<void> {
  const traceId = node === undefined ? parts.reading.current?.traceId : traceIdOf(node);
  if (traceId === undefined) return;
  const { source, experimentId } = await storeOf(parts, traceId);
  const address = mlflowAddress(source, experimentId, traceId);
  if (address === undefined) {
    const said = "these traces are in no server that has a page for them";
    vscode.window.setStatusBarMessage(`Tracegloss: ${said}`, 8000);
    return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(address, true));
}

/** The store a trace is in: that of its list, else of the first folder; none for one of a file. */
async function storeOf(
  parts: Parts,
  traceId: string,
): Promise<{ source: string; experimentId: string }> {
  const listed = await parts.tree.trace(traceId);
  return listed ?? parts.server.ask(protocol.TRACES_LIST, { limit: 1 });
}

async function walk(parts: Parts, direction: 1 | -1): Promise<void> {
  const tree = parts.reading.current;
  if (tree === undefined) return;
  const row = step(tree, parts.reading.span?.spanId, direction);
  if (row?.place == null) return;
  await parts.reading.select(tree.traceId, row.spanId, "command");
  await openPlace(row.place, HERE);
  vscode.window.setStatusBarMessage(`${row.name} · ${duration(row.durationMs)}`, 5000);
}

async function peekSpans(parts: Parts): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const tree = parts.reading.current ?? (await newest(parts));
  if (tree === undefined) return;
  const { document, selection } = editor;
  const lines = document.getText().split("\n");
  const found = spansAt(tree, document.uri.toString(), selection.active.line, lines);
  if (found.length === 0) {
    vscode.window.setStatusBarMessage("Tracegloss: this trace did not come by here", 5000);
    return;
  }
  const at = new vscode.Position(0, 0);
  const locations = found
    .slice(0, 50)
    .map((row) => new vscode.Location(spanUri(tree.traceId, row.spanId, row.name), at));
  await vscode.commands.executeCommand(
    "editor.action.peekLocations",
    document.uri,
    selection.active,
    locations,
    "peek",
  );
}

async function newest(parts: Parts): Promise<Parts["reading"]["current"]> {
  const { traces } = await parts.server.ask(protocol.TRACES_LIST, { limit: 1 });
  const first = traces[0];
  return first === undefined ? undefined : parts.reading.open(first.traceId);
}

/** Do something with the span of a row, or with the one that is selected. */
/** Act on a span: of a node of the tree, of the ids in a link, else the selected one. */
async function withSpan(
  parts: Parts,
  from: Node | string | undefined,
  spanId: string | undefined,
  act: (traceId: string, spanId: string) => Promise<void>,
): Promise<void> {
  if (typeof from === "string") return act(from, spanId ?? "");
  if (from?.kind === "span") return act(from.tree.traceId, from.row.spanId);
  const { current, span } = parts.reading;
  if (current === undefined || span === undefined) throw new Error("Select a span first.");
  return act(current.traceId, span.spanId);
}

function traceIdOf(node: Node): string | undefined {
  if (node.kind === "trace") return node.row.traceId;
  return node.kind === "span" ? node.tree.traceId : undefined;
}

async function copy(text: string | undefined): Promise<void> {
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
}
