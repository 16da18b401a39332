//! The file that describes one source: read, checked whole, and split from its secrets.
//!
//! Why it exists: `source add FILE.toml` must say everything that is wrong at once, each with its
//! line and column, and a secret must never get from the file into the register. What it must not
//! know: what a kind's settings mean (their names are given by [`KindKeys`]; the collector reads
//! the values). Its neighbours: `toml_doc`, `secrets`, `schedule`.

mod kind_table;
mod parse;

use crate::schedule::Schedule;
use crate::secrets::SecretRef;
use crate::toml_doc::{Fault, Faults};
use cadastre_model::SourceKind;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A source file is a page of text; more than this is something else.
const LIMIT: u64 = 1024 * 1024;

/// The longest name of a source, in characters.
const NAME_MAX: usize = 63;

/// A source as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// Its name, see [`name_is_valid`].
    pub name: String,
    /// Its kind: one that a collector was given for.
    pub kind: SourceKind,
    /// When it runs by itself; `None`: only when asked to.
    pub schedule: Option<Schedule>,
    /// The recording to replay instead of asking a peer: an absolute path if the folder was one.
    pub recording: Option<PathBuf>,
    /// The kind's table without its secrets: always a JSON object.
    pub settings: Json,
    /// Where its secrets are, by the setting they stand for: `secret_access_key`, or
    /// `users.0.auth_key` in the first table of a list.
    pub secrets: BTreeMap<String, SecretRef>,
}

/// The settings a kind has, as its collector names them.
#[derive(Clone, Copy, Debug)]
pub struct KindKeys<'a> {
    /// The kind.
    pub kind: SourceKind,
    /// Keys of its table that are no secrets. Others are refused; if empty, none is.
    pub settings: &'a [&'a str],
    /// Keys that are secrets, at any depth: given as `KEY_env` or `KEY_file`, never as `KEY`.
    pub secrets: &'a [&'a str],
}

/// A file that does not describe a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfit {
    /// All that is wrong in it, in the order of the text.
    pub faults: Faults,
    /// What could be read all the same: the values in it may be wrong as well.
    pub rest: Option<Box<SourceFile>>,
}

impl From<Faults> for Unfit {
    fn from(faults: Faults) -> Unfit {
        Unfit { faults, rest: None }
    }
}

impl SourceFile {
    /// Reads and checks a file. A relative `recording` counts from the file's folder.
    ///
    /// # Errors
    /// The file cannot be read, or all that is wrong in it.
    pub fn read(path: &Path, kinds: &[KindKeys<'_>]) -> Result<SourceFile, Unfit> {
        let label = path.display().to_string();
        let refuse = |problem: String, advice: &str| {
            Faults::one(Fault::new(label.clone(), "", problem, advice))
        };
        let unreadable = |error: std::io::Error| {
            refuse(format!("cannot be read ({error})"), "name a TOML file that describes a source")
        };
        let absolute = std::path::absolute(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 > LIMIT {
            let problem = format!("has more than {LIMIT} bytes");
            return Err(refuse(problem, "name a TOML file that describes a source").into());
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| refuse("is not UTF-8 text".to_owned(), "save it as UTF-8"))?;
        let folder = absolute.parent().unwrap_or(Path::new("/"));
        Self::parse(&label, folder, &text, kinds)
    }

    /// Checks a text. `label` is what messages call it; a relative `recording` counts from
    /// `folder`.
    ///
    /// # Errors
    /// All that is wrong in it, in the order of the text.
    pub fn parse(
        label: &str,
        folder: &Path,
        text: &str,
        kinds: &[KindKeys<'_>],
    ) -> Result<SourceFile, Unfit> {
        parse::parse(label, folder, text, kinds)
    }
}

/// Whether a source may be named so: `[a-z0-9][a-z0-9._-]{0,62}`.
#[must_use]
pub fn name_is_valid(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= NAME_MAX
        && name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests;
