//! How much runs found, over time.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::sql::Sql;
use cadastre_model::Timestamp;

/// A quarter of an hour, in milliseconds: the day begins at one in every zone.
const QUARTER_MS: i64 = 900_000;

/// What the runs found that began in one quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When the quarter began.
    pub at: Timestamp,
    /// Records that were new.
    pub created: u64,
    /// Records that said something else than before.
    pub updated: u64,
    /// Records that were gone.
    pub gone: u64,
}

impl Store {
    /// What runs found that began at `since` or later, by quarters of an hour, oldest first; those in
    /// which nothing was found are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn activity(&self, since: Timestamp) -> Result<Vec<Activity>> {
        // Runs are numbered as they begin: those before are passed over by their number.
        let sum = |column: &str| format!("CAST(sum(r.{column}) AS BIGINT)");
        let text = format!(
            "SELECT r.started_at / {QUARTER_MS}, {}, {}, {} FROM run r WHERE r.id > coalesce(\
             (SELECT o.id FROM run o WHERE o.started_at < ? ORDER BY o.id DESC LIMIT 1), 0) \
             AND r.started_at >= ? AND (r.created > 0 OR r.updated > 0 OR r.gone > 0) \
             GROUP BY 1 ORDER BY 1",
            sum("created"),
            sum("updated"),
            sum("gone"),
        );
        let sql = Sql::of(self.dialect(), &text, [since.0.into(), since.0.into()]);
        let rows = sql.all(self.reader(), "reading what runs found").await?;
        rows.iter()
            .map(|row| {
                let count = |index| {
                    Ok::<u64, StoreError>(u64::try_from(row.get::<i64>(index)?).unwrap_or(0))
                };
                Ok(Activity {
                    at: Timestamp(row.get::<i64>(0)?.saturating_mul(QUARTER_MS)),
                    created: count(1)?,
                    updated: count(2)?,
                    gone: count(3)?,
                })
            })
            .collect()
    }
}
