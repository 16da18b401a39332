# Two hosts with two cables between them: each a network namespace with an lldpd, and the snmpd that serves
# what it hears. `lldpd.rs` runs this below an `unshare` of its own, so that all of it is gone when this
# shell is; and this shell ends with its standard input.
#
#   lldpd.sh network FOLDER ADDRESS ADDRESS   with LLDPD and SNMPD in the environment
#
# The agents are asked from outside of these namespaces: each gets a socket that is bound already, the first
# as standard output, the second as standard error.
set -eu

network() {
  exec 3>&1 4>&2 >"$1/log" 2>&1
  # Where ip keeps the names of namespaces: they end with ours.
  mount -t tmpfs none /run
  for host in core edge; do
    ip netns add "$host"
    ip -n "$host" link set lo up
  done
  ip -n core link add eth1 address 02:00:00:00:0c:01 \
    type veth peer name swp7 address 02:00:00:00:0e:07 netns edge
  ip -n core link add eth2 address 02:00:00:00:0c:02 \
    type veth peer name swp3 address 02:00:00:00:0e:03 netns edge
  # A bridge has the address of its first port: two interfaces with the id that lldpd gives to one.
  ip -n core link add br0 address 02:00:00:00:0c:01 type bridge
  ip -n core link set eth1 master br0
  # A port with words of its own is announced by its name, any other by its address.
  ip -n core link set eth2 alias "to the cellar"
  ip -n core link set br0 up
  for port in eth1 eth2; do ip -n core link set "$port" up; done
  for port in swp3 swp7; do ip -n edge link set "$port" up; done
  ip netns exec core sh "$0" host core "$2" 4>&- &
  ip netns exec edge sh "$0" host edge "$3" 3>&4 4>&- &
  exec 3>&- 4>&-
  cat >/dev/null
}

host() {
  # Both daemons have their files and sockets here, and lldpd the folder it locks itself into.
  mount -t tmpfs none /run
  printf '%s\n' "agentaddress udp:$2" "rocommunity inventory" "sysName $1.example.test" \
    "master agentx" "agentXSocket /run/agentx" "dontLogTCPWrappersConnects yes" >/run/snmpd.conf
  # Told every second, so that nobody waits; kept for a minute, however busy the machine is.
  printf '%s\n' "configure system hostname $1.example.test" "configure lldp tx-interval 1" \
    "configure lldp tx-hold 60" >/run/lldpd.conf
  {
    until [ -S /run/agentx ]; do sleep 0.05; done
    exec "$LLDPD" -d -x -X /run/agentx -O /run/lldpd.conf -I 'eth*,swp*' 3>&-
  } &
  # As from systemd: descriptor 3 is the socket of this address.
  export LISTEN_PID=$$ LISTEN_FDS=1 SNMP_PERSISTENT_DIR=/run MIBS=
  exec "$SNMPD" -f -C -c /run/snmpd.conf -Le
}

"$@"
