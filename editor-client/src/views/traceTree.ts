/** The view Traces: files, experiments, days, traces, spans; asks the server for no more than is looked at. */

import * as vscode from "vscode";

import { counted as counting, dayOf } from "../figures.ts";
import type { OpenedFiles } from "../opened.ts";
import type { SearchParams, SpanRow, TraceRow } from "../protocol.ts";
import type { Reading } from "../reading.ts";
import type { Server } from "../server.ts";
import { below, counted, inParts, type SpanTree } from "../spans.ts";
import * as items from "./items.ts";
import { experiments, more } from "./listing.ts";
import type { ExperimentNode, FileNode, FoldedNode, Node, PartNode, TraceNode } from "./nodes.ts";

export type { Node } from "./nodes.ts";

export class TraceTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  private readonly listening: vscode.Disposable;
  private listing: Promise<ExperimentNode[]> | undefined;
  private top: (ExperimentNode | FileNode)[] = [];
  private search: SearchParams | undefined;
  private readonly nodes = new Map<string, Node>();
  private readonly parents = new WeakMap<Node, Node>();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly reading: Reading,
    private readonly opened: OpenedFiles,
  ) {
    this.listening = opened.onChange(() => {
      this.refresh();
    });
  }

  /** Show all traces, or those that a search finds. */
  show(search: SearchParams | undefined): void {
    this.search = search;
    this.refresh();
  }

  /** Ask for the traces again. */
  refresh(): void {
    this.listing = undefined;
    this.nodes.clear();
    this.changed.fire(undefined);
  }

  /** Whether what is shown is what a search found. */
  get isSearching(): boolean {
    return this.search !== undefined;
  }

  /** Show the next page of an experiment's traces. */
  async more(node: Node): Promise<void> {
    if (node.kind !== "more") return;
    await more(this.server, node.experiment, this.search);
    for (const { row } of node.experiment.traces)
      this.reading.listedUnder(row.traceId, node.experiment.root);
    this.changed.fire(node.experiment);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "experiment":
        return items.experimentItem(
          node,
          this.top.filter((one) => one.kind === node.kind).length > 1,
        );
      case "file":
        return items.fileItem(node);
      case "day":
        return items.dayItem(node.label);
      case "trace":
        return items.traceItem(this.asPinnedNow(node.row));
      case "span":
        return items.spanItem(node.tree, node.row, node.tree.children.has(node.row.spanId));
      case "part":
        return items.partItem(node);
      case "folded":
        return items.foldedItem(node.id, counting(counted(node.tree, node.rows), "library span"));
      case "more":
        return items.moreItem(node);
    }
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return this.listed();
    switch (node.kind) {
      case "experiment":
        return this.under(node, this.days(node));
      case "file":
      case "day":
        return this.under(node, node.traces);
      case "trace":
        return this.below(node, await this.reading.open(node.row.traceId), null);
      case "span":
        return this.below(node, node.tree, node.row.spanId);
      case "part":
        return this.under(
          node,
          node.rows.map((row) => this.spanNode(node.tree, row)),
        );
      case "folded":
        return this.under(node, this.spans(node.tree, node.id, node.rows));
      case "more":
        return [];
    }
  }

  getParent(node: Node): Node | undefined {
    return this.parents.get(node);
  }

  /** Find a trace among those that are listed. */
  async trace(traceId: string): Promise<TraceNode | undefined> {
    await this.listed();
    return this.top.flatMap((each) => each.traces).find((each) => each.row.traceId === traceId);
  }

  /** Find the node of a span, its parents included; `undefined` when its trace is not listed. */
  async find(tree: SpanTree, row: SpanRow): Promise<Node | undefined> {
    const path: SpanRow[] = [];
    let at: SpanRow | undefined = row;
    while (at !== undefined) {
      path.unshift(at);
      at = at.parentId === null ? undefined : tree.byId.get(at.parentId);
    }
    let node: Node | undefined = await this.trace(tree.traceId);
    for (const each of path) {
      if (node === undefined) return undefined;
      await this.childrenWith(node, each);
      node = this.spanNode(tree, each);
    }
    return node;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }

  /** Make the nodes below one down to a span, through the groups that it stands in. */
  private async childrenWith(node: Node, row: SpanRow): Promise<void> {
    const around = (await this.getChildren(node)).find(
      (one) => (one.kind === "folded" || one.kind === "part") && one.rows.includes(row),
    );
    if (around !== undefined) await this.childrenWith(around, row);
  }

  private async listed(): Promise<Node[]> {
    if (!this.server.isRunning) return [];
    const listing = (this.listing ??= experiments(this.server, this.search));
    const found = await listing;
    if (listing === this.listing) {
      this.top = [...(this.isSearching ? [] : this.files()), ...found];
      // A trace's way to the top is known before it is shown, for it may be revealed at once.
      for (const each of this.top) {
        this.under(each, each.kind === "file" ? each.traces : this.days(each));
        if (each.kind === "file") continue;
        for (const { row } of each.traces) this.reading.listedUnder(row.traceId, each.root);
      }
    }
    return this.top;
  }

  private files(): FileNode[] {
    return this.opened.every.map(({ uri, traces }) => ({
      kind: "file",
      uri,
      traces: traces.map((row) => ({ kind: "trace", row, source: "", experimentId: "" })),
    }));
  }

  private days(experiment: ExperimentNode): Node[] {
    const now = Date.now();
    const days = new Map<string, TraceNode[]>();
    for (const trace of experiment.traces) {
      const label = dayOf(trace.row.timeMs, now);
      const others = days.get(label);
      if (others === undefined) days.set(label, [trace]);
      else others.push(trace);
    }
    const nodes = [...days].map(([label, traces]): Node => {
      const day: Node = { kind: "day", label, traces };
      this.under(day, traces);
      return day;
    });
    return experiment.hasMore ? [...nodes, { kind: "more", experiment }] : nodes;
  }

  /** Rows of files were written when they were opened; what is pinned, the status knows. */
  private asPinnedNow(row: TraceRow): TraceRow {
    const isPinned = this.server.statuses.some((each) => each.pinned.includes(row.traceId));
    return { ...row, isPinned };
  }

  private below(parent: Node, tree: SpanTree, spanId: string | null): Node[] {
    const { shown, folded } = below(tree, spanId);
    const id = `${tree.traceId} ${spanId ?? ""}`;
    const nodes = this.spans(tree, id, shown);
    if (folded.length > 0)
      nodes.push(this.group({ kind: "folded", id: `${id} folded`, tree, rows: folded }));
    return this.under(parent, nodes);
  }

  /** Spans beside each other; when they are very many, in parts. */
  private spans(tree: SpanTree, id: string, rows: SpanRow[]): Node[] {
    const parts = inParts(rows);
    if (parts.length === 1) return rows.map((row) => this.spanNode(tree, row));
    return parts.map((part) =>
      this.group({ kind: "part", id: `${id} from ${part.from}`, tree, ...part }),
    );
  }

  /** The same group is the same node, for VS Code knows nodes by identity. */
  private group(node: PartNode | FoldedNode): Node {
    const known = this.nodes.get(node.id);
    if (known !== undefined && "tree" in known && known.tree === node.tree) return known;
    this.nodes.set(node.id, node);
    return node;
  }

  private spanNode(tree: SpanTree, row: SpanRow): Node {
    const key = `${tree.traceId} ${row.spanId}`;
    const known = this.nodes.get(key);
    if (known?.kind === "span" && known.row === row) return known;
    const node: Node = { kind: "span", tree, row };
    this.nodes.set(key, node);
    return node;
  }

  private under(parent: Node, children: Node[]): Node[] {
    for (const child of children) this.parents.set(child, parent);
    return children;
  }
}
