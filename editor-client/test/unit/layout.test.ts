import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as layout from "../../src/webview/layout.ts";

function bar(spanId: string, more: Partial<layout.Bar> = {}): layout.Bar {
  return {
    spanId,
    parentId: null,
    depth: 0,
    name: spanId,
    type: "TOOL",
    startMs: 0,
    durationMs: 10,
    selfMs: 10,
    isError: false,
    isCritical: false,
    isMine: false,
    isFinished: true,
    ...more,
  };
}

const ids = (bars: layout.Bar[]): string[] => bars.map((each) => each.spanId);

describe("the longest spans", () => {
  const bars = [
    bar("root", { durationMs: 100 }),
    bar("short", { parentId: "root", durationMs: 1 }),
    bar("middle", { parentId: "root", durationMs: 20 }),
    bar("long", { parentId: "middle", durationMs: 19 }),
  ];
  const cases: [number, string[]][] = [
    [4, ["root", "short", "middle", "long"]],
    [3, ["root", "middle", "long"]],
    [2, ["root", "middle"]],
    [1, ["root"]],
  ];
  for (const [most, kept] of cases)
    it(`of ${most} keep their parents and the order`, () => {
      assert.deepEqual(ids(layout.longest(bars, most)), kept);
    });

  it("of forty thousand never lose a parent", () => {
    const many = Array.from({ length: 40_000 }, (_, n) =>
      bar(String(n), {
        parentId: n === 0 ? null : String((n - 1) >> 2),
        durationMs: (n * 7919) % 1013,
      }),
    );
    const kept = new Set(ids(layout.longest(many, 10_000)));
    assert.ok(kept.size <= 10_000 && kept.size > 9_900);
    for (const each of many)
      if (kept.has(each.spanId) && each.parentId !== null) assert.ok(kept.has(each.parentId));
  });
});

describe("a filter", () => {
  const bars = [
    bar("search_kb", { isMine: true }),
    bar("Completions", { type: "CHAT_MODEL", isError: true }),
    bar("answer", { type: "AGENT", isMine: true, isError: true }),
  ];
  const cases: [Partial<layout.Filter>, string[]][] = [
    [{}, ["search_kb", "Completions", "answer"]],
    [{ text: "SEARCH" }, ["search_kb"]],
    [{ type: "AGENT" }, ["answer"]],
    [{ errorsOnly: true }, ["Completions", "answer"]],
    [{ mineOnly: true }, ["search_kb", "answer"]],
    [{ mineOnly: true, errorsOnly: true, text: "x" }, []],
  ];
  for (const [filter, kept] of cases)
    it(`of ${JSON.stringify(filter)} keeps ${kept.join(", ") || "nothing"}`, () => {
      assert.deepEqual(ids(layout.filtered(bars, { ...layout.NO_FILTER, ...filter })), kept);
    });
});

describe("the axis", () => {
  const whole = { from: 0, to: 1000 };

  it("is as long as the last span lasts, and never empty", () => {
    assert.deepEqual(layout.extent([bar("a"), bar("b", { startMs: 5, durationMs: 20 })]), {
      from: 0,
      to: 25,
    });
    assert.deepEqual(layout.extent([]), { from: 0, to: 1 });
  });

  it("zooms around a moment that stays where it is", () => {
    assert.deepEqual(layout.zoomed(whole, whole, 2, 250), { from: 125, to: 625 });
    assert.deepEqual(layout.zoomed(whole, whole, 0.5, 250), whole);
  });

  it("moves no further than the trace", () => {
    const view = { from: 100, to: 300 };
    assert.deepEqual(layout.moved(view, whole, -500), { from: 0, to: 200 });
    assert.deepEqual(layout.moved(view, whole, 5000), { from: 800, to: 1000 });
  });

  it("has round ticks", () => {
    assert.deepEqual(layout.ticks(whole, 5), [0, 200, 400, 600, 800, 1000]);
    assert.deepEqual(layout.ticks({ from: 130, to: 170 }, 4), [130, 140, 150, 160, 170]);
  });

  it("gives every span some width", () => {
    assert.deepEqual(layout.pixels(bar("a", { startMs: 500, durationMs: 0 }), whole, 100), {
      x: 50,
      width: 2,
    });
    assert.deepEqual(layout.pixels(bar("a", { startMs: 0, durationMs: 500 }), whole, 100), {
      x: 0,
      width: 50,
    });
  });
});
