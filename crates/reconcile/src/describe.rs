//! A plan in words, as `discover --dry-run` shows it.

use cadastre_model::{
    AssetId, AssetWrite, Change, ConflictKind, ConflictWrite, Counts, LinkWrite, Plan,
};
use std::collections::BTreeMap;

/// The plan as lines of text: assets with their changes, records that join an asset, questions for
/// people, and the counts last.
///
/// `+` is a new asset, `~` a changed one, `>` a record that joins or moves (where that is not what
/// its asset says already), `?` a question.
#[must_use]
pub fn describe(plan: &Plan) -> Vec<String> {
    let told: BTreeMap<AssetId, &AssetWrite> =
        plan.assets.iter().map(|write| (write.id, write)).collect();
    let mut lines = Vec::new();
    for write in &plan.assets {
        lines.extend(asset(write));
    }
    let untold = |link: &&LinkWrite| {
        let write = told.get(&link.asset);
        link.from.is_some() || write.is_none_or(|write| write.reason != link.reason)
    };
    lines.extend(plan.links.iter().filter(untold).map(joined));
    if !plan.latest.is_empty() {
        lines.push(format!("  newest values only, records: {}", plan.latest.len()));
    }
    lines.extend(plan.conflicts.iter().map(question));
    lines.push(counts(&plan.counts));
    lines
}

fn asset(write: &AssetWrite) -> Vec<String> {
    let mark = if write.before.is_none() { '+' } else { '~' };
    let doc = &write.after;
    let mut lines =
        vec![format!("{mark} {} {} [{}]: {}", doc.kind, doc.name, write.id, write.reason.text)];
    if write.before.is_some() {
        lines.extend(write.changes.iter().map(change));
    }
    lines
}

fn change(change: &Change) -> String {
    let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "(none)".to_owned());
    let (before, after) = (or_nothing(&change.before), or_nothing(&change.after));
    format!("    {}: {before} -> {after}", change.subject)
}

fn joined(link: &LinkWrite) -> String {
    let from = link.from.map(|from| format!(" from [{from}]")).unwrap_or_default();
    format!("> record {}{from} to [{}]: {}", link.record, link.asset, link.reason.text)
}

fn question(conflict: &ConflictWrite) -> String {
    let ids =
        |ids: &[AssetId]| ids.iter().map(|id| format!("[{id}]")).collect::<Vec<_>>().join(" ");
    let about = match &conflict.kind {
        ConflictKind::Identity { provisional, candidates, .. } => {
            format!("is [{provisional}] one of {}", ids(candidates))
        }
        ConflictKind::Suggestion { record, candidates, .. } => {
            format!("is record {record} one of {}", ids(candidates))
        }
        ConflictKind::AgeingHeld { scope, missing, known } => {
            format!("may {missing} of {known} records of scope {scope} age")
        }
    };
    format!("? {about}? {}", conflict.reason)
}

fn counts(counts: &Counts) -> String {
    format!(
        "created {}, updated {}, unchanged {}, stale {}, gone {}, conflicts {}",
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.stale,
        counts.gone,
        counts.conflicts
    )
}
