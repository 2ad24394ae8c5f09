/** Trace files in the shape that MLflow writes, of any size. */

/** A trace of one agent with many steps, the last of which failed. */
export function traceFile(traceId: string, spans: number): string {
  const start = Date.now() * 1_000_000;
  const base64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
  const idOf = (n: number): string => base64((n + 1).toString(16).padStart(16, "0"));
  const span = (n: number): unknown => ({
    trace_id: base64(traceId.slice(3)),
    span_id: idOf(n),
    parent_span_id: n === 0 ? "" : idOf(0),
    name: n === 0 ? "support_agent" : "step",
    start_time_unix_nano: start + n * 1000,
    end_time_unix_nano:
      n === 0 ? start + spans * 1000 + 1_000_000 : start + n * 1000 + 500 + (n % 997),
    events: [],
    status:
      n === spans - 1
        ? { code: "STATUS_CODE_ERROR", message: "no more steps" }
        : { code: "STATUS_CODE_OK", message: "" },
    attributes: {
      "mlflow.traceRequestId": JSON.stringify(traceId),
      "mlflow.spanType": JSON.stringify(n === 0 ? "AGENT" : "CHAIN"),
    },
  });
  return JSON.stringify({
    info: {
      trace_id: traceId,
      trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "1" } },
      request_time: new Date(start / 1_000_000).toISOString(),
      state: "OK",
      trace_metadata: {},
      tags: {},
      assessments: [],
    },
    data: { spans: Array.from({ length: spans }, (_, n) => span(n)) },
  });
}
