//! Sources and runs as scripts read them: page by page, and as they stood on an earlier day.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use crate::sources::settings_of;
use cadastre_model::{
    Actor, Permission, RunId, RunStatus, ScopeReport, SourceId, SourceKind, Timestamp,
};
use cadastre_store::{Dialect, RunError, RunRow, RunsAsked};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Scopes, and errors, of a run read at a time.
pub const RUN_LINES: u32 = 1000;

/// A run as it stood at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct RunThen {
    /// The run. If it was under way then, without its end.
    pub run: RunRow,
    /// It had not ended at the moment asked for: how far it had come then is not kept.
    pub was_under_way: bool,
}

impl RunThen {
    fn of(mut run: RunRow, as_of: Option<Timestamp>) -> RunThen {
        let was_under_way =
            as_of.is_some_and(|moment| run.ended_at.is_none_or(|ended| ended > moment));
        if was_under_way {
            run.status = RunStatus::Running;
            run.ended_at = None;
            run.error = None;
        }
        RunThen { run, was_under_way }
    }
}

/// A page of runs, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct RunsPage {
    /// Its runs.
    pub runs: Vec<RunThen>,
    /// How many there are on all pages.
    pub count: u64,
}

/// A run with its scopes and errors.
#[derive(Clone, Debug, PartialEq)]
pub struct RunWhole {
    /// The run.
    pub then: RunThen,
    /// Its scopes by name, [`RUN_LINES`] at most; none if it was under way at the moment asked for.
    pub scopes: Vec<ScopeReport>,
    /// Its errors about single objects, as many at most; none as above.
    pub errors: Vec<RunError>,
}

/// A source as it stood at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceThen {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SourceKind,
    /// Whether schedule and `--all` reached it.
    pub enabled: bool,
    /// When it ran, as cron in the organisation's zone.
    pub schedule: Option<String>,
    /// Its settings, for those who manage sources.
    pub settings: Option<SourceSettings>,
    /// Its last run.
    pub last_run: Option<RunThen>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When its settings became what they were.
    pub changed_at: Timestamp,
}

/// How a source is set: no secret in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSettings {
    /// The kind's table.
    pub table: Json,
    /// Where its secrets are, in words.
    pub secrets: BTreeMap<String, String>,
    /// The recording it replays.
    pub recording: Option<PathBuf>,
}

/// How the register stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its newest revision.
    pub rev: i64,
    /// Which database holds it: `sqlite` or `postgres`.
    pub database: &'static str,
    /// Jobs that wait, run, and were given up.
    pub jobs: (u64, u64, u64),
    /// The moment it is.
    pub now: Timestamp,
}

impl Service {
    /// The sources that were there, by id, with their last run.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn source_list_as_of(
        &self,
        actor: &Actor,
        as_of: Option<Timestamp>,
    ) -> Result<Vec<SourceThen>> {
        require(actor, Permission::SourceRead)?;
        let at = self.at(actor, as_of).await?;
        let (sources, mut runs) =
            tokio::try_join!(self.store().source_list_at(at), self.store().runs_last(as_of))?;
        let shown = actor.may(Permission::SourceManage);
        let then = |source: cadastre_store::SourceAt| {
            let settings = match shown {
                true => Some(settings_of(&source.row)?),
                false => None,
            };
            let settings = settings.map(|settings| SourceSettings {
                secrets: settings
                    .secrets
                    .iter()
                    .map(|(key, reference)| (key.clone(), reference.to_string()))
                    .collect(),
                table: settings.table,
                recording: settings.recording,
            });
            let row = source.row;
            Ok(SourceThen {
                last_run: runs.remove(&row.id).map(|run| RunThen::of(run, as_of)),
                id: row.id,
                name: row.name,
                kind: row.kind,
                enabled: row.enabled,
                schedule: row.schedule,
                settings,
                created_at: source.created_at,
                changed_at: source.changed_at,
            })
        };
        sources.into_iter().map(then).collect()
    }

    /// Runs that had begun, of the sources of a name or of all, newest first: `limit` after the first
    /// `skip` of those before run `before`.
    ///
    /// # Errors
    /// Not allowed, a moment to come, or what the database says.
    pub async fn run_page(
        &self,
        actor: &Actor,
        source: Option<&str>,
        as_of: Option<Timestamp>,
        before: Option<RunId>,
        skip: u32,
        limit: u32,
    ) -> Result<RunsPage> {
        require(actor, Permission::SourceRead)?;
        let all = RunsAsked { source, begun_by: as_of, before: None };
        let page = RunsAsked { before, ..all };
        let (count, runs) = tokio::try_join!(
            self.store().run_count(&all),
            self.store().run_page(&page, skip, limit)
        )?;
        let runs = runs.into_iter().map(|run| RunThen::of(run, as_of)).collect();
        Ok(RunsPage { runs, count })
    }

    /// One run with its scopes after the one named, and its errors from number `errors_from` on, from 0.
    ///
    /// # Errors
    /// Not allowed, no such run then, or what the database says.
    pub async fn run_whole(
        &self,
        actor: &Actor,
        id: RunId,
        as_of: Option<Timestamp>,
        scopes_after: &str,
        errors_from: i64,
    ) -> Result<RunWhole> {
        require(actor, Permission::SourceRead)?;
        let asked = RunsAsked {
            source: None,
            begun_by: as_of,
            before: Some(RunId(id.0.saturating_add(1))),
        };
        let found = self.store().run_page(&asked, 0, 1).await?;
        let Some(run) = found.into_iter().find(|run| run.id == id) else {
            let when = as_of.map_or(String::new(), |at| format!(" as of {at}"));
            return Err(ServiceError::new(
                ErrorKind::NotFound,
                format!("there is no run {id}{when}"),
            ));
        };
        let then = RunThen::of(run, as_of);
        if then.was_under_way {
            return Ok(RunWhole { then, scopes: Vec::new(), errors: Vec::new() });
        }
        let (scopes, errors) = tokio::try_join!(
            self.store().run_scopes(id, scopes_after, RUN_LINES),
            self.store().run_errors(id, errors_from, RUN_LINES)
        )?;
        Ok(RunWhole { then, scopes, errors })
    }

    /// How the register stands.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn standing(&self, actor: &Actor) -> Result<Standing> {
        require(actor, Permission::AssetRead)?;
        let at = self.at(actor, None).await?;
        let database = match self.store().dialect() {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        };
        let jobs = self.store().job_tally().await?;
        Ok(Standing { rev: at.rev.0, database, jobs, now: at.moment })
    }
}
