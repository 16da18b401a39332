"""What the demo's own site in Dublin runs: switches, a cluster of hosts, machines, desks. Nothing of it is
anybody's.

`Site(later)` holds it as it was a month ago or as it is today, in the words of those who play it: vcsim
(vcsim/estate.go), snmpsim (snmp_network.py) and Samba (directory_fill.py). demo_peers.py starts them.
"""

import uuid
from collections import namedtuple

import snmp_network

DOMAIN = "harbour.example"
VCENTER, CONTROLLER = "10.40.0.10", "10.40.0.20"
SWITCHES = 17
DISTRIBUTORS = 2
# Each host hangs on one of these, by its number: the switches of the server room.
RACK_SWITCHES = (3, 4)

Service = namedtuple("Service", "name count later cpu memory disk system joined note")

WINDOWS = ("windows2019srvNext_64Guest", "Microsoft Windows Server 2022 (64-bit)")
OLD_WINDOWS = ("windows8Server64Guest", "Microsoft Windows Server 2012 R2 (64-bit)")
DEBIAN = ("debian11_64Guest", "Debian GNU/Linux 12 (64-bit)")

# count, later: how many there were a month ago, and how many there are today.
# joined: a computer of the directory too, under the same host name.
SERVICES = [
    Service("dub-dc", 2, 2, 2, 8, 80, WINDOWS, False, "Domain controller"),
    Service("sql-erp", 3, 3, 8, 32, 600, WINDOWS, True, "Databases of the ERP"),
    Service("app-erp", 4, 4, 4, 16, 120, WINDOWS, True, "ERP application"),
    Service("files", 2, 2, 4, 16, 2000, WINDOWS, True, "Shares of all departments"),
    Service("print", 1, 1, 2, 4, 60, WINDOWS, True, "Print queues"),
    Service("rds", 6, 6, 8, 32, 150, WINDOWS, True, "Remote desktops"),
    Service("app-hr", 2, 1, 2, 8, 100, OLD_WINDOWS, True, "Personnel files; to be replaced"),
    Service("wsus", 1, 1, 2, 8, 500, WINDOWS, True, "Updates for Windows"),
    Service("pki", 1, 1, 2, 4, 60, WINDOWS, True, "Certificates for machines"),
    Service("k8s-node", 9, 12, 8, 32, 200, DEBIAN, False, "Worker of the cluster"),
    Service("pg-billing", 3, 3, 8, 64, 800, DEBIAN, False, "Billing databases"),
    Service("gitlab", 1, 1, 8, 32, 900, DEBIAN, False, "Source code"),
    Service("artifacts", 1, 1, 4, 16, 1500, DEBIAN, False, "Packages and images"),
    Service("syslog", 2, 2, 4, 8, 1000, DEBIAN, False, "Logs of everything on site"),
    Service("proxy", 2, 2, 2, 4, 40, DEBIAN, False, "Way out for servers"),
    Service("monitor", 2, 2, 4, 16, 200, DEBIAN, False, "Watches the site"),
    Service("vault", 3, 3, 2, 8, 50, DEBIAN, False, "Secrets"),
]

PEOPLE = [
    ("ines.moreau", "Ines Moreau"),
    ("tomasz.wrona", "Tomasz Wrona"),
    ("amina.diallo", "Amina Diallo"),
    ("lars.holmgren", "Lars Holmgren"),
    ("priya.nair", "Priya Nair"),
    ("george.adeyemi", "George Adeyemi"),
    ("owen.price", "Owen Price"),
    ("svc.backup", "Backup"),
    ("svc.erp", "ERP"),
    ("svc.scanner", "Scanner"),
]
LEFT = "owen.price"

GROUPS = [
    ("ERP Users", ["ines.moreau", "george.adeyemi"]),
    ("ERP Operators", ["george.adeyemi", "svc.erp"]),
    ("Server Operators Dublin", ["priya.nair", "owen.price"]),
    ("Remote Desktop Dublin", ["ERP Users", "lars.holmgren", "amina.diallo"]),
]


def known(name):
    """An id that is the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.{DOMAIN}"))


class Site:
    def __init__(self, later):
        self.later = later
        self.hosts = [self.host(number) for number in range(1, 7)]
        self.slots = [self.machine(*one) for one in self.services()]
        self.machines = [machine for machine in self.slots if not machine["absent"]]
        self.switches = self.network()

    @staticmethod
    def services():
        """Each machine that there is or was, and a number of its own."""
        for at, service in enumerate(SERVICES):
            for number in range(1, max(service.count, service.later) + 1):
                yield service, number, 12 * at + number

    def host(self, number):
        name = f"esx{number:02}.{DOMAIN}"
        return {
            "name": name, "uuid": known(name), "vendor": "Dell Inc.", "model": "PowerEdge R750",
            "serial": f"HX{number}4K{number}3", "version": "7.0.3", "build": "21930508",
            "address": f"10.40.10.{200 + number}", "memory_gib": 512,
            "macs": [f"b0:26:28:4e:10:{2 * number:02x}", f"b0:26:28:4e:10:{2 * number + 1:02x}"],
            "maintenance": self.later and number == 6,
        }

    def machine(self, service, number, place):
        name = f"{service.name}-{number:02}"
        on = place % 6
        # The sixth host was emptied for repairs; what ran on it runs on the first.
        if self.later and on == 5:
            on = 0
        guest_id, guest = service.system
        grown = self.later and name == "sql-erp-01"
        return {
            "name": name, "uuid": known(name), "host": self.hosts[on]["name"], "cpu": service.cpu,
            "memory_gib": service.memory * (2 if grown else 1), "disk_gib": service.disk,
            "guest_id": guest_id, "guest": guest, "host_name": f"{name}.{DOMAIN}",
            "address": f"10.40.11.{place}", "mac": f"00:50:56:9c:40:{place:02x}",
            "created": f"202{2 + place % 4}-{1 + place % 12:02}-{1 + place % 28:02}T09:00:00Z",
            "absent": number > (service.later if self.later else service.count),
            "note": service.note, "off": name in ("print-01", "app-hr-01"), "joined": service.joined,
        }

    def vcenter(self):
        """For vcsim."""
        return {
            "vcenter": known("vcenter"),
            "names": {
                "DC0": "Dublin", "DC0_C0": "dub-production", "LocalDS_0": "dub-san-01",
                "DVS0": "dub-dvs-01", "DC0_DVPG0": "servers", "DVS0-DVUplinks-9": "dub-dvs-01-uplinks",
            },
            "hosts": self.hosts, "machines": self.slots,
        }

    # Switches.

    def network(self):
        snmp_network.VLANS.update({10: "servers", 20: "office", 30: "wireless"})
        switches = snmp_network.lay(SWITCHES, DISTRIBUTORS)
        for switch in switches:
            switch.name = f"{self.switch_name(switch)}.{DOMAIN}"
            switch.address = f"10.40.99.{switch.number + 1}"
        if self.later:
            newer = {"version": "16.12.8", "description":
                     switches[0].make["description"].replace("16.12.4", "16.12.8")}
            switches[0].make = {**switches[0].make, **newer}
        self.plug_desks(switches)
        for number, host in enumerate(self.hosts):
            at = switches[RACK_SWITCHES[number % 2]]
            at.hosts[1 + number] = (octets(host["macs"][0]), 10, host["address"])
        snmp_network.learn(switches)
        core = switches[0]
        for machine in self.machines:
            number = next(at for at, one in enumerate(self.hosts) if one["name"] == machine["host"])
            if not machine["off"]:
                address = octets(machine["mac"])
                at = switches[RACK_SWITCHES[number % 2]]
                snmp_network.notice(switches, at, 1 + number, address, 10)
                core.known[(address, 10)] = [machine["address"]]
        return switches

    def switch_name(self, switch):
        if switch.role == "core":
            return "dub-core-01"
        if switch.role == "dist":
            return f"dub-dist-{switch.number:02}"
        if switch.number in RACK_SWITCHES:
            return f"dub-rack-{switch.number - DISTRIBUTORS:02}"
        return f"dub-floor-{switch.number - DISTRIBUTORS - len(RACK_SWITCHES):02}"

    def plug_desks(self, switches):
        floors = [one for one in switches if one.role == "access" and one.number not in RACK_SWITCHES]
        for desk in range(1, self.desks() + 1):
            floor, port = floors[desk % len(floors)], 1 + desk // len(floors)
            address = bytes([0x8C, 0x04, 0xBA, 0x11, 0, desk])
            # One person moved to another floor, and took the computer along.
            if self.later and desk == 7:
                floor, port = floors[0], 20
            floor.hosts[port] = (address, 20, f"10.40.20.{desk}")

    def desks(self):
        return 86 if self.later else 84

    # The directory.

    def computers(self):
        servers = [
            {"name": machine["name"].upper(), "unit": "Servers", "description": machine["note"],
             "system": machine["guest"].replace("Microsoft ", "").replace(" (64-bit)", " Standard"),
             "version": "6.3 (9600)" if "2012" in machine["guest"] else "10.0 (20348)"}
            for machine in self.machines if machine["joined"]
        ]
        desks = [
            {"name": f"DUB-WS-{desk:03}", "unit": "Workstations", "description": f"Desk {desk}",
             "system": "Windows 10 Pro" if desk % 5 == 0 else "Windows 11 Pro",
             "version": "10.0 (19045)" if desk % 5 == 0 else "10.0 (26100)"}
            for desk in range(1, self.desks() + 1)
        ]
        return servers + desks

    def directory(self):
        """For Samba."""
        return {
            "units": [["Dublin", None], ["Servers", "Dublin"], ["Workstations", "Dublin"],
                      ["People", "Dublin"], ["Groups", "Dublin"]],
            "computers": self.computers(),
            "users": [
                {"handle": handle, "name": name, "unit": "People",
                 "flags": "66080" if handle.startswith("svc.") else "544"}
                for handle, name in PEOPLE
            ],
            "groups": GROUPS,
            "sites": {"Dublin": ["10.40.0.0/16"]},
        }

    def changes(self, before):
        """What happened in the directory since, in LDIF."""
        was = {one["name"] for one in before.computers()}
        now = {one["name"]: one for one in self.computers()}
        for name in sorted(was - set(now)):
            yield f"dn: {self.dn(name, 'Servers')}\nchangetype: delete\n"
        for name in sorted(set(now) - was):
            one = now[name]
            yield (
                f"dn: {self.dn(name, one['unit'])}\nchangetype: add\nobjectClass: computer\n"
                f"sAMAccountName: {name}$\nuserAccountControl: 4096\n"
                f"dNSHostName: {name.lower()}.{DOMAIN}\noperatingSystem: {one['system']}\n"
                f"operatingSystemVersion: {one['version']}\ndescription: {one['description']}\n"
            )
        name = dict(PEOPLE)[LEFT]
        yield (
            f"dn: {self.dn(name, 'People')}\nchangetype: modify\n"
            "replace: userAccountControl\nuserAccountControl: 546\n"
        )

    @staticmethod
    def dn(name, unit):
        return f"CN={name},OU={unit},OU=Dublin," + ",".join(f"DC={part}" for part in DOMAIN.split("."))


def octets(mac):
    return bytes.fromhex(mac.replace(":", ""))
