/** Links into the editor: `SCHEME://tracegloss.tracegloss/span?trace=...&span=...` opens that code. */

/** What a link names; a trace alone opens its waterfall. */
export interface Target {
  traceId: string;
  spanId: string | undefined;
}

const ID = /^[\w:/.-]{1,300}$/;

/** Read a link's query; `undefined` for anything but well-formed ids. */
export function target(path: string, query: string): Target | undefined {
  if (path !== "/span" && path !== "/trace") return undefined;
  const asked = new URLSearchParams(query);
  const traceId = asked.get("trace") ?? "";
  const spanId = asked.get("span") ?? undefined;
  if (!ID.test(traceId) || (spanId !== undefined && !ID.test(spanId))) return undefined;
  if (path === "/span" && spanId === undefined) return undefined;
  return { traceId, spanId };
}

/** The address of a trace in MLflow's own UI; `undefined` for a store that has none. */
export function mlflowAddress(
  source: string,
  experimentId: string,
  traceId: string,
): string | undefined {
  if (!/^https?:\/\//.test(source)) return undefined;
  const base = new URL(source);
  base.username = "";
  base.password = "";
  const at = base.href.replace(/\/+$/, "");
  const experiment = encodeURIComponent(experimentId);
  return `${at}/#/experiments/${experiment}/traces?selectedEvaluationId=${encodeURIComponent(traceId)}`;
}
