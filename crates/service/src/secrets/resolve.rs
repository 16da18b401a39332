//! From a reference to the secret, at the moment it is used.

use super::environment::Environment;
use super::error::SecretError;
use super::file;
use super::key::SealingKey;
use super::reference::{SecretRef, variable_check};
use secrecy::SecretString;
use std::path::PathBuf;

/// Whose secret it is, for messages and for sealing.
#[derive(Clone, Copy, Debug)]
pub struct SecretPlace<'a> {
    /// In words, for messages: ``source `prod`, secret_access_key``.
    pub label: &'a str,
    /// Purpose and row, bound to a sealed secret: `source/12/secret_access_key`. Must never be used
    /// for another secret.
    pub row: &'a str,
}

/// All that is needed to seal and to resolve secrets.
#[derive(Debug)]
pub struct Secrets {
    key: Option<SealingKey>,
    folder: Option<PathBuf>,
    environment: Environment,
    own: Vec<SecretRef>,
}

impl Secrets {
    /// `folder`: `secrets_dir`, if configured. `key`: without one nothing can be sealed, and what
    /// is sealed is unreadable.
    #[must_use]
    pub fn new(key: Option<SealingKey>, folder: Option<PathBuf>, environment: Environment) -> Self {
        Self { key, folder, environment, own: Vec::new() }
    }

    /// `own`: what the program itself runs with, such as its database's password. Whoever may name
    /// a source's secrets, and where they are sent, must not be able to send these.
    #[must_use]
    pub fn keeping(self, own: Vec<SecretRef>) -> Self {
        Self { own, ..self }
    }

    /// Reads the secret a reference stands for. Variables and files are read each time, so that a
    /// rotated secret is taken up by the next run.
    ///
    /// # Errors
    /// It is not there, not allowed, or unreadable; the message says what to do.
    pub fn resolve(
        &self,
        place: SecretPlace<'_>,
        reference: &SecretRef,
    ) -> Result<SecretString, SecretError> {
        let label = || place.label.to_owned();
        match reference {
            SecretRef::Env(name) => self.variable(place.label, name),
            SecretRef::File(path) => {
                let own = self.own.iter().filter_map(|own| match own {
                    SecretRef::File(path) => Some(path.as_path()),
                    SecretRef::Env(_) | SecretRef::Sealed(_) => None,
                });
                file::read(place.label, self.folder.as_deref(), path, own)
                    .map(|text| SecretString::from(text.as_str()))
            }
            SecretRef::Sealed(sealed) => self
                .key
                .as_ref()
                .and_then(|key| key.open(place.row, sealed))
                .ok_or_else(|| SecretError::Unreadable { label: label() }),
        }
    }

    /// Seals a secret that was typed in, for its place alone.
    ///
    /// # Errors
    /// It is empty, there is no key, or the system gives no random bytes.
    pub fn seal(
        &self,
        place: SecretPlace<'_>,
        secret: &SecretString,
    ) -> Result<SecretRef, SecretError> {
        use secrecy::ExposeSecret as _;
        let label = || place.label.to_owned();
        if secret.expose_secret().is_empty() {
            return Err(SecretError::Empty { label: label(), from: "what was typed".to_owned() });
        }
        let key = self.key.as_ref();
        let key = key.ok_or_else(|| SecretError::NoKey { label: label() })?;
        key.seal(place.row, secret).map(SecretRef::Sealed)
    }

    fn variable(&self, label: &str, name: &str) -> Result<SecretString, SecretError> {
        // Asked again: the reference may come from a database that others wrote.
        variable_check(name)?;
        let label = label.to_owned();
        if self.own.iter().any(|own| matches!(own, SecretRef::Env(kept) if kept == name)) {
            return Err(SecretError::Own { label, from: name.to_owned() });
        }
        let Some(value) = self.environment.get(name) else {
            return Err(SecretError::VariableMissing { label, name: name.to_owned() });
        };
        let from = format!("the environment variable {name}");
        match value.into_string() {
            Ok(text) if text.is_empty() => Err(SecretError::Empty { label, from }),
            Ok(text) => Ok(SecretString::from(text)),
            Err(_) => Err(SecretError::NotText { label, from }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use secrecy::ExposeSecret;
    use std::collections::BTreeMap;

    const PLACE: SecretPlace<'static> =
        SecretPlace { label: "source `prod`, password", row: "source/1/password" };

    fn secrets(key: Option<SealingKey>) -> Secrets {
        let variables =
            [("CADASTRE_SECRET_A", "treasure"), ("CADASTRE_SECRET_EMPTY", ""), ("PATH", "/bin")];
        let variables: BTreeMap<String, String> =
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Secrets::new(key, None, Environment::fixed(variables))
    }

    #[test]
    fn reads_a_variable() {
        let reference = SecretRef::env("CADASTRE_SECRET_A").unwrap();
        let secret = secrets(None).resolve(PLACE, &reference).unwrap();
        assert_eq!(secret.expose_secret(), "treasure");
    }

    #[test]
    fn says_which_variable_is_missing_or_forbidden() {
        let missing = SecretRef::env("CADASTRE_SECRET_B").unwrap();
        let error = secrets(None).resolve(PLACE, &missing).unwrap_err().to_string();
        assert_eq!(
            error,
            "source `prod`, password: the environment variable CADASTRE_SECRET_B is not set; \
             set it where Cadastre is started"
        );
        let empty = SecretRef::env("CADASTRE_SECRET_EMPTY").unwrap();
        let error = secrets(None).resolve(PLACE, &empty).unwrap_err();
        assert!(matches!(error, SecretError::Empty { .. }));
        // As if written to the database by other means.
        let forbidden = SecretRef::Env("PATH".to_owned());
        let error = secrets(None).resolve(PLACE, &forbidden).unwrap_err();
        assert!(matches!(error, SecretError::VariableName(_)));
    }

    #[test]
    fn what_the_program_runs_with_is_no_sources_secret() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["db", "other"] {
            std::fs::write(folder.path().join(name), "treasure").unwrap();
        }
        std::os::unix::fs::symlink("db", folder.path().join("link")).unwrap();
        let variables = ["CADASTRE_SECRET_DB", "CADASTRE_SECRET_A"]
            .map(|name| (name.to_owned(), "treasure".to_owned()));
        let environment = Environment::fixed(variables.into());
        let own =
            vec![SecretRef::env("CADASTRE_SECRET_DB").unwrap(), SecretRef::file("db").unwrap()];
        let secrets = Secrets::new(None, Some(folder.path().to_owned()), environment).keeping(own);
        let whole = folder.path().join("db").display().to_string();
        for reference in [
            SecretRef::env("CADASTRE_SECRET_DB").unwrap(),
            SecretRef::file("db").unwrap(),
            SecretRef::file("link").unwrap(),
            SecretRef::file(&whole).unwrap(),
        ] {
            let error = secrets.resolve(PLACE, &reference).unwrap_err();
            assert!(matches!(error, SecretError::Own { .. }), "{reference}: {error}");
        }
        for reference in
            [SecretRef::env("CADASTRE_SECRET_A").unwrap(), SecretRef::file("other").unwrap()]
        {
            assert!(secrets.resolve(PLACE, &reference).is_ok(), "{reference}");
        }
    }

    #[test]
    fn a_lost_key_asks_to_type_again() {
        let secret = SecretString::from("treasure");
        let sealed = secrets(Some(SealingKey::generate().unwrap())).seal(PLACE, &secret).unwrap();
        for key in [None, Some(SealingKey::generate().unwrap())] {
            let error = secrets(key).resolve(PLACE, &sealed).unwrap_err().to_string();
            assert!(error.contains("secret unreadable, type it again"), "{error}");
        }
    }

    #[test]
    fn seals_and_resolves_in_its_place_only() {
        let secrets = secrets(Some(SealingKey::generate().unwrap()));
        let sealed = secrets.seal(PLACE, &SecretString::from("treasure")).unwrap();
        let back = secrets.resolve(PLACE, &sealed).unwrap();
        assert_eq!(back.expose_secret(), "treasure");
        let elsewhere = SecretPlace { row: "source/2/password", ..PLACE };
        assert!(secrets.resolve(elsewhere, &sealed).is_err());
        assert!(!format!("{sealed:?} {secrets:?}").contains("treasure"));
    }

    #[test]
    fn seals_nothing_without_a_key_or_a_secret() {
        let error = secrets(None).seal(PLACE, &SecretString::from("x")).unwrap_err();
        assert!(matches!(error, SecretError::NoKey { .. }));
        let with_key = secrets(Some(SealingKey::generate().unwrap()));
        let error = with_key.seal(PLACE, &SecretString::from("")).unwrap_err();
        assert!(matches!(error, SecretError::Empty { .. }));
    }
}
