//! Domain controllers: which computers are some, in which sites, with which roles.
//!
//! The forest keeps a server object for each, apart from its computer.

use super::pager::Pager;
use super::report::Report;
use super::{Halt, Survey};
use crate::decode::dn;
use crate::decode::reference::Reference;
use crate::entry::Entry;
use crate::observe::{id_of, name_of};
use crate::place::leaf_of;
use crate::question::Question;
use std::collections::BTreeMap;

const NAME: &str = "domain controllers";

/// What is known of a domain controller besides its computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Controller {
    /// The site it is in.
    pub site: Option<Site>,
    /// It answers for the whole forest.
    pub is_catalog: bool,
    /// The roles that only it has.
    pub roles: Vec<String>,
}

/// A directory site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// Its id.
    pub guid: String,
    /// Its name.
    pub name: String,
}

/// The domain controllers, by the ids of their computers.
#[derive(Debug, Default)]
pub(crate) struct Controllers(BTreeMap<String, Controller>);

impl Controllers {
    /// The one whose computer has this id.
    pub(crate) fn of(&self, computer: &str) -> Option<&Controller> {
        self.0.get(computer)
    }
}

impl Survey<'_> {
    /// Reads the domain controllers of the forest.
    pub(super) async fn controllers(&mut self, report: &mut Report) -> Result<Controllers, Halt> {
        let base = format!("CN=Sites,{}", self.place.configuration);
        let filter = "(|(objectClass=site)(objectClass=server)(objectClass=nTDSDSA))";
        let attributes = ["objectGUID", "objectClass", "serverReference", "options"];
        let question = Question::of_all(NAME, base, filter, &attributes, self.page_size);
        let mut pager = Pager::new(question);
        let mut all = Vec::new();
        while let Some(entries) = pager.next(self).await? {
            report.page();
            all.extend(entries);
        }
        let mut places = Servers::of(&all);
        self.roles(&mut places).await?;
        Ok(places.settle())
    }

    /// Who has the roles that only one controller can have.
    async fn roles(&mut self, places: &mut Servers) -> Result<(), Halt> {
        let place = &self.place;
        let roles = [
            ("schema master", place.schema.clone()),
            ("naming master", format!("CN=Partitions,{}", place.configuration)),
            ("PDC emulator", place.domain_dn.clone()),
            ("RID master", format!("CN=RID Manager$,CN=System,{}", place.domain_dn)),
            ("infrastructure master", format!("CN=Infrastructure,{}", place.domain_dn)),
        ];
        for (role, holder) in roles {
            let question = Question::of_one(NAME, holder, &["fSMORoleOwner"]);
            let Some(entry) = self.one(&question).await? else { continue };
            let owner = entry.first("fsmoroleowner").map(String::from_utf8_lossy);
            if let Some(owner) = owner {
                places.give(&Reference::read(&owner).dn, role);
            }
        }
        Ok(())
    }
}

/// Servers by their folded names, while they are put together.
#[derive(Debug, Default)]
struct Servers {
    sites: BTreeMap<String, Site>,
    /// The id of the computer of a server.
    computers: BTreeMap<String, String>,
    found: BTreeMap<String, Controller>,
}

impl Servers {
    fn of(entries: &[Entry]) -> Servers {
        const CATALOG: i64 = 1;
        let mut servers = Servers::default();
        for entry in entries {
            let name = folded(&name_of(entry));
            if entry.is_of("site") {
                let site = id_of(entry).zip(leaf_of(entry));
                servers.sites.extend(site.map(|(guid, leaf)| (name, Site { guid, name: leaf })));
            } else if entry.is_of("server") {
                let computer = entry.first("serverreference").map(String::from_utf8_lossy);
                let guid = computer.and_then(|it| Reference::read(&it).guid);
                servers.computers.extend(guid.map(|guid| (name, guid)));
            } else if let Some(server) = above(&name, 1) {
                let controller = servers.found.entry(server).or_default();
                controller.is_catalog = entry.number("options").unwrap_or(0) & CATALOG != 0;
            }
        }
        servers
    }

    /// `owner`: the settings object below the server that has the role.
    fn give(&mut self, owner: &str, role: &str) {
        let Some(server) = above(&folded(owner), 1) else { return };
        if let Some(controller) = self.found.get_mut(&server) {
            controller.roles.push(role.to_owned());
        }
    }

    fn settle(self) -> Controllers {
        let Servers { sites, computers, found } = self;
        let placed = found.into_iter().filter_map(|(server, mut controller)| {
            // CN=DC1,CN=Servers,CN=Paris,CN=Sites,...
            let site = above(&server, 2);
            controller.site = site.and_then(|site| sites.get(&site).cloned());
            Some((computers.get(&server)?.clone(), controller))
        });
        Controllers(placed.collect())
    }
}

/// A name in one spelling.
fn folded(name: &str) -> String {
    let parts = dn::parts(name).unwrap_or_default();
    let parts: Vec<String> =
        parts.iter().map(|part| format!("{}={}", part.key, part.value.to_lowercase())).collect();
    parts.join("\n")
}

/// The folded name of the object so many steps up.
fn above(folded: &str, steps: usize) -> Option<String> {
    let parts: Vec<&str> = folded.split('\n').collect();
    let rest = parts.get(steps..)?;
    (!rest.is_empty()).then(|| rest.join("\n"))
}
