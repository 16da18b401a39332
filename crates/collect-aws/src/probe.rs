//! Trying the way to AWS step by step: name, connection, TLS, credentials, one read.

use crate::accounts::Account;
use crate::collector::AwsCollector;
use crate::connection::Connection;
use crate::errors::fault;
use crate::organisation::Organisation;
use crate::place::public_endpoint;
use cadastre_collect::{
    CollectError, ErrorClass, Mode, Recording, RunContext, StepOutcome, TestStep,
};
use http::Uri;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

/// Tries each step until one fails or the run is stopped.
pub(crate) async fn probe(collector: &AwsCollector, run: &RunContext) -> Vec<TestStep> {
    let mut trial = Trial { collector, run, steps: Vec::new() };
    // What failed stands among the steps.
    let _ = Box::pin(trial.all()).await;
    trial.steps
}

/// A step failed, and stands among the steps.
struct Failed;

struct Trial<'a> {
    collector: &'a AwsCollector,
    run: &'a RunContext,
    steps: Vec<TestStep>,
}

/// Where the first connection goes: to the endpoint, or to the proxy before it.
struct Target {
    host: String,
    port: u16,
    tls: bool,
    place: String,
}

impl Trial<'_> {
    async fn all(&mut self) -> Result<(), Failed> {
        // A trial is not taken down.
        let mode = match &self.collector.mode {
            Mode::Replay(recording) => return self.replay(recording).await,
            Mode::Live | Mode::Record(_) => Mode::Live,
        };
        let connection = match Box::pin(self.collector.connect(&mode)).await {
            Ok(connection) => connection,
            Err(error) => return self.step("connect", std::future::ready(Err(error))).await,
        };
        match self.target(&connection) {
            Ok(target) => self.reach(&target).await?,
            Err(why) => {
                for name in ["resolve", "connect", "tls"] {
                    self.skip(name, &why);
                }
            }
        }
        let own = self.step("authenticate", authenticate(&connection)).await?;
        self.step("read", read_one(&connection, own)).await
    }

    /// A recording has no way to it; what it holds was checked when it was opened.
    async fn replay(&mut self, recording: &Recording) -> Result<(), Failed> {
        let opening = async {
            let mode = Mode::Replay(recording.clone());
            let connection = self.collector.connect(&mode).await?;
            let (count, at) = (recording.exchanges(), recording.recorded_at());
            Ok((connection, format!("{count} answers, recorded at {at}")))
        };
        let opening = opening.await;
        let connection = self.step("recording", std::future::ready(opening)).await?;
        self.step("authenticate", authenticate(&connection)).await.map(|_| ())
    }

    fn target(&self, connection: &Connection) -> Result<Target, String> {
        let settings = &self.collector.settings;
        let home = &connection.asked.home;
        let address = settings.common.proxy.clone().or(settings.endpoint.clone());
        let address = address.or_else(|| public_endpoint("ec2", home));
        let address = address.ok_or_else(|| format!("the endpoint of {home} is not known here"))?;
        let uri: Uri = address.parse().map_err(|_| format!("{address} is not an address"))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Target { host, port, tls, place: address })
    }

    async fn reach(&mut self, target: &Target) -> Result<(), Failed> {
        let addresses = self.step("resolve", resolve(target)).await?;
        let stream = self.step("connect", connect(target, &addresses)).await?;
        if !target.tls {
            self.skip("tls", &format!("{} is reached without TLS", target.place));
            return Ok(());
        }
        let config = self.collector.trust.client_config();
        self.step("tls", shake_hands(target, stream, config)).await
    }

    /// Runs one step within the time limit, and takes down how it went.
    async fn step<T>(
        &mut self,
        name: &'static str,
        trying: impl Future<Output = Result<(T, String), CollectError>>,
    ) -> Result<T, Failed> {
        // The SDK repeats what fails; the limit is one for all of it.
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

    fn skip(&mut self, name: &'static str, why: &str) {
        let outcome = StepOutcome::Skipped(why.to_owned());
        self.steps.push(TestStep { name, outcome, millis: 0 });
    }
}

fn too_late(step: &str, limit: Duration) -> CollectError {
    CollectError::new(
        ErrorClass::Unreachable,
        step,
        format!("it was not done after {limit:?}"),
        "check that the endpoint can be reached from here, or raise `timeout`",
    )
}

async fn resolve(target: &Target) -> Result<(Vec<SocketAddr>, String), CollectError> {
    let failed = |what: String| {
        CollectError::new(
            ErrorClass::Unreachable,
            target.place.as_str(),
            what,
            "check the name, the region's name, and this machine's DNS",
        )
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
    let failed = |what: String| {
        CollectError::new(
            ErrorClass::Tls,
            target.place.as_str(),
            format!("the secure connection could not be made: {what}"),
            "if its certificate is by an authority of your own, name it in `ca_file`",
        )
    };
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

async fn authenticate(connection: &Connection) -> Result<(Account, String), CollectError> {
    let own = Account::own(connection).await?;
    let found = format!("account {}", own.id);
    Ok((own, found))
}

/// The smallest page EC2 gives.
const FEW: i32 = 5;

async fn read_one(connection: &Connection, own: Account) -> Result<((), String), CollectError> {
    let home = &connection.asked.home;
    let ec2 = connection.ec2(&own.mark, &own.sdk, home);
    let asking = Box::pin(ec2.describe_instances().max_results(FEW).send());
    asking
        .await
        .map_err(|error| fault("ec2:DescribeInstances", &error).at(format!("{}/{home}", own.id)))?;
    if !connection.asked.lists_organisation() {
        return Ok(((), format!("the instances of {home} can be listed")));
    }
    Organisation::tried(connection, &own).await?;
    let found = format!("the instances of {home} and the organisation's accounts can be listed");
    Ok(((), found))
}
