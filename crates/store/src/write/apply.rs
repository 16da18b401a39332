//! Carrying out a plan: rows written set by set, all at one revision.

use super::close::Closing;
use super::transaction::WriteTx;
use crate::bulk::Insert;
use crate::error::Result;
use crate::json;
use crate::sql::Sql;
use cadastre_model::policy::Policy;
use cadastre_model::terms::{Term, search_text, terms_of};
use cadastre_model::{
    AssetDoc, AssetWrite, Claim, ConflictWrite, Identifier, LatestWrite, LinkWrite, Plan,
    RecordWrite, Target,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const OPEN: i64 = i64::MAX;

impl WriteTx<'_> {
    /// Carries out a plan and writes one audit entry with the digest of its rows. An empty plan
    /// writes nothing.
    ///
    /// # Errors
    /// What the database says; the transaction is then of no use but to be dropped.
    pub async fn apply(&mut self, plan: &Plan, policy: &Policy) -> Result<()> {
        if plan.is_empty() {
            return Ok(());
        }
        let mut digest = Sha256::new();
        if !(plan.records.is_empty() && plan.links.is_empty() && plan.assets.is_empty()) {
            self.touch();
        }
        self.write_assets(&plan.assets, policy, &mut digest).await?;
        self.write_records(&plan.records, &mut digest).await?;
        self.write_links(&plan.links).await?;
        self.write_latest(&plan.latest).await?;
        for conflict in &plan.conflicts {
            self.write_conflict(conflict).await?;
        }
        if plan.records.is_empty() && plan.assets.is_empty() && plan.links.is_empty() {
            return Ok(());
        }
        let detail = serde_json::json!({
            "rev": self.rev().0,
            "counts": plan.counts,
            "rows_sha256": hex::encode(digest.finalize()),
        });
        let (action, subject) = match self.intent().run {
            Some(run) => ("run.batch", format!("run:{run}")),
            None => ("register.edit", format!("rev:{}", self.rev())),
        };
        self.audit(action, &subject, Some(&detail)).await
    }

    async fn write_records(&mut self, writes: &[RecordWrite], digest: &mut Sha256) -> Result<()> {
        let rev = self.rev().0;
        let mut heads = Insert::new(
            "INSERT INTO record (key, source_id, native_id, kind, scope_id, state, digest, \
             latest_digest, latest, first_seen, last_seen)",
            "ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, scope_id = excluded.scope_id, state = excluded.state, \
             digest = excluded.digest, latest_digest = excluded.latest_digest, \
             latest = excluded.latest, last_seen = excluded.last_seen",
        );
        let mut versions = Insert::new(
            "INSERT INTO record_version (record_key, rev_from, rev_to, scope_id, state, last_seen, \
             doc, reason)",
            "",
        );
        let mut closed = Closing::new("record_version", &["record_key"]);
        let mut aged: BTreeMap<(i16, Option<i64>), Vec<i64>> = BTreeMap::new();
        for write in writes {
            if write.before.is_some() {
                closed.key([write.key.0.into()]);
            } else {
                self.keys_used(write.key.0, 0);
            }
            match write.digest {
                Some(digest) => heads.row([
                    write.key.0.into(),
                    write.source.0.into(),
                    write.native_id.clone().into(),
                    write.doc.kind.code().into(),
                    write.scope.0.into(),
                    write.state.code().into(),
                    digest.versioned.into(),
                    digest.latest.into(),
                    json::write(&write.latest).into(),
                    self.moment().0.into(),
                    write.last_seen.map(|at| at.0).into(),
                ]),
                None => aged
                    .entry((write.state.code(), write.last_seen.map(|at| at.0)))
                    .or_default()
                    .push(write.key.0),
            }
            let doc = json::write(&write.doc);
            hash_row(digest, write.key.0, &doc);
            versions.row([
                write.key.0.into(),
                rev.into(),
                OPEN.into(),
                write.scope.0.into(),
                write.state.code().into(),
                write.last_seen.map(|at| at.0).into(),
                doc.into(),
                json::write(&write.reason).into(),
            ]);
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        heads.execute(self.dialect(), self.db()).await?;
        for ((state, last_seen), keys) in aged {
            let mut sql = Sql::new(self.dialect());
            sql.push(
                "UPDATE record SET state = ?, last_seen = ? WHERE key IN ",
                [state.into(), last_seen.into()],
            );
            sql.list(keys);
            sql.execute(self.db(), "ageing records").await?;
        }
        versions.execute(self.dialect(), self.db()).await?;
        self.write_identifiers(writes).await?;
        self.write_claims(writes).await
    }

    async fn write_identifiers(&mut self, writes: &[RecordWrite]) -> Result<()> {
        let rev = self.rev().0;
        let mut added = Insert::new(
            "INSERT INTO identifier (scheme, value, record_key, rev_from, rev_to, tail)",
            "",
        );
        let mut closed = Closing::new("identifier", &["scheme", "value", "record_key"]);
        for write in writes {
            let before = match &write.before {
                Some(before) => identifier_rows(&before.doc.identifiers),
                None => BTreeSet::new(),
            };
            let after = identifier_rows(&write.doc.identifiers);
            for (scheme, value) in before.difference(&after) {
                closed.key([(*scheme).into(), value.as_str().into(), write.key.0.into()]);
            }
            for (scheme, value) in after.difference(&before) {
                added.row([
                    (*scheme).into(),
                    value.as_str().into(),
                    write.key.0.into(),
                    rev.into(),
                    OPEN.into(),
                    tail_of(*scheme, value).into(),
                ]);
            }
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_claims(&mut self, writes: &[RecordWrite]) -> Result<()> {
        let rev = self.rev().0;
        let mut added = Insert::new(
            "INSERT INTO claim (record_key, relation, scheme, target, rev_from, rev_to)",
            "",
        );
        let mut closed = Closing::new("claim", &["record_key", "relation", "scheme", "target"]);
        for write in writes {
            let before = match &write.before {
                Some(before) => claim_rows(&before.doc.claims),
                None => BTreeSet::new(),
            };
            let after = claim_rows(&write.doc.claims);
            for (relation, scheme, target) in before.difference(&after) {
                closed.key([
                    write.key.0.into(),
                    (*relation).into(),
                    (*scheme).into(),
                    target.as_str().into(),
                ]);
            }
            for (relation, scheme, target) in after.difference(&before) {
                added.row([
                    write.key.0.into(),
                    (*relation).into(),
                    (*scheme).into(),
                    target.as_str().into(),
                    rev.into(),
                    OPEN.into(),
                ]);
            }
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_links(&mut self, links: &[LinkWrite]) -> Result<()> {
        let rev = self.rev().0;
        let mut added =
            Insert::new("INSERT INTO link (record_key, rev_from, rev_to, asset_id, reason)", "");
        let mut closed = Closing::new("link", &["record_key"]);
        for link in links {
            if link.from.is_some() {
                closed.key([link.record.0.into()]);
            }
            added.row([
                link.record.0.into(),
                rev.into(),
                OPEN.into(),
                link.asset.0.into(),
                json::write(&link.reason).into(),
            ]);
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_latest(&mut self, writes: &[LatestWrite]) -> Result<()> {
        for chunk in writes.chunks(250) {
            let mut sql = Sql::new(self.dialect());
            sql.raw(
                "UPDATE record SET digest = v.column2, latest_digest = v.column3, \
                 latest = v.column4 FROM (VALUES ",
            );
            for (index, write) in chunk.iter().enumerate() {
                sql.push(
                    if index == 0 { "(?,?,?,?)" } else { ",(?,?,?,?)" },
                    [
                        write.key.0.into(),
                        write.digest.versioned.into(),
                        write.digest.latest.into(),
                        json::write(&write.latest).into(),
                    ],
                );
            }
            sql.raw(") AS v WHERE record.key = v.column1");
            sql.execute(self.db(), "writing newest values").await?;
        }
        Ok(())
    }

    async fn write_assets(
        &mut self,
        writes: &[AssetWrite],
        policy: &Policy,
        digest: &mut Sha256,
    ) -> Result<()> {
        let rev = self.rev().0;
        let mut heads = Insert::new("INSERT INTO asset (id, first_seen)", "");
        let mut versions = Insert::new(
            "INSERT INTO asset_version (asset_id, rev_from, rev_to, kind, sort_name, lifecycle, \
             power, freshness, hidden, conflicted, doc, reason)",
            "",
        );
        let mut changes =
            Insert::new("INSERT INTO change (asset_id, rev, subject, before, after, reason)", "");
        let mut closed = Closing::new("asset_version", &["asset_id"]);
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
            let reason = json::write(&write.reason);
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
                reason.clone().into(),
            ]);
            for change in &write.changes {
                changes.row([
                    write.id.0.into(),
                    rev.into(),
                    change.subject.clone().into(),
                    change.before.clone().into(),
                    change.after.clone().into(),
                    reason.clone().into(),
                ]);
            }
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        heads.execute(self.dialect(), self.db()).await?;
        versions.execute(self.dialect(), self.db()).await?;
        changes.execute(self.dialect(), self.db()).await?;
        self.write_terms(writes, policy).await?;
        self.write_search_text(writes).await?;
        self.write_interfaces(writes).await
    }

    async fn write_terms(&mut self, writes: &[AssetWrite], policy: &Policy) -> Result<()> {
        let rev = self.rev().0;
        let mut added =
            Insert::new("INSERT INTO term (key, value, asset_id, rev_from, rev_to, listed)", "");
        let mut closed = Closing::new("term", &["key", "value", "asset_id"]);
        // In the order of the table's key, so that neighbours are written together.
        let mut rows: Vec<(i16, String, i64, i16)> = Vec::new();
        for write in writes {
            let before = listed_terms(write.before.as_ref(), policy);
            let after = listed_terms(Some(&write.after), policy);
            for (term, _) in before.difference(&after) {
                closed.key([
                    term.key.code().into(),
                    term.value.as_str().into(),
                    write.id.0.into(),
                ]);
            }
            for (term, listed) in after.difference(&before) {
                rows.push((term.key.code(), term.value.clone(), write.id.0, i16::from(*listed)));
            }
        }
        rows.sort_unstable();
        for (key, value, asset, listed) in rows {
            added.row([
                key.into(),
                value.into(),
                asset.into(),
                rev.into(),
                OPEN.into(),
                listed.into(),
            ]);
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_search_text(&mut self, writes: &[AssetWrite]) -> Result<()> {
        let rev = self.rev().0;
        let mut added =
            Insert::new("INSERT INTO search_text (asset_id, rev_from, rev_to, listed, body)", "");
        let mut closed = Closing::new("search_text", &["asset_id"]);
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
                rev.into(),
                OPEN.into(),
                i16::from(listed).into(),
                body.into(),
            ]);
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_interfaces(&mut self, writes: &[AssetWrite]) -> Result<()> {
        let rev = self.rev().0;
        let mut added = Insert::new(
            "INSERT INTO interface (asset_id, native_id, rev_from, rev_to, doc)",
            "",
        );
        let mut closed = Closing::new("interface", &["asset_id", "native_id"]);
        for write in writes {
            let before = interface_rows(write.before.as_ref());
            let after = interface_rows(Some(&write.after));
            for (native_id, doc) in &before {
                if after.get(native_id) != Some(doc) {
                    closed.key([write.id.0.into(), (*native_id).into()]);
                }
            }
            for (native_id, doc) in &after {
                if before.get(native_id) != Some(doc) {
                    added.row([
                        write.id.0.into(),
                        (*native_id).into(),
                        rev.into(),
                        OPEN.into(),
                        doc.as_str().into(),
                    ]);
                }
            }
        }
        closed.execute(self.dialect(), self.db(), rev).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    /// Opens a conflict unless the same question is open or was answered before.
    async fn write_conflict(&mut self, conflict: &ConflictWrite) -> Result<()> {
        let question = conflict.kind.question();
        // Ageing may be held anew after it was once let through; identity is decided for good.
        let asked = match conflict.kind {
            cadastre_model::ConflictKind::AgeingHeld { .. } => " AND decision = 0",
            _ => "",
        };
        let text = format!("SELECT count(*) FROM conflict WHERE question = ?{asked}");
        let asked = Sql::of(self.dialect(), &text, [question.clone().into()]);
        if asked.number(self.db(), "looking for the same question").await? > 0 {
            return Ok(());
        }
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO conflict (question, kind, doc, reason, opened_at) VALUES (?, ?, ?, ?, ?)",
            [
                question.clone().into(),
                conflict.kind.word().into(),
                json::write(&conflict.kind).into(),
                conflict.reason.clone().into(),
                self.moment().0.into(),
            ],
        );
        insert.execute(self.db(), "opening a conflict").await?;
        let detail = serde_json::json!({ "reason": conflict.reason });
        self.audit("conflict.open", &question, Some(&detail)).await
    }
}

/// One row's part of a batch digest: its key, its length, its document.
pub(crate) fn hash_row(digest: &mut Sha256, key: i64, doc: &str) {
    digest.update(key.to_be_bytes());
    digest.update((doc.len() as u64).to_be_bytes());
    digest.update(doc.as_bytes());
}

fn identifier_rows(identifiers: &BTreeSet<Identifier>) -> BTreeSet<(i16, String)> {
    identifiers.iter().map(|one| (one.scheme.code(), one.index_value())).collect()
}

fn tail_of(scheme: i16, value: &str) -> Option<String> {
    let scheme = cadastre_model::Scheme::from_code(scheme)?;
    scheme.found_by_tail().then(|| value.chars().rev().collect())
}

/// A claim's relation, the scheme of its target (0: native id of the same source) and the target.
fn claim_rows(claims: &BTreeSet<Claim>) -> BTreeSet<(i16, i16, String)> {
    claims
        .iter()
        .map(|claim| match &claim.target {
            Target::Native(id) => (claim.relation.code(), 0, id.clone()),
            Target::Identifier(one) => {
                (claim.relation.code(), one.scheme.code(), one.index_value())
            }
        })
        .collect()
}

fn listed_terms(doc: Option<&AssetDoc>, policy: &Policy) -> BTreeSet<(Term, bool)> {
    let Some(doc) = doc else { return BTreeSet::new() };
    let listed = doc.is_listed();
    terms_of(doc, policy).into_iter().map(|term| (term, listed)).collect()
}

fn interface_rows(doc: Option<&AssetDoc>) -> BTreeMap<&str, String> {
    let Some(doc) = doc else { return BTreeMap::new() };
    doc.interfaces.iter().map(|one| (one.native_id.as_str(), json::write(one))).collect()
}
