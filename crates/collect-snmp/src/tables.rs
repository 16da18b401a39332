//! The tables of MIBs that are read, one file each: which columns, and what their rows say.
//!
//! Decoding is pure: from variables, wherever they came from, to rows. It never fails; what cannot be
//! read is not there. What the rows of several tables say together is the business of `device`.

pub(crate) mod arp;
pub(crate) mod cdp;
pub(crate) mod entity;
pub(crate) mod fdb;
pub(crate) mod index;
pub(crate) mod interfaces;
pub(crate) mod ip;
pub(crate) mod lag;
pub(crate) mod lldp;
pub(crate) mod port_list;
pub(crate) mod stp;
pub(crate) mod system;
pub(crate) mod vlans;
pub(crate) mod vtp;

/// Neighbouring columns of one table (or scalars of one group), read in one walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The table's entry, or the group.
    pub root: &'static [u32],
    /// The first column.
    pub first: u32,
    /// The last column.
    pub last: u32,
}

impl Span {
    /// These columns of `root`.
    pub(crate) const fn of(root: &'static [u32], first: u32, last: u32) -> Span {
        Span { root, first, last }
    }
}

/// What is read of a device together, and given up together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    /// What people and recordings call it.
    pub name: &'static str,
    /// Its columns.
    pub spans: &'static [Span],
}

/// Everything that is walked, in the order in which a device is asked: what it is known by first.
pub(crate) const TABLES: &[Table] = &[
    Table { name: "entity", spans: entity::SPANS },
    Table { name: "interfaces", spans: interfaces::SPANS },
    Table { name: "addresses", spans: ip::SPANS },
    Table { name: "vlans", spans: vlans::SPANS },
    Table { name: "lldp", spans: lldp::SPANS },
    Table { name: "lag", spans: lag::SPANS },
    Table { name: "fdb", spans: fdb::SPANS },
    Table { name: "arp", spans: arp::SPANS },
];

/// What only devices of Cisco have: not asked of others.
pub(crate) const CISCO_TABLES: &[Table] = &[
    Table { name: "vtp", spans: vtp::SPANS },
    Table { name: "cdp", spans: cdp::SPANS },
    Table { name: "pagp", spans: lag::CISCO_SPANS },
];
