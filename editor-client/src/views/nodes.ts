/** What stands in the view Traces: experiments and files, days, traces, spans, and long lists in parts. */

import type * as vscode from "vscode";

import type { SpanRow, TraceRow } from "../protocol.ts";
import type { SpanTree } from "../spans.ts";

export interface TraceNode {
  kind: "trace";
  row: TraceRow;
  /** The tracking store it is in; empty for a trace of a file. */
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

/** A trace file that was opened. */
export interface FileNode {
  kind: "file";
  uri: vscode.Uri;
  traces: TraceNode[];
}

/** Some of very many siblings; `from` counts from 0. */
export interface PartNode {
  kind: "part";
  id: string;
  tree: SpanTree;
  rows: SpanRow[];
  from: number;
}

/** Siblings that libraries made. */
export interface FoldedNode {
  kind: "folded";
  id: string;
  tree: SpanTree;
  rows: SpanRow[];
}

export type Node =
  | ExperimentNode
  | FileNode
  | { kind: "day"; label: string; traces: TraceNode[] }
  | TraceNode
  | SpanNode
  | PartNode
  | FoldedNode
  | { kind: "more"; experiment: ExperimentNode };
