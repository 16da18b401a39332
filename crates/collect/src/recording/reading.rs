//! Reading a recording's lines, and saying of each what is wrong with it.

use super::error::RecordingError;
use super::{FORMAT, Header, LINE_MAX_BYTES};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Just enough of a line to tell what it is; the answer itself is skipped over.
#[derive(Deserialize)]
pub(super) struct Shape {
    key: Option<String>,
    request: Option<IgnoredAny>,
    status: Option<u16>,
    body: Option<IgnoredAny>,
    failure: Option<IgnoredAny>,
    pub end: Option<bool>,
    exchanges: Option<u64>,
    sha256: Option<String>,
}

/// A file being read line by line.
pub(super) struct Reading<'a> {
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

impl<'a> Reading<'a> {
    /// At the start of the file.
    pub(super) fn new(path: &'a Path, file: File) -> Reading<'a> {
        let lines = BufReader::with_capacity(1 << 16, file);
        Reading { path, lines, number: 0, offset: 0 }
    }

    /// Bytes read so far.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What to say when the file ends here.
    pub(super) fn truncated(&self) -> RecordingError {
        RecordingError::Truncated { path: self.path.to_owned(), line: self.number }
    }

    /// The first line, read and as it is.
    pub(super) fn header(&mut self) -> Result<(Header, Vec<u8>), RecordingError> {
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
    pub(super) fn next_line(&mut self) -> Result<Option<Vec<u8>>, RecordingError> {
        let mut line = Vec::new();
        let limit = LINE_MAX_BYTES as u64 + 1;
        (&mut self.lines)
            .take(limit)
            .read_until(b'\n', &mut line)
            .map_err(|source| RecordingError::Unreadable { path: self.path.to_owned(), source })?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.len() > LINE_MAX_BYTES {
            self.number += 1;
            return Err(self.malformed("the line is longer than 64 MiB", EXCHANGE));
        }
        if line.last() != Some(&b'\n') {
            return Err(self.truncated());
        }
        self.number += 1;
        self.offset += line.len() as u64;
        Ok(Some(line))
    }

    /// What a line is.
    pub(super) fn shape(&self, line: &[u8]) -> Result<Shape, RecordingError> {
        serde_json::from_slice(line).map_err(|error| {
            self.malformed(format!("it is not as it should be ({error})"), EXCHANGE)
        })
    }

    /// The key of an exchange, if it is a whole one.
    pub(super) fn key_of(&self, shape: Shape) -> Result<String, RecordingError> {
        let answered = shape.status.is_some() && shape.body.is_some();
        let whole = shape.request.is_some() && (answered || shape.failure.is_some());
        match shape.key {
            Some(key) if whole => Ok(key),
            _ => Err(self.malformed("something is missing", EXCHANGE)),
        }
    }

    /// Checks the end line against what was read, and that nothing follows.
    pub(super) fn check_end(
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
