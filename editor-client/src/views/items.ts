/** How traces and spans look in a tree: icon, label, figures, tooltip, what may be done with them. */

import * as vscode from "vscode";

import { clock, counted, duration } from "../figures.ts";
import type { SpanRow, TraceRow } from "../protocol.ts";
import type { SpanTree } from "../spans.ts";
import type { ExperimentNode, Node } from "./traceTree.ts";

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
    duration(row.durationMs),
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

export function foldedItem(label: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
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

export function moreItem(node: Node): vscode.TreeItem {
  const item = new vscode.TreeItem("Show more traces");
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.command = { command: "tracegloss.moreTraces", title: "Show more traces", arguments: [node] };
  return item;
}

function spanIcon(row: SpanRow): vscode.ThemeIcon {
  const icon = ICONS[row.type] ?? "symbol-method";
  if (row.status === "ERROR" || row.mark === "error")
    return new vscode.ThemeIcon(icon, new vscode.ThemeColor("list.errorForeground"));
  if (row.mark === "warning")
    return new vscode.ThemeIcon(icon, new vscode.ThemeColor("list.warningForeground"));
  return new vscode.ThemeIcon(icon);
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
