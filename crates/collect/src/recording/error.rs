//! What can be wrong with a recording.

use std::io;
use std::path::PathBuf;

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
