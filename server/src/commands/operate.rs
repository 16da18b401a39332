//! What those who run the program need: migrate, backup, restore, the audit log, the configuration.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{
    AuditCommand, CheckConfigArgs, Cli, CompletionsArgs, FileArgs, MigrateArgs,
};
use crate::cli::exit::Exit;
use crate::config::Config;
use crate::wiring::{self, Key, store_problems};
use cadastre_service::store::{SchemaState, Store};
use clap::CommandFactory;
use serde_json::json as object;
use std::io::Write;

pub async fn migrate(config: &Config, args: &MigrateArgs) -> Outcome {
    let store = wiring::store_made(config).await?;
    let state = store.schema_state().await.map_err(store_problems)?;
    debug_assert_eq!(state, SchemaState::Current);
    match args.output.is_json() {
        true => json(&object!({ "database": store.address(), "state": "current" })),
        false => line(format!("{} is of this version", store.address())),
    }
}

pub async fn backup(config: &Config, args: &FileArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    if let Err(error) = service.backup(&actor::at_command_line(), &args.file).await {
        return failed(error);
    }
    let bytes = std::fs::metadata(&args.file).map(|file| file.len()).unwrap_or_default();
    match args.output.is_json() {
        true => json(&object!({ "file": args.file, "bytes": bytes })),
        false => line(format!(
            "{} holds the whole register ({bytes} bytes); the sealing key is not in it",
            args.file.display()
        )),
    }
}

pub async fn restore(config: &Config, args: &FileArgs) -> Outcome {
    if let crate::config::Database::Sqlite(path) = &config.database
        && let Some(folder) = path.parent()
    {
        // If it cannot be made, restoring says why.
        let _ = std::fs::create_dir_all(folder);
    }
    let store = Store::restore(&wiring::address(config), &args.file).await;
    let store = store.map_err(store_problems)?;
    let state = store.schema_state().await.map_err(store_problems)?;
    let advice = match state {
        SchemaState::Current => "",
        _ => "; it is of an older version: run `cadastre migrate`",
    };
    match args.output.is_json() {
        true => json(&object!({ "database": store.address(), "file": args.file })),
        false => {
            line(format!("{} was restored from {}{advice}", store.address(), args.file.display()))
        }
    }
}

pub async fn audit(config: &Config, command: AuditCommand) -> Outcome {
    let AuditCommand::Verify { output } = command;
    let service = wiring::service(config, Key::Read).await?;
    let check = match service.audit_check(&actor::at_command_line()).await {
        Ok(check) => check,
        Err(error) => return failed(error),
    };
    let exit = if check.broken.is_some() { Exit::Failed } else { Exit::Done };
    match &check.broken {
        _ if output.is_json() => json(&check)?,
        Some((seq, why)) => line(format!(
            "the audit log does not fit at entry {seq}: {why}; {} entries before it fit",
            check.entries
        ))?,
        None => line(format!("{} entries fit; the head is {}", check.entries, check.head))?,
    };
    Ok(exit)
}

pub fn check_config(config: &Config, args: &CheckConfigArgs) -> Outcome {
    if args.output.is_json() {
        return json(&config.describe());
    }
    let mut out = out();
    let file = config.file.as_ref().map_or("none".to_owned(), |file| file.display().to_string());
    writeln!(out, "configuration file: {file}").map_err(written)?;
    for one in config.describe() {
        writeln!(out, "{} = {}  ({})", one.key, one.value, one.from).map_err(written)?;
    }
    out.flush().map_err(written)?;
    Ok(Exit::Done)
}

pub fn completions(args: &CompletionsArgs) -> Outcome {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cadastre", &mut script);
    let mut out = out();
    out.write_all(&script).and_then(|()| out.flush()).map_err(written)?;
    Ok(Exit::Done)
}
