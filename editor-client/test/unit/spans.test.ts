import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { SpanRow } from "../../src/protocol.ts";
import { below, counted, inParts, isInBlock, spansAt, spanTree, step } from "../../src/spans.ts";

const URI = "file:///agent.py";

function row(spanId: string, parentId: string | null, more: Partial<SpanRow> = {}): SpanRow {
  return {
    spanId,
    parentId,
    depth: 0,
    nChildren: 0,
    name: spanId,
    type: "TOOL",
    status: "OK",
    startMs: 0,
    durationMs: 1,
    selfMs: 1,
    isCritical: false,
    outcome: "unresolved",
    confidence: "",
    reason: "unknown",
    place: null,
    mark: null,
    ...more,
  };
}

function at(line: number, confidence = "exact"): Partial<SpanRow> {
  const range = { start: { line, character: 4 }, end: { line, character: 9 } };
  return { outcome: "resolved", confidence, reason: "", place: { uri: URI, range } };
}

const LIBRARY = { reason: "library" };

const TREE = spanTree("tr-1", [
  row("root", null, at(0)),
  row("chain", "root", LIBRARY),
  row("prompt", "chain", LIBRARY),
  row("parser", "root", LIBRARY),
  row("graph", "root", LIBRARY),
  row("node", "graph", at(10)),
  row("guess", "root", at(20, "weak")),
]);

describe("library spans", () => {
  const cases: [string | null, string[], string[]][] = [
    [null, ["root"], []],
    ["root", ["graph", "guess"], ["chain", "parser"]],
    ["graph", ["node"], []],
    ["chain", ["prompt"], []],
  ];
  for (const [parent, shown, folded] of cases)
    it(`below ${parent ?? "the top"} are folded unless code of the workspace lies in them`, () => {
      const found = below(TREE, parent);
      assert.deepEqual(
        [found.shown, found.folded].map((rows) => rows.map((each) => each.spanId)),
        [shown, folded],
      );
    });

  it("are counted with all that lies in them", () => {
    assert.equal(counted(TREE, below(TREE, "root").folded), 3);
  });

  it("with a finding stay in sight", () => {
    const tree = spanTree("tr-2", [row("a", null), row("b", "a", { ...LIBRARY, mark: "error" })]);
    assert.deepEqual(below(tree, "a").folded, []);
  });
});

describe("steps", () => {
  const cases: [string | undefined, 1 | -1, string | undefined][] = [
    [undefined, 1, "root"],
    ["root", 1, "node"],
    ["node", 1, undefined],
    ["node", -1, "root"],
    ["root", -1, undefined],
    [undefined, -1, "node"],
    ["guess", -1, "node"],
  ];
  for (const [from, direction, to] of cases)
    it(`from ${from ?? "nowhere"} by ${direction} lead to ${to ?? "nowhere"}, never to a guess`, () => {
      assert.equal(step(TREE, from, direction)?.spanId, to);
    });
});

it("a span whose parent is missing stands at the top", () => {
  const tree = spanTree("tr-3", [row("orphan", "gone")]);
  assert.deepEqual(
    below(tree, null).shown.map((each) => each.spanId),
    ["orphan"],
  );
});

const SOURCE = `\
@mlflow.trace
def outer(
    a,
):
    x = 1

    def inner():
        return x
    # a comment
    return inner()

def other():
    pass
`.split("\n");

describe("blocks", () => {
  const cases: [number, number, boolean][] = [
    [1, 1, false],
    [1, 2, true],
    [1, 3, true],
    [1, 9, true],
    [1, 11, false],
    [6, 7, true],
    [6, 9, false],
    [0, 4, true],
    [11, 12, true],
  ];
  for (const [start, line, is] of cases)
    it(`line ${line} is ${is ? "" : "not "}in the block of line ${start}`, () => {
      assert.equal(isInBlock(SOURCE, start, line), is);
    });
});

describe("the span under the cursor", () => {
  const tree = spanTree("tr-4", [
    row("outer", null, at(1)),
    row("inner", "outer", at(6)),
    row("inner again", "outer", at(6)),
    row("weak", "outer", at(11, "weak")),
  ]);
  const cases: [number, string[]][] = [
    [1, ["outer"]],
    [4, ["outer"]],
    [6, ["inner", "inner again"]],
    [7, ["inner", "inner again"]],
    [9, ["outer"]],
    [12, []],
  ];
  for (const [line, ids] of cases)
    it(`on line ${line} is ${ids.join(", ") || "none"}`, () => {
      assert.deepEqual(
        spansAt(tree, URI, line, SOURCE).map((each) => each.spanId),
        ids,
      );
    });
});

describe("very many siblings", () => {
  const many = (n: number): SpanRow[] => Array.from({ length: n }, (_, at) => row(`${at}`, "root"));
  const cases: [number, [number, number][]][] = [
    [0, [[0, 0]]],
    [500, [[0, 500]]],
    [
      1001,
      [
        [0, 500],
        [500, 500],
        [1000, 1],
      ],
    ],
  ];
  for (const [n, parts] of cases)
    it(`${n} stand in ${parts.length} parts, in order`, () => {
      const found = inParts(many(n));
      assert.deepEqual(
        found.map((part) => [part.from, part.rows.length]),
        parts,
      );
      assert.deepEqual(
        found.flatMap((part) => part.rows),
        many(n),
      );
    });
});
