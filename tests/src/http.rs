//! The smallest HTTP client that can see a broken answer.
//!
//! A real client hides what the fault proxy must be shown to do (it retries,
//! and swallows half an answer); this one sends a request and gives back the
//! bytes that came. It knows HTTP/1.1 with `Connection: close` and nothing else.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back before the connection ended.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The header as it came.
    pub head: String,
    /// Length the header announced, in bytes; `None` if it did not.
    pub announced: Option<usize>,
    /// The bytes that really came, as text.
    pub body: String,
}

/// Posts `body` to `path` with the headers given (name, value).
///
/// `None` if the connection ended before a whole header had come.
pub fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let length = body.len().to_string();
    let headers = [headers, &[("Content-Length", length.as_str())]].concat();
    over(connected(address), &request("POST", address, path, &headers, body))
        .expect("the request is sent")
}

/// Asks for `path`. `None` as with [`post`].
pub fn get(address: SocketAddr, path: &str) -> Option<Answer> {
    get_with(address, path, &[])
}

/// Asks for `path` with the headers given. `None` as with [`post`].
pub fn get_with(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Option<Answer> {
    over(connected(address), &request("GET", address, path, headers, ""))
        .expect("the request is sent")
}

/// A connection that is waited for a minute at most.
pub fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address)
        .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout can be set");
    stream
}

/// A request as it is sent; the host is the address, unless the headers name another.
pub fn request(
    method: &str,
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{request}\r\n{body}")
}

/// Sends a request over a connection of whatever sort; an error if it cannot be sent, `None` as with
/// [`post`].
pub fn over(mut stream: impl Read + Write, request: &str) -> std::io::Result<Option<Answer>> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    Ok(answer(stream))
}

fn answer(mut stream: impl Read) -> Option<Answer> {
    let mut bytes = Vec::new();
    // A reset in the middle keeps what had come: that is what we look at.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_owned(),
        announced: head.lines().find_map(content_length),
        body: body.to_owned(),
    })
}

fn content_length(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    if !name.eq_ignore_ascii_case("content-length") {
        return None;
    }
    value.trim().parse().ok()
}
