/** Durations, times and counts as short words. */

/** Write milliseconds in three digits: `40 µs`, `0.4 ms`, `38 ms`, `1.2 s`, `3.5 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return "not finished";
  if (ms === 0) return "0 ms";
  if (ms < 0.1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** Write a number with its noun: `1 span`, `1,204 spans`. */
export function counted(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** Write the time of day as `14:02:07`. */
export function clock(ms: number): string {
  const at = new Date(ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((each) => String(each).padStart(2, "0"))
    .join(":");
}

/** Name a day as seen from now: `Today`, `Yesterday`, else `2026-11-03`. */
export function dayOf(ms: number | null, now: number): string {
  if (ms === null) return "No time recorded";
  const day = isoDay(ms);
  if (day === isoDay(now)) return "Today";
  return day === isoDay(now - 86_400_000) ? "Yesterday" : day;
}

function isoDay(ms: number): string {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((each) => String(each).padStart(2, "0"))
    .join("-");
}
