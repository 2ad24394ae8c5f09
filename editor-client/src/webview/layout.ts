/** What the waterfall shows: which spans, in which rows, and where on the time axis; no drawing. */

/** One span as the web view gets it; times in milliseconds from the trace's start. */
export interface Bar {
  spanId: string;
  parentId: string | null;
  depth: number;
  name: string;
  type: string;
  startMs: number;
  durationMs: number;
  selfMs: number;
  isError: boolean;
  isCritical: boolean;
  isMine: boolean;
  isFinished: boolean;
}

export interface Filter {
  text: string;
  type: string;
  errorsOnly: boolean;
  mineOnly: boolean;
}

/** A part of the time axis in milliseconds. */
export interface Span {
  from: number;
  to: number;
}

export const NO_FILTER: Filter = { text: "", type: "", errorsOnly: false, mineOnly: false };

/** Keep the longest spans and the spans they lie in, in tree order. */
export function longest(bars: Bar[], most: number): Bar[] {
  if (bars.length <= most) return bars;
  const byId = new Map(bars.map((bar) => [bar.spanId, bar]));
  const kept = new Set<string>();
  const inOrder = [...bars].sort((a, b) => b.durationMs - a.durationMs);
  for (const bar of inOrder) {
    const chain: string[] = [];
    for (let at: Bar | undefined = bar; at !== undefined && !kept.has(at.spanId);) {
      chain.push(at.spanId);
      at = at.parentId === null ? undefined : byId.get(at.parentId);
    }
    if (kept.size + chain.length > most) break;
    for (const spanId of chain) kept.add(spanId);
  }
  return bars.filter((bar) => kept.has(bar.spanId));
}

/** Keep the spans that meet a filter. */
export function filtered(bars: Bar[], filter: Filter): Bar[] {
  const wanted = filter.text.toLowerCase();
  return bars.filter(
    (bar) =>
      (wanted === "" || bar.name.toLowerCase().includes(wanted)) &&
      (filter.type === "" || bar.type === filter.type) &&
      (!filter.errorsOnly || bar.isError) &&
      (!filter.mineOnly || bar.isMine),
  );
}

/** The whole time axis of some spans, never empty. */
export function extent(bars: Bar[]): Span {
  let to = 0;
  for (const bar of bars) to = Math.max(to, bar.startMs + bar.durationMs);
  return { from: 0, to: to === 0 ? 1 : to };
}

/** Zoom around a moment; stays inside the whole axis and never below a thousandth of a ms. */
export function zoomed(view: Span, whole: Span, factor: number, around: number): Span {
  const length = Math.min(whole.to - whole.from, Math.max(0.001, (view.to - view.from) / factor));
  const share = (around - view.from) / (view.to - view.from);
  return moved({ from: around - share * length, to: around + (1 - share) * length }, whole, 0);
}

/** Shift the view by milliseconds; stays inside the whole axis. */
export function moved(view: Span, whole: Span, by: number): Span {
  const length = view.to - view.from;
  const from = Math.min(
    Math.max(view.from + by, whole.from),
    Math.max(whole.from, whole.to - length),
  );
  return { from, to: from + length };
}

/** Where a bar lies on an axis of `width` pixels; at least two pixels wide. */
export function pixels(bar: Bar, view: Span, width: number): { x: number; width: number } {
  const scale = width / (view.to - view.from);
  const x = (bar.startMs - view.from) * scale;
  return { x, width: Math.max(2, bar.durationMs * scale) };
}

/** Round moments for the axis: at most `most` of them, at 1, 2 or 5 times a power of ten. */
export function ticks(view: Span, most: number): number[] {
  const raw = (view.to - view.from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw) ?? raw;
  const first = Math.ceil(view.from / step);
  const found: number[] = [];
  for (let at = first; at * step <= view.to && found.length <= most; at += 1) found.push(at * step);
  return found;
}
