//! Trying the way to a server step by step: name, connection, TLS, credentials, one read.

use crate::api::{Session, view};
use crate::collector::VsphereCollector;
use crate::fault::Fault;
use cadastre_collect::{
    CollectError, ErrorClass, Mode, Recording, RunContext, StepOutcome, TestStep,
};
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use url::Url;

/// Tries each step until one fails or the run is stopped.
pub(crate) async fn probe(collector: &VsphereCollector, run: &RunContext) -> Vec<TestStep> {
    let mut trial = Trial { collector, run, steps: Vec::new() };
    // What failed stands among the steps.
    let _ = Box::pin(trial.all()).await;
    trial.steps
}

/// A step failed, and stands among the steps.
struct Failed;

struct Trial<'a> {
    collector: &'a VsphereCollector,
    run: &'a RunContext,
    steps: Vec<TestStep>,
}

/// Where the first connection goes: to the server, or to the proxy before it.
struct Target {
    host: String,
    port: u16,
    is_proxy: bool,
    place: String,
}

impl Trial<'_> {
    async fn all(&mut self) -> Result<(), Failed> {
        // A trial is not taken down.
        let mode = match &self.collector.mode {
            Mode::Replay(recording) => {
                self.recording(recording).await?;
                self.collector.mode.clone()
            }
            Mode::Live | Mode::Record(_) => {
                self.reach().await?;
                Mode::Live
            }
        };
        let session = self.step("authenticate", authenticate(self.collector, &mode)).await?;
        let read = self.step("read", read_one(self.collector, &session)).await;
        session.close().await;
        read
    }

    /// A recording has no way to it; what it holds was checked when it was opened.
    async fn recording(&mut self, recording: &Recording) -> Result<(), Failed> {
        let (count, at) = (recording.exchanges(), recording.recorded_at());
        let found = format!("{count} answers, recorded at {at}");
        self.step("recording", std::future::ready(Ok(((), found)))).await
    }

    async fn reach(&mut self) -> Result<(), Failed> {
        let target = match target(self.collector) {
            Ok(target) => target,
            Err(error) => return self.step("resolve", std::future::ready(Err(error))).await,
        };
        let addresses = self.step("resolve", resolve(&target)).await?;
        let stream = self.step("connect", connect(&target, &addresses)).await?;
        if target.is_proxy {
            let why = format!("it is made through {}, with the login", target.place);
            let outcome = StepOutcome::Skipped(why);
            self.steps.push(TestStep { name: "tls", outcome, millis: 0 });
            return Ok(());
        }
        let config = self.collector.trust.client_config();
        self.step("tls", shake_hands(&target, stream, config)).await
    }

    /// Runs one step within a time limit, and takes down how it went.
    async fn step<T>(
        &mut self,
        name: &'static str,
        trying: impl Future<Output = Result<(T, String), CollectError>>,
    ) -> Result<T, Failed> {
        // What fails is repeated; the limit is one for all of it.
        let limit = self.collector.settings.common.timeout.saturating_mul(3);
        let started = Instant::now();
        let result = tokio::select! {
            result = Box::pin(trying) => result,
            () = tokio::time::sleep(limit) => Err(too_late(name, limit)),
            () = self.run.cancelled() => Err(CollectError::cancelled(name)),
        };
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (outcome, value) = match result {
            Ok((value, found)) => (StepOutcome::Passed(found), Ok(value)),
            Err(error) => (StepOutcome::Failed(error), Err(Failed)),
        };
        self.steps.push(TestStep { name, outcome, millis });
        value
    }
}

fn target(collector: &VsphereCollector) -> Result<Target, CollectError> {
    let settings = &collector.settings;
    let place = settings.common.proxy.clone().unwrap_or_else(|| settings.url.clone());
    let unreadable = || {
        let what = format!("{place} is not an address");
        CollectError::new(ErrorClass::Unreachable, place.as_str(), what, "check `url` and `proxy`")
    };
    let url = Url::parse(&place).map_err(|_| unreadable())?;
    let host = url.host_str().ok_or_else(unreadable)?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    Ok(Target { host, port, is_proxy: settings.common.proxy.is_some(), place })
}

fn too_late(step: &str, limit: Duration) -> CollectError {
    CollectError::new(
        ErrorClass::Unreachable,
        step,
        format!("it was not done after {limit:?}"),
        "check that the server can be reached from here, or raise `timeout`",
    )
}

async fn resolve(target: &Target) -> Result<(Vec<SocketAddr>, String), CollectError> {
    let failed = |what: String| {
        let hint = "check the name, and this machine's DNS";
        CollectError::new(ErrorClass::Unreachable, target.place.as_str(), what, hint)
    };
    let addresses: Vec<SocketAddr> = lookup_host((target.host.as_str(), target.port))
        .await
        .map_err(|error| failed(format!("{} is not found: {error}", target.host)))?
        .collect();
    let Some(first) = addresses.first() else {
        return Err(failed(format!("{} has no address", target.host)));
    };
    let found = format!("{} is {}", target.host, first.ip());
    Ok((addresses, found))
}

async fn connect(
    target: &Target,
    addresses: &[SocketAddr],
) -> Result<(TcpStream, String), CollectError> {
    let stream = TcpStream::connect(addresses).await.map_err(|error| {
        CollectError::new(
            ErrorClass::Unreachable,
            target.place.as_str(),
            format!("no connection to {} port {}: {error}", target.host, target.port),
            "check the port, and what firewalls stand between here and there",
        )
    })?;
    let found = stream.peer_addr().map_or_else(|_| "connected".to_owned(), |at| at.to_string());
    Ok((stream, found))
}

async fn shake_hands(
    target: &Target,
    stream: TcpStream,
    config: Result<rustls::ClientConfig, rustls::Error>,
) -> Result<((), String), CollectError> {
    let failed = |what: String| Fault::tls(&what).at(target.place.as_str());
    let config = config.map_err(|error| failed(error.to_string()))?;
    let name =
        ServerName::try_from(target.host.clone()).map_err(|error| failed(error.to_string()))?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let version = stream.get_ref().1.protocol_version();
    let found = version.and_then(|version| version.as_str()).unwrap_or("TLS");
    Ok(((), found.to_owned()))
}

async fn authenticate(
    collector: &VsphereCollector,
    mode: &Mode,
) -> Result<(Session, String), CollectError> {
    let session = collector.connect(mode).await.map_err(|fault| fault.at(collector.place()))?;
    let found = format!("{}, by {}", session.about().full_name, session.language());
    Ok((session, found))
}

async fn read_one(
    collector: &VsphereCollector,
    session: &Session,
) -> Result<((), String), CollectError> {
    let at = |fault: Fault| fault.at(collector.place());
    // In a recording the survey asks for hosts first; asking the same needs no second recording.
    let hosts = view(session, session.root(), &["HostSystem"]).await.map_err(at)?;
    if hosts.is_empty() {
        return Err(at(Fault::nothing_to_see()));
    }
    Ok(((), format!("{} hosts can be listed", hosts.len())))
}
