import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import {
  candidates,
  explain,
  findPython,
  installCommands,
  serverCommand,
} from "../../src/python.ts";

const AROUND = {
  setting: "",
  extension: undefined,
  folders: ["/w"],
  privateEnvironment: "/p",
  platform: "linux" as const,
};

const named = (list: { python: string }[]): string[] => list.map((each) => each.python);

describe("where a Python is looked for", () => {
  it("a setting is tried alone", () => {
    assert.deepEqual(named(candidates({ ...AROUND, setting: "/x/python" })), ["/x/python"]);
  });

  it("then come the Python extension's, the workspace's, the private one and PATH", () => {
    const list = candidates({ ...AROUND, extension: "/e/python" });
    const inOrder = [
      "/e/python",
      "/w/.venv/bin/python",
      "/w/venv/bin/python",
      "/p/bin/python",
      "python3",
      "python",
    ];
    assert.deepEqual(named(list), inOrder);
  });

  it("none twice", () => {
    const list = candidates({ ...AROUND, extension: "/w/.venv/bin/python" });
    assert.equal(new Set(named(list)).size, list.length);
  });
});

/** A program that answers as a Python would. */
function program(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "python-")), "python");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("finding", () => {
  const without = program("echo importlib.metadata.PackageNotFoundError >&2; exit 1");
  const broken = program("echo no such library >&2; exit 127");

  it("takes the first that has tracegloss", async () => {
    const having = program("echo 1.2.3");
    const list = [without, having, broken].map((python) => ({ python, origin: "here" }));
    assert.deepEqual(await findPython(list), { python: having, origin: "here", version: "1.2.3" });
  });

  it("else says of each why not", async () => {
    const list = [without, broken, "/nowhere/python"].map((python) => ({ python, origin: "here" }));
    const found = await findPython(list);
    assert.ok("looked" in found);
    assert.deepEqual(explain(found), [
      `here (${without}): tracegloss is not installed`,
      `here (${broken}): no such library`,
      "here (/nowhere/python): does not exist",
    ]);
  });
});

it("the server never takes its modules from the workspace", () => {
  assert.deepEqual(serverCommand("py").args.slice(0, 3), ["-P", "-m", "tracegloss"]);
});

it("the private environment is made and filled by two commands that can be shown", () => {
  const lines = installCommands("python3", "/p", "linux").map((each) =>
    [each.command, ...each.args].join(" "),
  );
  assert.deepEqual(lines, [
    "python3 -I -m venv /p",
    "/p/bin/python -I -m pip install --upgrade tracegloss",
  ]);
});
