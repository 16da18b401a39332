//! The configuration as the rest of the program takes it: checked, absolute, with every default.

use super::database::Database;
use super::described::Described;
use super::public_url::PublicUrl;
use cadastre_service::secrets::SecretRef;
use cadastre_service::zone::Zone;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The whole configuration. Its `Debug` form holds no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it was read from, if there is one.
    pub file: Option<PathBuf>,
    /// Where the register is kept.
    pub database: Database,
    /// Folder of what the program itself writes.
    pub state_dir: PathBuf,
    /// The organisation's zone.
    pub zone: Zone,
    /// The only folder that secrets are read from.
    pub secrets_dir: Option<PathBuf>,
    /// Where the secrets are that the program itself runs with: no source may name them.
    pub own_secrets: Vec<SecretRef>,
    /// The key that typed-in secrets are sealed with.
    pub sealing_key_file: PathBuf,
    /// How it serves.
    pub server: Server,
    /// How it logs.
    pub log: Log,
    /// How it works in the background.
    pub workers: Workers,
    pub(super) described: Vec<Described>,
}

/// How it serves.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it speaks TLS with; without, plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Where people reach it, if that was said.
    pub public_url: Option<PublicUrl>,
    /// Networks of the proxies that are believed about who asks.
    pub trusted_proxies: Vec<IpNet>,
}

/// The files of a certificate and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those between it and the root.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Server {
    /// Whether it serves plain HTTP to other machines: allowed, but people are to be warned.
    #[must_use]
    pub fn is_open_without_tls(&self) -> bool {
        self.tls.is_none() && !self.listen.ip().is_loopback()
    }
}

/// How it logs.
#[derive(Clone, Debug)]
pub struct Log {
    /// A level, or directives such as `info,cadastre_store=debug`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How it works in the background.
#[derive(Clone, Debug)]
pub struct Workers {
    /// How many jobs at once.
    pub count: usize,
    /// How often an idle worker looks for a job.
    pub poll: Duration,
    /// A run or job without a sign of life for so long is taken for dead, and repeated.
    pub lease: Duration,
}

impl Config {
    /// Every key with its effective value and where that came from, in the order of the
    /// documentation; secrets left out. What `check-config` prints.
    #[must_use]
    pub fn describe(&self) -> &[Described] {
        &self.described
    }
}
