//! The built binary serving the register, and people's connections to it.

use crate::Outcome;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Who logs in.
pub const NAME: &str = "bench";
/// With what.
pub const PASSWORD: &str = "a password of the benchmark";

/// The binary beside this one, serving; ended when dropped.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    _state: tempfile::TempDir,
}

impl Server {
    /// Starts it over a register.
    pub fn start(database: &str) -> Outcome<Server> {
        let binary = std::env::current_exe()?.with_file_name("cadastre");
        let state = tempfile::tempdir()?;
        let mut child = Command::new(&binary)
            .args(["serve", "--no-workers", "--listen", "127.0.0.1:0", "--json"])
            .env_clear()
            .env("HOME", state.path())
            .env("CADASTRE_DATABASE", database)
            .env("CADASTRE_STATE_DIR", state.path())
            .env("CADASTRE_LOG__LEVEL", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let printed = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(printed).read_line(&mut line)?;
        let said: serde_json::Value = serde_json::from_str(&line)?;
        let url =
            said.get("url").and_then(|url| url.as_str()).ok_or("the server has no address")?;
        let address = url.trim_start_matches("http://").to_owned();
        Ok(Server { child, address, _state: state })
    }

    /// The cookie of somebody who has logged in.
    pub fn log_in(&self) -> Outcome<String> {
        let form = format!("name={NAME}&password={}", PASSWORD.replace(' ', "+"));
        let mut connection = Connection::open(&self.address)?;
        let type_and_length = format!(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            form.len()
        );
        let answer = connection.send("POST", "/login", &type_and_length, &form)?;
        let cookie = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(cookie.ok_or("the login was refused")?.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only reads; nothing is lost if it ends at once.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept, as browsers keep theirs.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

/// What came back.
pub struct Answer {
    head: String,
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
}

impl Connection {
    /// Opens one.
    pub fn open(address: &str) -> Outcome<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream: BufReader::new(stream), host: address.to_owned() })
    }

    /// Asks for a page that is there.
    pub fn get(&mut self, path: &str, cookie: &str) -> Outcome<Answer> {
        let headers = format!("Cookie: {cookie}\r\nAccept-Encoding: gzip\r\n");
        let answer = self.send("GET", path, &headers, "")?;
        match answer.head.starts_with("HTTP/1.1 200") {
            true => Ok(answer),
            false => {
                Err(format!("{path}: {}", answer.head.lines().next().unwrap_or_default()).into())
            }
        }
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Outcome<Answer> {
        let host = &self.host;
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n{body}");
        let began = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.stream.fill_buf()?;
        let first_byte = began.elapsed();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        let head = head.replace("\r\n", "\n").to_ascii_lowercase().replacen("http", "HTTP", 1);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(Ok(0), str::parse)?];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { head, first_byte })
    }
}

/// As an address may hold it.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
