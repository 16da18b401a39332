"""What the demo estate runs: its regions, teams and services. Nothing of it is anybody's.

Tables only; demo_estate.py makes them in moto.
"""

from collections import namedtuple
from datetime import datetime, timezone

# The day of the earlier state; the later one is 30 days after. Fixed, so that
# recordings made again differ in as little as possible.
FIRST_DAY = datetime(2026, 10, 19, 6, 0, tzinfo=timezone.utc)

# Word in names -> region.
REGIONS = {"eu": "eu-west-1", "de": "eu-central-1", "us": "us-east-1"}

# Region -> the second part of its networks' addresses, by environment.
NETWORKS = {
    "eu": {"prod": 16, "staging": 17},
    "de": {"prod": 32, "staging": 33},
    "us": {"prod": 48, "staging": 49},
}

# Team -> owner as people wrote it in the tag (people here, and one who has left), cost centre.
TEAMS = {
    "storefront": ("ines.moreau", "CC-210"),
    "payments": ("tomasz.wrona", "CC-230"),
    "search": ("amina.diallo", "CC-215"),
    "data": ("lars.holmgren", "CC-340"),
    "platform": ("priya.nair", "CC-110"),
    "finance-systems": ("george.adeyemi", "CC-420"),
}

# tier: the subnets and security group it stands in. data: GiB of a second volume, 0 for none.
# counts: (region, environment) -> instances.
Service = namedtuple("Service", "name team tier size data image counts")

SERVICES = [
    Service(
        "web",
        "storefront",
        "web",
        "m6i.large",
        0,
        "linux",
        {
            ("eu", "prod"): 12,
            ("de", "prod"): 8,
            ("us", "prod"): 6,
            ("eu", "staging"): 3,
        },
    ),
    Service(
        "basket",
        "storefront",
        "app",
        "c6i.large",
        0,
        "linux",
        {("eu", "prod"): 6, ("de", "prod"): 4, ("us", "prod"): 3},
    ),
    Service(
        "payments-api",
        "payments",
        "app",
        "c6i.xlarge",
        0,
        "linux",
        {("eu", "prod"): 6, ("de", "prod"): 6, ("eu", "staging"): 2},
    ),
    Service(
        "db-payments",
        "payments",
        "data",
        "r6i.2xlarge",
        500,
        "linux",
        {("eu", "prod"): 3, ("de", "prod"): 2, ("eu", "staging"): 1},
    ),
    Service(
        "ledger",
        "payments",
        "app",
        "m6i.xlarge",
        100,
        "linux",
        {("eu", "prod"): 2, ("de", "prod"): 2},
    ),
    Service(
        "search",
        "search",
        "app",
        "r6i.xlarge",
        200,
        "linux",
        {("eu", "prod"): 8, ("de", "prod"): 5, ("us", "prod"): 4, ("eu", "staging"): 2},
    ),
    Service(
        "db-catalogue",
        "search",
        "data",
        "r6i.xlarge",
        300,
        "linux",
        {("eu", "prod"): 3, ("de", "prod"): 2, ("us", "prod"): 2},
    ),
    Service(
        "cache",
        "platform",
        "data",
        "r6i.large",
        0,
        "linux",
        {("eu", "prod"): 4, ("de", "prod"): 3, ("us", "prod"): 2},
    ),
    Service(
        "queue",
        "platform",
        "data",
        "m6i.large",
        100,
        "linux",
        {("eu", "prod"): 3, ("de", "prod"): 3},
    ),
    Service(
        "batch",
        "data",
        "app",
        "c6i.4xlarge",
        0,
        "linux",
        {("eu", "prod"): 10, ("eu", "staging"): 2},
    ),
    Service(
        "warehouse", "data", "data", "r6i.4xlarge", 1000, "linux", {("eu", "prod"): 4}
    ),
    Service(
        "notebook", "data", "app", "m6i.xlarge", 50, "linux", {("eu", "staging"): 5}
    ),
    Service(
        "ci-runner",
        "platform",
        "app",
        "c6i.2xlarge",
        100,
        "linux",
        {("eu", "staging"): 12},
    ),
    Service(
        "bastion",
        "platform",
        "web",
        "t3.micro",
        0,
        "linux",
        {("eu", "prod"): 2, ("de", "prod"): 1, ("us", "prod"): 1},
    ),
    Service(
        "metrics",
        "platform",
        "app",
        "m6i.xlarge",
        200,
        "linux",
        {("eu", "prod"): 2, ("de", "prod"): 1, ("us", "prod"): 1},
    ),
    Service(
        "erp",
        "finance-systems",
        "app",
        "m5.2xlarge",
        500,
        "windows",
        {("de", "prod"): 3},
    ),
    Service(
        "erp-reports",
        "finance-systems",
        "app",
        "m5.large",
        0,
        "windows",
        {("de", "prod"): 2, ("de", "staging"): 1},
    ),
    Service(
        "mail-relay",
        "platform",
        "web",
        "t3.small",
        0,
        "linux",
        {("eu", "prod"): 2, ("us", "prod"): 1},
    ),
]

# Tier -> (port, who may come: a tier, or "world").
RULES = {
    "web": [(443, "world"), (80, "world")],
    "app": [(8443, "web"), (9100, "app")],
    "data": [(5432, "app"), (6379, "app"), (9092, "app")],
}
TIERS = {"web": 0, "app": 1, "data": 2}
