/** Trace files dropped on the view Traces are opened. */

import * as vscode from "vscode";

import type { Node } from "./traceTree.ts";

export class DropTraceFiles implements vscode.TreeDragAndDropController<Node> {
  readonly dropMimeTypes = ["text/uri-list"];
  readonly dragMimeTypes: string[] = [];

  async handleDrop(_target: Node | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const list = await dropped.get("text/uri-list")?.asString();
    for (const line of (list ?? "").split(/\r?\n/)) {
      if (line === "") continue;
      const uri = vscode.Uri.parse(line, true);
      await vscode.commands.executeCommand("tracegloss.openTraceFile", uri);
    }
  }
}
