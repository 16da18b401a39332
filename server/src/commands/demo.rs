//! `demo`: an invented estate, loaded once, served to this machine.

use super::Outcome;
use super::answer::{json, line};
use super::serve;
use crate::cli::args::{DemoArgs, ServeArgs};
use crate::cli::exit::Problem;
use crate::config::Config;
use crate::demo::{DemoClock, Login, load};
use crate::wiring;
use cadastre_service::Service;
use std::sync::Arc;

pub async fn run(config: &Config, args: &DemoArgs) -> Outcome {
    // The flag was looked at; a file or a variable may have named an address too.
    if !config.server.listen.ip().is_loopback() {
        let message = format!("a demo is not served to other machines at {}", config.server.listen);
        let advice = "name an address of this machine with --listen 127.0.0.1:8080";
        return Err(vec![Problem::new(message).advise(advice)]);
    }
    let clock = Arc::new(DemoClock::default());
    let (folder, by) = (config.state_dir.join("demo"), clock.clone());
    let prepare = async |service: &Service| load(service, &by, &folder).await;
    if args.no_serve {
        let service = wiring::service_made(config, clock).await?;
        let login = prepare(&service).await?;
        return told(config, args, &login);
    }
    let serving = ServeArgs { listen: None, no_workers: false, output: args.output.clone() };
    let prepare = async |service: &Service| prepare(service).await.map(Some);
    serve::serve_prepared(config, &serving, clock, prepare).await
}

fn told(config: &Config, args: &DemoArgs, login: &Login) -> Outcome {
    if args.output.is_json() {
        let database = config.database.to_string();
        return json(&serde_json::json!({ "database": database, "login": login.told() }));
    }
    line(format!("the demo estate is in the register {}", config.database))?;
    line(login)
}
