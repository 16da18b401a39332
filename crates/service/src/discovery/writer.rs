//! Writing, or only seeming to: a run commits each step; a dry run does all of it in one transaction
//! that is dropped at the end.

use crate::error::Result;
use cadastre_model::{RunId, Timestamp};
use cadastre_store::{Intent, Store, Urgency, WriteTx};

pub(super) struct Writer<'a> {
    store: &'a Store,
    actor: String,
    reason: String,
    run: Option<RunId>,
    dry: Option<WriteTx<'a>>,
}

impl<'a> Writer<'a> {
    /// Commits each step, in the name of a run.
    pub fn committing(store: &'a Store, actor: &str, source: &str, run: RunId) -> Writer<'a> {
        Writer {
            store,
            actor: actor.to_owned(),
            reason: format!("run {run} of source {source}"),
            run: Some(run),
            dry: None,
        }
    }

    /// Writes nothing in the end. Holds the writers' turn until dropped.
    pub async fn dry(store: &'a Store, actor: &str, now: Timestamp) -> Result<Writer<'a>> {
        let mut writer = Writer {
            store,
            actor: actor.to_owned(),
            reason: "dry run".to_owned(),
            run: None,
            dry: None,
        };
        writer.dry = Some(store.begin_write(writer.intent(now)).await?);
        Ok(writer)
    }

    pub fn is_dry(&self) -> bool {
        self.dry.is_some()
    }

    fn intent(&self, now: Timestamp) -> Intent {
        Intent {
            actor: self.actor.clone(),
            now,
            reason: self.reason.clone(),
            run: self.run,
            urgency: Urgency::Batch,
        }
    }

    /// One step: all of it is written, or none.
    pub async fn write<R>(
        &mut self,
        now: Timestamp,
        step: impl AsyncFnOnce(&mut WriteTx<'_>) -> Result<R>,
    ) -> Result<R> {
        if let Some(tx) = &mut self.dry {
            return step(tx).await;
        }
        let mut tx = self.store.begin_write(self.intent(now)).await?;
        let outcome = step(&mut tx).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}
