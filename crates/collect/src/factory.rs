//! How a source's settings become a collector.

use crate::collector::Collector;
use crate::field::SettingField;
use crate::recorder::Recorder;
use crate::recording::Recording;
use crate::settings::SettingError;
use cadastre_model::SourceKind;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a collector's answers come from and go to.
#[derive(Clone, Debug)]
pub enum Mode {
    /// From the peer.
    Live,
    /// From the peer, and into a file. Whoever made the recorder finishes it after the run.
    Record(Recorder),
    /// From a file; no network, no secrets.
    Replay(Recording),
}

/// Makes the collectors of one kind of source.
pub trait Factory: Send + Sync {
    /// The kind of source, which is also the name of its settings table.
    fn kind(&self) -> SourceKind;

    /// Checks a source's settings table without touching network or files: all errors at once.
    ///
    /// `settings` is that table as JSON. A secret stands in it only as `KEY_env` or `KEY_file`,
    /// which are accepted and not looked at; one that was typed and sealed does not stand in it.
    fn check(&self, settings: &Value) -> Vec<SettingError>;

    /// Every setting that [`Factory::check`] accepts, in the order in which people are asked. A test
    /// of each factory shows that the two agree (`testing::disagreements`).
    fn fields(&self) -> Vec<SettingField>;

    /// The keys that hold secrets, without `_env` and `_file`; of those in tables the last part.
    fn secret_keys(&self) -> Vec<&'static str> {
        let fields = self.fields().into_iter().flat_map(|field| field.whole(1));
        fields.filter(|(_, field)| field.is_secret).map(|(_, field)| field.key).collect()
    }

    /// The keys that say where secrets are sent. Who changes one gives the secrets again.
    fn destination_keys(&self) -> Vec<&'static str> {
        let fields = self.fields().into_iter();
        fields.filter(|field| field.is_destination).map(|field| field.key).collect()
    }

    /// Makes a collector. Opens no connection; may read the files that settings name (`ca_file`).
    ///
    /// `secrets` holds the values of [`Factory::secret_keys`], as far as they are set; one of a table
    /// by its whole path, `users.0.auth_key`.
    ///
    /// # Errors
    /// What [`Factory::check`] finds, and what shows only now: a secret that is missing, a file
    /// that cannot be read.
    fn build(
        &self,
        settings: &Value,
        secrets: &BTreeMap<String, SecretString>,
        mode: Mode,
    ) -> Result<Box<dyn Collector>, Vec<SettingError>>;
}
