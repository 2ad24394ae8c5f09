/** The trace that is being read and the span selected in it, shared by tree, waterfall and editor. */

import * as vscode from "vscode";

import type { OpenedFiles } from "./opened.ts";
import * as protocol from "./protocol.ts";
import type { SpanRow } from "./protocol.ts";
import type { Server } from "./server.ts";
import { spanTree, type SpanTree } from "./spans.ts";

const PAGE = 500;
const MOST_SPANS = 100_000;
const MOST_KEPT = 4;

/** Who selected: whoever did needs not be told again. */
export type Selector = "tree" | "waterfall" | "editor" | "command";

export interface Selection {
  tree: SpanTree;
  row: SpanRow;
  by: Selector;
}

export class Reading implements vscode.Disposable {
  private readonly kept = new Map<string, Promise<SpanTree>>();
  private readonly opened = new vscode.EventEmitter<SpanTree>();
  private readonly selected = new vscode.EventEmitter<Selection>();
  private readonly roots = new Map<string, string>();
  private tree: SpanTree | undefined;
  private row: SpanRow | undefined;

  readonly onOpen = this.opened.event;
  readonly onSelect = this.selected.event;

  constructor(
    private readonly server: Server,
    private readonly files: OpenedFiles,
  ) {}

  get current(): SpanTree | undefined {
    return this.tree;
  }

  get span(): SpanRow | undefined {
    return this.row;
  }

  /** Read all spans of a trace, loading it first when the server has not; kept for a while. */
  spans(traceId: string): Promise<SpanTree> {
    const known = this.kept.get(traceId);
    if (known !== undefined) return known;
    const asked = this.read(traceId);
    this.kept.set(traceId, asked);
    asked.catch(() => this.kept.delete(traceId));
    const oldest = this.kept.keys().next();
    if (this.kept.size > MOST_KEPT && oldest.done !== true) this.kept.delete(oldest.value);
    return asked;
  }

  /** Make a trace the one that is read. */
  async open(traceId: string): Promise<SpanTree> {
    const tree = await this.spans(traceId);
    if (this.tree !== tree) {
      if (this.tree?.traceId !== traceId) this.row = undefined;
      this.tree = tree;
      await vscode.commands.executeCommand("setContext", "tracegloss.hasTrace", true);
      this.opened.fire(tree);
    }
    return tree;
  }

  /** Select a span of a trace, which becomes the one that is read. */
  async select(traceId: string, spanId: string, by: Selector): Promise<SpanRow | undefined> {
    const tree = await this.open(traceId);
    const row = tree.byId.get(spanId);
    if (row === undefined) return undefined;
    if (this.row !== row || by === "command") {
      this.row = row;
      this.selected.fire({ tree, row, by });
    }
    return row;
  }

  /** Note which folder a trace is listed under. */
  listedUnder(traceId: string, root: string): void {
    this.roots.set(traceId, root);
  }

  /** Ask about a trace in the folder that it is listed under; one of no list, in the first that knows it. */
  async inItsFolder(traceId: string, ask: (root: string) => Promise<unknown>): Promise<void> {
    const known = this.roots.get(traceId);
    const every = this.server.statuses.map((status) => status.root);
    let failed: unknown = new Error("No folder is open.");
    for (const root of known === undefined ? every : [known]) {
      try {
        await ask(root);
        return;
      } catch (error) {
        failed = error;
      }
    }
    throw failed;
  }

  /** Read spans anew the next time: they may lie elsewhere by now. */
  forget(): void {
    this.kept.clear();
  }

  dispose(): void {
    this.opened.dispose();
    this.selected.dispose();
  }

  private async read(traceId: string): Promise<SpanTree> {
    const first = await this.firstPage(traceId);
    const rows = [...first.rows];
    while (rows.length < Math.min(first.total, MOST_SPANS)) {
      const page = await this.page(traceId, rows.length);
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
    return spanTree(traceId, rows);
  }

  private async firstPage(traceId: string): Promise<protocol.TracePage> {
    try {
      return await this.page(traceId, 0);
    } catch {
      if (!(await this.files.readAgain(traceId))) await this.load(traceId);
      return this.page(traceId, 0);
    }
  }

  private async load(traceId: string): Promise<void> {
    await this.inItsFolder(traceId, (root) =>
      this.server.ask(protocol.TRACES_LOAD, { traceIds: [traceId], root }),
    );
  }

  private page(traceId: string, offset: number): Promise<protocol.TracePage> {
    return this.server.ask(protocol.TRACE_SPANS, { traceId, offset, limit: PAGE });
  }
}
