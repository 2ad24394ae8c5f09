/** How traces and spans look in a tree: icon, label, figures, tooltip, what may be done with them. */

import * as vscode from "vscode";

import { clock, counted, duration } from "../figures.ts";
import type { SpanRow, TraceRow } from "../protocol.ts";
import type { SpanTree } from "../spans.ts";
import type { ExperimentNode, FileNode, Node, PartNode } from "./nodes.ts";

const ICONS: Record<string, string> = {
  AGENT: "robot",
  CHAIN: "link",
  CHAT_MODEL: "comment-discussion",
  EMBEDDING: "symbol-array",
  EVALUATOR: "checklist",
  GUARDRAIL: "shield",
  LLM: "comment-discussion",
  MEMORY: "database",
  PARSER: "symbol-structure",
  RERANKER: "list-ordered",
  RETRIEVER: "search",
  TASK: "tasklist",
  TOOL: "tools",
  WORKFLOW: "type-hierarchy",
};

export function traceItem(row: TraceRow): vscode.TreeItem {
  const item = new vscode.TreeItem(
    row.name === "" ? row.traceId : row.name,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = row.traceId;
  item.iconPath = traceIcon(row);
  const figures = [
    ...(row.timeMs === null ? [] : [clock(row.timeMs)]),
    // Only a trace that says so is not finished: of others the duration may be missing.
    ...(row.durationMs === null && row.state !== "IN_PROGRESS" ? [] : [duration(row.durationMs)]),
    ...(row.tokens === null ? [] : [counted(row.tokens, "token")]),
    ...(row.isPinned ? ["pinned"] : []),
    ...(row.isForeign ? ["other repository"] : []),
  ];
  item.description = figures.join(" · ");
  item.tooltip = [
    `${row.traceId}, ${row.state}`,
    ...(row.request === "" ? [] : [`in: ${row.request}`]),
    ...(row.response === "" ? [] : [`out: ${row.response}`]),
    ...(row.assessments === 0 ? [] : [counted(row.assessments, "assessment")]),
  ].join("\n");
  item.contextValue = row.isPinned ? "trace-pinned" : "trace";
  item.accessibilityInformation = {
    label: `trace ${row.name}, ${row.state.toLowerCase()}, ${item.description}`,
  };
  return item;
}

function traceIcon(row: TraceRow): vscode.ThemeIcon {
  if (row.isForeign)
    return new vscode.ThemeIcon("repo", new vscode.ThemeColor("disabledForeground"));
  if (row.state === "ERROR")
    return new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
  return new vscode.ThemeIcon(row.state === "IN_PROGRESS" ? "sync" : "pass");
}

export function spanItem(tree: SpanTree, row: SpanRow, hasChildren: boolean): vscode.TreeItem {
  const state = hasChildren
    ? row.depth < 1
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed
    : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(row.name, state);
  item.id = `${tree.traceId} ${row.spanId}`;
  item.iconPath = spanIcon(row);
  const sure = row.confidence === "exact" || row.confidence === "strong" ? "" : unsure(row);
  item.description = [duration(row.durationMs), ...(sure === "" ? [] : [sure])].join(" · ");
  item.tooltip = `${row.type} span, ${row.status}\n${whereabouts(row)}`;
  item.contextValue = row.place === null ? "span" : "span-placed";
  item.command = {
    command: "tracegloss.openSpanCode",
    title: "Go to Code",
    arguments: [tree.traceId, row.spanId],
  };
  item.accessibilityInformation = {
    label: `${row.name}, ${row.type.toLowerCase()} span, ${row.status.toLowerCase()}, ${item.description}`,
  };
  return item;
}

/** Some of very many spans, as `1 – 500`; what went wrong among them is told from outside. */
export function partItem(node: PartNode): vscode.TreeItem {
  const [first, last] = [node.from + 1, node.from + node.rows.length];
  const label = `${first.toLocaleString("en-US")} – ${last.toLocaleString("en-US")}`;
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const failed = node.rows.filter(isFailed).length;
  item.id = node.id;
  if (failed > 0) item.description = counted(failed, "error");
  item.iconPath = new vscode.ThemeIcon(
    "list-flat",
    failed > 0 ? new vscode.ThemeColor("list.errorForeground") : undefined,
  );
  item.accessibilityInformation = { label: `spans ${first} to ${last}, ${failed} errors` };
  return item;
}

export function foldedItem(id: string, label: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon("library");
  item.tooltip = "Made by libraries, not by code of this workspace";
  return item;
}

export function experimentItem(node: ExperimentNode, withFolder: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${node.root} ${node.name}`;
  item.iconPath = new vscode.ThemeIcon("beaker");
  if (withFolder) item.description = vscode.Uri.parse(node.root).path.split("/").at(-1) ?? "";
  item.tooltip = `Experiment ${node.name}: ${node.because}`;
  item.contextValue = "experiment";
  return item;
}

export function fileItem(node: FileNode): vscode.TreeItem {
  const name = node.uri.path.split("/").at(-1) ?? "";
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.uri.toString();
  item.iconPath = new vscode.ThemeIcon("json");
  if (node.traces.length === 0) item.description = "no trace";
  item.tooltip = `Trace file ${node.uri.fsPath}`;
  item.contextValue = "file";
  return item;
}

export function dayItem(label: string): vscode.TreeItem {
  return new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
}

export function moreItem(node: Node): vscode.TreeItem {
  const item = new vscode.TreeItem("Show more traces");
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: "tracegloss.moreTraces", title: "Show more traces", arguments: [node] };
  return item;
}

function spanIcon(row: SpanRow): vscode.ThemeIcon {
  const icon = ICONS[row.type] ?? "symbol-method";
  if (isFailed(row))
    return new vscode.ThemeIcon(icon, new vscode.ThemeColor("list.errorForeground"));
  if (row.mark === "warning")
    return new vscode.ThemeIcon(icon, new vscode.ThemeColor("list.warningForeground"));
  return new vscode.ThemeIcon(icon);
}

function isFailed(row: SpanRow): boolean {
  return row.status === "ERROR" || row.mark === "error";
}

function unsure(row: SpanRow): string {
  if (row.outcome === "ambiguous") return "several lines fit";
  return row.confidence === "weak" ? "weak" : row.reason;
}

function whereabouts(row: SpanRow): string {
  if (row.place === null) return `No line: ${unsure(row)}`;
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(row.place.uri));
  return `${path}:${row.place.range.start.line + 1}, ${row.confidence}`;
}
