/** Trace files dropped on the view Traces are opened, from VS Code or from anywhere else. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as vscode from "vscode";

import type { Node } from "./nodes.ts";

const MOST_FILES = 20;

export class DropTraceFiles implements vscode.TreeDragAndDropController<Node>, vscode.Disposable {
  readonly dropMimeTypes = ["text/uri-list", "files"];
  readonly dragMimeTypes: string[] = [];
  private readonly copies: string[] = [];

  /** Files that only a browser has are copied into a folder of the extension's own storage. */
  constructor(private readonly storage: vscode.Uri) {}

  async handleDrop(_target: Node | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const named = await urisIn(dropped);
    const uris = named.length > 0 ? named : await this.copied(dropped);
    for (const uri of uris.slice(0, MOST_FILES))
      await vscode.commands.executeCommand("tracegloss.openTraceFile", uri);
  }

  dispose(): void {
    for (const each of this.copies) void rm(each, { recursive: true, force: true });
  }

  private async copied(dropped: vscode.DataTransfer): Promise<vscode.Uri[]> {
    const uris: vscode.Uri[] = [];
    for (const [, item] of dropped) {
      const file = item.asFile();
      if (file === undefined) continue;
      uris.push(file.uri ?? (await this.copy(file.name, await file.data())));
    }
    return uris;
  }

  /** Traces may hold anything, so that nobody else may read the copy. */
  private async copy(name: string, bytes: Uint8Array): Promise<vscode.Uri> {
    await mkdir(this.storage.fsPath, { recursive: true });
    const folder = await mkdtemp(join(this.storage.fsPath, "dropped-"));
    this.copies.push(folder);
    const path = join(folder, name.replace(/[^\p{L}\p{N}_. -]/gu, "_"));
    await writeFile(path, bytes, { mode: 0o600 });
    return vscode.Uri.file(path);
  }
}

async function urisIn(dropped: vscode.DataTransfer): Promise<vscode.Uri[]> {
  const list = (await dropped.get("text/uri-list")?.asString()) ?? "";
  return list
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => vscode.Uri.parse(line, true));
}
