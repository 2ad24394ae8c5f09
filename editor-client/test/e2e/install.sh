#!/usr/bin/env bash
# Installs a real VS Code (code-server from npm) and a Chromium to drive it, once per machine, outside the repository.
#
# Needs Node 20 or newer with npm, gcc, make, Python 3, and apt-get as root or through sudo. Prints the folder.
set -euo pipefail

CODE_SERVER=4.139.1
NODE=24
cache="${XDG_CACHE_HOME:-$HOME/.cache}/tracegloss-editors/code-server-$CODE_SERVER"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -e /usr/include/gssapi/gssapi.h ] || [ -e /usr/include/gssapi.h ] || missing+=(libkrb5-dev)
command -v g++ >/dev/null || missing+=(g++)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root apt-get update -qq >/dev/null
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -e "$cache/installed" ]; then
  rm -rf "$cache" && mkdir -p "$cache" && cd "$cache"
  npm install --silent --no-audit --no-fund --prefix node "node-linux-$([ "$(uname -m)" = aarch64 ] && echo arm64 || echo x64)@$NODE" >&2
  node_home=$(dirname "$(dirname "$(find node/node_modules -path '*/bin/node' -type f | head -1)")")
  export PATH="$cache/$node_home/bin:$PATH" npm_config_nodedir="$cache/$node_home"
  npm pack --silent "code-server@$CODE_SERVER" >/dev/null
  tar xzf "code-server-$CODE_SERVER.tgz" && rm "code-server-$CODE_SERVER.tgz"
  for folder in package package/lib/vscode package/lib/vscode/extensions; do
    (cd "$folder" && npm install --silent --ignore-scripts --omit=dev --no-audit --no-fund >&2)
  done
  (cd package && npm rebuild --silent argon2 >&2)
  (cd package/lib/vscode && npm rebuild --silent @parcel/watcher @vscode/spdlog node-pty @vscode/native-watchdog kerberos @vscode/sqlite3 >&2)
  ln -s "$cache/$node_home/bin/node" run-node
  touch installed
fi
echo "$cache"
