//! The kinds of asset. Adding one is a checklist in `docs/ADDING.md`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Kinds whose records may be the same thing. Identifiers never match across families.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Servers, virtual machines, instances, and what a directory knows of them.
    Machine,
    /// Switches, routers and the like.
    NetworkDevice,
    /// Everything that only its own source can identify.
    Own,
}

macro_rules! kinds {
    ($($variant:ident = $code:literal $word:literal $label:literal $plural:literal $family:ident $rank:literal;)*) => {
        /// What an asset is.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            $(#[doc = $label] $variant,)*
        }

        impl Kind {
            /// Every kind, in the order people read them.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The stored number. Never reuse one.
            #[must_use]
            pub fn code(self) -> i16 {
                match self { $(Kind::$variant => $code,)* }
            }

            /// The word in queries, files and the API.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Kind::$variant => $word,)* }
            }

            /// One of them, in words for people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Kind::$variant => $label,)* }
            }

            /// Several of them, in words for people.
            #[must_use]
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$variant => $plural,)* }
            }

            /// Which other kinds its records may be matched with.
            #[must_use]
            pub fn family(self) -> Family {
                match self { $(Kind::$variant => Family::$family,)* }
            }

            /// Among records of one asset, the kind of the highest rank names the asset.
            #[must_use]
            pub fn rank(self) -> u8 {
                match self { $(Kind::$variant => $rank,)* }
            }
        }
    };
}

kinds! {
    Server = 1 "server" "Server" "Servers" Machine 3;
    Vm = 2 "vm" "Virtual machine" "Virtual machines" Machine 4;
    Instance = 3 "instance" "Cloud instance" "Cloud instances" Machine 4;
    Computer = 4 "computer" "Directory computer" "Directory computers" Machine 1;
    Switch = 5 "switch" "Switch" "Switches" NetworkDevice 3;
    Router = 6 "router" "Router" "Routers" NetworkDevice 3;
    Firewall = 7 "firewall" "Firewall" "Firewalls" NetworkDevice 3;
    AccessPoint = 8 "access-point" "Access point" "Access points" NetworkDevice 3;
    NetworkDevice = 9 "network-device" "Network device" "Network devices" NetworkDevice 2;
    Cluster = 10 "cluster" "Cluster" "Clusters" Own 1;
    Datastore = 11 "datastore" "Datastore" "Datastores" Own 1;
    Volume = 12 "volume" "Volume" "Volumes" Own 1;
    Network = 13 "network" "Network" "Networks" Own 1;
    Subnet = 14 "subnet" "Subnet" "Subnets" Own 1;
    NetworkInterface = 15 "network-interface" "Cloud network interface" "Cloud network interfaces" Own 1;
    Address = 16 "address" "Reserved address" "Reserved addresses" Own 1;
    SecurityGroup = 17 "security-group" "Security group" "Security groups" Own 1;
    LoadBalancer = 18 "load-balancer" "Load balancer" "Load balancers" Own 1;
    Image = 19 "image" "Machine image" "Machine images" Own 1;
    Bucket = 20 "bucket" "Bucket" "Buckets" Own 1;
    Database = 21 "database" "Database" "Databases" Own 1;
    Account = 22 "account" "Account" "Accounts" Own 1;
    Group = 23 "group" "Group" "Groups" Own 1;
    Ou = 24 "ou" "Organisational unit" "Organisational units" Own 1;
    VirtualSwitch = 25 "virtual-switch" "Virtual switch" "Virtual switches" Own 1;
    DirectorySite = 26 "directory-site" "Directory site" "Directory sites" Own 1;
    Domain = 27 "domain" "Directory domain" "Directory domains" Own 1;
    Snapshot = 28 "snapshot" "Snapshot" "Snapshots" Own 1;
    Gateway = 29 "gateway" "Gateway" "Gateways" Own 1;
    RouteTable = 30 "route-table" "Route table" "Route tables" Own 1;
    Peering = 31 "peering" "Peering" "Peerings" Own 1;
    KeyPair = 32 "key-pair" "Key pair" "Key pairs" Own 1;
    LaunchTemplate = 33 "launch-template" "Launch template" "Launch templates" Own 1;
    Reservation = 34 "reservation" "Reservation" "Reservations" Own 1;
    CloudRegion = 35 "cloud-region" "Cloud region" "Cloud regions" Own 1;
    CloudAccount = 36 "cloud-account" "Cloud account" "Cloud accounts" Own 1;
    CloudResource = 37 "cloud-resource" "Cloud resource" "Cloud resources" Own 1;
}

impl Kind {
    /// The kind of a stored number.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
