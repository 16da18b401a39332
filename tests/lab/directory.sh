#!/usr/bin/env bash
# Active Directory: two domains of Samba, each a domain controller of its own
# forest, on loopback addresses of their own (the LDAP ports are compiled in).
#
#   directory.sh up                 install, provision and fill once; start both
#   directory.sh start ADDRESS      print where to start one more, of the first
#                                   domain as it was filled, and start it
#   directory.sh describe REALM DOMAIN ADDRESS ESTATE
#                                   start one of a domain that a file describes
#                                   (directory_fill.py), filled anew
#   directory.sh stop ADDRESS       stop that one and delete it
#   directory.sh down               stop all by process id and delete their data;
#                                   the filled domains stay as archives
#
# corp.example.test at 127.77.0.1 has 3,000 computers, branch.example.test at
# 127.77.0.2 a few. They are shared by all tests: who changes objects starts a
# controller at an address below 127.77 (`start`). What is in the domains is
# written by directory_fill.py; who fills anew deletes .lab/directory/*.tar.
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

home=$lab_folder/directory
running=$home/running # one folder a running controller, named by its address
authority=$home/authority
password='Lab-Pass-2026'
fill=$lab_scripts/directory_fill.py

ensure_installed() {
  command -v samba-tool >/dev/null 2>&1 && command -v samba >/dev/null 2>&1 &&
    command -v ldbadd >/dev/null 2>&1 && command -v ldapsearch >/dev/null 2>&1 &&
    /usr/bin/python3 -c 'import cryptography, samba' 2>/dev/null && return 0
  if ! may_install; then
    complain "Samba is missing; as root on Debian: apt-get install --no-install-recommends samba-ad-dc samba-ad-provision ldb-tools ldap-utils winbind python3-cryptography"
    return 1
  fi
  install_packages samba-ad-dc samba-ad-provision ldb-tools ldap-utils winbind python3-cryptography >&2
}

# A controller must be root: it keeps owners and access lists of other users.
may_serve() {
  [ "$(id -u)" -eq 0 ] && return 0
  complain "a Samba domain controller needs root"
  return 1
}

# settings FOLDER REALM DOMAIN ADDRESS : writes the controller's smb.conf.
settings() {
  local folder=$1 realm=$2 domain=$3 address=$4 name
  mkdir -p "$folder/etc" "$folder/run"
  for name in state cache lock pid ncalrpc winbindd ntp log; do mkdir -p "$folder/run/$name"; done
  chmod 700 "$folder/run/winbindd" "$folder/run/ntp"
  cat >"$folder/etc/smb.conf" <<SETTINGS
[global]
  netbios name = DC1
  realm = $realm
  workgroup = $domain
  server role = active directory domain controller
  server services = ldap, cldap, kdc
  dcerpc endpoint servers =
  idmap_ldb:use rfc2307 = yes
  vfs objects = dfs_samba4 acl_xattr
  posix:eadb = $folder/eadb.tdb
  interfaces = $address/8
  bind interfaces only = yes
  private dir = $folder/p/private
  state directory = $folder/run/state
  cache directory = $folder/run/cache
  lock directory = $folder/run/lock
  pid directory = $folder/run/pid
  ncalrpc dir = $folder/run/ncalrpc
  winbindd socket directory = $folder/run/winbindd
  ntp signd socket directory = $folder/run/ntp
  log file = $folder/run/log/samba.log
  log level = 0
  tls enabled = yes
  tls keyfile = $authority/key.pem
  tls certfile = $authority/cert.pem
  tls cafile = $authority/ca.pem
  ldap server require strong auth = yes
SETTINGS
}

# provision NAME REALM DOMAIN ADDRESS [ESTATE] : an empty domain, filled, packed as NAME.tar.
provision() {
  local name=$1 realm=$2 domain=$3 address=$4 folder=$home/making-$1
  [ -z "${5:-}" ] && [ -f "$home/$name.tar" ] &&
    [ "$(cat "$home/$name.of" 2>/dev/null)" = "$(made_of)" ] && return 0
  say "provisioning and filling the domain ${realm,,} (some twenty seconds, once)" >&2
  rm -rf "$folder" "$home/$name.tar"
  mkdir -p "$folder/etc"
  printf '[global]\n' >"$folder/etc/empty.conf"
  samba-tool domain provision -s "$folder/etc/empty.conf" --targetdir="$folder/p" \
    --realm="$realm" --domain="$domain" --server-role=dc --dns-backend=SAMBA_INTERNAL \
    --host-name=dc1 --host-ip="$address" --adminpass="$password" --use-rfc2307 \
    --option="vfs objects=dfs_samba4 acl_xattr" --option="posix:eadb=$folder/eadb.tdb" \
    >"$folder.log" 2>&1 </dev/null || { tail -n 5 "$folder.log" >&2; return 1; }
  settings "$folder" "$realm" "$domain" "$address"
  /usr/bin/python3 "$fill" "$folder" "${realm,,}" "$password" "${@:5}" >>"$folder.log" 2>&1 </dev/null ||
    { tail -n 5 "$folder.log" >&2; return 1; }
  tar -C "$folder" -cf "$home/$name.tar.new" p
  mv "$home/$name.tar.new" "$home/$name.tar"
  made_of >"$home/$name.of"
  rm -rf "$folder" "$folder.log"
}

# What an archive was made by. Who changes how domains are provisioned below
# counts the number up.
made_of() { echo "provisioned by 2, filled by $(sha256sum <"$fill")"; }

# One authority and one certificate for every address a controller may get.
ensure_authority() {
  local wanted
  wanted=$(sha256sum <"$lab_scripts/directory_authority.py")
  [ "$(cat "$authority/made" 2>/dev/null)" = "$wanted" ] && return 0
  stop_all # they serve by the old one
  mkdir -p "$authority"
  /usr/bin/python3 "$lab_scripts/directory_authority.py" "$authority" >&2 &&
    printf '%s' "$wanted" >"$authority/made"
}

# When a process began, in clock ticks since the machine's start.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }

# serves ADDRESS : is the process alive that we started for it? Samba gives
# itself a name without a word of ours, so its beginning tells it from a
# stranger with a recycled id.
serves() {
  local pid at
  [ -f "$running/$1/process" ] || return 1
  read -r pid at <"$running/$1/process"
  [ -n "$at" ] && [ "$(began "$pid")" = "$at" ]
}

pid_of() { cut -d ' ' -f 1 "$running/$1/process"; }

# serve FOLDER : becomes the controller. What else this shell holds open (locks
# of whoever called us, pipes that somebody reads to the end) is let go.
serve() {
  local descriptor
  for descriptor in $(ls "/proc/$BASHPID/fd"); do
    if [ "$descriptor" -gt 2 ]; then eval "exec $descriptor>&-" 2>/dev/null || true; fi
  done
  cd /
  exec samba -i -M single --no-process-group -s "$1/etc/smb.conf" \
    >"$1/run/log/out.log" 2>&1 </dev/null
}

answers() {
  LDAPTLS_CACERT=$authority/ca.pem LDAPTLS_REQCERT=demand \
    ldapsearch -x -LLL -o nettimeout=2 -H "ldaps://$1" -s base -b '' defaultNamingContext \
    >/dev/null 2>&1
}

# start NAME REALM DOMAIN ADDRESS
start() {
  local name=$1 realm=$2 domain=$3 address=$4 folder=$running/$4
  if serves "$address" && answers "$address"; then return 0; fi
  stop "$address"
  mkdir -p "$folder"
  tar -C "$folder" -xf "$home/$name.tar"
  settings "$folder" "$realm" "$domain" "$address"
  serve "$folder" >/dev/null 2>&1 </dev/null &
  echo "$! $(began $!)" >"$folder/process"
  for _ in $(seq 150); do
    if answers "$address"; then return 0; fi
    sleep 0.1
  done
  tail -n 5 "$folder/run/log/out.log" >&2 || true
  complain "the domain controller at $address did not answer within 15 seconds"
  stop "$address"
  return 1
}

# stop ADDRESS : by process id; its data goes.
stop() {
  local address=$1 pid
  if serves "$address"; then
    pid=$(pid_of "$address")
    kill -TERM "$pid"
    for _ in $(seq 100); do
      serves "$address" || break
      sleep 0.1
    done
    if serves "$address"; then kill -KILL "$pid"; fi
  fi
  rm -rf "${running:?}/$address"
}

stop_all() {
  local folder
  for folder in "$running"/*/; do
    [ -d "$folder" ] && stop "$(basename "$folder")"
  done
  return 0
}

case ${1:-} in
  up)
    may_serve
    ensure_installed
    mkdir -p "$running"
    ensure_authority
    provision corp CORP.EXAMPLE.TEST CORP 127.77.0.1
    provision branch BRANCH.EXAMPLE.TEST BRANCH 127.77.0.2
    start corp CORP.EXAMPLE.TEST CORP 127.77.0.1
    start branch BRANCH.EXAMPLE.TEST BRANCH 127.77.0.2
    printf 'export CADASTRE_LAB_DIRECTORY=127.77.0.1\n'
    printf 'export CADASTRE_LAB_DIRECTORY_BRANCH=127.77.0.2\n'
    printf 'export CADASTRE_LAB_DIRECTORY_CA=%q\n' "$authority/ca.pem"
    printf 'export CADASTRE_LAB_DIRECTORY_SCRIPT=%q\n' "$lab_scripts/directory.sh"
    ;;
  start)
    address=${2:?which address}
    [ -f "$home/corp.tar" ] || { complain "run directory.sh up first"; exit 1; }
    stop "$address" # whoever starts one wants it as it was filled
    start corp CORP.EXAMPLE.TEST CORP "$address"
    printf '%s\n' "$running/$address"
    ;;
  describe)
    may_serve
    ensure_authority
    provision described "${2:?which realm}" "${3:?which domain}" "${4:?which address}" "${5:?which file}"
    start described "$2" "$3" "$4"
    ;;
  stop) stop "${2:?which address}" ;;
  down) stop_all ;;
  *)
    complain "usage: directory.sh up | down | start ADDRESS | describe REALM DOMAIN ADDRESS ESTATE | stop ADDRESS"
    exit 2
    ;;
esac
