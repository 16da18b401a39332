//! Marks: what the last complete enumeration of a scope left for the next run.

use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;
use crate::write::WriteTx;
use cadastre_model::{RecordState, ScopeId, SourceId, Timestamp};
use std::collections::BTreeMap;

impl Store {
    /// The scopes of a source in which something is known, each with its mark. A mark counts only if the
    /// scope was read whole at `whole_since` or later.
    ///
    /// # Errors
    /// What the database says.
    pub async fn scope_marks(
        &self,
        source: SourceId,
        whole_since: Timestamp,
    ) -> Result<BTreeMap<String, Option<String>>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT s.name, m.mark FROM scope s \
             LEFT JOIN scope_mark m ON m.scope_id = s.id AND m.whole_at >= ? \
             WHERE s.source_id = ? AND (m.mark IS NOT NULL OR EXISTS \
             (SELECT 1 FROM record r WHERE r.scope_id = s.id AND r.state <> ?))",
            [whole_since.0.into(), source.0.into(), RecordState::Gone.code().into()],
        );
        let rows = sql.all(self.reader(), "reading marks").await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}

impl WriteTx<'_> {
    /// Keeps what a scope's complete enumeration left; of an increment it stays said when the scope was
    /// read whole last.
    ///
    /// # Errors
    /// What the database says.
    pub async fn scope_mark(
        &mut self,
        scope: ScopeId,
        mark: Option<&str>,
        is_increment: bool,
    ) -> Result<()> {
        let Some(mark) = mark else {
            let forget = Sql::of(
                self.dialect(),
                "DELETE FROM scope_mark WHERE scope_id = ?",
                [scope.0.into()],
            );
            forget.execute(self.db(), "forgetting a mark").await?;
            return Ok(());
        };
        let whole_at = if is_increment { "scope_mark.whole_at" } else { "excluded.whole_at" };
        let keep = Sql::of(
            self.dialect(),
            &format!(
                "INSERT INTO scope_mark (scope_id, mark, whole_at) VALUES (?, ?, ?) \
                 ON CONFLICT (scope_id) DO UPDATE SET mark = excluded.mark, whole_at = {whole_at}"
            ),
            [scope.0.into(), mark.into(), self.moment().0.into()],
        );
        keep.execute(self.db(), "keeping a mark").await?;
        Ok(())
    }

    /// Forgets the marks of a source: its settings are others now.
    pub(crate) async fn scope_marks_forget(&mut self, source: SourceId) -> Result<()> {
        let forget = Sql::of(
            self.dialect(),
            "DELETE FROM scope_mark WHERE scope_id IN (SELECT id FROM scope WHERE source_id = ?)",
            [source.0.into()],
        );
        forget.execute(self.db(), "forgetting marks").await?;
        Ok(())
    }
}
