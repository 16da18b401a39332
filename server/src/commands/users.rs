//! `user`: who may log in, as what, and who may no longer.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{UserAddArgs, UserCommand, UserNameArgs, UserPasswordArgs, UserRoleArgs};
use crate::cli::exit::{Exit, Problem};
use crate::cli::secret::{ask_password, first_line};
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::Role;
use cadastre_service::{AccountChange, Service};
use secrecy::SecretString;
use serde::Serialize;

pub async fn user(config: &Config, command: UserCommand) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match command {
        UserCommand::Add(args) => add(&service, args).await,
        UserCommand::List { output } => list(&service, output.is_json()).await,
        UserCommand::Disable(args) => enable(&service, &args, false).await,
        UserCommand::Enable(args) => enable(&service, &args, true).await,
        UserCommand::Role(args) => role(&service, &args).await,
        UserCommand::Password(args) => password(&service, &args).await,
    }
}

async fn add(service: &Service, args: UserAddArgs) -> Outcome {
    let UserAddArgs { name, role, password_stdin, output } = args;
    let password = password_given(password_stdin)?;
    match service.account_add(&actor::at_command_line(), &name, role, password).await {
        Ok(()) if output.is_json() => json(&serde_json::json!({ "name": name, "role": role })),
        Ok(()) => line(format!("{name} may log in as {role}")),
        Err(error) => failed(error),
    }
}

async fn list(service: &Service, is_json: bool) -> Outcome {
    let accounts = match service.account_list(&actor::at_command_line()).await {
        Ok(accounts) => accounts,
        Err(error) => return failed(error),
    };
    if is_json {
        return json(&accounts);
    }
    if accounts.is_empty() {
        return line("there is no account yet; `cadastre user add` makes one");
    }
    let columns = [
        ("name", Align::Left),
        ("role", Align::Left),
        ("state", Align::Left),
        ("since", Align::Left),
        ("sessions", Align::Right),
    ];
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    for account in &accounts {
        let state = if account.enabled { "enabled" } else { "disabled" };
        let cells = [
            account.name.clone(),
            account.role.to_string(),
            state.to_owned(),
            account.created_at.to_string(),
            account.sessions.to_string(),
        ];
        table.row(&cells).map_err(written)?;
    }
    table.finish().map_err(written)?;
    Ok(Exit::Done)
}

async fn enable(service: &Service, args: &UserNameArgs, enabled: bool) -> Outcome {
    let name = &args.name;
    let change = service.account_enable(&actor::at_command_line(), name, enabled).await;
    let change = match change {
        Ok(change) => change,
        Err(error) => return failed(error),
    };
    if args.output.is_json() {
        return json(&Changed { enabled: Some(enabled), ..Changed::of(name, change) });
    }
    match (enabled, change.changed) {
        (true, true) => line(format!("{name} may log in again")),
        (true, false) => line(format!("{name} is enabled already; nothing was changed")),
        (false, true) => line(format!("{name} may log in no more; {}", ended(change))),
        (false, false) => line(format!("{name} is disabled already; nothing was changed")),
    }
}

async fn role(service: &Service, args: &UserRoleArgs) -> Outcome {
    let UserRoleArgs { name, role, output } = args;
    let change = match service.account_role(&actor::at_command_line(), name, *role).await {
        Ok(change) => change,
        Err(error) => return failed(error),
    };
    if output.is_json() {
        return json(&Changed { role: Some(*role), ..Changed::of(name, change) });
    }
    match change.changed {
        true => line(format!("{name} has the role {role} now; {}", ended(change))),
        false => line(format!("{name} has the role {role} already; nothing was changed")),
    }
}

async fn password(service: &Service, args: &UserPasswordArgs) -> Outcome {
    let name = &args.name;
    let password = password_given(args.password_stdin)?;
    match service.account_password(&actor::at_command_line(), name, password).await {
        Ok(change) if args.output.is_json() => json(&Changed::of(name, change)),
        Ok(change) => line(format!("{name} has a new password; {}", ended(change))),
        Err(error) => failed(error),
    }
}

fn password_given(from_stdin: bool) -> Result<SecretString, Vec<Problem>> {
    let password = if from_stdin { first_line() } else { ask_password() };
    password.map_err(|why| {
        vec![
            Problem::new(format!("no password could be read: {why}"))
                .advise("give it with --password-stdin"),
        ]
    })
}

fn ended(change: AccountChange) -> String {
    format!("sessions ended: {}", change.sessions_ended)
}

/// What became of an account, for scripts.
#[derive(Serialize)]
struct Changed<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(flatten)]
    change: AccountChange,
}

impl<'a> Changed<'a> {
    fn of(name: &'a str, change: AccountChange) -> Changed<'a> {
        Changed { name, enabled: None, role: None, change }
    }
}
