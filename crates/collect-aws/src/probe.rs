//! Trying the way to AWS step by step: name, connection, TLS, credentials, one read.

use crate::accounts::Account;
use crate::collector::AwsCollector;
use crate::connection::Connection;
use crate::errors::fault;
use crate::organisation::Organisation;
use crate::place::public_endpoint;
use cadastre_collect::{
    CollectError, ErrorClass, Failed, Mode, Recording, RunContext, Target, TestStep, Trial,
};
use http::Uri;

/// What to do about a step that takes too long.
const TOO_LATE: &str = "check that the endpoint can be reached from here, or raise `timeout`";

/// Tries each step until one fails or the run is stopped.
pub(crate) async fn probe(collector: &AwsCollector, run: &RunContext) -> Vec<TestStep> {
    // The SDK repeats what fails; the limit is one for all of it.
    let limit = collector.settings.common.timeout.saturating_mul(3);
    let mut trial = Trial::new(run, limit, TOO_LATE);
    // What failed stands among the steps.
    let _ = Box::pin(all(collector, &mut trial)).await;
    trial.steps()
}

async fn all(collector: &AwsCollector, trial: &mut Trial<'_>) -> Result<(), Failed> {
    // A trial is not taken down.
    let mode = match &collector.mode {
        Mode::Replay(recording) => return replay(collector, trial, recording).await,
        Mode::Live | Mode::Record(_) => Mode::Live,
    };
    let connection = match Box::pin(collector.connect(&mode)).await {
        Ok(connection) => connection,
        Err(error) => return trial.step("connect", std::future::ready(Err(error))).await,
    };
    match Way::of(collector, &connection) {
        Ok(way) => way.reach(collector, trial).await?,
        Err(why) => {
            for name in ["resolve", "connect", "tls"] {
                trial.skip(name, why.as_str());
            }
        }
    }
    let own = trial.step("authenticate", authenticate(&connection)).await?;
    trial.step("read", read_one(&connection, own)).await
}

/// A recording has no way to it.
async fn replay(
    collector: &AwsCollector,
    trial: &mut Trial<'_>,
    recording: &Recording,
) -> Result<(), Failed> {
    let mode = Mode::Replay(recording.clone());
    let connection = match Box::pin(collector.connect(&mode)).await {
        Ok(connection) => connection,
        Err(error) => return trial.step("recording", std::future::ready(Err(error))).await,
    };
    trial.recording(recording);
    trial.step("authenticate", authenticate(&connection)).await.map(|_| ())
}

/// Where the first connection goes: to the endpoint, or to the proxy before it.
struct Way {
    target: Target,
    tls: bool,
}

impl Way {
    fn of(collector: &AwsCollector, connection: &Connection) -> Result<Way, String> {
        let settings = &collector.settings;
        let home = &connection.asked.home;
        let address = settings.common.proxy.clone().or(settings.endpoint.clone());
        let address = address.or_else(|| public_endpoint("ec2", home));
        let address = address.ok_or_else(|| format!("the endpoint of {home} is not known here"))?;
        let uri: Uri = address.parse().map_err(|_| format!("{address} is not an address"))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Way { target: Target { host, port, place: address }, tls })
    }

    async fn reach(&self, collector: &AwsCollector, trial: &mut Trial<'_>) -> Result<(), Failed> {
        let target = &self.target;
        let hint = "check the name, the region's name, and this machine's DNS";
        let addresses = trial.step("resolve", target.resolve(hint)).await?;
        let stream = trial.step("connect", target.connect(&addresses)).await?;
        if !self.tls {
            trial.skip("tls", format!("{} is reached without TLS", target.place));
            return Ok(());
        }
        let securing = async {
            let version = target.secure(stream, &collector.trust).await;
            let version = version.map_err(|what| {
                CollectError::new(
                    ErrorClass::Tls,
                    target.place.as_str(),
                    format!("the secure connection could not be made: {what}"),
                    "if its certificate is by an authority of your own, name it in `ca_file`",
                )
            })?;
            Ok(((), version))
        };
        trial.step("tls", securing).await
    }
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
