//! Decisions that a plan leaves to people: each question is opened once, and withdrawn when a later
//! run found otherwise or its source is no more.

use super::transaction::WriteTx;
use crate::bulk::{CHUNK, Insert};
use crate::conflict::WITHDRAWN;
use crate::error::Result;
use crate::json;
use crate::key::key_of;
use crate::sql::Sql;
use cadastre_model::{ConflictKind, ConflictWrite, ScopeId};
use std::collections::{BTreeMap, BTreeSet};

impl WriteTx<'_> {
    /// Withdraws the question about the ageing of a scope, if one is open: a run has found that nothing
    /// of it has to be held.
    ///
    /// # Errors
    /// What the database says.
    pub async fn ageing_settled(&mut self, scope: ScopeId) -> Result<()> {
        self.withdraw(&ConflictKind::ageing_question(scope), None).await
    }

    /// Withdraws the questions about the ageing of any of these scopes: nothing of them ages any more.
    pub(crate) async fn ageing_ended(
        &mut self,
        scopes: impl Iterator<Item = ScopeId>,
    ) -> Result<()> {
        let questions: Vec<String> = scopes.map(ConflictKind::ageing_question).collect();
        let mut open: Vec<String> = Vec::new();
        for chunk in questions.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.raw("SELECT question FROM conflict WHERE decision = 0 AND question IN ");
            sql.list(chunk.iter().map(String::as_str));
            let rows = sql.all(self.db(), "looking for open questions").await?;
            for row in &rows {
                open.push(row.get(0)?);
            }
        }
        for question in &open {
            self.withdraw(question, None).await?;
        }
        Ok(())
    }

    /// Withdraws a question that is open, unless it is `asked` again as it was.
    async fn withdraw(&mut self, question: &str, asked: Option<&ConflictKind>) -> Result<()> {
        let sql = Sql::of(
            self.dialect(),
            "UPDATE conflict SET decision = ?, decided_at = ?, decided_by = ? \
             WHERE question = ? AND decision = 0 AND doc <> ?",
            [
                WITHDRAWN.into(),
                self.moment().0.into(),
                self.intent().actor.clone().into(),
                question.into(),
                asked.map(json::write).unwrap_or_default().into(),
            ],
        );
        match sql.execute(self.db(), "withdrawing a question").await? {
            0 => Ok(()),
            _ => self.audit("conflict.withdraw", question, None).await,
        }
    }

    /// Opens conflicts whose question is not open, nor was answered before for good. Of ageing, other
    /// figures are another question: a person decides what was asked.
    pub(super) async fn write_conflicts(&mut self, conflicts: &[ConflictWrite]) -> Result<()> {
        if conflicts.is_empty() {
            return Ok(());
        }
        let mut asked: BTreeMap<String, &ConflictWrite> = BTreeMap::new();
        for conflict in conflicts {
            asked.entry(key_of(&conflict.kind.question()).into_owned()).or_insert(conflict);
        }
        for (question, conflict) in &asked {
            if matches!(conflict.kind, ConflictKind::AgeingHeld { .. }) {
                self.withdraw(question, Some(&conflict.kind)).await?;
            }
        }
        for known in self.known_questions(&asked).await? {
            asked.remove(&known);
        }
        let mut insert =
            Insert::new("INSERT INTO conflict (question, kind, doc, reason, opened_at)", "");
        let mut entries = Vec::with_capacity(asked.len());
        for (question, conflict) in asked {
            insert.row([
                question.as_str().into(),
                conflict.kind.word().into(),
                json::write(&conflict.kind).into(),
                conflict.reason.clone().into(),
                self.moment().0.into(),
            ]);
            entries.push((question, Some(serde_json::json!({ "reason": conflict.reason }))));
        }
        insert.execute(self.dialect(), self.db()).await?;
        self.audit_each("conflict.open", entries).await
    }

    async fn known_questions(
        &self,
        asked: &BTreeMap<String, &ConflictWrite>,
    ) -> Result<BTreeSet<String>> {
        let questions: Vec<&str> = asked.keys().map(String::as_str).collect();
        let mut known = BTreeSet::new();
        for chunk in questions.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.raw("SELECT question, min(decision) FROM conflict WHERE question IN ");
            sql.list(chunk.iter().copied());
            sql.raw(" GROUP BY question");
            for row in sql.all(self.db(), "looking for the same questions").await? {
                let (question, decision): (String, i16) = (row.get(0)?, row.get(1)?);
                let is_open = decision == 0;
                // Ageing may be held anew after it was once let through; identity is decided for good.
                let may_return = asked
                    .get(&question)
                    .is_some_and(|one| matches!(one.kind, ConflictKind::AgeingHeld { .. }));
                if is_open || !may_return {
                    known.insert(question);
                }
            }
        }
        Ok(known)
    }
}
