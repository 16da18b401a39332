//! Zones of the DNS that the directory keeps: which addresses names have.
//!
//! They are no part of what is enumerated: a zone that cannot be read is told, and what was known of addresses
//! stays.

use super::pager::Pager;
use super::{Halt, Survey};
use crate::decode::{dn, dns_record};
use crate::entry::Entry;
use crate::observe::{Sheet, name_of};
use crate::question::Question;
use cadastre_model::{Attr, DetailError, Identifier};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

const NAME: &str = "dns";

/// Nodes that have not been given up (\[MS-DNSP\] 2.3.1.1).
const FILTER: &str = "(&(objectClass=dnsNode)(!(dNSTombstoned=TRUE)))";

/// Parts of the directory that hold zones: of the domain, and of the forest.
const PARTS: [&str; 2] = ["DC=DomainDnsZones,", "DC=ForestDnsZones,"];

/// The node that stands for its zone.
const ZONE_ITSELF: &str = "@";

/// What the zones say.
#[derive(Debug)]
pub(super) enum Zones {
    /// Nobody wants to know.
    NotAsked,
    /// They could not be read.
    NotRead,
    /// Addresses by name, in lower case.
    Read(BTreeMap<String, BTreeSet<IpAddr>>),
}

impl Survey<'_> {
    /// Reads all zones that the controller has, if that is wanted.
    pub(super) async fn zones(&mut self) -> Result<Zones, Halt> {
        if !self.dns {
            return Ok(Zones::NotAsked);
        }
        let why = match self.read_zones().await {
            Ok(Some(names)) => return Ok(Zones::Read(names)),
            Ok(None) => {
                "this controller keeps no zones of the DNS; ask one that does, or turn `dns` off"
                    .to_owned()
            }
            Err(Halt::Fault(fault)) if !fault.hopeless => fault.text(),
            Err(halt) => return Err(halt),
        };
        let error = DetailError { subject: NAME.to_owned(), message: why };
        self.run.detail_error(&self.scope, error).await?;
        Ok(Zones::NotRead)
    }

    async fn read_zones(&mut self) -> Result<Option<BTreeMap<String, BTreeSet<IpAddr>>>, Halt> {
        let is_of_zones = |context: &&String| {
            let start = |part: &str| context.get(..part.len());
            PARTS.iter().any(|part| start(part).is_some_and(|it| it.eq_ignore_ascii_case(part)))
        };
        let bases: Vec<String> = self.place.contexts.iter().filter(is_of_zones).cloned().collect();
        if bases.is_empty() {
            return Ok(None);
        }
        let mut names: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
        for base in bases {
            let asked = ["objectGUID", "dnsRecord"];
            let question = Question::of_all(NAME, base, FILTER, &asked, self.page_size);
            let mut pager = Pager::new(question);
            while let Some(entries) = pager.next(self).await? {
                for entry in entries {
                    take(&entry, &mut names);
                }
            }
        }
        Ok(Some(names))
    }
}

/// A node's addresses; most that are not hosts have none.
fn take(entry: &Entry, names: &mut BTreeMap<String, BTreeSet<IpAddr>>) {
    let records = entry.values("dnsrecord").iter();
    let addresses: BTreeSet<IpAddr> = records.filter_map(|it| dns_record::address(it)).collect();
    let parts = dn::parts(&name_of(entry)).unwrap_or_default();
    let [node, zone, ..] = parts.as_slice() else { return };
    if addresses.is_empty() {
        return;
    }
    let name = match node.value.as_str() {
        ZONE_ITSELF => zone.value.to_lowercase(),
        node => format!("{node}.{}", zone.value).to_lowercase(),
    };
    names.entry(name).or_default().extend(addresses);
}

impl Zones {
    /// States the addresses of a machine's name.
    pub(super) fn state(&self, sheet: &mut Sheet<'_>, host: Option<&str>) {
        let names = match self {
            Zones::NotAsked => return,
            Zones::NotRead => {
                sheet.seen.not_read(Attr::DnsAddresses, "the zones of the DNS could not be read");
                return;
            }
            Zones::Read(names) => names,
        };
        let host = host.map(|host| host.trim_end_matches('.').to_lowercase());
        let found = host.and_then(|host| names.get(&host));
        let addresses: Vec<String> = found.into_iter().flatten().map(ToString::to_string).collect();
        for address in &addresses {
            sheet.seen.identify(Identifier::ip(address));
        }
        sheet.seen.state_list(Attr::DnsAddresses, addresses);
    }
}
