/** The waterfall's panel: the page, what is sent to it, and what a click in it does. */

import { randomBytes } from "node:crypto";

import * as vscode from "vscode";

import { openCode, type Manner } from "../code.ts";
import { counted, duration } from "../figures.ts";
import type { SpanRow } from "../protocol.ts";
import type { Reading, Selection } from "../reading.ts";
import type { Server } from "../server.ts";
import { opensByItself, type SpanTree } from "../spans.ts";
import { extent, longest, type Bar } from "../webview/layout.ts";
import type { FromWaterfall, ToWaterfall } from "../webview/messages.ts";

const MOST_BARS = 10_000;
const BARS_IN_A_MESSAGE = 2000;

export class Waterfall implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private isReady = false;
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly reading: Reading,
  ) {
    this.listening = [
      reading.onOpen((tree) => {
        this.send(tree);
      }),
      reading.onSelect((selection) => {
        this.selected(selection);
      }),
    ];
  }

  /** Show the trace that is read; the panel that is there is used again. */
  open(): void {
    if (this.panel === undefined) this.panel = this.create();
    else this.panel.reveal(undefined, true);
    if (this.reading.current !== undefined) this.send(this.reading.current);
  }

  dispose(): void {
    for (const each of this.listening) each.dispose();
    this.panel?.dispose();
  }

  private create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      "tracegloss.waterfall",
      "Waterfall",
      { viewColumn: vscode.ViewColumn.Active, preserveFocus: false },
      {
        enableScripts: true,
        retainContextWhenHidden: true,
        localResourceRoots: [vscode.Uri.joinPath(this.extension, "dist", "webview")],
      },
    );
    panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "activity.svg");
    this.isReady = false;
    panel.webview.onDidReceiveMessage((message: FromWaterfall) => this.received(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    panel.webview.html = page(panel.webview, this.extension);
    return panel;
  }

  private async received(message: FromWaterfall): Promise<void> {
    const tree = this.reading.current;
    if (message.kind === "ready") {
      this.isReady = true;
      if (tree !== undefined) this.send(tree);
      return;
    }
    if (tree === undefined) return;
    if (message.kind === "all") {
      this.send(tree, Infinity);
      return;
    }
    await this.reading.select(tree.traceId, message.spanId, "waterfall");
    if (!message.open) return;
    await openCode(this.server, tree.traceId, message.spanId, this.beside());
  }

  /** Code opens in the column where code already is, else beside the waterfall. */
  private beside(): Manner {
    const other = vscode.window.visibleTextEditors.find(
      (editor) => editor.viewColumn !== undefined && editor.viewColumn !== this.panel?.viewColumn,
    );
    return { column: other?.viewColumn ?? vscode.ViewColumn.Beside, preserveFocus: true };
  }

  private selected({ row, by }: Selection): void {
    if (by !== "waterfall") this.post({ kind: "select", spanId: row.spanId });
  }

  private send(tree: SpanTree, most = MOST_BARS): void {
    if (this.panel === undefined || !this.isReady) return;
    const every = tree.rows.map(bar);
    const bars = longest(every, most);
    const root = tree.rows[0];
    const isCut = bars.length < every.length;
    this.panel.title = `Waterfall: ${root?.name ?? tree.traceId}`;
    this.post({
      kind: "trace",
      name: root?.name ?? "",
      figures: `${duration(extent(every).to)} · ${counted(every.length, "span")} · ${tree.traceId}`,
      note: `The ${bars.length.toLocaleString("en-US")} longest of ${counted(every.length, "span")} are shown.`,
      isCut,
    });
    for (let from = 0; from === 0 || from < bars.length; from += BARS_IN_A_MESSAGE) {
      const end = from + BARS_IN_A_MESSAGE;
      this.post({ kind: "bars", bars: bars.slice(from, end), isLast: end >= bars.length });
    }
    if (this.reading.span !== undefined)
      this.post({ kind: "select", spanId: this.reading.span.spanId });
  }

  private post(message: ToWaterfall): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }
}

function bar(row: SpanRow): Bar {
  return {
    spanId: row.spanId,
    parentId: row.parentId,
    depth: row.depth,
    name: row.name,
    type: row.type,
    startMs: row.startMs,
    durationMs: row.durationMs ?? 0,
    selfMs: row.selfMs ?? 0,
    isError: row.status === "ERROR",
    isCritical: row.isCritical,
    isMine: opensByItself(row),
    isFinished: row.durationMs !== null,
  };
}

function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const asset = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "webview", name)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <link rel="stylesheet" href="${asset("waterfall.css")}" />
    <title>Waterfall</title>
  </head>
  <body>
    <header>
      <h1 id="title"></h1>
      <p id="figures"></p>
      <form role="search">
        <input id="text" type="search" placeholder="Search spans (/)" aria-label="Search spans" />
        <select id="type" aria-label="Type of span"></select>
        <label><input id="errors" type="checkbox" /> Errors only</label>
        <label><input id="mine" type="checkbox" /> Only my code</label>
      </form>
      <p id="cut" hidden><span id="note"></span> <button id="all" type="button">Show all</button></p>
    </header>
    <main>
      <div id="scroller" tabindex="0" role="application" aria-roledescription="waterfall"
        aria-label="Spans in time: arrows select, Enter opens the code, plus and minus zoom">
        <div id="room"></div>
      </div>
      <canvas id="chart" role="img"></canvas>
    </main>
    <div id="said" role="status" aria-live="polite"></div>
    <script nonce="${nonce}" src="${asset("waterfall.js")}"></script>
  </body>
</html>`;
}
