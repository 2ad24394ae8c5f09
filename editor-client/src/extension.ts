/** Entry point: puts the parts together when VS Code activates the extension. */

import * as vscode from "vscode";

import { AsRan } from "./asRan.ts";
import { commands, openSpanCode } from "./commands.ts";
import { serveDocuments } from "./documents.ts";
import { keepTogether } from "./following.ts";
import { target } from "./links.ts";
import { tellWhoLooks } from "./looking.ts";
import { showMarks } from "./marks.ts";
import { OpenedFiles } from "./opened.ts";
import { Reading } from "./reading.ts";
import { Server } from "./server.ts";
import { Setup } from "./setup.ts";
import { showStatus } from "./status.ts";
import { DropTraceFiles } from "./views/dropping.ts";
import { Findings } from "./views/findings.ts";
import { TraceTree } from "./views/traceTree.ts";
import { Waterfall } from "./views/waterfall.ts";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Tracegloss", { log: true });
  server = new Server(output);
  const opened = new OpenedFiles(server);
  const reading = new Reading(server, opened);
  const setup = new Setup(context, server);
  const tree = new TraceTree(server, reading, opened);
  const dropping = new DropTraceFiles(context.storageUri ?? context.globalStorageUri);
  const view = vscode.window.createTreeView("tracegloss.traces", {
    treeDataProvider: tree,
    dragAndDropController: dropping,
    showCollapseAll: true,
  });
  const waterfall = new Waterfall(context.extensionUri, server, reading);
  const asRan = new AsRan(server);
  const findings = new Findings();
  const findingsView = vscode.window.createTreeView("tracegloss.findings", {
    treeDataProvider: findings,
  });
  const parts = { server, reading, tree, view, waterfall, asRan, opened };
  context.subscriptions.push(
    output,
    server,
    opened,
    dropping,
    reading,
    setup,
    tree,
    view,
    waterfall,
    asRan,
    findings,
  );
  context.subscriptions.push(
    findingsView,
    tellWhoLooks(server, view, findingsView),
    tree.onDidChangeTreeData(() => (view.description = tree.isSearching ? "search" : "")),
    showStatus(server),
    showMarks(reading),
    serveDocuments(server),
    keepTogether(server, reading, tree, view),
    vscode.window.registerUriHandler({
      async handleUri(uri) {
        const asked = target(uri.path, uri.query);
        if (asked === undefined) return;
        if (asked.spanId !== undefined) return openSpanCode(parts, asked.traceId, asked.spanId);
        await reading.open(asked.traceId);
        waterfall.open();
      },
    }),
  );
  for (const [name, run] of Object.entries({ ...commands(parts), ...setup.commands() }))
    context.subscriptions.push(register(name, run as (...given: unknown[]) => unknown, output));
  await setup.begin();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Register a command; what it could not do is said in one sentence. */
function register(
  name: string,
  run: (...given: unknown[]) => unknown,
  output: vscode.OutputChannel,
): vscode.Disposable {
  return vscode.commands.registerCommand(`tracegloss.${name}`, async (...given: unknown[]) => {
    try {
      await run(...given);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      output.appendLine(`${name}: ${said}`);
      void vscode.window.showWarningMessage(`Tracegloss: ${said}`);
    }
  });
}
