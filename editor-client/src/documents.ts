/** Read-only documents of a span: what went in, what came out, what it raised. */

import * as vscode from "vscode";

import * as protocol from "./protocol.ts";
import type { Recording, SpanDetail } from "./protocol.ts";
import type { Server } from "./server.ts";

export const SCHEME = "tracegloss-span";

/** Name the document of a span. */
export function spanUri(traceId: string, spanId: string, name: string): vscode.Uri {
  const label = name.replace(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 60);
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${label === "" ? "span" : label}.txt`,
    query: JSON.stringify([traceId, spanId]),
  });
}

/** Serve the documents for as long as the extension lives. */
export function serveDocuments(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent(uri, token) {
      const [traceId, spanId] = JSON.parse(uri.query) as [string, string];
      const detail = await server.ask(protocol.SPAN_DETAIL, { traceId, spanId }, token);
      return written(detail, traceId);
    },
  });
}

/** Write a span's recordings as plain text; they come redacted from the server. */
export function written(detail: SpanDetail, traceId: string): string {
  const parts = [
    detail.name,
    `${detail.type} span, ${detail.status}. Trace ${traceId}, span ${detail.spanId}.`,
    ...section("Findings", detail.findings.join("\n")),
    ...recorded("Inputs", detail.inputs),
    ...recorded("Outputs", detail.outputs),
    ...detail.exceptions.flatMap((each) => [
      ...section(each.type, each.message),
      ...recorded("Stack", each.stack),
    ]),
    ...section("Why this line", [...detail.reasons, detail.since].join("\n")),
    ...section("Other lines it might be", detail.alternatives.join("\n")),
    ...recorded("Attributes", detail.attributes),
  ];
  return `${parts.join("\n\n")}\n`;
}

function recorded(title: string, recording: Recording | null): string[] {
  if (recording === null) return [];
  const bytes = new TextEncoder().encode(recording.text).length;
  const of = recording.nBytes.toLocaleString("en-US");
  const cut =
    bytes < recording.nBytes ? ` (the first ${bytes.toLocaleString("en-US")} of ${of} bytes)` : "";
  return section(title + cut, recording.text);
}

function section(title: string, text: string): string[] {
  return text.trim() === "" ? [] : [`${title}\n${"-".repeat(title.length)}\n${text}`];
}
