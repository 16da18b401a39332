//! Sources: listing, showing, switching and removing them, and making their collectors. How they are
//! put (`put`, from a file or a `form`) and tried (`trial`) stands beside. For admins.

mod form;
mod put;
mod trial;

pub use form::{KindForm, SecretForm, SourceEdit, SourceForm};
pub use put::{SourcePut, SourceRefused};

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::schedule::Schedule;
use crate::secrets::{SecretPlace, SecretRef};
use crate::service::Service;
use cadastre_collect::{Collector, Factory, Mode, Recorder, Recording, TimeBase};
use cadastre_model::{Actor, Permission, RunId, SourceKind, Timestamp};
use cadastre_store::{RunRow, SourceRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A source's settings as the register keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// The kind's table, without secrets.
    pub table: serde_json::Value,
    /// Where its secrets are.
    pub secrets: BTreeMap<String, SecretRef>,
    /// The recording it replays, if it is one.
    pub recording: Option<PathBuf>,
}

/// A source as it is listed: no secret in it.
#[derive(Clone, Debug, Serialize)]
pub struct SourceLine {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Whether schedule and `--all` reach it.
    pub enabled: bool,
    /// When it runs, as cron in the organisation's zone.
    pub schedule: Option<String>,
    /// The recording it replays.
    pub recording: Option<PathBuf>,
    /// Its settings.
    pub settings: serde_json::Value,
    /// Where its secrets are, in words.
    pub secrets: BTreeMap<String, String>,
    /// Its last run.
    pub last_run: Option<RunRow>,
}

impl SourceLine {
    fn of(source: SourceRow, last_run: Option<RunRow>) -> Result<SourceLine> {
        let settings = settings_of(&source)?;
        let places = settings.secrets.iter();
        Ok(SourceLine {
            secrets: places.map(|(key, place)| (key.clone(), place.to_string())).collect(),
            name: source.name,
            kind: source.kind.word().to_owned(),
            enabled: source.enabled,
            schedule: source.schedule,
            recording: settings.recording,
            settings: settings.table,
            last_run,
        })
    }
}

impl Service {
    /// Removes a source. Its records stay and no longer change.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_remove(&self, actor: &Actor, name: &str) -> Result<()> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_row(name).await?;
        let reason = format!("source {name} removed");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        tx.source_stands(&source).await?;
        tx.source_remove(source.id).await?;
        tx.audit("source.remove", &format!("source:{name}"), None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Switches a source's schedule on or off.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_enable(&self, actor: &Actor, name: &str, enabled: bool) -> Result<()> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_row(name).await?;
        if source.enabled == enabled {
            return Ok(());
        }
        let word = if enabled { "enabled" } else { "disabled" };
        let reason = format!("source {name} {word}");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        tx.source_stands(&source).await?;
        let schedule = source.schedule.as_deref();
        tx.source_change(source.id, enabled, schedule, &source.settings).await?;
        tx.audit(&format!("source.{word}"), &format!("source:{name}"), None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All sources with their last run.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn source_list(&self, actor: &Actor) -> Result<Vec<SourceLine>> {
        require(actor, Permission::SourceRead)?;
        let sources = self.store().source_list().await?;
        let newest = self.store().run_newest().await?;
        let mut newest: BTreeMap<String, RunRow> =
            newest.into_iter().map(|run| (run.source.clone(), run)).collect();
        sources
            .into_iter()
            .map(|source| {
                let last_run = newest.remove(&source.name);
                SourceLine::of(source, last_run)
            })
            .collect()
    }

    /// One source, with its last run.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_fetch(&self, actor: &Actor, name: &str) -> Result<SourceLine> {
        require(actor, Permission::SourceRead)?;
        let source = self.source_row(name).await?;
        let last_run = self.store().run_list(Some(source.id), None, 1).await?;
        SourceLine::of(source, last_run.into_iter().next())
    }

    /// A source's runs before run `before`, the newest first.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_runs(
        &self,
        actor: &Actor,
        name: &str,
        before: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<RunRow>> {
        require(actor, Permission::SourceRead)?;
        let source = self.source_row(name).await?;
        Ok(self.store().run_list(Some(source.id), before, limit).await?)
    }

    /// The next moments at which a source runs by itself; none if it does not.
    #[must_use]
    pub fn source_due(&self, source: &SourceLine, count: usize) -> Vec<Timestamp> {
        let schedule = source.schedule.as_deref().filter(|_| source.enabled);
        let schedule = schedule.and_then(|text| Schedule::parse(text).ok());
        schedule.map_or_else(Vec::new, |one| one.coming(self.zone(), self.now(), count))
    }

    /// Names of the sources that `--all` reaches.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn source_names(&self, actor: &Actor) -> Result<Vec<String>> {
        require(actor, Permission::SourceRead)?;
        let sources = self.store().source_list().await?;
        Ok(sources.into_iter().filter(|one| one.enabled).map(|one| one.name).collect())
    }

    pub(crate) async fn source_row(&self, name: &str) -> Result<SourceRow> {
        match self.store().source_fetch(name).await {
            Ok(source) => Ok(source),
            Err(error @ cadastre_store::StoreError::Unknown { .. }) => {
                let sources = self.store().source_list().await?;
                let names = sources.iter().map(|one| one.name.as_str());
                let hint = match crate::toml_doc::closest(name, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`cadastre source list` shows the sources there are".to_owned(),
                };
                Err(ServiceError::from(error).advising(hint))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A source's collector, and the time base of its runs.
    pub(crate) fn collector(
        &self,
        source: &SourceRow,
        record: Option<Recorder>,
    ) -> Result<(Box<dyn Collector>, TimeBase)> {
        let factory = self.factory(source.kind)?;
        let settings = settings_of(source)?;
        if let Some(path) = &settings.recording {
            if record.is_some() {
                let message = format!("source {} is a recording itself", source.name);
                return Err(ServiceError::new(ErrorKind::Invalid, message)
                    .advising("copy its file instead"));
            }
            let recording = recording_open(path, source.kind)?;
            let collector =
                factory.build(&settings.table, &BTreeMap::new(), Mode::Replay(recording))?;
            return Ok((collector, TimeBase::live()));
        }
        let mut secrets = BTreeMap::new();
        for (key, reference) in &settings.secrets {
            let place = Place::of(&source.name, key);
            let secret = self.inner.secrets.resolve(place.borrowed(), reference);
            secrets.insert(key.clone(), secret.map_err(secret_error)?);
        }
        let mode = record.map_or(Mode::Live, Mode::Record);
        Ok((factory.build(&settings.table, &secrets, mode)?, TimeBase::live()))
    }

    pub(crate) fn recorder(&self, path: &Path, source: &SourceRow) -> Result<Recorder> {
        Ok(Recorder::create(path, source.kind, self.now())?)
    }

    fn factory(&self, kind: SourceKind) -> Result<&Arc<dyn Factory>> {
        self.inner.factories.get(&kind).ok_or_else(|| {
            let known: Vec<&str> = self.inner.factories.keys().map(|one| one.word()).collect();
            ServiceError::new(
                ErrorKind::Invalid,
                format!("sources of kind {kind} cannot be read yet"),
            )
            .advising(format!("kinds there are: {}", known.join(", ")))
        })
    }
}

/// Whose secret it is: the label for people, the row it is sealed for.
struct Place {
    label: String,
    row: String,
}

impl Place {
    fn of(source: &str, key: &str) -> Place {
        Place { label: format!("source `{source}`, {key}"), row: format!("source/{source}/{key}") }
    }

    fn borrowed(&self) -> SecretPlace<'_> {
        SecretPlace { label: &self.label, row: &self.row }
    }
}

fn recording_open(path: &Path, kind: SourceKind) -> Result<Recording> {
    let recording = Recording::open(path)?;
    if recording.kind() == kind {
        return Ok(recording);
    }
    let message = format!(
        "{}: is a recording of a source of kind {}, not {kind}",
        path.display(),
        recording.kind()
    );
    Err(ServiceError::new(ErrorKind::Invalid, message).advising(format!(
        "name a recording of kind {kind}, or make it a source of the other kind"
    )))
}

fn secret_error(error: crate::secrets::SecretError) -> ServiceError {
    ServiceError::new(ErrorKind::Invalid, error.to_string())
}

pub(crate) fn settings_of(source: &SourceRow) -> Result<Settings> {
    serde_json::from_value(source.settings.clone()).map_err(|error| {
        let message = format!("the settings of source {} cannot be read: {error}", source.name);
        ServiceError::new(ErrorKind::Failed, message).advising("remove it and add it again")
    })
}

/// How long ago a moment is, for scheduling.
pub(crate) fn before(now: Timestamp, age: std::time::Duration) -> Timestamp {
    now.plus_ms(-i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}
