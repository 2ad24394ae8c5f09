/** Goes from a span to its line, and never to a line that is only guessed without asking. */

import * as vscode from "vscode";

import * as protocol from "./protocol.ts";
import type { Place, SpanLocation } from "./protocol.ts";
import type { Server } from "./server.ts";

/** Where the code is opened, and whether the keyboard goes there. */
export interface Manner {
  column: vscode.ViewColumn;
  preserveFocus: boolean;
}

export const HERE: Manner = { column: vscode.ViewColumn.Active, preserveFocus: false };

/** Open the code of a span; says in one sentence why when there is none. */
export async function openCode(
  server: Server,
  traceId: string,
  spanId: string,
  manner: Manner,
): Promise<void> {
  const found = await server.ask(protocol.SPAN_LOCATION, { traceId, spanId });
  const place = await choose(found);
  if (place !== undefined) await openPlace(place, manner);
}

/** Open a file at a place, with its line in the middle. */
export async function openPlace(place: Place, manner: Manner): Promise<void> {
  const uri = vscode.Uri.parse(place.uri, true);
  // Only files of the workspace are opened: a trace is no reason to open any other.
  if (vscode.workspace.getWorkspaceFolder(uri) === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const { start, end } = place.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: manner.column,
    preserveFocus: manner.preserveFocus,
    selection: new vscode.Range(range.start, range.start),
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function choose(found: SpanLocation): Promise<Place | undefined> {
  if (found.isGone) {
    tell("The code of this span was deleted since.");
    return undefined;
  }
  if (found.place !== null && found.confidence !== "weak") return found.place;
  const guesses = [
    ...(found.place === null ? [] : [{ place: found.place, why: "a weak guess" }]),
    ...found.candidates.map((place) => ({ place, why: "equally likely" })),
    ...(found.near === null ? [] : [{ place: found.near, why: "worth a look" }]),
  ];
  if (guesses.length === 0) {
    tell(found.reasons[0] ?? "No line is known for this span.");
    return undefined;
  }
  const items = guesses.map((guess) => ({
    label: vscode.workspace.asRelativePath(vscode.Uri.parse(guess.place.uri)),
    description: `line ${guess.place.range.start.line + 1}, ${guess.why}`,
    place: guess.place,
  }));
  const title = "This span is not known to be of one line";
  return (await vscode.window.showQuickPick(items, { title }))?.place;
}

function tell(sentence: string): void {
  void vscode.window.setStatusBarMessage(`Tracegloss: ${sentence}`, 8000);
}
