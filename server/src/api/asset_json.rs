//! Assets as scripts read them.

use crate::api::asked::Base;
use crate::api::field::{Field, choice, fields, plain_choice};
use crate::commands::page_json;
use cadastre_model::{AssetDoc, Attr, Tag, Timestamp};
use cadastre_service::shape::row_json;
use cadastre_service::store::{AssetPage, ListRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The fields of an asset in a list.
pub const ASSET: &[Field] = fields! {
    id Number "Its number.";
    url Address "Where it is.";
    display Text "What to show people.";
    kind Choice "What it is.";
    name Text "What people call it.";
    lifecycle Choice "Where it stands in its life.";
    power Choice "Whether it runs.";
    freshness Choice "Whether sources still see it.";
    owner TextOrNull "The person or team that answers for it, by handle; also among the attributes.";
    site TextOrNull "Where it is, by slug; also among the attributes.";
    env TextOrNull "Its environment; also among the attributes.";
    attributes Object "What its sources and people say of it, by attribute.";
    tags Tags "Its tags.";
    sources Texts "The names of the sources that know it.";
    conflicted Flag "Whether it waits for a person's decision.";
    hidden TextOrNull "Why it was hidden by hand, if it was.";
    first_seen Moment "When the register first knew it.";
    last_seen Moment "When one of its records was last seen.";
    created Moment "When the register first knew it, under the name that clients of NetBox know.";
    last_updated Moment "When anything of it last changed.";
    custom_fields Object "Always empty: attributes stand under `attributes`.";
};

/// The few of `brief`.
pub const BRIEF: &[&str] = &["id", "url", "display", "kind", "name"];

/// The fields that one asset has beside those of a list.
pub const DETAILS: &[Field] = fields! {
    reason Object "Why it is as it is: the rule and its words.";
    provenance Object "By attribute: the value, who stands behind it, who lost, and the lock if any.";
    records Objects "What each source says of it.";
    relations Objects "How it stands to other assets: of each type and way the first 100.";
    more_relations Objects "Of which types and ways there are more: how many, and the query that lists the other ends.";
    interfaces Objects "Its network interfaces.";
    ports Objects "The ports of network devices that have seen its addresses; those that lead on come last.";
    neighbours Objects "What its own ports lead to, as its neighbours announce themselves or as people hold it (`held`).";
};

/// Where an asset is.
pub fn path_of(id: impl std::fmt::Display) -> String {
    format!("/api/inventory/assets/{id}/")
}

/// An asset of a list.
pub fn row(base: &Base, row: &ListRow, changed_at: Timestamp) -> Map<String, Value> {
    let doc = &row.doc;
    let mut object = match row_json(row) {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let of_people = |attr: Attr| doc.attributes.get(&attr).map(ToString::to_string);
    let more = json!({
        "url": base.address(&path_of(row.id)),
        "display": doc.name,
        "kind": choice(doc.kind.word(), doc.kind.label()),
        "lifecycle": plain_choice(doc.lifecycle.word()),
        "power": plain_choice(doc.power.word()),
        "freshness": plain_choice(doc.freshness.word()),
        "owner": of_people(Attr::Owner),
        "site": of_people(Attr::Site),
        "env": of_people(Attr::Environment),
        "tags": tags(&doc.tags),
        "conflicted": doc.conflicted,
        "hidden": doc.hidden,
        "created": row.first_seen,
        "last_updated": changed_at,
        "custom_fields": {},
    });
    if let Value::Object(more) = more {
        object.extend(more);
    }
    object
}

/// One asset whole.
pub fn whole(base: &Base, page: &AssetPage, changed_at: Timestamp) -> Map<String, Value> {
    let listed = ListRow {
        id: page.id,
        doc: AssetDoc::clone(&page.doc),
        first_seen: page.first_seen,
        last_seen: page.last_seen,
    };
    let mut object = row(base, &listed, changed_at);
    if let Value::Object(mut all) = page_json(page, &[]) {
        for field in DETAILS {
            object.insert(field.name.to_owned(), all.remove(field.name).unwrap_or_default());
        }
    }
    object
}

fn tags(tags: &BTreeSet<Tag>) -> Vec<Value> {
    let one = |tag: &Tag| {
        let display = match tag.value.is_empty() {
            true => tag.key.clone(),
            false => format!("{}={}", tag.key, tag.value),
        };
        json!({ "display": display, "key": tag.key, "value": tag.value })
    };
    tags.iter().map(one).collect()
}
