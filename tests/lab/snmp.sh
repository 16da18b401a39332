#!/usr/bin/env bash
# SNMP agents: snmpd (Net-SNMP, of this machine itself), lldpd (LLDP, served by an snmpd) and snmpsim
# (any number of devices out of `.snmprec` files). Debian has no package of snmpsim, so it lives in a
# virtual environment of the system Python under .lab/.
#
#   snmp.sh up               install if missing; print where they are (lldpd: if it can be had)
#   snmp.sh down             nothing to stop: each test runs agents of its own, on ports of its own
#   snmp.sh serve FOLDER [PORT]  run snmpsim over a folder in the foreground, to try things by hand;
#                            the community is the path of the file below it without `.snmprec`
#
# `snmp_network.py` writes a folder of such files: a network that agrees with itself.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Pinned together: snmpsim moves with the internals of pysnmp.
wanted="snmpsim==1.2.2 pysnmp==7.1.30 pysmi==2.0.0 cryptography"
environment=$lab_folder/snmpsim
stamp=$environment/installed

# snmpsim refuses to serve as root, so `nobody` must be able to read the environment: hence the
# system's own Python, and a folder open to all.
system_python=/usr/bin/python3

lldpd=/usr/sbin/lldpd
packages=()
for pair in snmpd:/usr/sbin/snmpd snmp:/usr/bin/snmpbulkwalk; do
  [ -x "${pair#*:}" ] || packages+=("${pair%%:*}")
done

ensure_agents() {
  [ ${#packages[@]} -eq 0 ] && return 0
  if ! may_install; then
    complain "snmpd and snmpbulkwalk are missing; as root on Debian: apt-get install snmpd snmp"
    return 1
  fi
  install_packages "${packages[@]}" >&2
}

# The others do without it. Its service would tell the wire of this machine, so it is never to start.
ensure_lldpd() {
  [ -x "$lldpd" ] && return 0
  if ! may_install; then
    complain "lldpd is missing; as root on Debian: apt-get install lldpd"
    return 1
  fi
  ! command -v systemctl >/dev/null || systemctl mask lldpd.service >&2 || return 1
  install_packages lldpd >&2
}

make_environment() {
  rm -rf "$environment"
  if ! "$system_python" -m venv "$environment" >"$lab_folder/venv-snmp.log" 2>&1; then
    may_install || return 1
    install_packages python3 python3-venv python3-gdbm >&2 || return 1
    rm -rf "$environment"
    "$system_python" -m venv "$environment" >"$lab_folder/venv-snmp.log" 2>&1
  fi
}

ensure_simulator() {
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  say "installing from PyPI into $environment: $wanted" >&2
  if ! make_environment; then
    complain "snmpsim needs $system_python with the venv module; as root on Debian: apt-get install python3-venv"
    return 1
  fi
  # shellcheck disable=SC2086 # several requirements, several words
  if ! "$environment/bin/pip" install --quiet --disable-pip-version-check $wanted \
       >"$lab_folder/pip-snmp.log" 2>&1 </dev/null; then
    tail -n 5 "$lab_folder/pip-snmp.log" >&2
    complain "pip could not install $wanted (its whole output: $lab_folder/pip-snmp.log)"
    return 1
  fi
  # It indexes its files with a dbm; without gdbm it falls back to a slow one.
  if ! "$system_python" -c 'import dbm.gnu' 2>/dev/null && may_install; then
    install_packages python3-gdbm >&2
  fi
  chmod -R a+rX "$environment"
  printf '%s' "$wanted" >"$stamp"
}

case ${1:-} in
  up)
    ensure_agents
    ensure_simulator
    printf 'export CADASTRE_LAB_SNMPD=%q\n' /usr/sbin/snmpd
    printf 'export CADASTRE_LAB_SNMPBULKWALK=%q\n' /usr/bin/snmpbulkwalk
    printf 'export CADASTRE_LAB_SNMPSIM=%q\n' "$environment/bin/snmpsim-command-responder"
    printf 'export CADASTRE_LAB_SNMP_PYTHON=%q\n' "$environment/bin/python"
    if ensure_lldpd; then printf 'export CADASTRE_LAB_LLDPD=%q\n' "$lldpd"; fi
    ;;
  down) ;;
  serve)
    ensure_simulator >&2
    [ -n "${2:-}" ] || { complain "usage: snmp.sh serve FOLDER [PORT]"; exit 2; }
    cache=$(mktemp -d)
    runner=()
    if [ "$(id -u)" -eq 0 ]; then
      chmod 0777 "$cache"
      runner=(runuser -u nobody --)
    fi
    exec "${runner[@]}" "$environment/bin/snmpsim-command-responder" --data-dir="$2" --cache-dir="$cache" \
      --logging-method=stderr --log-level=error --agent-udpv4-endpoint="127.0.0.1:${3:-16100}"
    ;;
  *)
    complain "usage: snmp.sh up | down | serve FOLDER [PORT]"
    exit 2
    ;;
esac
