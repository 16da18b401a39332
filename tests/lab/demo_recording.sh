#!/usr/bin/env bash
# Makes the recordings of the demo again (demo_estate.py). The second half of `make demo-recording`.
#
# It calls itself in a network of its own, where the addresses and names of the demo's site are those of
# this machine and nothing else is to be reached.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "${1:-}" != inside ]; then
  [ "$(id -u)" -eq 0 ] || { echo "a network of its own needs root" >&2; exit 1; }
  exec unshare --net --mount --mount-proc --pid --fork --kill-child "$0" inside
fi

ip link set lo up
ip address add 10.40.0.10/16 dev lo
ip address add 10.40.0.20/16 dev lo
for last in $(seq 30); do ip address add "10.40.99.$last/16" dev lo; done
# Agents of SNMP listen at port 161 and are not root.
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
names=$(mktemp)
trap 'rm -f "$names"' EXIT
printf '%s\n' "127.0.0.1 localhost" "10.40.0.10 vcenter.harbour.example" "10.40.0.20 dc1.harbour.example" >"$names"
mount --bind "$names" /etc/hosts

# shellcheck source=/dev/null
. .lab/env
: "${CADASTRE_LAB_PYTHON:?there is no moto; run make lab}"
# Nothing of the outside world gets in: no credentials, proxies or certificates.
env -i PATH="$PATH" PYTHONDONTWRITEBYTECODE=1 AWS_EC2_METADATA_DISABLED=true \
  AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
  CADASTRE_LAB_VCSIM="$CADASTRE_LAB_VCSIM" CADASTRE_LAB_SNMPSIM="$CADASTRE_LAB_SNMPSIM" \
  "$CADASTRE_LAB_PYTHON" tests/lab/demo_estate.py "${CARGO_TARGET_DIR:-target}/debug/cadastre" server/demo
