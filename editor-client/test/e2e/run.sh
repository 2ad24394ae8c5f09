#!/usr/bin/env bash
# Builds and packs the extension, then tries it in a real VS Code; needs npm, and .venv at the root.
#
# Everything runs on the Node that VS Code gets; all of it is kept outside the repository or ignored in it.
set -euo pipefail

cd "$(dirname "$0")/../.."
cache=$(bash test/e2e/install.sh)
PATH="$(dirname "$(readlink "$cache/run-node")"):$PATH"
export PATH

[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --ignore-scripts
npm run --silent vsix >/dev/null
node test/e2e/size.mjs
npm run --silent test:e2e
