//! Sources: adding, listing, trying and removing them. For admins.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::secrets::{SecretPlace, SecretRef};
use crate::service::Service;
use crate::source_file::{KindKeys, SourceFile};
use cadastre_collect::{
    Collector, Factory, Mode, Recorder, Recording, RunContext, TestStep, TimeBase,
};
use cadastre_model::{Actor, Permission, SourceKind, Timestamp};
use cadastre_store::{RunRow, SourceRow, StoreError};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

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

/// What putting a source did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourcePut {
    /// Its name.
    pub name: String,
    /// It is new; otherwise it was changed.
    pub added: bool,
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

impl Service {
    /// Adds the source that a file describes, or changes it to what the file says. `typed` is one of
    /// its secrets, to be kept sealed.
    ///
    /// # Errors
    /// Not allowed, everything wrong in the file, a destination that changes while a sealed secret is
    /// not given again, or what the database says.
    pub async fn source_put(
        &self,
        actor: &Actor,
        path: &Path,
        typed: Option<(&str, &SecretString)>,
    ) -> Result<SourcePut> {
        require(actor, Permission::SourceManage)?;
        let file = self.source_file(path)?;
        let before = match self.store().source_fetch(&file.name).await {
            Ok(row) => Some(row),
            Err(StoreError::Unknown { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let secrets = self.secrets_for(&file, before.as_ref(), typed)?;
        let settings =
            Settings { table: file.settings.clone(), secrets, recording: file.recording.clone() };
        let settings = serde_json::to_value(&settings).map_err(|error| {
            ServiceError::new(ErrorKind::Failed, format!("settings cannot be kept: {error}"))
        })?;
        let schedule = file.schedule.as_ref().map(ToString::to_string);
        let verb = if before.is_some() { "changed" } else { "added" };
        let reason = format!("source {} {verb}", file.name);
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        match &before {
            Some(row) => {
                tx.source_change(row.id, row.enabled, schedule.as_deref(), &settings).await?;
            }
            None => {
                tx.source_add(&file.name, file.kind, schedule.as_deref(), &settings).await?;
            }
        }
        let subject = format!("source:{}", file.name);
        let detail = serde_json::json!({ "kind": file.kind.word(), "settings": file.settings });
        tx.audit(&format!("source.{verb}"), &subject, Some(&detail)).await?;
        tx.commit().await?;
        Ok(SourcePut { name: file.name, added: before.is_none() })
    }

    /// Reads a source's file and checks all of it.
    fn source_file(&self, path: &Path) -> Result<SourceFile> {
        let kinds: Vec<KindKeys<'_>> = self
            .inner
            .factories
            .values()
            .map(|one| KindKeys { kind: one.kind(), settings: &[], secrets: one.secret_keys() })
            .collect();
        let file = SourceFile::read(path, &kinds)
            .map_err(|faults| ServiceError::new(ErrorKind::Invalid, faults.to_string()))?;
        let problems = self.factory(file.kind)?.check(&file.settings);
        if !problems.is_empty() {
            let name = path.display();
            let lines = problems.iter().map(|problem| format!("{name}: {problem}"));
            return Err(ServiceError::invalid_all(lines));
        }
        if let Some(recording) = &file.recording {
            recording_open(recording, file.kind)?;
        }
        Ok(file)
    }

    /// Where the source's secrets are: as its file says, what was typed now, and what was typed
    /// before, unless it would be sent somewhere else now.
    fn secrets_for(
        &self,
        file: &SourceFile,
        before: Option<&SourceRow>,
        typed: Option<(&str, &SecretString)>,
    ) -> Result<BTreeMap<String, SecretRef>> {
        let factory = self.factory(file.kind)?;
        let mut secrets = file.secrets.clone();
        if let Some((key, secret)) = typed {
            if !factory.secret_keys().contains(&key) {
                let message = format!("{} sources have no secret `{key}`", file.kind);
                let known = factory.secret_keys().join(", ");
                return Err(ServiceError::new(ErrorKind::Invalid, message)
                    .advising(format!("expected one of: {known}")));
            }
            let place = Place::of(&file.name, key);
            let sealed = self.inner.secrets.seal(place.borrowed(), secret).map_err(secret_error)?;
            secrets.insert(key.to_owned(), sealed);
        }
        let Some(before) = before else { return Ok(secrets) };
        if before.kind != file.kind {
            let message = format!("source {} is of kind {}", before.name, before.kind);
            return Err(ServiceError::new(ErrorKind::Conflict, message)
                .advising("remove it first, or give the new one another name"));
        }
        let old = settings_of(before)?;
        let moved = factory
            .destination_keys()
            .iter()
            .find(|key| old.table.get(**key) != file.settings.get(**key));
        for (key, reference) in old.secrets {
            if secrets.contains_key(&key) || !matches!(reference, SecretRef::Sealed(_)) {
                continue;
            }
            if let Some(moved) = moved {
                let message = format!("`{moved}` changes, and {key} was typed for the old one");
                return Err(ServiceError::new(ErrorKind::Invalid, message)
                    .advising(format!("type it again with --secret-stdin {key}")));
            }
            secrets.insert(key, reference);
        }
        Ok(secrets)
    }

    /// Removes a source. Its records stay and no longer change.
    ///
    /// # Errors
    /// Not allowed, no such source, or what the database says.
    pub async fn source_remove(&self, actor: &Actor, name: &str) -> Result<()> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_row(name).await?;
        let reason = format!("source {name} removed");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
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
        let word = if enabled { "enabled" } else { "disabled" };
        let reason = format!("source {name} {word}");
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
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
        let mut lines = Vec::new();
        for source in self.store().source_list().await? {
            let settings = settings_of(&source)?;
            let last_run = self.store().run_list(Some(source.id), None, 1).await?;
            lines.push(SourceLine {
                name: source.name,
                kind: source.kind.word().to_owned(),
                enabled: source.enabled,
                schedule: source.schedule,
                recording: settings.recording,
                settings: settings.table,
                secrets: settings
                    .secrets
                    .iter()
                    .map(|(key, reference)| (key.clone(), reference.to_string()))
                    .collect(),
                last_run: last_run.into_iter().next(),
            });
        }
        Ok(lines)
    }

    /// Tries the way to a source, step by step.
    ///
    /// # Errors
    /// Not allowed, no such source, settings or secrets that do not serve.
    pub async fn source_test(&self, actor: &Actor, name: &str) -> Result<Vec<TestStep>> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_row(name).await?;
        let (collector, time) = self.collector(&source, None)?;
        let (sender, _receiver) = mpsc::channel(1);
        let context = RunContext::new(sender, CancellationToken::new(), time);
        Ok(collector.test(&context).await)
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
