//! Reading a recording: checked whole when opened, answered from by key.

mod error;
mod reading;

pub use error::RecordingError;

use crate::exchange::Exchange;
use cadastre_model::{SourceKind, Timestamp};
use reading::Reading;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The version of the format that is written and read.
pub(crate) const FORMAT: u64 = 1;

/// A line of a recording is no longer than this, its end included.
pub(crate) const LINE_MAX_BYTES: usize = 64 << 20;

/// A recording, whole and unaltered. Clones share it; only an index of it is held in memory.
#[derive(Clone, Debug)]
pub struct Recording {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    header: Header,
    file: Mutex<File>,
    exchanges: u64,
    /// Where the lines of each key are: offset and length, in the order of the file.
    lines: BTreeMap<String, Vec<(u64, usize)>>,
}

#[derive(Debug, Deserialize)]
struct Header {
    cadastre_recording: u64,
    kind: SourceKind,
    recorded_at: Timestamp,
    #[serde(default)]
    settings: Value,
}

impl Recording {
    /// Opens a recording and reads it once through, so that a damaged one is refused before
    /// anything is made of it.
    ///
    /// # Errors
    /// It cannot be read, is not a recording, breaks off, or was altered.
    pub fn open(path: &Path) -> Result<Recording, RecordingError> {
        let unreadable = |source| RecordingError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        let mut reading = Reading::new(path, file.try_clone().map_err(unreadable)?);
        let header = reading.header()?;
        let mut hasher = Sha256::new();
        hasher.update(&header.1);
        let mut index: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        let mut exchanges = 0;
        loop {
            let start = reading.offset();
            let Some(line) = reading.next_line()? else {
                return Err(reading.truncated());
            };
            let shape = reading.shape(&line)?;
            if shape.end == Some(true) {
                reading.check_end(&shape, exchanges, &hex::encode(hasher.finalize()))?;
                break;
            }
            let key = reading.key_of(shape)?;
            hasher.update(&line);
            exchanges += 1;
            index.entry(key).or_default().push((start, line.len()));
        }
        let inner = Inner {
            path: path.to_owned(),
            header: header.0,
            file: Mutex::new(file),
            exchanges,
            lines: index,
        };
        Ok(Recording { inner: Arc::new(inner) })
    }

    /// The kind of source that was recorded.
    #[must_use]
    pub fn kind(&self) -> SourceKind {
        self.inner.header.kind
    }

    /// When it was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> Timestamp {
        self.inner.header.recorded_at
    }

    /// What the collector noted of its settings; `null` if nothing.
    #[must_use]
    pub fn settings(&self) -> &Value {
        &self.inner.header.settings
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Exchanges in it.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.inner.exchanges
    }

    /// Plays it from the start.
    #[must_use]
    pub fn player(&self) -> Player {
        Player { recording: self.clone(), played: Mutex::default() }
    }

    fn read(&self, offset: u64, length: usize) -> Result<Exchange, RecordingError> {
        let mut line = vec![0; length];
        let mut file = self.inner.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut line))
            .and_then(|()| serde_json::from_slice(&line).map_err(io::Error::other))
            .map_err(|source| RecordingError::Unreadable { path: self.inner.path.clone(), source })
    }
}

/// One playing of a recording. Answers to the same question come in the order recorded, whatever is
/// asked in between, so that questions asked side by side get the answers they got.
#[derive(Debug)]
pub struct Player {
    recording: Recording,
    played: Mutex<BTreeMap<String, usize>>,
}

impl Player {
    /// The next answer to the question of this key.
    ///
    /// # Errors
    /// There is none, or the file cannot be read any more.
    pub fn answer(&self, key: &str) -> Result<Exchange, RecordingError> {
        let lines = self.recording.inner.lines.get(key).map(Vec::as_slice).unwrap_or_default();
        let turn = {
            let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
            let next = played.entry(key.to_owned()).or_default();
            let turn = *next;
            *next += 1;
            turn
        };
        let Some((offset, length)) = lines.get(turn) else {
            return Err(RecordingError::NotRecorded {
                path: self.recording.inner.path.clone(),
                key: key.to_owned(),
                recorded: lines.len(),
            });
        };
        self.recording.read(*offset, *length)
    }
}

#[cfg(test)]
mod tests;
