/** The view Traces: days, traces, spans; asks the server for no more than is looked at. */

import * as vscode from "vscode";

import { clock, counted as counting, dayOf } from "../figures.ts";
import * as protocol from "../protocol.ts";
import type { SearchParams, SpanRow, TraceRow } from "../protocol.ts";
import type { Reading } from "../reading.ts";
import type { Server } from "../server.ts";
import { below, counted, opensByItself, type SpanTree } from "../spans.ts";
import { experimentItem, foldedItem, moreItem, spanItem, traceItem } from "./items.ts";

const PAGE = 100;

export interface TraceNode {
  kind: "trace";
  row: TraceRow;
  source: string;
  experimentId: string;
}

export interface SpanNode {
  kind: "span";
  tree: SpanTree;
  row: SpanRow;
}

/** One experiment of one folder, with the traces that were asked for so far. */
export interface ExperimentNode {
  kind: "experiment";
  name: string;
  root: string;
  because: string;
  traces: TraceNode[];
  hasMore: boolean;
}

export type Node =
  | ExperimentNode
  | { kind: "day"; label: string; traces: TraceNode[] }
  | TraceNode
  | SpanNode
  | { kind: "folded"; tree: SpanTree; rows: SpanRow[] }
  | { kind: "more"; experiment: ExperimentNode };

export class TraceTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  private experiments: ExperimentNode[] = [];
  private isFresh = false;
  private search: SearchParams | undefined;
  private readonly nodes = new Map<string, Node>();
  private readonly parents = new Map<Node, Node>();

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly reading: Reading,
  ) {}

  /** Show all traces, or those that a search finds. */
  show(search: SearchParams | undefined): void {
    this.search = search;
    this.refresh();
  }

  /** Ask for the traces again. */
  refresh(): void {
    this.isFresh = false;
    this.changed.fire(undefined);
  }

  /** Whether what is shown is what a search found. */
  get isSearching(): boolean {
    return this.search !== undefined;
  }

  /** Show the next page of an experiment's traces. */
  async more(node: Node): Promise<void> {
    if (node.kind !== "more") return;
    const { experiment } = node;
    const page = await this.page(experiment.root, experiment.traces.length);
    experiment.traces.push(...page.traces);
    experiment.hasMore = page.hasMore;
    this.changed.fire(experiment);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "experiment":
        return experimentItem(node, this.experiments.length > 1);
      case "day":
        return new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded);
      case "trace":
        return traceItem(node.row);
      case "span":
        return spanItem(node.tree, node.row, hasChildren(node.tree, node.row.spanId));
      case "folded":
        return foldedItem(counting(counted(node.tree, node.rows), "library span"));
      case "more":
        return moreItem(node);
    }
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return this.listed();
    switch (node.kind) {
      case "experiment":
        return this.under(node, this.days(node));
      case "day":
        return this.under(node, node.traces);
      case "trace":
        return this.spans(node, await this.reading.open(node.row.traceId), null);
      case "span":
        return this.spans(node, node.tree, node.row.spanId);
      case "folded":
        return this.under(
          node,
          node.rows.map((row) => this.spanNode(node.tree, row)),
        );
      case "more":
        return [];
    }
  }

  getParent(node: Node): Node | undefined {
    return this.parents.get(node);
  }

  /** Find the node of a span, its parents included; `undefined` when its trace is not listed. */
  async find(tree: SpanTree, row: SpanRow): Promise<Node | undefined> {
    const trace = this.experiments
      .flatMap((each) => each.traces)
      .find((each) => each.row.traceId === tree.traceId);
    if (trace === undefined) return undefined;
    const path: SpanRow[] = [];
    let at: SpanRow | undefined = row;
    while (at !== undefined) {
      path.unshift(at);
      at = at.parentId === null ? undefined : tree.byId.get(at.parentId);
    }
    let node: Node = trace;
    for (const each of path) {
      const children: Node[] = await this.getChildren(node);
      const folded = children.find((one) => one.kind === "folded" && one.rows.includes(each));
      if (folded !== undefined) await this.getChildren(folded);
      node = this.spanNode(tree, each);
    }
    return node;
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async listed(): Promise<Node[]> {
    if (!this.server.isRunning) return [];
    if (!this.isFresh) {
      this.experiments = await this.ask();
      this.isFresh = true;
      // A trace's way to the top is known before it is shown, for it may be revealed at once.
      for (const each of this.experiments) this.under(each, this.days(each));
    }
    return this.experiments;
  }

  private days(experiment: ExperimentNode): Node[] {
    const now = Date.now();
    const days = new Map<string, TraceNode[]>();
    for (const trace of experiment.traces) {
      const label = dayOf(trace.row.timeMs, now);
      days.set(label, [...(days.get(label) ?? []), trace]);
    }
    const nodes = [...days].map(([label, traces]): Node => {
      const day: Node = { kind: "day", label, traces };
      this.under(day, traces);
      return day;
    });
    return experiment.hasMore ? [...nodes, { kind: "more", experiment }] : nodes;
  }

  /** Ask for the traces of every folder that has some; what cannot be had is left out. */
  private async ask(): Promise<ExperimentNode[]> {
    const roots = this.server.statuses
      .filter((status) => status.state !== "hidden" && status.state !== "indexing")
      .map((status) => status.root);
    const asked = await Promise.allSettled(roots.map((root) => this.page(root, 0)));
    const found: ExperimentNode[] = [];
    for (const each of asked) {
      if (each.status === "fulfilled") found.push(each.value);
      // The status bar and the welcome text say what is wrong.
      else this.server.output.info(String(each.reason));
    }
    return found.filter((each) => each.traces.length > 0);
  }

  private async page(root: string, offset: number): Promise<ExperimentNode> {
    const found =
      this.search === undefined
        ? await this.server.ask(protocol.TRACES_LIST, { offset, limit: PAGE, root })
        : await this.server.ask(protocol.TRACES_SEARCH, { ...this.search, root });
    const { source, experimentId, experiment, because, hasMore } = found;
    const traces = found.traces.map((row): TraceNode => ({
      kind: "trace",
      row,
      source,
      experimentId,
    }));
    return { kind: "experiment", name: experiment, root, because, traces, hasMore };
  }

  private spans(parent: Node, tree: SpanTree, spanId: string | null): Node[] {
    const { shown, folded } = below(tree, spanId);
    const nodes: Node[] = shown.map((row) => this.spanNode(tree, row));
    if (folded.length > 0) nodes.push({ kind: "folded", tree, rows: folded });
    return this.under(parent, nodes);
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

/** Name a trace for people: its name and when it ran. */
export function titleOf(row: TraceRow): string {
  const at = row.timeMs === null ? "" : ` ${clock(row.timeMs)}`;
  return `${row.name === "" ? row.traceId : row.name}${at}`;
}

/** Tell whether a click on a span opens code. */
export function opens(node: SpanNode): boolean {
  return opensByItself(node.row);
}

function hasChildren(tree: SpanTree, spanId: string): boolean {
  return (tree.children.get(spanId)?.length ?? 0) > 0;
}
