#!/usr/bin/env bash
# A browser: Chromium with a font from Debian, driven by playwright-core and looked over by axe-core, both
# from npm, installed in end2end/ as its lock file says.
#
#   browser.sh up     install what is missing; print where it is
#   browser.sh down   nothing to stop: each test starts a browser of its own
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

modules=$lab_repository/end2end/node_modules
stamp=$modules/.installed
node_least=18

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

has_font() { compgen -G '/usr/share/fonts/truetype/dejavu/*.ttf' >/dev/null || [ -n "$(fc-list 2>/dev/null)" ]; }

has_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$node_least" ]
}

ensure_packages() {
  local missing=()
  find_chromium >/dev/null || missing+=(chromium)
  has_font || missing+=(fonts-dejavu-core)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! may_install; then
    complain "the browser tests need ${missing[*]}; as root on Debian: apt-get install ${missing[*]}"
    return 1
  fi
  install_packages "${missing[@]}" >&2
}

ensure_modules() {
  local wanted
  wanted=$(sha256sum "$lab_repository/end2end/package-lock.json")
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  say "installing from npm into end2end/node_modules: playwright-core axe-core" >&2
  # The driver finds the browser that is there; it must not fetch one of its own.
  if ! (cd "$lab_repository/end2end" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci) \
       >"$lab_folder/npm.log" 2>&1 </dev/null; then
    tail -n 5 "$lab_folder/npm.log" >&2
    complain "npm could not install them (its whole output: $lab_folder/npm.log)"
    return 1
  fi
  printf '%s' "$wanted" >"$stamp"
}

case ${1:-} in
  up)
    ensure_packages
    if ! has_node; then
      complain "the browser tests need Node.js $node_least or newer with npm"
      exit 1
    fi
    ensure_modules
    printf 'export CADASTRE_LAB_CHROMIUM=%q\n' "$(find_chromium)"
    printf 'export CADASTRE_LAB_NODE=%q\n' "$(command -v node)"
    ;;
  down) ;;
  *)
    complain "usage: browser.sh up | down"
    exit 2
    ;;
esac
