#!/usr/bin/env python3
"""Writes a network of switches that agrees with itself, as `.snmprec` files for snmpsim.

    snmp_network.py FOLDER [--switches N] [--community WORD] [--closed I,J,...]

FOLDER/I is the data directory of switch I (from 0) for an engine of snmpsim of its own, and holds one file,
COMMUNITY.snmprec; those of --closed answer to the community `another` only. FOLDER/network.json says what the
network consists of, for tests to compare with.

The network: switch 0 is a core, a stack of two boxes; of the others about every twelfth distributes and
hangs on the core by an aggregate of two cables; the rest give access and hang on one distributor each. VLAN
99 is untagged between switches, 10, 20 and 30 are tagged. Every second access port has a host, whose address
all switches know at the port that leads to it, and whose IP address the core knows.
"""

import argparse
import json
import os

VLANS = {1: "default", 10: "office", 20: "voice", 30: "printers", 99: "management"}
ACCESS = [10, 20, 30]
PORTS = 24

INTEGER, OCTETS, HEX, OID, ADDRESS, TICKS, GAUGE = "2", "4", "4x", "6", "64", "67", "66"

# Several makers, so that not all switches number their ports alike: sysObjectID, sysDescr with the serial
# nowhere in it, the names of port N and of aggregate N, and the ifIndex of port N.
MAKES = [
    {
        "tree": "1.3.6.1.4.1.9.1.2494", "maker": "Cisco", "model": "C9300-24T", "version": "16.12.4",
        "description": "Cisco IOS Software [Gibraltar], Catalyst L3 Switch Software (CAT9K_IOSXE), "
                       "Version 16.12.4, RELEASE SOFTWARE (fc5)",
        "port": "Gi1/0/{}", "lag": "Po{}", "index": lambda n: 10100 + n, "lag_index": lambda n: 5000 + n,
    },
    {
        "tree": "1.3.6.1.4.1.11.2.3.7.11.181", "maker": "HPE", "model": "J9726A 2920-24G",
        "version": "WB.16.10.0012",
        "description": "HP J9726A 2920-24G Switch, revision WB.16.10.0012, ROM WB.16.03 (/ws/buildm/rel)",
        "port": "{}", "lag": "Trk{}", "index": lambda n: n, "lag_index": lambda n: 700 + n,
    },
    {
        "tree": "1.3.6.1.4.1.30065.1.3011.7050.3741", "maker": "Arista", "model": "DCS-7050TX-64",
        "version": "4.20.1F",
        "description": "Arista Networks EOS version 4.20.1F running on an Arista Networks DCS-7050TX-64",
        "port": "Ethernet{}", "lag": "Port-Channel{}", "index": lambda n: n,
        "lag_index": lambda n: 1000000 + n,
    },
]


class Switch:
    """One switch: its ports with what hangs on them, and who was seen where."""

    def __init__(self, number, role, ports):
        self.number, self.role = number, role
        self.make = MAKES[0] if role == "core" else MAKES[number % len(MAKES)]
        self.name = f"{role}-{number:03}.net.example.test"
        self.mac = mac(0x60, number, 0)
        self.address = f"10.99.{number // 250}.{number % 250 + 1}"
        self.ports = ports
        self.lags = {}  # number of the aggregate: its ports
        self.links = {}  # port: (switch, its port)
        self.uplink = None  # the port, or aggregate as negative number, that leads to the core
        self.down = {}  # number of a switch below: the port or aggregate towards it
        self.hosts = {}  # port: (mac, vlan, address)
        self.seen = {}  # (mac, vlan): port or aggregate
        self.known = {}  # (mac, vlan): IP addresses, where it routes

    @property
    def serials(self):
        boxes = 2 if self.role == "core" else 1
        return [f"FDO{self.number:04}{box}ABC" for box in range(boxes)]

    def index(self, port):
        """The ifIndex of a port, or of an aggregate as negative number."""
        return self.make["index"](port) if port > 0 else self.make["lag_index"](-port)

    def port_name(self, port):
        return (self.make["port"] if port > 0 else self.make["lag"]).format(abs(port))

    def bridge_port(self, port):
        """Bridge ports are numbered on their own: aggregates after the ports."""
        return port if port > 0 else self.ports - port

    def trunks(self):
        members = {port for ports in self.lags.values() for port in ports}
        return [-lag for lag in self.lags] + [port for port in self.links if port not in members]


def mac(kind, switch, number):
    # A maker's own addresses, neither local ones nor of groups.
    return bytes([0x00, 0x16, kind, switch >> 8, switch & 0xFF, number])


def build(count):
    distributors = max(1, (count - 1) // 12)
    switches = lay(count, distributors)
    for access in switches[1 + distributors:]:
        for host in range(1, PORTS + 1, 2):
            vlan = ACCESS[host // 2 % 3]
            address = f"10.{vlan}.{access.number % 250}.{host}"
            access.hosts[host] = (mac(0x70, access.number, host), vlan, address)
    learn(switches)
    return switches


def lay(count, distributors):
    """The switches and the cables between them, nobody on them yet."""
    switches = [Switch(0, "core", max(48, 2 * distributors))]
    for number in range(1, count):
        role = "dist" if number <= distributors else "access"
        switches.append(Switch(number, role, 48 if role == "dist" else PORTS + 2))
    core, dists = switches[0], switches[1:1 + distributors]
    for dist in dists:
        cable(core, 2 * dist.number - 1, dist, 47)
        cable(core, 2 * dist.number, dist, 48)
        core.lags[dist.number] = [2 * dist.number - 1, 2 * dist.number]
        dist.lags[1] = [47, 48]
        dist.uplink, core.down[dist.number] = -1, -dist.number
    for place, access in enumerate(switches[1 + distributors:]):
        dist = dists[place % distributors]
        port = place // distributors + 1
        cable(dist, port, access, PORTS + 1)
        access.uplink, dist.down[access.number] = PORTS + 1, port
        core.down[access.number] = core.down[dist.number]
    return switches


def learn(switches):
    """Every switch learns where each host is, and the core their addresses."""
    core = switches[0]
    for switch in switches:
        for port, (address, vlan, ip) in switch.hosts.items():
            notice(switches, switch, port, address, vlan)
            core.known.setdefault((address, vlan), []).append(ip)


def notice(switches, at, port, address, vlan):
    """Every switch learns that an address is behind a port of one of them."""
    for other in switches:
        towards = port if other is at else other.down.get(at.number, other.uplink)
        other.seen[(address, vlan)] = towards


def cable(one, port, other, far):
    one.links[port] = (other, far)
    other.links[far] = (one, port)


def rows(switch, core):
    """All variables of a switch: (OID, tag, value)."""
    yield from system(switch)
    yield from entity(switch)
    yield from interfaces(switch)
    yield from bridge(switch, core)
    yield from lldp(switch)
    if switch is core:
        yield from arp(switch)


def system(switch):
    root = "1.3.6.1.2.1.1."
    yield root + "1.0", OCTETS, switch.make["description"]
    yield root + "2.0", OID, switch.make["tree"]
    yield root + "3.0", TICKS, 8640000 + switch.number
    yield root + "5.0", OCTETS, switch.name
    yield root + "6.0", OCTETS, f"building {switch.number % 4}, floor {switch.number % 3}"
    yield root + "7.0", INTEGER, 6
    yield "1.3.6.1.6.3.10.2.1.1.0", HEX, "8000000903" + switch.mac.hex()


def entity(switch):
    root = "1.3.6.1.2.1.47.1.1.1.1."
    parts = []
    if len(switch.serials) > 1:
        parts.append((1, "Stack", 0, 11, "Stack", "", "", ""))
    for box, serial in enumerate(switch.serials):
        within = 1 if len(switch.serials) > 1 else 0
        parts.append((1000 * (box + 1), switch.make["model"], within, 3, f"Switch {box + 1}",
                      serial, switch.make["maker"], switch.make["model"]))
        parts.append((1000 * (box + 1) + 1, "Power supply", 1000 * (box + 1), 6, f"PSU {box + 1}",
                      f"PSU{serial}", "", ""))
    for index, description, within, sort, name, serial, maker, model in parts:
        for column, tag, value in [(2, OCTETS, description), (4, INTEGER, within), (5, INTEGER, sort),
                                   (7, OCTETS, name), (11, OCTETS, serial), (12, OCTETS, maker),
                                   (13, OCTETS, model)]:
            yield f"{root}{column}.{index}", tag, value


def interfaces(switch):
    table, more = "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."
    vlan_index = 9000 + 99
    all_ports = list(range(1, switch.ports + 1)) + [-lag for lag in switch.lags]
    for port in all_ports:
        index = switch.index(port)
        is_up = port < 0 or port in switch.links or port in switch.hosts
        own = switch.mac[:5] + bytes([port & 0xFF]) if port > 0 else switch.mac
        speed = 10000 if port < 0 or port in switch.links else 1000
        yield f"{table}1.{index}", INTEGER, index
        yield f"{table}2.{index}", OCTETS, switch.port_name(port)
        yield f"{table}3.{index}", INTEGER, 6 if port > 0 else 161
        yield f"{table}5.{index}", GAUGE, min(speed * 1000000, 4294967295)
        yield f"{table}6.{index}", HEX, own.hex()
        yield f"{table}7.{index}", INTEGER, 1
        yield f"{table}8.{index}", INTEGER, 1 if is_up else 2
        yield f"{more}1.{index}", OCTETS, switch.port_name(port)
        yield f"{more}15.{index}", GAUGE, speed
        other = switch.links.get(port)
        yield f"{more}18.{index}", OCTETS, f"to {other[0].name.split('.')[0]}" if other else ""
    for lag, ports in switch.lags.items():
        for port in ports:
            yield (f"1.2.840.10006.300.43.1.2.1.1.13.{switch.index(port)}", INTEGER,
                   switch.index(-lag))
    name = "Vlan99"
    for column, tag, value in [(1, INTEGER, vlan_index), (2, OCTETS, name), (3, INTEGER, 136),
                               (5, GAUGE, 1000000000), (6, HEX, switch.mac.hex()), (7, INTEGER, 1),
                               (8, INTEGER, 1)]:
        yield f"{table}{column}.{vlan_index}", tag, value
    yield f"{more}1.{vlan_index}", OCTETS, name
    yield f"1.3.6.1.2.1.4.20.1.1.{switch.address}", ADDRESS, switch.address
    yield f"1.3.6.1.2.1.4.20.1.2.{switch.address}", INTEGER, vlan_index
    yield f"1.3.6.1.2.1.4.20.1.3.{switch.address}", ADDRESS, "255.255.0.0"


def bridge(switch, core):
    yield "1.3.6.1.2.1.17.1.1.0", HEX, switch.mac.hex()
    yield "1.3.6.1.2.1.17.2.5.0", HEX, "1000" + core.mac.hex()
    towards = switch.bridge_port(switch.uplink) if switch.uplink else 0
    yield "1.3.6.1.2.1.17.2.7.0", INTEGER, towards
    members = {port for ports in switch.lags.values() for port in ports}
    ports = [port for port in range(1, switch.ports + 1) if port not in members]
    ports += [-lag for lag in switch.lags]
    trunks = switch.trunks()
    q_bridge = "1.3.6.1.2.1.17.7.1."
    for port in ports:
        number = switch.bridge_port(port)
        vlan = 99 if port in trunks else switch.hosts[port][1] if port in switch.hosts else 1
        yield f"1.3.6.1.2.1.17.1.4.1.2.{number}", INTEGER, switch.index(port)
        yield f"{q_bridge}4.5.1.1.{number}", GAUGE, vlan
    for vlan, name in VLANS.items():
        tagged = trunks if vlan in ACCESS else []
        own = [port for port in ports if port not in trunks and vlan == (
            switch.hosts[port][1] if port in switch.hosts else 1)]
        untagged = own + (trunks if vlan == 99 else [])
        yield f"{q_bridge}4.2.1.3.0.{vlan}", GAUGE, vlan
        yield f"{q_bridge}4.2.1.4.0.{vlan}", HEX, bits(switch, tagged + untagged)
        yield f"{q_bridge}4.2.1.5.0.{vlan}", HEX, bits(switch, untagged)
        yield f"{q_bridge}4.3.1.1.{vlan}", OCTETS, name
    for (address, vlan), port in switch.seen.items():
        row = f"{vlan}." + ".".join(str(octet) for octet in address)
        yield f"{q_bridge}2.2.1.2.{row}", INTEGER, switch.bridge_port(port)
        yield f"{q_bridge}2.2.1.3.{row}", INTEGER, 3


def bits(switch, ports):
    octets = bytearray((switch.ports + len(switch.lags) + 7) // 8)
    for port in ports:
        number = switch.bridge_port(port) - 1
        octets[number // 8] |= 0x80 >> number % 8
    return bytes(octets).hex()


def lldp(switch):
    root = "1.0.8802.1.1.2.1."
    yield root + "3.1.0", INTEGER, 4
    yield root + "3.2.0", HEX, switch.mac.hex()
    yield root + "3.6.0", HEX, "28"
    for port in range(1, switch.ports + 1):
        yield f"{root}3.7.1.2.{port}", INTEGER, 5
        yield f"{root}3.7.1.3.{port}", OCTETS, switch.port_name(port)
        yield f"{root}3.7.1.4.{port}", OCTETS, switch.port_name(port)
    for number, (port, (other, far)) in enumerate(sorted(switch.links.items()), 1):
        row = f"{1000 + number}.{port}.{number}"
        for column, tag, value in [
            (4, INTEGER, 4), (5, HEX, other.mac.hex()), (6, INTEGER, 5),
            (7, OCTETS, other.port_name(far)), (8, OCTETS, other.port_name(far)),
            (9, OCTETS, other.name), (10, OCTETS, other.make["description"]),
        ]:
            yield f"{root}4.1.1.{column}.{row}", tag, value
        yield f"{root}4.2.1.3.{row}.1.4.{other.address}", INTEGER, 2


def arp(switch):
    for (address, vlan), _ in switch.seen.items():
        for ip in switch.known.get((address, vlan), []):
            yield f"1.3.6.1.2.1.4.22.1.2.9099.{ip}", HEX, address.hex()
            yield f"1.3.6.1.2.1.4.22.1.4.9099.{ip}", INTEGER, 3


def written(switch, core):
    def order(row):
        return [int(arc) for arc in row[0].split(".")]

    return "".join(f"{oid}|{tag}|{value}\n" for oid, tag, value in sorted(rows(switch, core), key=order))


def truth(switches, closed):
    links = {tuple(sorted([(a.number, a.port_name(p)), (b.number, b.port_name(f))]))
             for a in switches for p, (b, f) in a.links.items()}
    return {
        "switches": [{
            "number": s.number, "name": s.name, "maker": s.make["maker"], "model": s.make["model"],
            "version": s.make["version"], "serials": s.serials, "mac": s.mac.hex(":"),
            "address": s.address, "interfaces": s.ports + len(s.lags) + 1, "neighbours": len(s.links),
            "forwarded": len(s.seen), "lags": {s.port_name(-lag): [s.port_name(p) for p in ports]
                                               for lag, ports in s.lags.items()},
            "trunks": sorted(s.port_name(port) for port in s.trunks()),
            "is_closed": s.number in closed,
        } for s in switches],
        "links": sorted([list(a) + list(b) for a, b in links]),
        "hosts": [{"mac": mac_.hex(":"), "vlan": vlan, "address": ip, "switch": s.number,
                   "port": s.port_name(port)}
                  for s in switches for port, (mac_, vlan, ip) in s.hosts.items()],
        "vlans": [f"{number} {name}" for number, name in VLANS.items()],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--switches", type=int, default=60)
    parser.add_argument("--community", default="public")
    parser.add_argument("--closed", default="", help="numbers of switches that are closed")
    asked = parser.parse_args()
    closed = {int(number) for number in asked.closed.split(",") if number}
    switches = build(asked.switches)
    core = switches[0]
    for switch in switches:
        community = "another" if switch.number in closed else asked.community
        folder = os.path.join(asked.folder, str(switch.number))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{community}.snmprec"), "w", encoding="ascii") as file:
            file.write(written(switch, core))
    with open(os.path.join(asked.folder, "network.json"), "w", encoding="ascii") as file:
        json.dump(truth(switches, closed), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
