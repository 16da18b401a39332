//! Assets of a plan: their versions, their changes, and all they are found by.

use super::apply::{OPEN, hash_row};
use super::close::Closing;
use super::transaction::WriteTx;
use crate::bulk::Insert;
use crate::error::Result;
use crate::find::ADDRESS;
use crate::json;
use crate::key::key_of;
use cadastre_model::policy::Policy;
use cadastre_model::terms::{search_text, terms_of};
use cadastre_model::{AssetDoc, AssetId, AssetWrite, Change, Reason, Scheme};
use sha2::Sha256;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A change of an asset, and why.
pub(crate) type Told<'a> = (AssetId, &'a Change, &'a Reason);

fn told(write: &AssetWrite) -> Vec<Told<'_>> {
    write.changes.iter().map(|change| (write.id, change, &write.reason)).collect()
}

impl WriteTx<'_> {
    pub(super) async fn write_assets(
        &mut self,
        writes: &[AssetWrite],
        policy: &Policy,
        again: bool,
        digest: &mut Sha256,
    ) -> Result<()> {
        let rev = self.rev().0;
        let mut heads = Insert::new("INSERT INTO asset (id, first_seen)", "");
        let mut versions = Insert::new(
            "INSERT INTO asset_version (asset_id, rev_from, rev_to, kind, sort_name, lifecycle, \
             power, freshness, hidden, conflicted, doc, reason)",
            "",
        );
        let mut closed = Closing::new("asset_version", ["asset_id"]);
        for write in writes {
            if write.before.is_some() {
                closed.key([write.id.0.into()]);
            } else {
                heads.row([write.id.0.into(), self.moment().0.into()]);
                self.keys_used(0, write.id.0);
            }
            let doc = &write.after;
            let text = json::write(doc);
            hash_row(digest, write.id.0, &text);
            versions.row([
                write.id.0.into(),
                rev.into(),
                OPEN.into(),
                doc.kind.code().into(),
                cadastre_model::text::sort_key(&doc.name).into(),
                doc.lifecycle.code().into(),
                doc.power.code().into(),
                doc.freshness.code().into(),
                i16::from(doc.hidden.is_some()).into(),
                i16::from(doc.conflicted).into(),
                text.into(),
                json::write(&write.reason).into(),
            ]);
        }
        closed.execute(self, again).await?;
        heads.execute(self.dialect(), self.db()).await?;
        versions.execute(self.dialect(), self.db()).await?;
        self.write_changes(writes.iter().flat_map(told).collect()).await?;
        self.write_terms(writes, policy, again).await?;
        self.write_search_text(writes, again).await?;
        self.write_interfaces(writes, again).await
    }

    pub(crate) async fn write_changes(&self, told: Vec<Told<'_>>) -> Result<()> {
        // Changed twice at one revision: from what it was before to what it is after.
        let mut changes = Insert::new(
            "INSERT INTO change (asset_id, rev, subject, before, after, reason)",
            "ON CONFLICT (asset_id, rev, subject) DO UPDATE SET after = excluded.after, \
             reason = excluded.reason",
        );
        for (asset, change, reason) in told {
            changes.row([
                asset.0.into(),
                self.rev().0.into(),
                key_of(&change.subject).into_owned().into(),
                change.before.clone().into(),
                change.after.clone().into(),
                json::write(reason).into(),
            ]);
        }
        changes.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_terms(&self, writes: &[AssetWrite], policy: &Policy, again: bool) -> Result<()> {
        let mut added =
            Insert::new("INSERT INTO term (key, value, asset_id, rev_from, rev_to, listed)", "");
        let mut closed = Closing::new("term", ["key", "value", "asset_id"]);
        // In the order of the table's key, so that neighbours are written together.
        let mut rows: Vec<(i16, String, i64, i16)> = Vec::new();
        for write in writes {
            let before = term_rows(write.before.as_ref(), policy);
            let after = term_rows(Some(&write.after), policy);
            for (key, value, _) in before.difference(&after) {
                closed.key([(*key).into(), value.as_str().into(), write.id.0.into()]);
            }
            for (key, value, listed) in after.difference(&before) {
                rows.push((*key, value.clone(), write.id.0, i16::from(*listed)));
            }
        }
        rows.sort_unstable();
        for (key, value, asset, listed) in rows {
            added.row([
                key.into(),
                value.into(),
                asset.into(),
                self.rev().0.into(),
                OPEN.into(),
                listed.into(),
            ]);
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_search_text(&self, writes: &[AssetWrite], again: bool) -> Result<()> {
        let mut added =
            Insert::new("INSERT INTO search_text (asset_id, rev_from, rev_to, listed, body)", "");
        let mut closed = Closing::new("search_text", ["asset_id"]);
        for write in writes {
            let before = write.before.as_ref().map(|doc| (search_text(doc), doc.is_listed()));
            let after = (search_text(&write.after), write.after.is_listed());
            if before.as_ref() == Some(&after) {
                continue;
            }
            if before.is_some() {
                closed.key([write.id.0.into()]);
            }
            let (body, listed) = after;
            added.row([
                write.id.0.into(),
                self.rev().0.into(),
                OPEN.into(),
                i16::from(listed).into(),
                body.into(),
            ]);
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_interfaces(&self, writes: &[AssetWrite], again: bool) -> Result<()> {
        let mut added =
            Insert::new("INSERT INTO interface (asset_id, native_id, rev_from, rev_to, doc)", "");
        let mut closed = Closing::new("interface", ["asset_id", "native_id"]);
        for write in writes {
            let before = interface_rows(write.before.as_ref());
            let after = interface_rows(Some(&write.after));
            for (native_id, doc) in &before {
                if after.get(native_id) != Some(doc) {
                    closed.key([write.id.0.into(), native_id.as_ref().into()]);
                }
            }
            for (native_id, doc) in &after {
                if before.get(native_id) != Some(doc) {
                    added.row([
                        write.id.0.into(),
                        native_id.as_ref().into(),
                        self.rev().0.into(),
                        OPEN.into(),
                        doc.as_str().into(),
                    ]);
                }
            }
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }
}

/// Key, value, and whether lists show the asset: its terms, and the addresses it has.
fn term_rows(doc: Option<&AssetDoc>, policy: &Policy) -> BTreeSet<(i16, String, bool)> {
    let Some(doc) = doc else { return BTreeSet::new() };
    let listed = doc.is_listed();
    let terms = terms_of(doc, policy).into_iter().map(|term| (term.key.code(), term.value));
    let addresses = doc
        .identifiers
        .iter()
        .filter(|one| one.scheme == Scheme::Ip)
        .map(|one| (ADDRESS, one.index_value()));
    terms.chain(addresses).map(|(key, value)| (key, value, listed)).collect()
}

fn interface_rows(doc: Option<&AssetDoc>) -> BTreeMap<Cow<'_, str>, String> {
    let Some(doc) = doc else { return BTreeMap::new() };
    doc.interfaces.iter().map(|one| (key_of(&one.native_id), json::write(one))).collect()
}
