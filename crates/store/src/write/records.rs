//! Records of a plan: their head, their versions, what they are known by, what they claim, and the
//! assets they are linked to.

use super::apply::{OPEN, hash_row};
use super::close::Closing;
use super::transaction::WriteTx;
use crate::bulk::Insert;
use crate::error::Result;
use crate::json;
use crate::key::{key_of, whole_of};
use crate::sql::Sql;
use cadastre_model::{
    Claim, Identifier, LatestWrite, LinkWrite, RecordDoc, RecordWrite, Rev, Scheme, Target,
};
use sea_orm::Value;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};

impl WriteTx<'_> {
    pub(super) async fn write_records(
        &mut self,
        writes: &[RecordWrite],
        again: bool,
        digest: &mut Sha256,
    ) -> Result<()> {
        let mut versions = Insert::new(
            "INSERT INTO record_version (record_key, rev_from, rev_to, scope_id, state, last_seen, \
             doc, reason)",
            "",
        );
        let mut closed = Closing::new("record_version", ["record_key"]);
        for write in writes {
            if write.before.is_some() {
                closed.key([write.key.0.into()]);
            } else {
                self.keys_used(write.key.0, 0);
            }
            let doc = json::write(&write.doc);
            hash_row(digest, write.key.0, &doc);
            versions.row([
                write.key.0.into(),
                self.rev().0.into(),
                OPEN.into(),
                write.scope.0.into(),
                write.state.code().into(),
                write.last_seen.map(|at| at.0).into(),
                doc.into(),
                json::write(&write.reason).into(),
            ]);
        }
        self.write_heads(writes).await?;
        closed.execute(self, again).await?;
        versions.execute(self.dialect(), self.db()).await?;
        self.write_identifiers(writes, again).await?;
        self.write_claims(writes, again).await
    }

    async fn write_heads(&self, writes: &[RecordWrite]) -> Result<()> {
        let mut heads = Insert::new(
            "INSERT INTO record (key, source_id, native_id, native_whole, kind, scope_id, state, \
             digest, latest_digest, latest, first_seen, last_seen)",
            "ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, scope_id = excluded.scope_id, \
             state = excluded.state, digest = excluded.digest, \
             latest_digest = excluded.latest_digest, latest = excluded.latest, \
             last_seen = excluded.last_seen",
        );
        let mut aged: BTreeMap<(i16, Option<i64>), Vec<i64>> = BTreeMap::new();
        for write in writes {
            let last_seen = write.last_seen.map(|at| at.0);
            let Some(digest) = write.digest else {
                aged.entry((write.state.code(), last_seen)).or_default().push(write.key.0);
                continue;
            };
            heads.row([
                write.key.0.into(),
                write.source.0.into(),
                key_of(&write.native_id).into_owned().into(),
                whole_of(&write.native_id).into(),
                write.doc.kind.code().into(),
                write.scope.0.into(),
                write.state.code().into(),
                digest.versioned.into(),
                digest.latest.into(),
                json::write(&write.latest).into(),
                self.moment().0.into(),
                last_seen.into(),
            ]);
        }
        heads.execute(self.dialect(), self.db()).await?;
        for ((state, last_seen), keys) in aged {
            let mut sql = Sql::of(
                self.dialect(),
                "UPDATE record SET state = ?, last_seen = ? WHERE key IN ",
                [state.into(), last_seen.into()],
            );
            sql.list(keys);
            sql.execute(self.db(), "ageing records").await?;
        }
        Ok(())
    }

    async fn write_identifiers(&self, writes: &[RecordWrite], again: bool) -> Result<()> {
        let mut added = Insert::new(
            "INSERT INTO identifier (scheme, value, record_key, rev_from, rev_to, tail)",
            "",
        );
        let mut closed = Closing::new("identifier", ["scheme", "value", "record_key"]);
        for write in writes {
            let before = identifier_rows(write.before.as_ref().map(|before| &before.doc));
            let after = identifier_rows(Some(&write.doc));
            for (scheme, value) in before.difference(&after) {
                closed.key([(*scheme).into(), value.as_str().into(), write.key.0.into()]);
            }
            for (scheme, value) in after.difference(&before) {
                added.row([
                    (*scheme).into(),
                    value.as_str().into(),
                    write.key.0.into(),
                    self.rev().0.into(),
                    OPEN.into(),
                    tail_of(*scheme, value).into(),
                ]);
            }
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    async fn write_claims(&self, writes: &[RecordWrite], again: bool) -> Result<()> {
        let mut added = Insert::new(CLAIMS, "");
        let mut closed = Closing::new("claim", CLAIM_KEY);
        for write in writes {
            let before = claim_rows(write.before.iter().flat_map(|before| &before.doc.claims));
            let after = claim_rows(&write.doc.claims);
            for row in before.difference(&after) {
                closed.key(claim_key(write.key.0, row));
            }
            for row in after.difference(&before) {
                added.row(claim_row(write.key.0, row, self.rev(), write.source.0));
            }
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    pub(super) async fn write_links(
        &self,
        links: &[LinkWrite],
        again: bool,
        digest: &mut Sha256,
    ) -> Result<()> {
        let mut added =
            Insert::new("INSERT INTO link (record_key, rev_from, rev_to, asset_id, reason)", "");
        let mut closed = Closing::new("link", ["record_key"]);
        for link in links {
            if link.from.is_some() {
                closed.key([link.record.0.into()]);
            }
            let reason = json::write(&link.reason);
            hash_row(digest, link.record.0, &format!("{} {reason}", link.asset));
            added.row([
                link.record.0.into(),
                self.rev().0.into(),
                OPEN.into(),
                link.asset.0.into(),
                reason.into(),
            ]);
        }
        closed.execute(self, again).await?;
        added.execute(self.dialect(), self.db()).await?;
        Ok(())
    }

    pub(super) async fn write_latest(&self, writes: &[LatestWrite]) -> Result<()> {
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
}

/// The identifiers by which records are tied together and found. Addresses are not among them: they
/// tie nothing, and are found by the asset that has them now (see `assets`).
fn identifier_rows(doc: Option<&RecordDoc>) -> BTreeSet<(i16, String)> {
    let all = doc.into_iter().flat_map(|doc| &doc.identifiers);
    all.filter(|one| one.scheme != Scheme::Ip).map(row_of).collect()
}

fn row_of(identifier: &Identifier) -> (i16, String) {
    (identifier.scheme.code(), identifier.index_value())
}

fn tail_of(scheme: i16, value: &str) -> Option<String> {
    let scheme = Scheme::from_code(scheme)?;
    scheme.found_by_tail().then(|| value.chars().rev().collect())
}

pub(super) const CLAIMS: &str =
    "INSERT INTO claim (record_key, relation, scheme, target, rev_from, rev_to, source_id)";

pub(super) const CLAIM_KEY: [&str; 4] = ["record_key", "relation", "scheme", "target"];

pub(super) fn claim_key(record: i64, (relation, scheme, target): &ClaimRow) -> [Value; 4] {
    [record.into(), (*relation).into(), (*scheme).into(), target.as_str().into()]
}

/// The columns of [`CLAIMS`], of a claim that begins.
pub(super) fn claim_row(record: i64, row: &ClaimRow, rev: Rev, source: i64) -> [Value; 7] {
    let [record, relation, scheme, target] = claim_key(record, row);
    [record, relation, scheme, target, rev.0.into(), OPEN.into(), source.into()]
}

/// A claim's relation, the scheme of its target (0: native id of the same source) and the target.
pub(super) type ClaimRow = (i16, i16, String);

/// The rows of claims.
pub(super) fn claim_rows<'c>(claims: impl IntoIterator<Item = &'c Claim>) -> BTreeSet<ClaimRow> {
    claims
        .into_iter()
        .map(|claim| match &claim.target {
            Target::Native(id) => (claim.relation.code(), 0, key_of(id).into_owned()),
            Target::Identifier(one) => {
                let (scheme, value) = row_of(one);
                (claim.relation.code(), scheme, value)
            }
        })
        .collect()
}
