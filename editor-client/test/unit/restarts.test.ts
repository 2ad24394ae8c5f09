import assert from "node:assert/strict";
import { it } from "node:test";

import { afterEnd, MOST_RESTARTS, WITHIN_MS } from "../../src/restarts.ts";

/** Let a server end at some times; tells which ends it was started again after. */
function lives(times: number[]): boolean[] {
  let ends: number[] = [];
  return times.map((now) => {
    const after = afterEnd(ends, now);
    ends = after.ends;
    return after.restart;
  });
}

it("a server that ends again and again is given up", () => {
  const often = Array.from({ length: MOST_RESTARTS + 2 }, (_, n) => n * 1000);
  assert.deepEqual(lives(often), [true, true, true, true, false, false]);
});

it("one that ends now and then is always started again", () => {
  const rarely = Array.from({ length: 20 }, (_, n) => n * (WITHIN_MS / MOST_RESTARTS + 1));
  assert.ok(lives(rarely).every((restarted) => restarted));
});
