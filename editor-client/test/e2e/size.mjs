// Fails when the packed extension is larger than a megabyte.
import { statSync } from "node:fs";

const path = new URL("../../../dist/tracegloss.vsix", import.meta.url);
const { size } = statSync(path);
console.log(`dist/tracegloss.vsix: ${Math.round(size / 1000)} kB`);
if (size > 1_000_000) process.exitCode = 1;
