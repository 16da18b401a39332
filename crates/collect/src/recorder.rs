//! Writing what a peer answered to a file, without secrets, all of it or none.
//!
//! Format, one JSON object a line: a header (`cadastre_recording`, `kind`, `recorded_at`,
//! `settings`), one line an [`Exchange`], and an end line with their number and the SHA-256 of all
//! bytes before it. [`Recording`](crate::Recording) reads it.

use crate::exchange::{Exchange, Outcome};
use crate::recording::{FORMAT, LINE_MAX_BYTES, RecordingError};
use crate::scrub::{MASK, scrub_form, scrub_markup};
use cadastre_model::{SourceKind, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The headers of an answer that are kept.
const KEPT_HEADERS: [&str; 3] = ["content-type", "retry-after", "x-amz-retry-after"];

/// A secret shorter than this is not looked for in the text: it would be found in innocent words.
const HIDDEN_MIN_BYTES: usize = 16;

/// Recordings started by this process: each has a file of its own while it is written.
static STARTED: AtomicU64 = AtomicU64::new(0);

/// What a finished recording holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The file.
    pub path: PathBuf,
    /// Exchanges in it.
    pub exchanges: u64,
}

/// Takes down exchanges. Clones write to the same file.
///
/// It writes beside its target, under another name, and moves the file into place when
/// [`Recorder::finish`] is called; dropped before, it leaves nothing. An error while writing shows
/// at the end, so that a full disk does not spoil the run that is being recorded.
#[derive(Clone, Debug)]
pub struct Recorder {
    tape: Arc<Mutex<Tape>>,
}

#[derive(Debug)]
struct Tape {
    target: PathBuf,
    partial: PathBuf,
    writer: Option<BufWriter<File>>,
    header: Value,
    header_written: bool,
    hasher: Sha256,
    exchanges: u64,
    hidden: Vec<SecretString>,
    failed: Option<io::Error>,
}

impl Recorder {
    /// Starts a recording of a source of this kind at `target`, readable by its owner only.
    ///
    /// # Errors
    /// The file beside `target` cannot be made.
    pub fn create(
        target: &Path,
        kind: SourceKind,
        recorded_at: Timestamp,
    ) -> Result<Recorder, RecordingError> {
        let unwritable = |source| RecordingError::Unwritable { path: target.to_owned(), source };
        let name = target.file_name().ok_or_else(|| {
            unwritable(io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))
        })?;
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let own = format!(".{}.{}-{number}.partial", name.to_string_lossy(), std::process::id());
        let partial = target.with_file_name(own);
        // Left over from a process of the same number that was killed; if it stays, the next line
        // says why.
        let _ = fs::remove_file(&partial);
        let file = create_private(&partial).map_err(unwritable)?;
        let tape = Tape {
            target: target.to_owned(),
            partial,
            writer: Some(BufWriter::new(file)),
            header: json!({
                "cadastre_recording": FORMAT,
                "kind": kind.word(),
                "recorded_at": recorded_at.to_string(),
            }),
            header_written: false,
            hasher: Sha256::new(),
            exchanges: 0,
            hidden: Vec::new(),
            failed: None,
        };
        Ok(Recorder { tape: Arc::new(Mutex::new(tape)) })
    }

    /// Keeps what a replay must know to ask the same questions (no secrets) in the header. Has no
    /// effect once an exchange is written.
    pub fn note_settings(&self, settings: Value) {
        if let Some(header) = self.tape().header.as_object_mut() {
            header.insert("settings".to_owned(), settings);
        }
    }

    /// Masks this value wherever it turns up from now on. Values under 16 bytes are not looked for.
    pub fn hide(&self, secret: &SecretString) {
        if secret.expose_secret().len() >= HIDDEN_MIN_BYTES {
            self.tape().hidden.push(secret.clone());
        }
    }

    /// Takes down one exchange: secrets masked, all but a few headers left out.
    ///
    /// Writes to the page cache under a lock; an error is kept for [`Recorder::finish`].
    pub fn append(&self, exchange: &Exchange) {
        let mut tape = self.tape();
        let clean = tape.cleaned(exchange);
        let written = serde_json::to_vec(&clean)
            .map_err(io::Error::other)
            .and_then(|line| tape.write_header().and_then(|()| tape.write_line(line)));
        match written {
            Ok(()) => tape.exchanges += 1,
            Err(error) => tape.fail(error),
        }
    }

    /// Writes the end, and moves the file to its name.
    ///
    /// # Errors
    /// Anything that went wrong in writing since the start. Nothing stands under the target's name
    /// then but what stood there before.
    pub fn finish(&self) -> Result<Recorded, RecordingError> {
        let mut tape = self.tape();
        let finished = tape.close();
        match finished {
            Ok(()) => Ok(Recorded { path: tape.target.clone(), exchanges: tape.exchanges }),
            Err(source) => Err(RecordingError::Unwritable { path: tape.target.clone(), source }),
        }
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape {
    fn cleaned(&self, exchange: &Exchange) -> Exchange {
        let outcome = match &exchange.outcome {
            Outcome::Answer { status, headers, body } => Outcome::Answer {
                status: *status,
                headers: headers
                    .iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), self.masked(value.clone())))
                    .filter(|(name, _)| KEPT_HEADERS.contains(&name.as_str()))
                    .collect(),
                body: self.masked(scrub_markup(body)),
            },
            Outcome::Failure { failure, cause } => {
                Outcome::Failure { failure: self.masked(failure.clone()), cause: *cause }
            }
        };
        Exchange {
            key: self.masked(exchange.key.clone()),
            request: self.masked(scrub_form(&exchange.request)),
            outcome,
        }
    }

    fn masked(&self, text: String) -> String {
        self.hidden.iter().fold(text, |text, secret| {
            let secret = secret.expose_secret();
            if text.contains(secret) { text.replace(secret, MASK) } else { text }
        })
    }

    fn write_header(&mut self) -> io::Result<()> {
        if self.header_written {
            return Ok(());
        }
        self.header_written = true;
        let line = serde_json::to_vec(&self.header)?;
        self.write_line(line)
    }

    fn write_line(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        if line.len() > LINE_MAX_BYTES {
            let what = format!("one answer has {} bytes, more than {LINE_MAX_BYTES}", line.len());
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
        }
        let writer = self.writer.as_mut().ok_or_else(already_closed)?;
        writer.write_all(&line)?;
        self.hasher.update(&line);
        Ok(())
    }

    /// Keeps the first error; everything after it would only be its consequence.
    fn fail(&mut self, error: io::Error) {
        self.failed.get_or_insert(error);
        self.writer = None;
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.write_header()?;
        let end = json!({
            "end": true,
            "exchanges": self.exchanges,
            "sha256": hex::encode(self.hasher.clone().finalize()),
        });
        self.write_line(serde_json::to_vec(&end)?)?;
        let writer = self.writer.take().ok_or_else(already_closed)?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&self.partial, &self.target)
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        // After a rename there is nothing of that name; a file that cannot be removed is a leftover
        // with a telling name, and no harm.
        let _ = fs::remove_file(&self.partial);
    }
}

fn already_closed() -> io::Error {
    io::Error::other("the recording is already closed")
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
