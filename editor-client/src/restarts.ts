/** Decides whether a server that ended is started again: a few times within some minutes, not for ever. */

export const MOST_RESTARTS = 4;
export const WITHIN_MS = 180_000;

/** Given when it ended before, and now (milliseconds): the ends that still count, and the decision. */
export function afterEnd(before: number[], now: number): { ends: number[]; restart: boolean } {
  const ends = [...before.filter((at) => at > now - WITHIN_MS), now];
  return { ends, restart: ends.length <= MOST_RESTARTS };
}
