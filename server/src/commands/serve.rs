//! `serve` and `worker`: the long-running commands, stopped in order by a signal.

use super::Outcome;
use super::answer::{json, line};
use super::stop_signal::cancel_on_signal;
use crate::cli::args::{ServeArgs, WorkerArgs};
use crate::cli::exit::{Exit, Problem};
use crate::config::Config;
use crate::{web, wiring};
use axum::Router;
use cadastre_service::{Service, SetUpLink};
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a stop waits for work under way to be put back.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a stop waits for answers under way.
const ANSWERS: Duration = Duration::from_secs(5);

/// How often schedules and broken runs are looked at.
const SCHEDULE_POLL: Duration = Duration::from_secs(5);

pub async fn serve(config: &Config, args: &ServeArgs) -> Outcome {
    let stop = CancellationToken::new();
    cancel_on_signal(stop.clone(), "stopping")?;
    // First the port: a second server must not touch the register.
    let listener = TcpListener::bind(config.server.listen).await.map_err(|error| {
        vec![
            Problem::new(format!("cannot listen at {}: {error}", config.server.listen))
                .advise("stop what listens there, or name another with --listen"),
        ]
    })?;
    let service = wiring::service_made(config).await?;
    let address = listener.local_addr().unwrap_or(config.server.listen);
    if config.is_open_without_tls() {
        tracing::warn!(%address, "serving plain HTTP beyond this machine: anyone between can read it");
    }
    let mut tasks = JoinSet::new();
    if !args.no_workers {
        start_workers(config, &service, &stop, &mut tasks);
    }
    let url = format!("http://{address}");
    let (link, token) = SetUpLink::make(&service).await.map_err(wiring::problems)?;
    let set_up = token.map(|token| format!("{url}/setup/{}", token.expose_secret()));
    match args.output.is_json() {
        true => json(&serde_json::json!({
            "url": url,
            "database": config.database.to_string(),
            "set_up": set_up,
        }))?,
        false => line(format!("serving at {url}, register {}", config.database))?,
    };
    if let Some(set_up) = set_up.filter(|_| !args.output.is_json()) {
        line(format!("make the first account within an hour at {set_up}"))?;
    }
    let (holding, stopped) = (service.clone(), stop.clone());
    tokio::spawn(async move {
        match holding.hold_in_memory().await {
            Ok(()) => holding.keep_in_step(stopped).await,
            Err(error) => {
                tracing::warn!(%error, "lookups go to the database: it could not be read into memory");
            }
        }
    });
    let served = answer_until(listener, web::router(service, link), &stop).await;
    stop.cancel();
    finish(tasks).await;
    served.map_err(|error| vec![Problem::new(format!("serving broke off: {error}"))])?;
    Ok(Exit::Done)
}

/// Answers until `stop`, and then those who have asked already. Who is too slow is cut off: a client
/// that never ends its question must not keep the program from ending.
async fn answer_until(
    listener: TcpListener,
    router: Router,
    stop: &CancellationToken,
) -> std::io::Result<()> {
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let too_late = async {
        stop.cancelled().await;
        tokio::time::sleep(ANSWERS).await;
    };
    tokio::select! {
        served = serving.into_future() => served,
        () = too_late => {
            tracing::warn!("connections that are still open are closed");
            Ok(())
        }
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
