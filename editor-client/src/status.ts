/** The status bar item, and the context keys that decide which commands are offered. */

import * as vscode from "vscode";

import type { Server } from "./server.ts";
import { shown, weightiest } from "./states.ts";

/** Show the state of the server in the status bar for as long as the extension lives. */
export function showStatus(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("tracegloss", vscode.StatusBarAlignment.Left, 10);
  item.name = "Tracegloss";
  const show = (): void => {
    setContext(server);
    const what = shown(server.state, server.statuses);
    if (what === undefined) {
      item.hide();
      return;
    }
    item.text = `$(list-tree) ${what.text}`;
    item.tooltip = what.tooltip;
    item.command = what.command;
    item.backgroundColor = what.isWarning
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    item.accessibilityInformation = { label: `${what.text}. ${what.tooltip}` };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, server.onChange(show));
}

function setContext(server: Server): void {
  const status = weightiest(server.statuses);
  const keys: Record<string, unknown> = {
    "tracegloss.isRunning": server.isRunning,
    "tracegloss.needsPython": server.state === "no-python",
    "tracegloss.state": server.isRunning ? (status?.state ?? "hidden") : server.state,
    "tracegloss.isPinned": status?.state === "pinned",
  };
  for (const [key, value] of Object.entries(keys))
    void vscode.commands.executeCommand("setContext", key, value);
}
