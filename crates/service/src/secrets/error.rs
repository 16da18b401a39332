//! What can go wrong with a secret. Messages say what, where and what to do; never the secret.

use std::io;
use std::path::PathBuf;

/// A secret or the sealing key is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A variable of another name than secrets may have.
    #[error(
        "`{0}` is not a variable that secrets are read from; name it \
         CADASTRE_SECRET_ and then capitals, digits or `_`"
    )]
    VariableName(String),
    /// The variable of the sealing key was named as a secret.
    #[error("CADASTRE_SECRET_KEY holds the sealing key and serves no other purpose; name another")]
    VariableOfKey,
    /// What the program itself runs with was named as a source's secret.
    #[error(
        "{label}: `{from}` is what Cadastre itself runs with, and no source's secret; name another"
    )]
    Own {
        /// Whose secret.
        label: String,
        /// The variable or file.
        from: String,
    },
    /// A reference to a file without a name.
    #[error("the file's name is empty; name a file below secrets_dir")]
    FileName,
    /// The variable is not set.
    #[error(
        "{label}: the environment variable {name} is not set; set it where Cadastre is started"
    )]
    VariableMissing {
        /// Whose secret.
        label: String,
        /// The variable.
        name: String,
    },
    /// The value is empty.
    #[error("{label}: {from} is empty; put the secret in it")]
    Empty {
        /// Whose secret.
        label: String,
        /// The variable or file.
        from: String,
    },
    /// The value is not text.
    #[error("{label}: {from} is not UTF-8 text; write the secret as text")]
    NotText {
        /// Whose secret.
        label: String,
        /// The variable or file.
        from: String,
    },
    /// Files are referred to, but no folder for them is configured.
    #[error(
        "{label}: it is to be read from `{path}`, but no secrets_dir is configured; set secrets_dir \
         to the folder that holds secret files, or use a CADASTRE_SECRET_* variable"
    )]
    NoFolder {
        /// Whose secret.
        label: String,
        /// The file.
        path: PathBuf,
    },
    /// The folder itself cannot be looked at.
    #[error(
        "{label}: secrets_dir {path} cannot be read ({error}); create it or correct the setting"
    )]
    Folder {
        /// Whose secret.
        label: String,
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file lies elsewhere, by its name or by a link.
    #[error(
        "{label}: `{path}` does not lie below secrets_dir {folder}; move the file there (links that \
         lead out are not followed)"
    )]
    OutsideFolder {
        /// Whose secret.
        label: String,
        /// The file as named.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The file cannot be read.
    #[error(
        "{label}: `{path}` cannot be read ({error}); check that it exists below secrets_dir, and its permissions"
    )]
    File {
        /// Whose secret.
        label: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("{label}: `{path}` is not a regular file; name a file that holds the secret")]
    NotAFile {
        /// Whose secret.
        label: String,
        /// The file.
        path: PathBuf,
    },
    /// More than a secret ever has.
    #[error(
        "{label}: `{path}` has more than {limit} bytes; name a file that holds only the secret"
    )]
    TooLarge {
        /// Whose secret.
        label: String,
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// Sealed with another key, for another place, or damaged; or there is no key.
    #[error(
        "{label}: secret unreadable, type it again (it was sealed with a key that is not the \
         present one, or it was changed since)"
    )]
    Unreadable {
        /// Whose secret.
        label: String,
    },
    /// A secret is to be sealed without a key.
    #[error(
        "{label}: there is no sealing key to keep the secret with; start `cadastre serve` once, or set CADASTRE_SECRET_KEY"
    )]
    NoKey {
        /// Whose secret.
        label: String,
    },
    /// The key file lets others in.
    #[error(
        "the sealing key {path} is open to others (mode {mode:04o}, expected 0600); run `chmod 600 {path}`"
    )]
    KeyOpen {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key is not 32 bytes.
    #[error(
        "{origin} is not a sealing key: expected 32 bytes as 64 hexadecimal digits or as base64; \
         restore the right key, or remove it to start with a new one (sealed secrets must then be \
         typed again)"
    )]
    KeyMalformed {
        /// The file or variable.
        origin: String,
    },
    /// The key file cannot be read or made.
    #[error(
        "the sealing key {path} cannot be {action} ({error}); correct sealing_key_file or the folder's permissions, or set CADASTRE_SECRET_KEY"
    )]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// "read" or "made".
        action: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes ({0}); nothing was sealed")]
    Random(getrandom::Error),
}
