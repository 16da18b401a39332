//! Policy: the settings the reconciler decides by. Versioned in the store, a parameter here.

use crate::registry::{Attr, Kind};
use crate::source::SourceKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which sources may speak for an attribute, first the one whose word counts most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The kind of asset it is for; `None`: every kind.
    pub kind: Option<Kind>,
    /// The attribute it is for; `None`: every attribute.
    pub attr: Option<Attr>,
    /// Sources by kind, in order.
    pub order: Vec<SourceKind>,
    /// A witness whose record was last seen longer ago than this many days steps behind the others.
    pub max_age_days: Option<i64>,
}

/// When ageing stops and asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    /// Held when more than this share of a scope is about to age, in percent ...
    pub percent: u64,
    /// ... and more than this many things.
    pub count: u64,
}

/// When a missed record is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// Complete enumerations that missed it, at least.
    pub complete_runs: u64,
    /// Days since it was last seen, at least.
    pub days: i64,
}

/// Everything the reconciler decides by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Authority rules; the first that fits kind and attribute counts.
    pub authority: Vec<Authority>,
    /// When ageing stops and asks.
    pub brake: Brake,
    /// When a missed record is gone.
    pub expiry: Expiry,
    /// An identifier that more live records of one source share than this is junk.
    pub crowd_limit: u64,
    /// Pairs of kinds that one weak identifier may link by itself: (record's kind, asset's kind).
    pub weak_pairs: Vec<(Kind, Kind)>,
    /// Canonical tag key by folded alias: `env` → `environment`.
    pub tag_aliases: BTreeMap<String, String>,
    /// Attributes filled from a canonical tag where no source and no person states them.
    pub tag_attributes: BTreeMap<String, Attr>,
}

impl Default for Policy {
    fn default() -> Policy {
        use SourceKind::{Aws, Directory, People, Snmp, Vsphere};
        let rule = |attr, order: &[SourceKind]| Authority {
            kind: None,
            attr,
            order: order.to_vec(),
            max_age_days: None,
        };
        let network_gear =
            [Kind::Switch, Kind::Router, Kind::Firewall, Kind::AccessPoint, Kind::NetworkDevice]
                .map(|kind| Authority {
                    kind: Some(kind),
                    attr: None,
                    order: vec![Snmp, People, Vsphere, Aws, Directory],
                    max_age_days: None,
                });
        let mut authority = network_gear.to_vec();
        authority.push(rule(None, &[Aws, Vsphere, Snmp, Directory, People]));
        let weak_pairs = [Kind::Vm, Kind::Instance, Kind::Server]
            .into_iter()
            .flat_map(|machine| [(Kind::Computer, machine), (machine, Kind::Computer)])
            .collect();
        let aliases = [
            ("env", "environment"),
            ("stage", "environment"),
            ("costcenter", "cost-centre"),
            ("cost-center", "cost-centre"),
            ("cost_center", "cost-centre"),
            ("costcentre", "cost-centre"),
            ("cost_centre", "cost-centre"),
        ];
        Policy {
            authority,
            brake: Brake { percent: 10, count: 20 },
            expiry: Expiry { complete_runs: 3, days: 14 },
            crowd_limit: 3,
            weak_pairs,
            tag_aliases: aliases.map(|(from, to)| (from.to_owned(), to.to_owned())).into(),
            tag_attributes: [
                ("environment".to_owned(), Attr::Environment),
                ("cost-centre".to_owned(), Attr::CostCentre),
                ("criticality".to_owned(), Attr::Criticality),
            ]
            .into(),
        }
    }
}

impl Policy {
    /// The canonical key of a tag key, if it differs from the folded key.
    #[must_use]
    pub fn canonical_tag_key(&self, key: &str) -> String {
        let folded = crate::text::fold(key);
        self.tag_aliases.get(&folded).cloned().unwrap_or(folded)
    }

    /// The authority rule for an attribute of a kind.
    #[must_use]
    pub fn authority_for(&self, kind: Kind, attr: Attr) -> Option<&Authority> {
        self.authority.iter().find(|rule| {
            rule.kind.is_none_or(|one| one == kind) && rule.attr.is_none_or(|one| one == attr)
        })
    }
}
