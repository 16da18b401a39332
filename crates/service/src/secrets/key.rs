//! The sealing key: 32 random bytes, in a file of their own or in the environment.

use super::environment::{Environment, KEY_VARIABLE};
use super::error::SecretError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretBox};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Length of the key in bytes.
pub(super) const KEY_BYTES: usize = 32;

/// A key file is one short line; more than this is something else.
const KEY_FILE_LIMIT: u64 = 1024;

/// The key that typed-in secrets are sealed with. Wiped from memory when dropped, never printed.
pub struct SealingKey(SecretBox<[u8; KEY_BYTES]>);

/// Where the key came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The variable `CADASTRE_SECRET_KEY`.
    Variable,
    /// An existing file.
    File(PathBuf),
    /// A file made just now: what was sealed before, if anything, is unreadable.
    Created(PathBuf),
}

impl SealingKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`SecretError::Random`].
    pub fn generate() -> Result<Self, SecretError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(SecretError::Random)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key from `CADASTRE_SECRET_KEY` if set, else from the file, which is made if missing.
    ///
    /// # Errors
    /// A malformed key, or as [`SealingKey::load_or_create`].
    pub fn obtain(
        environment: &Environment,
        path: &Path,
    ) -> Result<(Self, KeyOrigin), SecretError> {
        match Self::from_environment(environment)? {
            Some(key) => Ok((key, KeyOrigin::Variable)),
            None => Self::load_or_create(path),
        }
    }

    /// The key from `CADASTRE_SECRET_KEY` if set, else from the file; `None` if there is neither.
    /// For commands that must not make one.
    ///
    /// # Errors
    /// A malformed key, or as [`SealingKey::load`].
    pub fn obtain_existing(
        environment: &Environment,
        path: &Path,
    ) -> Result<Option<Self>, SecretError> {
        match Self::from_environment(environment)? {
            Some(key) => Ok(Some(key)),
            None => Self::load(path),
        }
    }

    /// The key of a file, which is made with mode 0600 if missing. Two processes that start at once
    /// end with the same key.
    ///
    /// # Errors
    /// As [`SealingKey::load`]; also if the file cannot be made.
    pub fn load_or_create(path: &Path) -> Result<(Self, KeyOrigin), SecretError> {
        if let Some(key) = Self::load(path)? {
            return Ok((key, KeyOrigin::File(path.to_owned())));
        }
        let key = Self::generate()?;
        match key.write(path) {
            Ok(()) => Ok((key, KeyOrigin::Created(path.to_owned()))),
            // Another process was quicker: its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match Self::load(path)? {
                Some(key) => Ok((key, KeyOrigin::File(path.to_owned()))),
                None => Err(failed(path, "made", error)),
            },
            Err(error) => Err(failed(path, "made", error)),
        }
    }

    /// The key of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// The file cannot be read, is open to others than its owner, or holds no key.
    pub fn load(path: &Path) -> Result<Option<Self>, SecretError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(path, "read", error)),
        };
        // Of the open file, not of the name: the name may lead elsewhere a moment later.
        let metadata = file.metadata().map_err(|error| failed(path, "read", error))?;
        refuse_if_open(path, &metadata)?;
        let mut text = Zeroizing::new(String::new());
        file.take(KEY_FILE_LIMIT)
            .read_to_string(&mut text)
            .map_err(|error| failed(path, "read", error))?;
        Self::from_text(&text, &path.display().to_string()).map(Some)
    }

    /// The key in `CADASTRE_SECRET_KEY`, if set.
    fn from_environment(environment: &Environment) -> Result<Option<Self>, SecretError> {
        let Some(value) = environment.get(KEY_VARIABLE) else {
            return Ok(None);
        };
        // What is not text is no key: the empty text is refused below.
        let text = Zeroizing::new(value.into_string().unwrap_or_default());
        Self::from_text(&text, KEY_VARIABLE).map(Some)
    }

    /// The key from its text form: 64 hexadecimal digits, or base64.
    fn from_text(text: &str, origin: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let decoded = hex::decode(text).or_else(|_| STANDARD.decode(text));
        let malformed = || SecretError::KeyMalformed { origin: origin.to_owned() };
        let decoded = Zeroizing::new(decoded.map_err(|_| malformed())?);
        let bytes: Zeroizing<[u8; KEY_BYTES]> =
            Zeroizing::new(decoded.as_slice().try_into().map_err(|_| malformed())?);
        Ok(Self::from_bytes(&bytes))
    }

    fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; KEY_BYTES]| {
            key.copy_from_slice(bytes);
        }))
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }

    /// Writes it whole or not at all, and never over a file that is there.
    fn write(&self, path: &Path) -> io::Result<()> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        // Mode 0600 from its first moment.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        let text = Zeroizing::new(hex::encode(self.bytes()));
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)?;
        File::open(folder)?.sync_all()
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

fn failed(path: &Path, action: &'static str, error: io::Error) -> SecretError {
    SecretError::KeyFile { path: path.to_owned(), action, error }
}

#[cfg(unix)]
fn refuse_if_open(path: &Path, metadata: &fs::Metadata) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(SecretError::KeyOpen { path: path.to_owned(), mode })
}

/// Elsewhere the folder's access list decides, which is the administrator's.
#[cfg(not(unix))]
fn refuse_if_open(_path: &Path, _metadata: &fs::Metadata) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
