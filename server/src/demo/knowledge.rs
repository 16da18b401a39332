//! What people of the demo know: who there is, where, and what they have set on assets. Invented.

use cadastre_model::Attr;
use cadastre_service::store::{Party, Site};

/// Teams: handle, name.
const TEAMS: [(&str, &str); 6] = [
    ("storefront", "Storefront"),
    ("payments", "Payments"),
    ("search", "Search and Catalogue"),
    ("data", "Data"),
    ("platform", "Platform"),
    ("finance-systems", "Finance Systems"),
];

/// People: handle, name, still there.
const PEOPLE: [(&str, &str, bool); 7] = [
    ("ines.moreau", "Ines Moreau", true),
    ("tomasz.wrona", "Tomasz Wrona", true),
    ("amina.diallo", "Amina Diallo", true),
    ("lars.holmgren", "Lars Holmgren", true),
    ("priya.nair", "Priya Nair", true),
    ("george.adeyemi", "George Adeyemi", true),
    ("owen.price", "Owen Price", false),
];

/// Sites: slug, name, the site it lies in.
const SITES: [(&str, &str, Option<&str>); 5] = [
    ("europe", "Europe", None),
    ("dublin", "Dublin", Some("europe")),
    ("frankfurt", "Frankfurt", Some("europe")),
    ("america", "America", None),
    ("virginia", "Virginia", Some("america")),
];

/// One thing set by hand, on all assets that a query finds.
pub struct Edit {
    /// When, before today.
    pub days_ago: i64,
    /// On what.
    pub query: &'static str,
    /// What is set.
    pub attr: Attr,
    /// To what.
    pub value: &'static str,
}

/// All of it, the earliest first.
pub const EDITS: [Edit; 20] = [
    edit(27, "kind:network region:eu-west-1", Attr::Site, "dublin"),
    edit(27, "kind:network region:eu-central-1", Attr::Site, "frankfurt"),
    edit(27, "kind:network region:us-east-1", Attr::Site, "virginia"),
    edit(27, "kind:server OR kind:switch OR kind:vm", Attr::Site, "dublin"),
    edit(25, "kind:switch OR kind:server", Attr::Owner, "platform"),
    edit(25, "kind:vm name:sql-erp-*", Attr::Owner, "george.adeyemi"),
    edit(25, "kind:vm name:sql-erp-*", Attr::Criticality, "high"),
    edit(25, "kind:instance name:db-payments-*", Attr::Owner, "payments"),
    edit(25, "kind:instance name:payments-api-*", Attr::Owner, "payments"),
    edit(24, "kind:instance name:web-*", Attr::Owner, "storefront"),
    edit(24, "kind:instance name:basket-*", Attr::Owner, "storefront"),
    edit(23, "kind:vm name:app-erp-*", Attr::Owner, "finance-systems"),
    edit(23, "kind:vm name:k8s-node-*", Attr::Owner, "platform"),
    edit(21, "kind:instance name:search-eu-*", Attr::Owner, "search"),
    edit(21, "kind:instance name:db-catalogue-*", Attr::Owner, "search"),
    edit(18, "kind:instance name:erp-*", Attr::Owner, "george.adeyemi"),
    edit(18, "kind:instance name:erp-*", Attr::Criticality, "high"),
    edit(12, "kind:instance name:warehouse-*", Attr::Owner, "data"),
    edit(6, "kind:instance name:bastion-*", Attr::Owner, "platform"),
    edit(6, "kind:instance name:bastion-us-*", Attr::Description, "Way in until the move is done"),
];

const fn edit(days_ago: i64, query: &'static str, attr: Attr, value: &'static str) -> Edit {
    Edit { days_ago, query, attr, value }
}

/// Everybody.
pub fn parties() -> impl Iterator<Item = Party> {
    let teams = TEAMS.iter().map(|(handle, name)| (*handle, *name, true, true));
    let people = PEOPLE.iter().map(|(handle, name, active)| (*handle, *name, false, *active));
    teams.chain(people).map(|(handle, name, is_team, active)| Party {
        handle: handle.to_owned(),
        is_team,
        name: name.to_owned(),
        active,
    })
}

/// Every place, the larger before what lies in it.
pub fn sites() -> impl Iterator<Item = Site> {
    SITES.iter().map(|(slug, name, parent)| Site {
        slug: (*slug).to_owned(),
        name: (*name).to_owned(),
        parent: parent.map(str::to_owned),
    })
}
