//! Trying the way to a server step by step: name, connection, TLS, credentials, one read.

use crate::api::{Session, view};
use crate::collector::VsphereCollector;
use crate::fault::Fault;
use cadastre_collect::{
    CollectError, ErrorClass, Failed, Mode, RunContext, Target, TestStep, Trial,
};
use url::Url;

/// What to do about a step that takes too long.
const TOO_LATE: &str = "check that the server can be reached from here, or raise `timeout`";

/// Tries each step until one fails or the run is stopped.
pub(crate) async fn probe(collector: &VsphereCollector, run: &RunContext) -> Vec<TestStep> {
    // What fails is repeated; the limit is one for all of it.
    let limit = collector.settings.common.timeout.saturating_mul(3);
    let mut trial = Trial::new(run, limit, TOO_LATE);
    // What failed stands among the steps.
    let _ = Box::pin(all(collector, &mut trial)).await;
    trial.steps()
}

async fn all(collector: &VsphereCollector, trial: &mut Trial<'_>) -> Result<(), Failed> {
    // A trial is not taken down.
    let mode = match &collector.mode {
        Mode::Replay(recording) => {
            trial.recording(recording);
            collector.mode.clone()
        }
        Mode::Live | Mode::Record(_) => {
            reach(collector, trial).await?;
            Mode::Live
        }
    };
    let session = trial.step("authenticate", authenticate(collector, &mode)).await?;
    let read = trial.step("read", read_one(collector, &session)).await;
    session.close().await;
    read
}

async fn reach(collector: &VsphereCollector, trial: &mut Trial<'_>) -> Result<(), Failed> {
    let target = match target(collector) {
        Ok(target) => target,
        Err(error) => return trial.step("resolve", std::future::ready(Err(error))).await,
    };
    let hint = "check the name, and this machine's DNS";
    let addresses = trial.step("resolve", target.resolve(hint)).await?;
    let stream = trial.step("connect", target.connect(&addresses)).await?;
    if collector.settings.common.proxy.is_some() {
        trial.skip("tls", format!("it is made through {}, with the login", target.place));
        return Ok(());
    }
    let securing = async {
        let version = target.secure(stream, &collector.trust).await;
        let version = version.map_err(|what| Fault::tls(&what).at(target.place.as_str()))?;
        Ok(((), version))
    };
    trial.step("tls", securing).await
}

/// Where the first connection goes: to the server, or to the proxy before it.
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
    Ok(Target { host, port, place })
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
