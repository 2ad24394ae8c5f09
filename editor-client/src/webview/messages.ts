/** What the extension and the waterfall tell each other. */

import type { Bar } from "./layout.ts";

export type ToWaterfall =
  | { kind: "trace"; name: string; figures: string; note: string; isCut: boolean }
  /** Bars of that trace come in several messages, so that none is large. */
  | { kind: "bars"; bars: Bar[]; isLast: boolean }
  | { kind: "select"; spanId: string };

export type FromWaterfall =
  { kind: "ready" } | { kind: "all" } | { kind: "select"; spanId: string; open: boolean };
