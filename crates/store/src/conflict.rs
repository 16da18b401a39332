//! The queue of decisions that wait for a person.

use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{Conflict, ConflictKind, Decision, ScopeId, Timestamp};

const CONFLICTS: &str =
    "SELECT id, doc, reason, opened_at, decision, decided_at, decided_by FROM conflict";

/// In the place of a decision: nobody has to take one any more.
pub(crate) const WITHDRAWN: i16 = 3;

fn read_conflict(row: &Row) -> Result<Conflict> {
    let id: i64 = row.get(0)?;
    let at = Timestamp(row.get::<Option<i64>>(5)?.unwrap_or_default());
    let who = row.get::<Option<String>>(6)?.unwrap_or_default();
    let (decided, withdrawn) = match row.get::<i16>(4)? {
        1 => (Some((Decision::Accept, at, who)), None),
        2 => (Some((Decision::Reject, at, who)), None),
        WITHDRAWN => (None, Some((at, who))),
        _ => (None, None),
    };
    Ok(Conflict {
        id,
        kind: json::read("conflict", id, &row.get::<String>(1)?)?,
        reason: row.get(2)?,
        opened_at: Timestamp(row.get(3)?),
        decided,
        withdrawn,
    })
}

impl Store {
    /// Conflicts, oldest first, `limit` after number `after`; those that are over only if asked.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn conflict_list(
        &self,
        with_over: bool,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Conflict>> {
        let open = if with_over { "" } else { " AND decision = 0" };
        let text = format!("{CONFLICTS} WHERE id > ?{open} ORDER BY id LIMIT ?");
        let sql = Sql::of(self.dialect(), &text, [after.into(), i64::from(limit).into()]);
        let rows = sql.all(self.reader(), "reading conflicts").await?;
        rows.iter().map(read_conflict).collect()
    }

    /// How many missing things a person was asked about and let age, if no run has done so yet.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn ageing_accepted(&self, scope: ScopeId) -> Result<Option<u64>> {
        // Accepted once is for the next complete enumeration only; one with an error aged nothing.
        let text = format!(
            "{CONFLICTS} c WHERE c.question = ? AND c.decision = 1 \
             AND NOT EXISTS (SELECT 1 FROM run_scope h WHERE h.scope_id = ? \
             AND h.enumeration = 1 AND h.is_increment = 0 AND h.error IS NULL \
             AND h.at > c.decided_at) \
             ORDER BY c.id DESC LIMIT 1"
        );
        let values = [ConflictKind::ageing_question(scope).into(), scope.0.into()];
        let sql = Sql::of(self.dialect(), &text, values);
        let row = sql.one(self.reader(), "reading decisions").await?;
        let accepted = row.as_ref().map(read_conflict).transpose()?.map(|conflict| conflict.kind);
        Ok(match accepted {
            Some(ConflictKind::AgeingHeld { missing, .. }) => Some(missing),
            _ => None,
        })
    }
}

impl WriteTx<'_> {
    /// The open conflict of a number.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] if there is none or it is over, or what the database says.
    pub async fn conflict_open(&self, id: i64) -> Result<Conflict> {
        let text = format!("{CONFLICTS} WHERE id = ? AND decision = 0");
        let sql = Sql::of(self.dialect(), &text, [id.into()]);
        match sql.one(self.db(), "reading a conflict").await? {
            Some(row) => read_conflict(&row),
            None => Err(StoreError::Unknown { what: "open conflict", name: id.to_string() }),
        }
    }

    /// Writes a decision down.
    ///
    /// # Errors
    /// What the database says.
    pub async fn conflict_decide(&mut self, id: i64, decision: Decision) -> Result<()> {
        let update = Sql::of(
            self.dialect(),
            "UPDATE conflict SET decision = ?, decided_at = ?, decided_by = ? WHERE id = ?",
            [
                decision_code(decision).into(),
                self.moment().0.into(),
                self.intent().actor.clone().into(),
                id.into(),
            ],
        );
        self.touch();
        update.execute(self.db(), "deciding a conflict").await?;
        Ok(())
    }
}

fn decision_code(decision: Decision) -> i16 {
    match decision {
        Decision::Accept => 1,
        Decision::Reject => 2,
    }
}
