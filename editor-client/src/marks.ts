/** Marks in the overview ruler at the lines of the trace that is read. */

import * as vscode from "vscode";

import type { Reading } from "./reading.ts";
import { opensByItself } from "./spans.ts";

/** Mark the lines that ran, red where a span failed, for as long as the extension lives. */
export function showMarks(reading: Reading): vscode.Disposable {
  const ran = markOf("charts.blue");
  const failed = markOf("charts.red");
  const show = (): void => {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      const here = (reading.current?.rows ?? []).filter(
        (row) => row.place?.uri === uri && opensByItself(row),
      );
      const lines = new Map<number, boolean>();
      for (const row of here) {
        const line = row.place?.range.start.line ?? 0;
        lines.set(line, lines.get(line) === true || row.status === "ERROR");
      }
      const at = (wanted: boolean): vscode.Range[] =>
        [...lines]
          .filter(([, bad]) => bad === wanted)
          .map(([line]) => new vscode.Range(line, 0, line, 0));
      editor.setDecorations(failed, at(true));
      editor.setDecorations(ran, at(false));
    }
  };
  return vscode.Disposable.from(
    ran,
    failed,
    reading.onOpen(show),
    vscode.window.onDidChangeVisibleTextEditors(show),
  );
}

function markOf(colour: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor(colour),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
}
