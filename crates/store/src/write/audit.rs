//! The audit log: a chain of hashes from its first row.
//!
//! Each entry's hash covers its number, time, actor, action, subject, the salted digest of its detail
//! and the hash before it. The detail itself may be erased without breaking the chain.

use super::transaction::WriteTx;
use crate::bulk::Insert;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::Sql;
use cadastre_model::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done: `source.add`, `run.batch`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More of it; empty if erased or if there was none.
    pub detail: Option<serde_json::Value>,
    /// Its hash, in hex: the head of the chain if it is the last.
    pub hash: String,
}

impl WriteTx<'_> {
    /// Appends an entry.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit(
        &mut self,
        action: &str,
        subject: &str,
        detail: Option<&serde_json::Value>,
    ) -> Result<()> {
        self.audit_each(action, vec![(subject.to_owned(), detail.cloned())]).await
    }

    /// Appends an entry of the same action for each subject, with its detail.
    pub(super) async fn audit_each(
        &mut self,
        action: &str,
        entries: Vec<(String, Option<serde_json::Value>)>,
    ) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let (mut seq, mut previous) = self.last_audited().await?;
        // What is hashed must be what is stored.
        let actor = self.intent().actor.replace('\0', "\u{fffd}");
        let at = self.moment().0;
        let mut insert = Insert::new(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, salt, detail_digest, \
             previous, hash)",
            "",
        );
        for (subject, detail) in entries {
            seq += 1;
            let subject = subject.replace('\0', "\u{fffd}");
            let detail = detail.map(|detail| detail.to_string());
            let salt = fresh_salt()?;
            let digest = detail_digest(&salt, detail.as_deref());
            let link = Link {
                seq,
                at,
                actor: &actor,
                action,
                subject: &subject,
                detail_digest: &digest,
                previous: &previous,
            };
            let hash = link.hash();
            insert.row([
                seq.into(),
                at.into(),
                actor.as_str().into(),
                action.into(),
                subject.into(),
                detail.into(),
                salt.into(),
                digest.into(),
                previous.into(),
                hash.clone().into(),
            ]);
            previous = hash;
        }
        insert.execute(self.dialect(), self.db()).await?;
        self.audit_head_is(seq, previous);
        Ok(())
    }

    async fn last_audited(&self) -> Result<(i64, Vec<u8>)> {
        if let Some((seq, hash)) = self.audit_head() {
            return Ok((*seq, hash.clone()));
        }
        let last =
            Sql::of(self.dialect(), "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", []);
        match last.one(self.db(), "reading the audit log").await? {
            Some(row) => Ok((row.get(0)?, row.get(1)?)),
            None => Ok((0, vec![0; 32])),
        }
    }
}

/// What an entry's hash covers.
struct Link<'a> {
    seq: i64,
    at: i64,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
    detail_digest: &'a [u8],
    previous: &'a [u8],
}

impl Link<'_> {
    fn hash(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(b"cadastre-audit-1");
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at.to_be_bytes());
        for text in [self.actor, self.action, self.subject] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(self.detail_digest);
        hasher.update(self.previous);
        hasher.finalize().to_vec()
    }
}

fn detail_digest(salt: &[u8], detail: Option<&str>) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(detail.unwrap_or_default().as_bytes());
    hasher.finalize().to_vec()
}

/// Random octets, so that an erased detail cannot be guessed from its digest.
fn fresh_salt() -> Result<Vec<u8>> {
    let mut salt = vec![0; 16];
    match getrandom::fill(&mut salt) {
        Ok(()) => Ok(salt),
        Err(error) => {
            Err(StoreError::Refused(format!("the system gave no random numbers: {error}")))
        }
    }
}

/// What checking the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Entries read.
    pub entries: i64,
    /// The hash of the last one, in hex: to be kept outside.
    pub head: String,
    /// The first entry that does not fit, and why.
    pub broken: Option<(i64, String)>,
}

const PAGE: i64 = 1000;

impl Store {
    /// Checks the whole chain, entry by entry.
    ///
    /// # Errors
    /// What the database says. A chain that does not fit is no error but an answer.
    pub async fn audit_check(&self) -> Result<AuditCheck> {
        let mut check = AuditCheck { entries: 0, head: hex::encode([0_u8; 32]), broken: None };
        let mut previous = vec![0_u8; 32];
        loop {
            let page = Sql::of(
                self.dialect(),
                "SELECT seq, at, actor, action, subject, detail, salt, detail_digest, previous, \
                 hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                [check.entries.into(), PAGE.into()],
            );
            let rows = page.all(self.reader(), "reading the audit log").await?;
            for row in &rows {
                let seq: i64 = row.get(0)?;
                let (actor, action, subject): (String, String, String) =
                    (row.get(2)?, row.get(3)?, row.get(4)?);
                let (digest, stored): (Vec<u8>, Vec<u8>) = (row.get(7)?, row.get(9)?);
                let stored_previous: Vec<u8> = row.get(8)?;
                let link = Link {
                    seq,
                    at: row.get(1)?,
                    actor: &actor,
                    action: &action,
                    subject: &subject,
                    detail_digest: &digest,
                    previous: &previous,
                };
                let detail: Option<String> = row.get(5)?;
                let salt: Vec<u8> = row.get(6)?;
                let why = if seq != check.entries + 1 {
                    Some(format!("entry {} is missing", check.entries + 1))
                } else if stored_previous != previous || link.hash() != stored {
                    Some("its hash does not fit its words or the entry before it".to_owned())
                } else if detail.is_some() && detail_digest(&salt, detail.as_deref()) != digest {
                    Some("its detail was changed".to_owned())
                } else {
                    None
                };
                if let Some(why) = why {
                    check.broken = Some((seq, why));
                    return Ok(check);
                }
                check.entries = seq;
                check.head = hex::encode(&stored);
                previous = stored;
            }
            if rows.is_empty() {
                return Ok(check);
            }
        }
    }

    /// Entries before number `before` (all, if `None`), newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit_list(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>> {
        let page = Sql::of(
            self.dialect(),
            "SELECT seq, at, actor, action, subject, detail, hash FROM audit WHERE seq < ? \
             ORDER BY seq DESC LIMIT ?",
            [before.unwrap_or(i64::MAX).into(), i64::from(limit).into()],
        );
        let rows = page.all(self.reader(), "reading the audit log").await?;
        rows.iter()
            .map(|row| {
                let detail: Option<String> = row.get(5)?;
                let seq: i64 = row.get(0)?;
                let detail =
                    detail.map(|text| crate::json::read("audit", seq, &text)).transpose()?;
                Ok(AuditEntry {
                    seq,
                    at: Timestamp(row.get(1)?),
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    subject: row.get(4)?,
                    detail,
                    hash: hex::encode(row.get::<Vec<u8>>(6)?),
                })
            })
            .collect()
    }
}
