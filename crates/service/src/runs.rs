//! Runs for people: asking for one, looking on, reading what one did and why, stopping it.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use crate::worker::DISCOVER;
use cadastre_model::{Actor, AssetId, Permission, Rev, RunId, RunNow, ScopeReport};
use cadastre_store::{JobWaiting, RunChange, RunError, RunRow, StopOutcome, StoreError};
use std::time::Duration;

/// How often it is looked whether a worker has begun with a run that was asked for.
const LOOK: Duration = Duration::from_millis(50);

/// What became of the wish for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunAsked {
    /// One is under way already; no other was asked for.
    UnderWay(RunId),
    /// A worker has begun with it.
    Begun(RunId),
    /// It waits for a worker.
    Queued,
}

impl Service {
    /// Asks for a run of a source, and waits for so long whether a worker begins with it.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn run_ask(&self, actor: &Actor, name: &str, patience: Duration) -> Result<RunAsked> {
        require(actor, Permission::RunStart)?;
        let source = self.source_row(name).await?;
        let newest = self.store().run_list(Some(source.id), None, 1).await?;
        let newest = newest.first().map(|run| run.id);
        match self.store().run_living(source.id).await? {
            Some(run) if Some(run) == newest => return Ok(RunAsked::UnderWay(run)),
            // A worker was quicker than the question.
            Some(run) => return Ok(RunAsked::Begun(run)),
            None => {}
        }
        self.run_queue(actor, name).await?;
        let deadline = tokio::time::Instant::now() + patience;
        while tokio::time::Instant::now() < deadline {
            tokio::time::sleep(LOOK).await;
            let last = self.store().run_list(Some(source.id), None, 1).await?;
            if let Some(run) = last.first().filter(|run| Some(run.id) != newest) {
                return Ok(RunAsked::Begun(run.id));
            }
        }
        Ok(RunAsked::Queued)
    }

    /// Runs that have not begun, those due first, of one source or of all.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn run_waiting(
        &self,
        actor: &Actor,
        source: Option<&str>,
        limit: u32,
    ) -> Result<Vec<JobWaiting>> {
        require(actor, Permission::SourceRead)?;
        Ok(self.store().job_waiting(DISCOVER, source, limit).await?)
    }

    /// The newest runs, of one source or of all, before run `before`.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn run_list(
        &self,
        actor: &Actor,
        source: Option<&str>,
        before: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<RunRow>> {
        require(actor, Permission::SourceRead)?;
        let source = match source {
            Some(name) => Some(self.source_row(name).await?.id),
            None => None,
        };
        Ok(self.store().run_list(source, before, limit).await?)
    }

    /// A run as it stands, with its first scopes.
    ///
    /// # Errors
    /// Not allowed, no such run, or what the database says.
    pub async fn run_fetch(&self, actor: &Actor, run: RunId) -> Result<RunNow> {
        require(actor, Permission::SourceRead)?;
        let found = self.store().run_now(run, self.now()).await?;
        found.ok_or_else(|| no_such_run(run))
    }

    /// The scopes of a run that has ended, by name, `limit` after the name `after`.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn run_scopes(
        &self,
        actor: &Actor,
        run: RunId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<ScopeReport>> {
        require(actor, Permission::SourceRead)?;
        Ok(self.store().run_scopes(run, after, limit).await?)
    }

    /// Errors of a run about single objects, in the order they came, `limit` from number `from` on.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn run_errors(
        &self,
        actor: &Actor,
        run: RunId,
        from: i64,
        limit: u32,
    ) -> Result<Vec<RunError>> {
        require(actor, Permission::SourceRead)?;
        Ok(self.store().run_errors(run, from, limit).await?)
    }

    /// What a run changed and why, in the order it did, `limit` assets after `after`.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn run_changes(
        &self,
        actor: &Actor,
        run: RunId,
        after: Option<(Rev, AssetId)>,
        limit: u32,
    ) -> Result<Vec<RunChange>> {
        require(actor, Permission::SourceRead)?;
        self.visibility(actor)?;
        Ok(self.store().run_changes(run, after, limit).await?)
    }

    /// Asks a run to stop, wherever it is carried out. What it has read stands, nothing ages, and it
    /// is not tried again for that.
    ///
    /// # Errors
    /// Not allowed, no such run, [`ErrorKind::Conflict`] if it has ended, or what the database says.
    pub async fn run_stop(&self, actor: &Actor, run: RunId) -> Result<()> {
        require(actor, Permission::RunStart)?;
        let intent = self.intent(actor, format!("run {run} is to stop"));
        let mut tx = self.store().begin_write(intent).await?;
        match tx.run_stop(run).await {
            Ok(StopOutcome::Asked) => tx.audit("run.stop", &format!("run:{run}"), None).await?,
            Ok(StopOutcome::AskedBefore) => {}
            Ok(StopOutcome::Ended(status)) => {
                let message = format!("run {run} has ended already ({status})");
                return Err(ServiceError::new(ErrorKind::Conflict, message)
                    .advising("there is nothing left to stop"));
            }
            Err(StoreError::Unknown { .. }) => return Err(no_such_run(run)),
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(())
    }
}

fn no_such_run(run: RunId) -> ServiceError {
    ServiceError::new(ErrorKind::NotFound, format!("there is no run {run}"))
        .advising("`cadastre run list` shows the runs there are")
}
