//! A moto server of a test's own: EC2, STS and IAM that nobody here wrote.
//!
//! moto's state and its signature checks are global to the server, so each
//! test starts one (about a second). What is put into it is done by boto3, in
//! `tests/lab/*.py`: a client other than ours, so that a mistake in how we
//! read EC2 cannot hide in how we wrote it.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::{http, lab};

/// A running server; it ends when this is dropped, or its process dies.
#[derive(Debug)]
pub struct Moto {
    python: String,
    child: Child,
    commands: ChildStdin,
    replies: BufReader<ChildStdout>,
    address: SocketAddr,
}

/// An access key of an IAM user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// `AKIA...`.
    pub id: String,
    /// The secret; tests grep for it where it must not be.
    pub secret: String,
}

/// What [`Moto::seed`] made.
#[derive(Debug)]
pub struct Estate {
    /// Account number, 12 digits.
    pub account: String,
    /// May describe what discovery describes, and nothing else.
    pub reader: AccessKey,
    /// May do anything; for [`Moto::change`].
    pub operator: AccessKey,
    /// Region → ids made there, as `tests/lab/seed_estate.py` says.
    pub regions: Value,
}

impl Moto {
    /// Starts one on a free port. `None`, and a note of NOT RUN, if the lab
    /// has no moto. It takes any key until [`Self::seed`] or
    /// [`Self::check_signatures`].
    pub fn start() -> Option<Self> {
        let python = lab::variable_or_not_run("CADASTRE_LAB_PYTHON", "moto")?;
        let mut child = lab::python_command(&python, "moto_serve.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()) // its request log
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {python}: {error}; run `make lab`"));
        let commands = child.stdin.take().expect("standard input is piped");
        let mut replies = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let mut line = String::new();
        replies.read_line(&mut line).expect("moto prints its address");
        let address = line
            .trim()
            .strip_prefix("http://")
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("moto did not start; see: {python} tests/lab/moto_serve.py"));
        Some(Self { python, child, commands, replies, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as an endpoint, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes two IAM users, then an estate (`spec` as in
    /// `tests/lab/seed_estate.py`), and then turns the real signature and
    /// policy checks on.
    pub fn seed(&self, spec: &Value) -> Estate {
        let endpoint = self.endpoint();
        let access = self.ask("seed_access.py", &json!({ "endpoint": endpoint }));
        let made = self.ask("seed_estate.py", &json!({ "endpoint": endpoint, "spec": spec }));
        self.check_signatures();
        Estate {
            account: text(&access, "account"),
            reader: access_key(&access["reader"]),
            operator: access_key(&access["operator"]),
            regions: made["regions"].clone(),
        }
    }

    /// From now on only keys made by IAM, good signatures and allowed actions.
    pub fn check_signatures(&self) {
        self.control("/moto-api/reset-auth", "0");
    }

    /// From now on any key and any signature will do, as at the start.
    pub fn accept_anyone(&self) {
        self.control("/moto-api/reset-auth", "inf");
    }

    /// Forgets everything, and takes any key again.
    pub fn reset(&self) {
        self.control("/moto-api/reset", "");
        self.accept_anyone();
    }

    /// What boto3 counts, kind → region → number (`tests/lab/count_estate.py`);
    /// an empty `regions` means every region of the account.
    pub fn count(&self, key: &AccessKey, regions: &[&str]) -> Value {
        count_at(&self.python, &self.endpoint(), key, regions)
            .unwrap_or_else(|error| panic!("count_estate.py failed: {error}"))
    }

    /// The same through `endpoint`, a fault proxy say; the error is what the
    /// script wrote, with boto3's error code in it.
    pub fn count_through(
        &self,
        endpoint: &str,
        key: &AccessKey,
        regions: &[&str],
    ) -> Result<Value, String> {
        count_at(&self.python, endpoint, key, regions)
    }

    /// Changes the estate in the order given; `changes` as in
    /// `tests/lab/change_estate.py`.
    pub fn change(&self, key: &AccessKey, changes: &Value) {
        let mut request = request(&self.endpoint(), key);
        request["changes"] = changes.clone();
        self.ask("change_estate.py", &request);
    }

    /// Makes DescribeInstances drop an instance, as EC2 does about an hour
    /// after termination; moto by itself lists it for ever.
    pub fn forget_instance(&mut self, region: &str, instance: &str) {
        writeln!(self.commands, "forget {region} {instance}").expect("moto takes a command");
        let mut reply = String::new();
        self.replies.read_line(&mut reply).expect("moto replies");
        assert_eq!(reply.trim(), "ok", "forget {region} {instance}");
    }

    fn ask(&self, script: &str, request: &Value) -> Value {
        lab::python_ask(&self.python, script, request)
            .unwrap_or_else(|error| panic!("{script} failed: {error}"))
    }

    fn control(&self, path: &str, body: &str) {
        let answer = http::post(self.address, path, &[("Content-Type", "text/plain")], body)
            .unwrap_or_else(|| panic!("moto did not answer {path}"));
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Best effort: it may have ended by itself, which is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(endpoint: &str, key: &AccessKey) -> Value {
    json!({
        "endpoint": endpoint,
        "access_key_id": key.id,
        "secret_access_key": key.secret,
    })
}

fn count_at(
    python: &str,
    endpoint: &str,
    key: &AccessKey,
    regions: &[&str],
) -> Result<Value, String> {
    let mut request = request(endpoint, key);
    if !regions.is_empty() {
        request["regions"] = json!(regions);
    }
    lab::python_ask(python, "count_estate.py", &request)
}

fn access_key(value: &Value) -> AccessKey {
    AccessKey { id: text(value, "access_key_id"), secret: text(value, "secret_access_key") }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("the script's answer has no {key}")).to_owned()
}
