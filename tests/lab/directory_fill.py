"""Fills a freshly provisioned domain, without a server running.

    directory_fill.py FOLDER DNS-NAME PASSWORD [ESTATE]

FOLDER is a controller's folder with etc/smb.conf. What is written is the same
every time but for the ids that the directory hands out. corp.example.test gets
3,000 computers, another domain twenty, or what the JSON file ESTATE describes.
"""

import json
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision.sambadns import AAAARecord, ARecord, CNAMERecord
from samba.samdb import SamDB

folder, domain, password = sys.argv[1:4]
described = sys.argv[4] if len(sys.argv) > 4 else None
is_first = domain.startswith("corp.")
root = ",".join(f"DC={part}" for part in domain.split("."))

lp = LoadParm()
lp.load(f"{folder}/etc/smb.conf")
lp.set("dsdb:schema update allowed", "yes")


def opened():
    return SamDB(url=f"{folder}/p/private/sam.ldb", session_info=system_session(lp), lp=lp)


sam = opened()

# 2026-01-01T00:00:00Z in the directory's reckoning: 100 ns since 1601.
NEW_YEAR = (1_767_225_600 + 11_644_473_600) * 10_000_000
DAY = 86_400 * 10_000_000


def add(dn, kinds, **values):
    message = {"dn": dn, "objectClass": kinds}
    message.update({key.replace("__", "-"): value for key, value in values.items()})
    sam.add(message)


def change(dn, **values):
    message = ldb.Message(ldb.Dn(sam, dn))
    for key, value in values.items():
        message[key] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, key)
    sam.modify(message, controls=["relax:0"])


def ou(name, parent=root, **values):
    dn = f"OU={name},{parent}"
    add(dn, "organizationalUnit", **values)
    return dn


def computer(name, parent, number, **values):
    dn = f"CN={name},{parent}"
    values.setdefault("userAccountControl", "4096")
    values.setdefault("operatingSystem", "Windows 11 Enterprise")
    values.setdefault("operatingSystemVersion", "10.0 (26100)")
    add(dn, "computer", sAMAccountName=f"{name}$", dNSHostName=f"{name.lower()}.{domain}", **values)
    change(dn, lastLogonTimestamp=str(NEW_YEAR + (number % 200) * DAY))
    return dn


def user(name, parent, secret=None, **values):
    dn = f"CN={values.pop('cn', name)},{parent}"
    values.setdefault("userPrincipalName", f"{name}@{domain}")
    values.setdefault("userAccountControl", "512" if secret else "544")
    control = values.pop("userAccountControl")
    add(dn, "user", sAMAccountName=name, userAccountControl="546", **values)
    if secret:
        sam.setpassword(f"(sAMAccountName={name})", secret)
    change(dn, userAccountControl=control)
    return dn


def group(name, parent, kind=-2147483646, members=(), **values):
    dn = f"CN={name},{parent}"
    if members:
        values["member"] = list(members)
    add(dn, "group", sAMAccountName=name, groupType=str(kind), **values)
    return dn


def node(name, *records, **values):
    """A name in the domain's zone of the DNS."""
    add(f"DC={name},DC={domain},CN=MicrosoftDNS,DC=DomainDnsZones,{root}", "dnsNode",
        dnsRecord=[ndr_pack(record) for record in records], **values)


# Attributes that tell when LAPS next renews a password, the old and the new kind.
LAPS = {
    "ms-Mcs-AdmPwdExpirationTime":
        "1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2.2",
    "msLAPS-PasswordExpirationTime": "1.2.840.113556.1.6.44.1.1",
}


def extend_schema():
    schema = f"CN=Schema,CN=Configuration,{root}"
    for name, oid in LAPS.items():
        add(f"CN={name},{schema}", ["top", "attributeSchema"], cn=name, lDAPDisplayName=name,
            attributeID=oid, attributeSyntax="2.5.5.16", oMSyntax="65", isSingleValued="TRUE")
    sam.set_schema_update_now()
    message = ldb.Message(ldb.Dn(sam, f"CN=Computer,{schema}"))
    message["mayContain"] = ldb.MessageElement(list(LAPS), ldb.FLAG_MOD_ADD, "mayContain")
    sam.modify(message)
    sam.set_schema_update_now()


def fill_first():
    europe = ou("Europe", description="All of Europe")
    servers = ou("Servers", europe)
    desks = ou("Workstations", europe)
    odd = ou("A\\, B / C", europe)
    people = ou("People")
    groups = ou("Groups")

    clerks = [
        user(f"user{number:03}", people, cn=f"Person Number {number:03}",
             displayName=f"Person {number:03}", givenName="Person", sn=f"{number:03}",
             mail=f"user{number:03}@{domain}")
        for number in range(1, 301)
    ]
    for clerk in clerks[1:]:
        change(clerk, manager=clerks[0])
    change(clerks[1], userAccountControl="66048")    # its password never expires
    change(clerks[2], userAccountControl="514")      # disabled
    change(clerks[3], userAccountControl="640")      # reversible encryption
    change(clerks[4], userAccountControl="4194816")  # no pre-authentication
    change(clerks[5], accountExpires=str(NEW_YEAR))
    change(clerks[6], lastLogonTimestamp=str(NEW_YEAR + DAY))
    service = user("svc-web", people, cn="svc-web", secret=password,
                   servicePrincipalName=[f"HTTP/web.{domain}", "HTTP/web"])
    change(service, userAccountControl="524800")     # trusted for delegation
    change(service, **{"msDS-AllowedToDelegateTo": [f"cifs/files.{domain}"]})

    machines = []
    for number in range(1, 2401):
        place = odd if number == 1 else desks
        machines.append(computer(f"WKS{number:04}", place, number))
    for number in range(1, 601):
        name = f"SRV{number:04}"
        machines.append(computer(
            name, servers, number, operatingSystem="Windows Server 2022 Standard",
            operatingSystemVersion="10.0 (20348)",
            servicePrincipalName=[f"HOST/{name}", f"HOST/{name.lower()}.{domain}"],
        ))
    change(machines[-1], userAccountControl="4098")
    change(machines[-2], userAccountControl="528384")  # trusted for delegation
    old, new = LAPS
    change(machines[1], **{old: str(NEW_YEAR + 30 * DAY)})
    change(machines[2], **{old: str(NEW_YEAR), new: str(NEW_YEAR + 40 * DAY)})
    change(machines[-3], managedBy=clerks[0], location="Paris/Room 1", description="Files")

    innermost = group("Level 3", groups, members=clerks[:20])
    middle = group("Level 2", groups, members=[innermost, *clerks[20:30]])
    group("Level 1", groups, members=[middle], description="Nested groups", managedBy=clerks[0])
    group("All Workstations", groups, members=machines[:2000])
    group("Mail List", groups, kind=8, members=clerks[:5])
    group("Local Folk", groups, kind=-2147483644, members=[middle])
    leads = group("Helpdesk Leads", groups, members=clerks[10:12])
    add_members = ldb.Message(ldb.Dn(sam, f"CN=Domain Admins,CN=Users,{root}"))
    add_members["member"] = ldb.MessageElement([leads], ldb.FLAG_MOD_ADD, "member")
    sam.modify(add_members)

    sites = f"CN=Sites,CN=Configuration,{root}"
    for name in ["Paris", "Lyon"]:
        add(f"CN={name},{sites}", "site", location=f"France/{name}")
    for cidr, site in [("10.1.0.0/16", "Paris"), ("10.2.0.0/16", "Lyon"), ("2001:db8:1::/48", "Paris")]:
        add(f"CN={cidr},CN=Subnets,{sites}", "subnet", siteObject=f"CN={site},{sites}",
            description=f"Offices in {site}")
    add(f"CN=10.9.0.0/16,CN=Subnets,{sites}", "subnet")

    # Addresses of both families, a name in another spelling, one that was given up, and an alias.
    node("srv0598", ARecord("10.20.5.98"), AAAARecord("2001:db8:20::598"))
    node("SRV0597", ARecord("10.20.5.97"))
    node("srv0596", ARecord("10.20.5.96"), dNSTombstoned="TRUE")
    node("files", CNAMERecord(f"srv0598.{domain}"))

    # For the ways in which a bind fails.
    user("disabled", people, secret=password, userAccountControl="514")
    expired = user("expired", people, secret=password)
    change(expired, accountExpires=str(NEW_YEAR))
    must_change = user("mustchange", people, secret=password)
    change(must_change, pwdLastSet="0")
    user("locked", people, secret=password)
    # A name whose letters are beyond ASCII, and a description that is none.
    user("zoe", people, cn="Zo\u00eb O'Neill \\+ S\u00f6hne", description="caf\u00e9 \u2603")


def fill_second():
    floor = ou("Floor")
    for number in range(1, 21):
        computer(f"BR{number:02}", floor, number)
    folk = [user(f"branch{number}", floor) for number in range(1, 6)]
    group("Branch Staff", floor, members=folk)


def allow_lockout():
    change(root, lockoutThreshold="3", lockoutDuration=str(-1800 * 10_000_000),
           lockOutObservationWindow=str(-1800 * 10_000_000))


def fill_described(estate):
    """units: name, unit above or none. groups: name, names of members, people and groups before it."""
    units, people = {}, {}
    for name, above in estate["units"]:
        units[name] = ou(name, units.get(above, root))
    for number, machine in enumerate(estate["computers"]):
        computer(machine["name"], units[machine["unit"]], number, operatingSystem=machine["system"],
                 operatingSystemVersion=machine["version"], description=machine["description"])
    for one in estate["users"]:
        people[one["handle"]] = user(one["handle"], units[one["unit"]], cn=one["name"], displayName=one["name"])
        change(people[one["handle"]], userAccountControl=one["flags"])
    for name, members in estate["groups"]:
        people[name] = group(name, units["Groups"], members=[people[member] for member in members])
    sites = f"CN=Sites,CN=Configuration,{root}"
    for name, networks in estate["sites"].items():
        add(f"CN={name},{sites}", "site")
        for cidr in networks:
            add(f"CN={cidr},CN=Subnets,{sites}", "subnet", siteObject=f"CN={name},{sites}")


if is_first:
    extend_schema()
    sam = opened()
sam.transaction_start()
try:
    if is_first:
        fill_first()
        allow_lockout()
    elif described:
        with open(described, encoding="utf-8") as file:
            fill_described(json.load(file))
    else:
        fill_second()
    # Who reads: no more rights than anybody has. In both domains under one name.
    user("reader", f"CN=Users,{root}", secret=password, userAccountControl="66048",
         userPrincipalName="reader@example.test")
except BaseException:
    sam.transaction_cancel()
    raise
sam.transaction_commit()
print(ndr_unpack(security.dom_sid, sam.search(root, ldb.SCOPE_BASE, attrs=["objectSid"])[0]["objectSid"][0]))
