//! `serve` and `worker`: the long-running commands, stopped in order by a signal.

use super::Outcome;
use super::answer::{json, line};
use super::reload::pair_in_force;
use super::stop_signal::cancel_on_signal;
use crate::cli::args::{ServeArgs, WorkerArgs};
use crate::cli::exit::{Exit, Problem};
use crate::config::{Config, Server};
use crate::demo::Login;
use crate::tls::TlsListener;
use crate::web::{Limits, answer_until};
use crate::{web, wiring};
use cadastre_service::{Clock, Service, SetUpLink, SystemClock};
use secrecy::{ExposeSecret as _, SecretString};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a stop waits for work under way to be put back.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often schedules and broken runs are looked at.
const SCHEDULE_POLL: Duration = Duration::from_secs(5);

pub async fn serve(config: &Config, args: &ServeArgs) -> Outcome {
    serve_prepared(config, args, Arc::new(SystemClock), async |_| Ok(None)).await
}

/// Serves a register that `prepare` has seen first. If it gives a login, that is told.
pub async fn serve_prepared(
    config: &Config,
    args: &ServeArgs,
    clock: Arc<dyn Clock>,
    prepare: impl AsyncFnOnce(&Service) -> Result<Option<Login>, Vec<Problem>>,
) -> Outcome {
    let stop = CancellationToken::new();
    cancel_on_signal(stop.clone(), "stopping")?;
    // First the port: a second server must not touch the register.
    let listener = TcpListener::bind(config.server.listen).await.map_err(|error| {
        vec![
            Problem::new(format!("cannot listen at {}: {error}", config.server.listen))
                .advise("stop what listens there, or name another with --listen"),
        ]
    })?;
    let pair = config.server.tls.clone().map(pair_in_force).transpose()?;
    let service = wiring::service_made(config, clock).await?;
    let login = prepare(&service).await?;
    let address = listener.local_addr().unwrap_or(config.server.listen);
    warn_of(&config.server, address);
    let mut tasks = JoinSet::new();
    if !args.no_workers {
        start_workers(config, &service, &stop, &mut tasks);
    }
    let (link, token) = SetUpLink::make(&service).await.map_err(wiring::problems)?;
    say_where(config, args, address, token, login)?;
    let (holding, stopped) = (service.clone(), stop.clone());
    tokio::spawn(async move {
        match holding.hold_in_memory().await {
            Ok(()) => holding.keep_in_step(stopped).await,
            Err(error) => {
                tracing::warn!(%error, "lookups go to the database: it could not be read into memory");
            }
        }
    });
    let (looked_on, stopped) = (service.clone(), stop.clone());
    tokio::spawn(async move {
        stopped.cancelled().await;
        looked_on.run_follow_no_more();
    });
    let router = web::router(service, link, &config.server);
    let limits = Limits::default();
    match pair {
        Some(pair) => answer_until(TlsListener::new(listener, pair), router, limits, &stop).await,
        None => answer_until(listener, router, limits, &stop).await,
    }
    finish(tasks).await;
    Ok(Exit::Done)
}

/// Prints where it serves, and the link to the first account if there is none yet.
fn say_where(
    config: &Config,
    args: &ServeArgs,
    address: SocketAddr,
    set_up: Option<SecretString>,
    login: Option<Login>,
) -> Outcome {
    let url = url(&config.server, address);
    let register = &config.database;
    let set_up = set_up.map(|token| format!("{url}/setup/{}", token.expose_secret()));
    if args.output.is_json() {
        return json(&serde_json::json!({
            "url": url,
            "listen": address.to_string(),
            "database": register.to_string(),
            "set_up": set_up,
            "login": login.as_ref().map(Login::told),
        }));
    }
    match config.server.public_url {
        Some(_) => line(format!("serving at {url}, listening at {address}, register {register}"))?,
        None => line(format!("serving at {url}, register {register}"))?,
    };
    if let Some(login) = login {
        line(login)?;
    }
    if let Some(set_up) = set_up {
        line(format!("make the first account within an hour at {set_up}"))?;
    }
    Ok(Exit::Done)
}

/// Where people reach it.
fn url(server: &Server, address: SocketAddr) -> String {
    match &server.public_url {
        Some(url) => url.to_string(),
        None if server.tls.is_some() => format!("https://{address}"),
        None => format!("http://{address}"),
    }
}

/// What may be meant, and has its price.
fn warn_of(server: &Server, address: SocketAddr) {
    if server.is_open_without_tls() {
        tracing::warn!(%address, "serving plain HTTP beyond this machine: anyone between can read it");
    }
    let is_behind_proxy = server.public_url.as_ref().is_some_and(|url| url.is_https());
    if is_behind_proxy && server.tls.is_none() && server.trusted_proxies.is_empty() {
        tracing::warn!(
            "a proxy speaks TLS, but server.trusted_proxies names none: failed logins are counted, \
             and written to the audit log, as if all came from the proxy"
        );
    }
}

pub async fn worker(config: &Config, args: &WorkerArgs) -> Outcome {
    let stop = CancellationToken::new();
    cancel_on_signal(stop.clone(), "stopping")?;
    let service = wiring::service(config, wiring::Key::Read).await?;
    let mut tasks = JoinSet::new();
    start_workers(config, &service, &stop, &mut tasks);
    match args.output.is_json() {
        true => json(&serde_json::json!({ "database": config.database.to_string() }))?,
        false => line(format!("working on the register {}", config.database))?,
    };
    stop.cancelled().await;
    finish(tasks).await;
    Ok(Exit::Done)
}

fn start_workers(
    config: &Config,
    service: &Service,
    stop: &CancellationToken,
    tasks: &mut JoinSet<()>,
) {
    for number in 1..=config.workers.count {
        // The process id tells workers of several processes apart.
        let name = format!("{}-{number}", std::process::id());
        let (service, stop, poll) = (service.clone(), stop.clone(), config.workers.poll);
        tasks.spawn(async move { service.work(&name, poll, stop).await });
    }
    let (service, stop) = (service.clone(), stop.clone());
    let poll = SCHEDULE_POLL.min(config.workers.lease);
    tasks.spawn(async move { service.keep_schedules(poll, stop).await });
}

/// Waits for work to be put back; what takes longer is found broken at the next start.
async fn finish(mut tasks: JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(PATIENCE, all).await.is_err() {
        tracing::warn!("work under way did not stop in time; it is repeated at the next start");
    }
}
