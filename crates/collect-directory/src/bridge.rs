//! Between the connection and the client library: every message that comes is looked at first.
//!
//! Why it exists: see `guard`. Also it is the only place that knows how a connection ended: closed
//! by the peer, broken, or left because what came was no LDAP.

use crate::guard::{Malformed, Waiting, check, message_length};
use crate::link::Wire;
use cadastre_collect::Cause;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, split};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::AbortHandle;

/// Octets read at once.
const CHUNK: usize = 64 << 10;

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The sort of end.
    pub cause: Cause,
    /// In words.
    pub why: String,
}

/// One connection, as those on either side of it see it.
#[derive(Debug)]
pub(crate) struct Line {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    waiting: Waiting,
    ended: Option<Ended>,
    /// What the peer said before it hung up.
    notice: Option<String>,
}

impl Line {
    fn new() -> Line {
        let state = State { waiting: Waiting::Nothing, ended: None, notice: None };
        Line { state: Mutex::new(state) }
    }

    /// Says what is asked next: other answers are refused.
    pub(crate) fn expect(&self, waiting: Waiting) {
        self.state().waiting = waiting;
    }

    /// How the connection ended, if it did.
    pub(crate) fn ended(&self) -> Option<Ended> {
        self.state().ended.clone()
    }

    fn end(&self, cause: Cause, why: impl Into<String>) {
        let mut state = self.state();
        let why = match state.notice.take() {
            Some(notice) => format!("the directory said: {notice}"),
            None => why.into(),
        };
        state.ended.get_or_insert(Ended { cause, why });
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bridge; it is torn down when dropped.
#[derive(Debug)]
pub(crate) struct Bridge {
    /// What is known of the connection.
    pub line: Arc<Line>,
    tasks: [AbortHandle; 2],
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Puts a bridge before `wire`; gives the library's end of it.
pub(crate) fn bridge(wire: Box<dyn Wire>) -> io::Result<(Bridge, std::os::unix::net::UnixStream)> {
    let (near, far) = std::os::unix::net::UnixStream::pair()?;
    near.set_nonblocking(true)?;
    let (from_library, to_library) = UnixStream::from_std(near)?.into_split();
    let (from_peer, to_peer) = split(wire);
    let line = Arc::new(Line::new());
    let inward = tokio::spawn(bring(from_peer, to_library, Arc::clone(&line))).abort_handle();
    let outward = tokio::spawn(take(from_library, to_peer)).abort_handle();
    Ok((Bridge { line, tasks: [inward, outward] }, far))
}

async fn take(mut from_library: OwnedReadHalf, mut to_peer: tokio::io::WriteHalf<Box<dyn Wire>>) {
    // How it ends shows on the way in.
    let _ = tokio::io::copy(&mut from_library, &mut to_peer).await;
    let _ = to_peer.shutdown().await;
}

/// Passes whole messages on until one is none, or the connection ends.
async fn bring(
    mut from_peer: ReadHalf<Box<dyn Wire>>,
    mut to_library: OwnedWriteHalf,
    line: Arc<Line>,
) {
    let mut held: Vec<u8> = Vec::with_capacity(CHUNK);
    loop {
        let (passed, odd) = whole_messages(&held, &line);
        if passed > 0 {
            let messages = held.get(..passed).unwrap_or_default();
            if to_library.write_all(messages).await.is_err() {
                return line.end(Cause::Unreachable, "the connection is no longer needed");
            }
            held.drain(..passed);
        }
        if let Some(odd) = odd {
            return line.end(Cause::BrokenOff, format!("the peer sent {odd}"));
        }
        held.reserve(CHUNK);
        match from_peer.read_buf(&mut held).await {
            Ok(0) if held.is_empty() => {
                return line.end(Cause::Unreachable, "the peer closed the connection");
            }
            Ok(0) => {
                let why = "the peer closed the connection in the middle of a message";
                return line.end(Cause::Unreachable, why);
            }
            Ok(_) => {}
            Err(error) => return line.end(Cause::Unreachable, error.to_string()),
        }
    }
}

/// How many octets of whole messages `held` begins with, all of them looked at, and what is wrong
/// with the one after them.
fn whole_messages(held: &[u8], line: &Line) -> (usize, Option<Malformed>) {
    let mut passed = 0;
    loop {
        let rest = held.get(passed..).unwrap_or_default();
        match next_message(rest, line) {
            Ok(None) => return (passed, None),
            Ok(Some(length)) => passed += length,
            Err(odd) => return (passed, Some(odd)),
        }
    }
}

/// The length of the message that `held` begins with, if it is whole.
fn next_message(held: &[u8], line: &Line) -> Result<Option<usize>, Malformed> {
    let Some(length) = message_length(held)? else { return Ok(None) };
    let Some(message) = held.get(..length) else { return Ok(None) };
    let waiting = line.state().waiting;
    let seen = check(message, waiting)?;
    if let (0, Some((code, said))) = (seen.id, seen.result) {
        let said = crate::decode::text::clean_text(said.as_bytes()).text;
        line.state().notice = Some(format!("{said} ({code})"));
    }
    Ok(Some(length))
}
