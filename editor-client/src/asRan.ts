/** The file of a span as it was when the span ran, alone or beside what it is now. */

import * as vscode from "vscode";

import * as protocol from "./protocol.ts";
import type { SpanCode } from "./protocol.ts";
import type { Server } from "./server.ts";

const SCHEME = "tracegloss-as-ran";

/** Serves code as it ran; what was opened is kept while the extension lives. */
export class AsRan implements vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly serving: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.serving = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? "",
    });
  }

  /** Open the file as it ran, at the function of the span. */
  async open(traceId: string, spanId: string): Promise<void> {
    const code = await this.server.ask(protocol.SPAN_CODE, { traceId, spanId });
    const document = await vscode.workspace.openTextDocument(this.documentOf(code));
    const at = new vscode.Position(code.then.startLine, 0);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  }

  /** Compare the file as it ran with the file now. */
  async compare(traceId: string, spanId: string): Promise<void> {
    const code = await this.server.ask(protocol.SPAN_CODE, { traceId, spanId });
    if (code.now === null) {
      vscode.window.setStatusBarMessage(
        "Tracegloss: this function is gone; this is how it ran",
        8000,
      );
      await this.open(traceId, spanId);
      return;
    }
    const now = vscode.Uri.parse(code.now.uri, true);
    const at = new vscode.Position(code.now.startLine, 0);
    const title = `${code.then.qualifiedName}: ${short(code)} and now`;
    const options = { selection: new vscode.Range(at, at) };
    await vscode.commands.executeCommand("vscode.diff", this.documentOf(code), now, title, options);
  }

  dispose(): void {
    this.serving.dispose();
  }

  private documentOf(code: SpanCode): vscode.Uri {
    const { path, commit, cell, text } = code.then;
    const query = JSON.stringify(cell === null ? [commit] : [commit, cell]);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${short(code)}/${path}`, query });
    this.texts.set(uri.toString(), text);
    return uri;
  }
}

function short(code: SpanCode): string {
  return code.then.commit.slice(0, 8);
}
