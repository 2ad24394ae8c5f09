/** The trace files that were opened: which traces each holds, and how to read one of them anew. */

import * as vscode from "vscode";

import * as protocol from "./protocol.ts";
import type { TraceRow } from "./protocol.ts";
import type { Server } from "./server.ts";

/** A trace file with what its traces look like in a list. */
export interface OpenedFile {
  uri: vscode.Uri;
  traces: TraceRow[];
}

export class OpenedFiles implements vscode.Disposable {
  private readonly files = new Map<string, OpenedFile>();
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly listening: vscode.Disposable;
  private wasRunning = false;

  readonly onChange = this.changed.event;

  constructor(private readonly server: Server) {
    this.listening = server.onChange(() => {
      const isNew = server.isRunning && !this.wasRunning;
      this.wasRunning = server.isRunning;
      if (isNew) void this.openAgain();
    });
  }

  /** Every file that was opened, the newest first. */
  get every(): OpenedFile[] {
    return [...this.files.values()].reverse();
  }

  /** Lay the traces of a file on the code; gives their ids. */
  async open(uri: vscode.Uri): Promise<string[]> {
    const answer = await this.server.ask(protocol.OPEN_TRACE_FILE, { uri: uri.toString() });
    this.files.delete(uri.toString());
    this.files.set(uri.toString(), { uri, traces: answer.traces });
    this.changed.fire(undefined);
    return answer.traceIds;
  }

  /** Read a trace that the server no longer has from its file; tells whether it is of one. */
  async readAgain(traceId: string): Promise<boolean> {
    const file = this.every.find((each) => each.traces.some((row) => row.traceId === traceId));
    if (file !== undefined) await this.open(file.uri);
    return file !== undefined;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }

  /** A server that was started anew knows of no file. */
  private async openAgain(): Promise<void> {
    for (const { uri } of [...this.files.values()])
      await this.open(uri).catch((error: unknown) => {
        this.server.output.warn(`${uri.fsPath}: ${String(error)}`);
      });
  }
}
