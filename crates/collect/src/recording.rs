//! Reading a recording: checked whole when opened, answered from by key.

use crate::exchange::Exchange;
use cadastre_model::{SourceKind, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The version of the format that is written and read.
pub(crate) const FORMAT: u64 = 1;

/// A line of a recording is no longer than this, its end included.
pub(crate) const LINE_MAX_BYTES: usize = 64 << 20;

/// A recording that cannot be written, read or answered from.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be written.
    #[error("{path}: the recording cannot be written: {source}; make room there or name another file", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("{path}: the recording cannot be read: {source}; check the name and its permissions", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is not what it should be.
    #[error("{path} line {line}: {what}; expected {expected}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// It breaks off.
    #[error("{path}: the recording breaks off after line {line}, without its end line; copy it again, or record it again", path = path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last whole line, from 1.
        line: u64,
    },
    /// It is whole, but not as it was written.
    #[error("{path}: {what}, so the recording was changed since; copy it again, or record it again", path = path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// What does not agree.
        what: String,
    },
    /// A question was never asked, or not this often, when it was recorded.
    #[error("{path}: `{key}` was recorded {recorded} times and is asked once more; replay with the settings it was recorded with, or record it again", path = path.display())]
    NotRecorded {
        /// The file.
        path: PathBuf,
        /// The question.
        key: String,
        /// How often it was recorded.
        recorded: usize,
    },
}

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

/// Just enough of a line to tell what it is; the answer itself is skipped over.
#[derive(Deserialize)]
struct Shape {
    key: Option<String>,
    request: Option<IgnoredAny>,
    status: Option<u16>,
    body: Option<IgnoredAny>,
    failure: Option<IgnoredAny>,
    end: Option<bool>,
    exchanges: Option<u64>,
    sha256: Option<String>,
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
        let mut reading = Reading {
            path,
            lines: BufReader::with_capacity(1 << 16, file.try_clone().map_err(unreadable)?),
            number: 0,
            offset: 0,
        };
        let header = reading.header()?;
        let mut hasher = Sha256::new();
        hasher.update(&header.1);
        let mut index: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        let mut exchanges = 0;
        loop {
            let start = reading.offset;
            let Some(line) = reading.next_line()? else {
                return Err(RecordingError::Truncated {
                    path: path.to_owned(),
                    line: reading.number,
                });
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

/// A file being read line by line.
struct Reading<'a> {
    path: &'a Path,
    lines: BufReader<File>,
    number: u64,
    offset: u64,
}

const HEADER: &str =
    "a recording, which begins with {\"cadastre_recording\":1,\"kind\":...,\"recorded_at\":...}";
const EXCHANGE: &str =
    "an exchange {\"key\",\"request\",\"status\",\"body\"} or {\"key\",\"request\",\"failure\"}";
const END: &str = "the last line {\"end\":true,\"exchanges\":N,\"sha256\":...}";

impl Reading<'_> {
    fn header(&mut self) -> Result<(Header, Vec<u8>), RecordingError> {
        let line = match self.next_line() {
            Ok(line) => line.unwrap_or_default(),
            // A binary file has no line ends where a recording has them.
            Err(RecordingError::Truncated { .. }) => {
                self.number = 1;
                return Err(self.malformed("it is something else", HEADER));
            }
            Err(error) => return Err(error),
        };
        self.number = 1;
        let header: Header = serde_json::from_slice(&line).map_err(|error| {
            let what = if line.is_empty() {
                "the file is empty".to_owned()
            } else {
                format!("it is something else ({error})")
            };
            self.malformed(what, HEADER)
        })?;
        if header.cadastre_recording != FORMAT {
            let what = format!("its format is {}", header.cadastre_recording);
            return Err(self.malformed(what, "format 1; a newer cadastre wrote it"));
        }
        Ok((header, line))
    }

    /// The next line with its end, or nothing at the end of the file.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, RecordingError> {
        let mut line = Vec::new();
        let limit = LINE_MAX_BYTES as u64 + 1;
        (&mut self.lines).take(limit).read_until(b'\n', &mut line).map_err(|source| {
            RecordingError::Unreadable { path: self.path.to_owned(), source }
        })?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.len() > LINE_MAX_BYTES {
            self.number += 1;
            return Err(self.malformed("the line is longer than 64 MiB", EXCHANGE));
        }
        if line.last() != Some(&b'\n') {
            return Err(RecordingError::Truncated {
                path: self.path.to_owned(),
                line: self.number,
            });
        }
        self.number += 1;
        self.offset += line.len() as u64;
        Ok(Some(line))
    }

    fn shape(&self, line: &[u8]) -> Result<Shape, RecordingError> {
        serde_json::from_slice(line)
            .map_err(|error| self.malformed(format!("it is not as it should be ({error})"), EXCHANGE))
    }

    fn key_of(&self, shape: Shape) -> Result<String, RecordingError> {
        let answered = shape.status.is_some() && shape.body.is_some();
        let whole = shape.request.is_some() && (answered || shape.failure.is_some());
        match shape.key {
            Some(key) if whole => Ok(key),
            _ => Err(self.malformed("something is missing", EXCHANGE)),
        }
    }

    fn check_end(
        &mut self,
        end: &Shape,
        exchanges: u64,
        digest: &str,
    ) -> Result<(), RecordingError> {
        let altered = |what: String| RecordingError::Altered { path: self.path.to_owned(), what };
        if end.exchanges != Some(exchanges) {
            let promised = end.exchanges.unwrap_or_default();
            return Err(altered(format!(
                "its end line promises {promised} exchanges and it holds {exchanges}"
            )));
        }
        if end.sha256.as_deref() != Some(digest) {
            return Err(altered("the SHA-256 in its end line is not that of its lines".to_owned()));
        }
        match self.next_line() {
            Ok(None) => Ok(()),
            _ => Err(self.malformed("something follows the end line", END)),
        }
    }

    fn malformed(&self, what: impl Into<String>, expected: &'static str) -> RecordingError {
        RecordingError::Malformed {
            path: self.path.to_owned(),
            line: self.number,
            what: what.into(),
            expected,
        }
    }
}

#[cfg(test)]
mod tests;
