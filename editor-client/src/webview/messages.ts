/** What the extension and the waterfall tell each other. */

import type { Bar } from "./layout.ts";

export type ToWaterfall =
  { kind: "trace"; title: string; note: string; bars: Bar[] } | { kind: "select"; spanId: string };

export type FromWaterfall = { kind: "ready" } | { kind: "select"; spanId: string; open: boolean };
