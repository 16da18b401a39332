//! Points in time: every read says as of when it reads.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::Sql;
use cadastre_model::{Rev, Timestamp};

/// A revision with the moment it is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The last revision committed by then.
    pub rev: Rev,
    /// The moment: relative times in queries and "last seen" go by it.
    pub moment: Timestamp,
}

impl Store {
    /// The register as it stands, at the moment `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn now(&self, now: Timestamp) -> Result<At> {
        Ok(At { rev: self.newest().await?, moment: now })
    }

    /// The register as it is shown to someone, named as in [`crate::Intent`]. Where it is held in
    /// memory, this may be what was the newest revision a second ago; but never before what they
    /// changed themselves in this process, or what a run wrote that has ended here.
    ///
    /// # Errors
    /// What the database says.
    pub async fn now_for(&self, actor: &str, now: Timestamp) -> Result<At> {
        let rev = match self.present().shown_to(actor) {
            Some(held) => held,
            None => self.newest().await?,
        };
        Ok(At { rev, moment: now })
    }

    /// The newest revision.
    pub(crate) async fn newest(&self) -> Result<Rev> {
        let sql = Sql::of(self.dialect(), "SELECT rev FROM register", []);
        Ok(Rev(sql.number(self.reader(), "reading the revision").await?))
    }

    /// The register as it stood at `moment`: the last revision committed at or before it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a moment after `now`: the future is not known.
    pub async fn as_of(&self, moment: Timestamp, now: Timestamp) -> Result<At> {
        if moment > now {
            return Err(StoreError::Refused(format!(
                "{moment} has not come yet (it is {now}); ask for a moment in the past"
            )));
        }
        let sql = Sql::of(
            self.dialect(),
            "SELECT rev FROM rev WHERE committed_at <= ? \
             ORDER BY committed_at DESC, rev DESC LIMIT 1",
            [moment.0.into()],
        );
        let rev = sql.number(self.reader(), "reading the revision").await?;
        Ok(At { rev: Rev(rev), moment })
    }
}
