#!/usr/bin/env bash
# Pictures of every page of a fresh demo: screens.sh FOLDER. The second half of `make screens`.
set -euo pipefail
folder=$(realpath -m "${1:?name a folder}")
cd "$(dirname "$0")/.."

# shellcheck source=/dev/null
. .lab/env
: "${CADASTRE_LAB_CHROMIUM:?there is no browser; run make lab}"
export CADASTRE_LAB_CHROMIUM

scratch=$(mktemp -d)
# Nothing of ours gets in: the program refuses CADASTRE_ variables that it does not know.
env -i PATH="$PATH" HOME="$scratch" USER=demo "${CARGO_TARGET_DIR:-target}/debug/cadastre" \
  demo --listen 127.0.0.1:0 --json >"$scratch/told" 2>"$scratch/log" &
demo=$!
trap 'kill "$demo" 2>/dev/null; wait "$demo" || true; rm -rf "$scratch"' EXIT
until [ -s "$scratch/told" ]; do
  kill -0 "$demo" 2>/dev/null || { cat "$scratch/log" >&2; exit 1; }
  sleep 0.2
done
told() {
  "$CADASTRE_LAB_NODE" -p "JSON.parse(require('fs').readFileSync('$scratch/told'))$1"
}
CADASTRE_ADDRESS=$(told .url)
CADASTRE_LOGIN_NAME=$(told .login.name)
CADASTRE_LOGIN_PASSWORD=$(told .login.password)
export CADASTRE_ADDRESS CADASTRE_LOGIN_NAME CADASTRE_LOGIN_PASSWORD
"$CADASTRE_LAB_NODE" end2end/screens.mjs "$folder"
