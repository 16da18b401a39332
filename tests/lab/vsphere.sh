#!/usr/bin/env bash
# vcsim: a vCenter that speaks SOAP and the tagging REST API, made of govmomi's
# simulator by vcsim/. Debian has the library and the compiler, no
# program; it is built once, under .lab/.
#
#   vsphere.sh up              build if missing; print where it is
#   vsphere.sh down            nothing to stop: each test runs one of its own
#   vsphere.sh serve [FLAG...] run one in the foreground, to try things by hand
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

program=$lab_folder/vcsim/vcsim
sources=$lab_scripts/vcsim
stamp=$lab_folder/vcsim/built
library=/usr/share/gocode/src/github.com/vmware/govmomi

ensure_built() {
  local wanted
  wanted=$(cat "$sources"/*.go | sha256sum)
  [ -x "$program" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  if ! command -v go >/dev/null 2>&1 || [ ! -d "$library" ]; then
    if ! may_install; then
      complain "vcsim needs Go and govmomi; as root on Debian: apt-get install --no-install-recommends golang-go golang-github-vmware-govmomi-dev"
      return 1
    fi
    install_packages golang-go golang-github-vmware-govmomi-dev >&2 || return 1
  fi
  say "building vcsim" >&2
  mkdir -p "$lab_folder/vcsim"
  if ! (cd "$sources" &&
        GOPATH=/usr/share/gocode GO111MODULE=off GOFLAGS= GOCACHE="$lab_folder/vcsim/cache" \
          go build -o "$program" .) >"$lab_folder/vcsim.log" 2>&1 </dev/null; then
    tail -n 5 "$lab_folder/vcsim.log" >&2
    complain "vcsim could not be built (the compiler's whole output: $lab_folder/vcsim.log)"
    return 1
  fi
  rm -rf "$lab_folder/vcsim/cache"
  printf '%s' "$wanted" >"$stamp"
}

case ${1:-} in
  up)
    ensure_built
    printf 'export CADASTRE_LAB_VCSIM=%q\n' "$program"
    ;;
  down) ;;
  serve)
    ensure_built
    shift
    # It ends when its standard input does.
    exec "$program" "$@"
    ;;
  *)
    complain "usage: vsphere.sh up | down | serve [FLAG...]"
    exit 2
    ;;
esac
