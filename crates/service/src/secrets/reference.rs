//! A reference to a secret: what may be stored, shown and logged in its stead.

use super::environment::{KEY_VARIABLE, VARIABLE_PREFIX};
use super::error::SecretError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a secret is. In JSON `{"env": NAME}`, `{"file": PATH}` or `{"sealed": BASE64}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretRef {
    /// In an environment variable, read when used.
    Env(String),
    /// In a file below `secrets_dir`, read when used.
    File(PathBuf),
    /// Typed in once, kept sealed.
    Sealed(Sealed),
}

impl SecretRef {
    /// A reference to a variable.
    ///
    /// # Errors
    /// Secrets are not read from variables of that name.
    pub fn env(name: &str) -> Result<Self, SecretError> {
        variable_check(name)?;
        Ok(SecretRef::Env(name.to_owned()))
    }

    /// A reference to a file. Whether it lies below `secrets_dir` is asked when it is read.
    ///
    /// # Errors
    /// The name is empty.
    pub fn file(path: &str) -> Result<Self, SecretError> {
        if path.is_empty() {
            return Err(SecretError::FileName);
        }
        Ok(SecretRef::File(Path::new(path).to_owned()))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretRef::Env(name) => write!(f, "environment variable {name}"),
            SecretRef::File(path) => write!(f, "file {}", path.display()),
            SecretRef::Sealed(_) => f.write_str("sealed"),
        }
    }
}

/// Refuses names that secrets are not read from.
pub(super) fn variable_check(name: &str) -> Result<(), SecretError> {
    if name == KEY_VARIABLE {
        return Err(SecretError::VariableOfKey);
    }
    let rest = name.strip_prefix(VARIABLE_PREFIX).unwrap_or_default();
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if rest.is_empty() || !rest.chars().all(plain) {
        return Err(SecretError::VariableName(name.to_owned()));
    }
    Ok(())
}

/// A sealed secret as it is stored: a version byte, the nonce, the ciphertext with its tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(super) Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD
            .decode(text)
            .map_err(|_| serde::de::Error::custom("a sealed secret is not base64"))?;
        Ok(Sealed(bytes))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_variables_made_for_secrets() {
        assert!(SecretRef::env("CADASTRE_SECRET_PROD_1").is_ok());
        for name in [
            "HOME",
            "AWS_SECRET_ACCESS_KEY",
            "CADASTRE_SECRET_",
            "CADASTRE_SECRET",
            "CADASTRE_SECRET_a",
            "CADASTRE_SECRET_A=B",
            "XCADASTRE_SECRET_A",
            "CADASTRE_SECRET_KEY",
        ] {
            assert!(SecretRef::env(name).is_err(), "{name}");
        }
    }

    #[test]
    fn json_round_trip() {
        for reference in [
            SecretRef::env("CADASTRE_SECRET_A").unwrap(),
            SecretRef::file("aws/key").unwrap(),
            SecretRef::Sealed(Sealed(vec![1, 2, 3])),
        ] {
            let json = serde_json::to_string(&reference).unwrap();
            let back: SecretRef = serde_json::from_str(&json).unwrap();
            assert_eq!(back, reference, "{json}");
        }
        assert!(serde_json::from_str::<SecretRef>(r#"{"sealed":"%"}"#).is_err());
    }
}
