/** Tells the server whether anybody looks, and has remote stores followed once the view Traces is opened. */

import * as vscode from "vscode";

import * as protocol from "./protocol.ts";
import type { Server } from "./server.ts";

/** Keep the server informed for as long as the extension lives; `traces` is the view of that name. */
export function tellWhoLooks(
  server: Server,
  traces: vscode.TreeView<unknown>,
  findings: vscode.TreeView<unknown>,
): vscode.Disposable {
  let told: boolean | undefined;
  const opened = new Set<string>();
  const tell = (): void => {
    if (!server.isRunning) {
      told = undefined;
      opened.clear();
      return;
    }
    const isVisible = traces.visible || findings.visible || isPythonShown();
    const now = vscode.window.state.focused && isVisible;
    if (now !== told) send(server, protocol.VISIBILITY, { isVisible: now });
    told = now;
    if (traces.visible) follow(server, opened);
  };
  tell();
  return vscode.Disposable.from(
    server.onChange(tell),
    traces.onDidChangeVisibility(tell),
    findings.onDidChangeVisibility(tell),
    vscode.window.onDidChangeWindowState(tell),
    vscode.window.onDidChangeVisibleTextEditors(tell),
  );
}

function isPythonShown(): boolean {
  return vscode.window.visibleTextEditors.some((each) => each.document.languageId === "python");
}

/** Follow each folder's store from when its traces are first looked at; who stops it then is not overruled. */
function follow(server: Server, opened: Set<string>): void {
  if (vscode.workspace.getConfiguration("tracegloss").get<string>("follow") !== "auto") return;
  for (const { root, state, following } of server.statuses) {
    if (opened.has(root) || (state !== "loaded" && state !== "empty" && state !== "pinned"))
      continue;
    opened.add(root);
    if (!following) send(server, protocol.TRACES_FOLLOW, { enabled: true, root });
  }
}

function send<M extends keyof protocol.Requests>(
  server: Server,
  method: M,
  params: protocol.Requests[M]["params"],
): void {
  server.ask(method, params).catch((error: unknown) => {
    server.output.info(String(error));
  });
}
