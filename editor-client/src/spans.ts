/** The spans of one trace as a tree to look at: library spans folded, code found, steps in order. */

import type { SpanRow } from "./protocol.ts";

/** All spans of a trace in tree order, with what is asked of them again and again. */
export interface SpanTree {
  traceId: string;
  rows: SpanRow[];
  byId: Map<string, SpanRow>;
  children: Map<string | null, SpanRow[]>;
  /** Spans of a library under which nothing but spans of libraries lies. */
  plumbing: Set<string>;
}

/** Build the tree; a span whose parent is not there stands at the top. */
export function spanTree(traceId: string, rows: SpanRow[]): SpanTree {
  const byId = new Map(rows.map((row) => [row.spanId, row]));
  const children = new Map<string | null, SpanRow[]>();
  for (const row of rows) {
    const parent = row.parentId !== null && byId.has(row.parentId) ? row.parentId : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [row]);
    else siblings.push(row);
  }
  return { traceId, rows, byId, children, plumbing: plumbing(rows, children) };
}

/** What stands below a span (`null`: at the top): spans, and those of libraries as one group. */
export function below(
  tree: SpanTree,
  spanId: string | null,
): { shown: SpanRow[]; folded: SpanRow[] } {
  const every = tree.children.get(spanId) ?? [];
  if (spanId !== null && tree.plumbing.has(spanId)) return { shown: every, folded: [] };
  const folded = every.filter((row) => tree.plumbing.has(row.spanId));
  if (folded.length === every.length && spanId === null) return { shown: every, folded: [] };
  return { shown: every.filter((row) => !tree.plumbing.has(row.spanId)), folded };
}

/** So many spans stand beside each other at most; a list of more is shown in parts. */
export const MOST_SIBLINGS = 500;

/** Cut a list into parts of at most `MOST_SIBLINGS`; `from` counts from 0. */
export function inParts(rows: SpanRow[]): { from: number; rows: SpanRow[] }[] {
  const parts = [{ from: 0, rows: rows.slice(0, MOST_SIBLINGS) }];
  for (let from = MOST_SIBLINGS; from < rows.length; from += MOST_SIBLINGS)
    parts.push({ from, rows: rows.slice(from, from + MOST_SIBLINGS) });
  return parts;
}

/** Count the spans of some subtrees. */
export function counted(tree: SpanTree, rows: SpanRow[]): number {
  let n = 0;
  const stack = [...rows];
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    n += 1;
    stack.push(...(tree.children.get(row.spanId) ?? []));
  }
  return n;
}

/** The next span in tree order that has a place, after `spanId` (`undefined`: the first). */
export function step(
  tree: SpanTree,
  spanId: string | undefined,
  direction: 1 | -1,
): SpanRow | undefined {
  const from = spanId === undefined ? -1 : tree.rows.findIndex((row) => row.spanId === spanId);
  let at = from === -1 && direction === -1 ? tree.rows.length : from;
  for (at += direction; at >= 0 && at < tree.rows.length; at += direction) {
    const row = tree.rows[at];
    if (row !== undefined && opensByItself(row)) return row;
  }
  return undefined;
}

/** Tell whether a span's line may be opened without asking: weak guesses may not. */
export function opensByItself(row: SpanRow): boolean {
  return row.place !== null && (row.confidence === "exact" || row.confidence === "strong");
}

/** The spans made on the line of the cursor, else in the innermost block around it. */
export function spansAt(tree: SpanTree, uri: string, line: number, lines: string[]): SpanRow[] {
  const here = tree.rows.filter((row) => row.place?.uri === uri && opensByItself(row));
  const starts = [...new Set(here.map((row) => row.place?.range.start.line ?? -1))]
    .filter((start) => start === line || isInBlock(lines, start, line))
    .sort((a, b) => b - a);
  const start = starts[0];
  return here.filter((row) => row.place?.range.start.line === start);
}

/** Tell whether a line lies in the block that begins at `start`, by indentation; lines from 0. */
export function isInBlock(lines: string[], start: number, line: number): boolean {
  if (line <= start) return false;
  const indentation = indentationOf(lines[start] ?? "");
  let isPastHead = false;
  for (let at = start + 1; at <= line; at += 1) {
    const text = lines[at] ?? "";
    if (text.trim() === "" || text.trimStart().startsWith("#")) continue;
    if (indentationOf(text) > indentation) isPastHead = true;
    // The closing bracket of a signature over several lines stands at the indentation of `def`.
    else if (isPastHead && !/^\s*[)\]}]/.test(text)) return false;
    else if (!isPastHead && !/^\s*(?:async\s+def|def|class|[)\]}])/.test(text)) return false;
  }
  return true;
}

function indentationOf(text: string): number {
  return text.length - text.trimStart().length;
}

function isLibrary(row: SpanRow): boolean {
  return row.reason === "library" || row.reason === "mlflow";
}

function plumbing(rows: SpanRow[], children: Map<string | null, SpanRow[]>): Set<string> {
  const found = new Set<string>();
  // Rows come in tree order: from the end, children come before their parents.
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row === undefined || !isLibrary(row) || row.mark !== null) continue;
    if ((children.get(row.spanId) ?? []).every((child) => found.has(child.spanId)))
      found.add(row.spanId);
  }
  return found;
}
