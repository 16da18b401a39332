//! Putting a source: adding it or changing it. What a file describes and what a form describes pass
//! the same checks here.

use super::{Place, Settings, recording_open, secret_error, settings_of};
use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::secrets::SecretRef;
use crate::service::Service;
use crate::source_file::{KindKeys, SourceFile};
use cadastre_collect::SettingError;
use cadastre_model::{Actor, Permission, Rev, SourceKind};
use cadastre_store::{SourceRow, StoreError};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A name that the page with the form for new sources has.
const TAKEN: &str = "new";

/// What putting a source did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourcePut {
    /// Its name.
    pub name: String,
    /// It is new; otherwise it was changed.
    pub added: bool,
}

/// Why a source was not put.
#[derive(Debug)]
pub enum SourceRefused {
    /// Everything that is wrong with what was given, by the key it is about: `name`, `schedule`, or
    /// one of the kind's settings or secrets; `source` for the whole.
    Fields(Vec<SettingError>),
    /// Anything else.
    Service(ServiceError),
}

impl From<ServiceError> for SourceRefused {
    fn from(error: ServiceError) -> SourceRefused {
        SourceRefused::Service(error)
    }
}

impl From<StoreError> for SourceRefused {
    fn from(error: StoreError) -> SourceRefused {
        SourceRefused::Service(error.into())
    }
}

/// Whether the source may be there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It may or may not: a file says how it is to be.
    Either,
    /// It must not.
    New,
    /// It must.
    Changed,
}

/// A source as somebody wants it, however they said so.
pub(super) struct Draft {
    /// All but what the register keeps itself.
    pub source: SourceFile,
    /// Secrets to be kept sealed from now on.
    pub typed: BTreeMap<String, SecretString>,
    /// Sealed secrets to be kept no longer.
    pub forgotten: BTreeSet<String>,
    /// What was found wrong when it was read.
    pub faults: Vec<SettingError>,
    /// Whether it may be there already.
    pub wanted: Wanted,
    /// What its writer had before them: the revision since which it stood so.
    pub since: Option<Rev>,
}

impl Service {
    /// Adds the source that a file describes, or changes it to what the file says. `typed` is one of
    /// its secrets, to be kept sealed.
    ///
    /// # Errors
    /// Not allowed, everything wrong in the file, a destination that changes while a sealed secret is
    /// not given again, or what the database says.
    pub async fn source_file_put(
        &self,
        actor: &Actor,
        path: &Path,
        typed: Option<(&str, &SecretString)>,
    ) -> Result<SourcePut> {
        require(actor, Permission::SourceManage)?;
        let source = self.source_file(path)?;
        let mut secrets = BTreeMap::new();
        if let Some((key, secret)) = typed {
            self.secret_key_check(source.kind, key)?;
            secrets.insert(key.to_owned(), secret.clone());
        }
        let draft = Draft {
            source,
            typed: secrets,
            forgotten: BTreeSet::new(),
            faults: Vec::new(),
            wanted: Wanted::Either,
            since: None,
        };
        self.source_put(actor, draft).await.map_err(|refused| match refused {
            SourceRefused::Service(error) => error,
            SourceRefused::Fields(faults) => {
                let name = path.display();
                ServiceError::invalid_all(faults.iter().map(|fault| format!("{name}: {fault}")))
            }
        })
    }

    /// Adds or changes a source.
    pub(super) async fn source_put(
        &self,
        actor: &Actor,
        draft: Draft,
    ) -> std::result::Result<SourcePut, SourceRefused> {
        require(actor, Permission::SourceManage)?;
        let source = &draft.source;
        let before = match self.store().source_fetch(&source.name).await {
            Ok(row) => Some(row),
            Err(StoreError::Unknown { .. }) if draft.wanted != Wanted::Changed => None,
            Err(error) => return Err(error.into()),
        };
        let settings = self.settings_checked(&draft, before.as_ref())?;
        let schedule = source.schedule.as_ref().map(ToString::to_string);
        let verb = if before.is_some() { "changed" } else { "added" };
        let reason = format!("source {} {verb}", source.name);
        let mut tx = self.store().begin_write(self.intent(actor, reason)).await?;
        match &before {
            Some(row) => {
                tx.source_stands(row).await?;
                tx.source_change(row.id, row.enabled, schedule.as_deref(), &settings).await?;
            }
            None => {
                tx.source_add(&source.name, source.kind, schedule.as_deref(), &settings).await?;
            }
        }
        let subject = format!("source:{}", source.name);
        let detail = serde_json::json!({ "kind": source.kind.word(), "settings": source.settings });
        tx.audit(&format!("source.{verb}"), &subject, Some(&detail)).await?;
        tx.commit().await?;
        Ok(SourcePut { name: source.name.clone(), added: before.is_none() })
    }

    /// The settings as the register keeps them, once nothing is wrong with them.
    fn settings_checked(
        &self,
        draft: &Draft,
        before: Option<&SourceRow>,
    ) -> std::result::Result<Value, SourceRefused> {
        let source = &draft.source;
        let mut faults = draft.faults.clone();
        faults.extend(name_fault(draft, before)?);
        faults.extend(overtaken(draft, before));
        faults.extend(self.factory(source.kind)?.check(&source.settings));
        let before = before.filter(|_| draft.wanted != Wanted::New);
        let secrets = self.secrets_for(draft, before, &mut faults)?;
        if !faults.is_empty() {
            return Err(SourceRefused::Fields(faults));
        }
        if let Some(recording) = &source.recording {
            recording_open(recording, source.kind)?;
        }
        let (table, recording) = (source.settings.clone(), source.recording.clone());
        let settings = serde_json::to_value(Settings { table, secrets, recording });
        settings.map_err(|error| {
            let message = format!("settings cannot be kept: {error}");
            ServiceError::new(ErrorKind::Failed, message).into()
        })
    }

    /// Where the source's secrets are: as it says, what was typed now, and what was typed before,
    /// unless it would be sent somewhere else now.
    fn secrets_for(
        &self,
        draft: &Draft,
        before: Option<&SourceRow>,
        faults: &mut Vec<SettingError>,
    ) -> Result<BTreeMap<String, SecretRef>> {
        let source = &draft.source;
        let mut secrets = source.secrets.clone();
        for (key, secret) in &draft.typed {
            let place = Place::of(&source.name, key);
            let sealed = self.inner.secrets.seal(place.borrowed(), secret).map_err(secret_error)?;
            secrets.insert(key.clone(), sealed);
        }
        let Some(before) = before else { return Ok(secrets) };
        let old = settings_of(before)?;
        let destinations = self.factory(source.kind)?.destination_keys();
        let moved =
            destinations.iter().find(|key| set(&old.table, key) != set(&source.settings, key));
        for (key, reference) in old.secrets {
            let is_kept = matches!(reference, SecretRef::Sealed(_))
                && !secrets.contains_key(&key)
                && !draft.forgotten.contains(&key);
            if !is_kept {
                continue;
            }
            if let Some(moved) = moved {
                // A recording uses no secret: there is nothing to ask for, and nothing goes along.
                if source.recording.is_some() {
                    continue;
                }
                let what = format!("was typed for another `{moved}` than the one given now");
                let hint = match draft.wanted {
                    Wanted::Either => format!("type it again with --secret-stdin {key}"),
                    Wanted::New | Wanted::Changed => "type it again".to_owned(),
                };
                faults.push(SettingError::new(key, what, hint));
                continue;
            }
            secrets.insert(key, reference);
        }
        Ok(secrets)
    }

    /// Reads a source's file.
    fn source_file(&self, path: &Path) -> Result<SourceFile> {
        let described: Vec<(SourceKind, Vec<&str>, Vec<&str>)> = self
            .inner
            .factories
            .values()
            .map(|one| {
                let plain = one.fields().into_iter().filter(|field| !field.is_secret);
                (one.kind(), plain.map(|field| field.key).collect(), one.secret_keys())
            })
            .collect();
        let kinds: Vec<KindKeys<'_>> = described
            .iter()
            .map(|(kind, settings, secrets)| KindKeys { kind: *kind, settings, secrets })
            .collect();
        SourceFile::read(path, &kinds).or_else(|unfit| {
            let mut wrong = vec![unfit.faults.to_string()];
            if let Some(rest) = unfit.rest {
                let values = self.factory(rest.kind)?.check(&rest.settings);
                wrong.extend(values.iter().map(|one| format!("{}: {one}", path.display())));
            }
            Err(ServiceError::invalid_all(wrong))
        })
    }

    fn secret_key_check(&self, kind: SourceKind, key: &str) -> Result<()> {
        let known = self.factory(kind)?.secret_keys();
        // Of a secret in a table: `users.0.auth_key`.
        let last = key.rsplit_once('.').map_or(key, |(_, last)| last);
        if known.contains(&last) {
            return Ok(());
        }
        let message = format!("{kind} sources have no secret `{key}`");
        Err(ServiceError::new(ErrorKind::Invalid, message)
            .advising(format!("expected one of: {}", known.join(", "))))
    }
}

/// What is wrong with the name, seen with what is there.
fn name_fault(draft: &Draft, before: Option<&SourceRow>) -> Result<Option<SettingError>> {
    let source = &draft.source;
    let fault = |what: String| Some(SettingError::new("name", what, "choose another"));
    match before {
        Some(_) if draft.wanted == Wanted::New => Ok(fault("is another source's".to_owned())),
        Some(before) if before.kind != source.kind => {
            let message = format!("source {} is of kind {}", before.name, before.kind);
            Err(ServiceError::new(ErrorKind::Conflict, message)
                .advising("remove it first, or give the new one another name"))
        }
        None if source.name == TAKEN => {
            Ok(fault(format!("`{TAKEN}` is the address of the form for new sources")))
        }
        Some(_) | None => Ok(None),
    }
}

/// That somebody else has changed the source since its writer read it.
fn overtaken(draft: &Draft, before: Option<&SourceRow>) -> Option<SettingError> {
    let (seen, stands) = (draft.since?, before?.since);
    (seen != stands).then(|| {
        let what = "was changed by somebody else since this form was opened";
        SettingError::new("source", what, "look at how it stands now; save again to overwrite that")
    })
}

/// The value of a key, if it is set: as a collector reads it, an empty text is not.
fn set<'a>(table: &'a Value, key: &str) -> Option<&'a Value> {
    table.get(key).filter(|value| !value.is_null() && value.as_str() != Some(""))
}
