//! Why each tag of an asset is as it is, in the shape that scripts rely on.

use cadastre_store::AssetPage;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Per key as written: the value, who stands behind it and since when seen, who lost, the lock if any.
///
/// A tag that a person holds away has the value `null`.
#[must_use]
pub fn tag_provenance_json(page: &AssetPage) -> BTreeMap<&str, Json> {
    let mut provenance = BTreeMap::new();
    for tag in &page.doc.tags {
        provenance.insert(tag.key.as_str(), tag_json(page, &tag.key, Some(&tag.value)));
    }
    for key in page.tags_held_away() {
        provenance.entry(key).or_insert_with(|| tag_json(page, key, None));
    }
    provenance
}

fn tag_json(page: &AssetPage, key: &str, value: Option<&str>) -> Json {
    let losers = page.tag_losers(key).iter();
    let losers: Vec<Json> = losers
        .map(|loser| {
            json!({
                "source": page.witness_name(&loser.witness),
                "key": loser.tag.key,
                "value": loser.tag.value,
                "time": page.tag_time(key, &loser.witness),
            })
        })
        .collect();
    let winner = page.tag_winner(key);
    json!({
        "value": value,
        "source": winner.as_ref().map(|winner| page.witness_name(winner)),
        "time": winner.as_ref().and_then(|winner| page.tag_time(key, winner)),
        "losers": losers,
        "lock": page.tag_lock(key).map(|lock| json!({
            "actor": lock.actor,
            "set_at": lock.set_at,
            "effective_from": lock.effective_from,
        })),
    })
}
