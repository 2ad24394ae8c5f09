/** Keeps tree, waterfall and editor on the same span, whichever of them moved. */

import * as vscode from "vscode";

import type { Reading } from "./reading.ts";
import type { Server } from "./server.ts";
import { spansAt } from "./spans.ts";
import type { Node, TraceTree } from "./views/traceTree.ts";

const PAUSE_MS = 150;

/** Select the span under the cursor, reveal the selected one, refresh when traces changed. */
export function keepTogether(
  server: Server,
  reading: Reading,
  tree: TraceTree,
  view: vscode.TreeView<Node>,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  let known = "";
  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection((event) => {
      if (event.kind === vscode.TextEditorSelectionChangeKind.Command) return;
      clearTimeout(timer);
      timer = setTimeout(() => void selectAtCursor(reading, event.textEditor), PAUSE_MS);
    }),
    reading.onSelect(({ tree: spans, row, by }) => {
      if (by === "tree" || !view.visible) return;
      void tree.find(spans, row).then(async (node) => {
        if (node !== undefined) await view.reveal(node, { select: true, focus: false });
      });
    }),
    server.onChange(() => {
      // Texts of the status change with every trace that came, was pinned or went.
      const now = server.statuses.map((each) => `${each.state} ${each.text} ${each.pinned.join()}`);
      const said = `${server.state} ${now.join("|")}`;
      if (said === known) return;
      known = said;
      reading.forget();
      tree.refresh();
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

async function selectAtCursor(reading: Reading, editor: vscode.TextEditor): Promise<void> {
  const spans = reading.current;
  if (spans === undefined || editor.document.languageId !== "python") return;
  const lines = editor.document.getText().split("\n");
  const uri = editor.document.uri.toString();
  const found = spansAt(spans, uri, editor.selection.active.line, lines);
  const chosen = reading.span;
  if (chosen !== undefined && found.includes(chosen)) return;
  const first = found[0];
  if (first !== undefined) await reading.select(spans.traceId, first.spanId, "editor");
}
