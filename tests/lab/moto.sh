#!/usr/bin/env bash
# moto: an API server that speaks EC2, STS and IAM. Debian has no package of
# it, so it lives in a virtual environment of the system Python under .lab/.
#
#   moto.sh up            install if missing; print where it is
#   moto.sh down          nothing to stop: each test runs a server of its own
#   moto.sh serve [PORT]  run one in the foreground, to try things by hand
#
# A moto server's state and its signature checks are global to the server, and
# tests run side by side: hence a server per test (tests/src/moto.rs), not one
# for all.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# boto3 is pinned with it: together they decide what the answers look like.
wanted="moto[server,ec2,iam,sts,organizations,resourcegroupstaggingapi,elbv2,rds,s3]==5.2.5 boto3==1.44.5"
environment=$lab_folder/moto
stamp=$environment/installed

# The system's own Python: one from elsewhere on PATH may vanish or be
# unreadable to other users.
system_python=/usr/bin/python3

make_environment() {
  rm -rf "$environment"
  if ! "$system_python" -m venv "$environment" >"$lab_folder/venv.log" 2>&1; then
    may_install || return 1
    install_packages python3 python3-venv >&2 || return 1
    rm -rf "$environment"
    "$system_python" -m venv "$environment" >"$lab_folder/venv.log" 2>&1
  fi
}

ensure_installed() {
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  say "installing from PyPI into $environment: $wanted" >&2
  if ! make_environment; then
    complain "moto needs $system_python with the venv module; as root on Debian: apt-get install python3-venv"
    return 1
  fi
  # shellcheck disable=SC2086 # two requirements, two words
  if ! "$environment/bin/pip" install --quiet --disable-pip-version-check $wanted \
       >"$lab_folder/pip.log" 2>&1 </dev/null; then
    tail -n 5 "$lab_folder/pip.log" >&2
    complain "pip could not install $wanted (its whole output: $lab_folder/pip.log)"
    return 1
  fi
  printf '%s' "$wanted" >"$stamp"
}

case ${1:-} in
  up)
    ensure_installed
    printf 'export CADASTRE_LAB_PYTHON=%q\n' "$environment/bin/python"
    printf 'export CADASTRE_LAB_MOTO_SERVER=%q\n' "$environment/bin/moto_server"
    ;;
  down) ;;
  serve)
    ensure_installed
    exec "$environment/bin/moto_server" -H 127.0.0.1 -p "${2:-5000}"
    ;;
  *)
    complain "usage: moto.sh up | down | serve [PORT]"
    exit 2
    ;;
esac
