#!/usr/bin/env bash
# PostgreSQL: a server of the lab's own on a free loopback port, with its own
# data folder, so that no other server on the machine is touched.
#
#   postgres.sh up     install if missing, start, wait until ready, print the address
#   postgres.sh down   stop it by its process id and delete its data
#
# Durability is switched off (fsync and friends): right for tests, never for a
# register. Every test makes and drops a database of its own (tests/src/postgres.rs).
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

home=$lab_folder/postgres # where we note folder and port
cd /                      # the server's user may not be allowed to stand where we do

# Where initdb and its sisters are; they may be off PATH, as Debian has them.
find_programs() {
  local folder
  if folder=$(command -v initdb); then
    dirname "$(readlink -f "$folder")"
    return
  fi
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
    [ -x "$folder/initdb" ] && echo "$folder" && return
  done
  return 1
}

# The server refuses to run as root; then the user postgres runs it.
as_server_user() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Trigram search needs the contributed extension: packages leave it out in places.
has_trigrams() {
  local shared
  shared=$("$1/pg_config" --sharedir 2>/dev/null) || shared=$(dirname "$1" | sed 's#/lib/#/share/#')
  [ -f "$shared/extension/pg_trgm.control" ]
}

ensure_installed() {
  local programs
  if programs=$(find_programs) && has_trigrams "$programs"; then
    return 0
  fi
  if ! may_install; then
    complain "PostgreSQL with pg_trgm is missing; as root on Debian: apt-get install postgresql"
    return 1
  fi
  install_packages postgresql >&2
  programs=$(find_programs) && has_trigrams "$programs"
}

# A folder the server's user can reach: ours, or if that lies under a closed
# one (a clone in root's home), a temporary one.
make_data_folder() {
  local folder=$home/data
  mkdir -p "$folder"
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$folder"
    if ! as_server_user test -x "$folder"; then
      rmdir "$folder"
      folder=$(mktemp -d "${TMPDIR:-/tmp}/cadastre-lab-postgres.XXXXXX")
      chown postgres "$folder"
    fi
  fi
  chmod 700 "$folder"
  echo "$folder"
}

free_port() {
  "${CADASTRE_LAB_PYTHON:-/usr/bin/python3}" -c \
    'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

running() {
  [ -f "$home/folder" ] || return 1
  local folder
  folder=$(cat "$home/folder")
  [ -f "$folder/postmaster.pid" ] && is_running "$(head -n 1 "$folder/postmaster.pid")" "$folder"
}

start() {
  running && return 0
  forget
  mkdir -p "$home"
  local programs folder port
  programs=$(find_programs)
  folder=$(make_data_folder)
  echo "$folder" >"$home/folder"
  say "making a PostgreSQL cluster in $folder" >&2
  as_server_user "$programs/initdb" -D "$folder" -U postgres -A trust --no-sync \
    --locale=C.UTF-8 -E UTF8 >"$home/initdb.log" 2>&1 </dev/null
  cat >>"$folder/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
SETTINGS
  # Another program may take the port between the look and the start: look again.
  local attempt
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_server_user "$programs/pg_ctl" -w -t 60 -D "$folder" -l "$folder/server.log" \
         -o "-p $port" start >"$home/pg_ctl.log" 2>&1 </dev/null; then
      echo "$port" >"$home/port"
      return 0
    fi
    complain "PostgreSQL did not start on port $port (attempt $attempt)"
  done
  tail -n 5 "$folder/server.log" >&2 || true
  return 1
}

# Stops the server if it runs, and deletes its data.
forget() {
  [ -f "$home/folder" ] || { rm -rf "$home"; return 0; }
  local folder pid
  folder=$(cat "$home/folder")
  if running; then
    pid=$(head -n 1 "$folder/postmaster.pid")
    kill -INT "$pid" # fast shutdown: disconnect everybody, then end
    for _ in $(seq 100); do
      is_running "$pid" "$folder" || break
      sleep 0.1
    done
    if is_running "$pid" "$folder"; then
      complain "PostgreSQL (process $pid) did not stop within 10 seconds"
      return 1
    fi
  fi
  rm -rf "$folder" "$home"
}

case ${1:-} in
  up)
    ensure_installed
    start
    printf 'export CADASTRE_LAB_POSTGRES=postgres://postgres@127.0.0.1:%s/postgres\n' "$(cat "$home/port")"
    ;;
  down) forget ;;
  *)
    complain "usage: postgres.sh up | down"
    exit 2
    ;;
esac
