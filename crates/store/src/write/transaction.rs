//! The write transaction: one at a time, it takes the next revision if it changes the register.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::gate::{Turn, Urgency};
use crate::present::Present;
use crate::sql::{Dialect, Sql};
use cadastre_model::{Rev, RunId, Timestamp};
use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};

/// Who writes, when and why: what the revision will say.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Who: `user:alice`, `worker`, `cli:root`.
    pub actor: String,
    /// Now. A revision is never dated before the one before it.
    pub now: Timestamp,
    /// Why, in words for people.
    pub reason: String,
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// Whether a person waits for it.
    pub urgency: Urgency,
}

/// A write transaction. Dropped without [`WriteTx::commit`], it leaves no trace.
pub struct WriteTx<'a> {
    tx: DatabaseTransaction,
    dialect: Dialect,
    intent: Intent,
    rev: Rev,
    committed_at: Timestamp,
    next_record: i64,
    next_asset: i64,
    touched: bool,
    applied: bool,
    audit_head: Option<(i64, Vec<u8>)>,
    present: &'a Present,
    _turn: Turn<'a>,
}

impl Store {
    /// Begins a write transaction; waits for its turn.
    ///
    /// # Errors
    /// What the database says, such as being locked by another process for too long.
    pub async fn begin_write(&self, intent: Intent) -> Result<WriteTx<'_>> {
        let turn = self.gate().enter(intent.urgency).await;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let tx = self.writer().begin_with_options(options).await;
        let tx = tx.map_err(StoreError::doing("beginning to write"))?;
        // The one row is every writer's turn on PostgreSQL; SQLite has taken its lock already.
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        };
        let text = format!("SELECT rev, committed_at, next_record, next_asset FROM register{lock}");
        let row = Sql::of(self.dialect(), &text, []).one(&tx, "taking the turn to write").await?;
        let row = row.ok_or(StoreError::Corrupt {
            table: "register",
            row: "1".to_owned(),
            why: "the row is missing".to_owned(),
        })?;
        let committed_at = Timestamp(intent.now.0.max(row.get(1)?));
        Ok(WriteTx {
            tx,
            dialect: self.dialect(),
            rev: Rev(row.get::<i64>(0)? + 1),
            committed_at,
            next_record: row.get(2)?,
            next_asset: row.get(3)?,
            intent,
            touched: false,
            applied: false,
            audit_head: None,
            present: self.present(),
            _turn: turn,
        })
    }
}

impl WriteTx<'_> {
    /// The revision this transaction takes if it changes the register.
    #[must_use]
    pub fn rev(&self) -> Rev {
        self.rev
    }

    /// The moment of its revision.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        self.committed_at
    }

    /// Who writes, when and why.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    pub(crate) fn db(&self) -> &DatabaseTransaction {
        &self.tx
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn next_keys(&self) -> (i64, i64) {
        (self.next_record, self.next_asset)
    }

    pub(crate) fn keys_used(&mut self, record: i64, asset: i64) {
        self.next_record = self.next_record.max(record + 1);
        self.next_asset = self.next_asset.max(asset + 1);
    }

    /// Marks the register as changed: the transaction takes its revision.
    pub(crate) fn touch(&mut self) {
        self.touched = true;
    }

    /// Notes that a plan is carried out; whether one was already in this transaction.
    pub(crate) fn again(&mut self) -> bool {
        std::mem::replace(&mut self.applied, true)
    }

    /// Number and hash of the last entry of the audit log, as far as this transaction has asked:
    /// nobody else writes meanwhile.
    pub(crate) fn audit_head(&self) -> Option<&(i64, Vec<u8>)> {
        self.audit_head.as_ref()
    }

    pub(crate) fn audit_head_is(&mut self, seq: i64, hash: Vec<u8>) {
        self.audit_head = Some((seq, hash));
    }

    /// Makes it so. Returns the revision, if the register changed.
    ///
    /// # Errors
    /// What the database says; then nothing was written.
    pub async fn commit(self) -> Result<Option<Rev>> {
        if !self.touched {
            self.tx.commit().await.map_err(StoreError::doing("committing"))?;
            return Ok(None);
        }
        let insert = Sql::of(
            self.dialect,
            "INSERT INTO rev (rev, committed_at, actor, run_id, reason) VALUES (?, ?, ?, ?, ?)",
            [
                self.rev.0.into(),
                self.committed_at.0.into(),
                self.intent.actor.clone().into(),
                self.intent.run.map(|run| run.0).into(),
                self.intent.reason.clone().into(),
            ],
        );
        insert.execute(&self.tx, "taking a revision").await?;
        let update = Sql::of(
            self.dialect,
            "UPDATE register SET rev = ?, committed_at = ?, next_record = ?, next_asset = ?",
            [
                self.rev.0.into(),
                self.committed_at.0.into(),
                self.next_record.into(),
                self.next_asset.into(),
            ],
        );
        update.execute(&self.tx, "taking a revision").await?;
        self.tx.commit().await.map_err(StoreError::doing("committing"))?;
        if self.intent.urgency == Urgency::Interactive {
            self.present.expect_by(&self.intent.actor, self.rev);
        }
        Ok(Some(self.rev))
    }
}
