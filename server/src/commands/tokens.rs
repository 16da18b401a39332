//! `token`: making, listing and revoking what scripts come with.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{TokenAddArgs, TokenCommand};
use crate::cli::exit::Exit;
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::Timestamp;
use cadastre_service::store::TokenRow;
use cadastre_service::{Service, ServiceError, TokenAdd};
use secrecy::ExposeSecret as _;

/// Tokens read at a time.
const ROWS: u32 = 1000;

pub async fn token(config: &Config, command: TokenCommand) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match command {
        TokenCommand::Add(args) => add(&service, args).await,
        TokenCommand::List { output } => list(&service, output.is_json()).await,
        TokenCommand::Revoke { id, output } => {
            match service.token_revoke(&actor::at_command_line(), id).await {
                Ok(row) if output.is_json() => json(&row),
                Ok(row) => line(format!("token {id} ({} of {}) is revoked", row.name, row.account)),
                Err(error) => failed(error),
            }
        }
    }
}

async fn add(service: &Service, args: TokenAddArgs) -> Outcome {
    let add = TokenAdd {
        account: args.account,
        name: args.name,
        write: args.write,
        expires: args.expires,
        allowed: args.allow,
    };
    let made = match service.token_add(&actor::at_command_line(), &add).await {
        Ok(made) => made,
        Err(error) => return failed(error),
    };
    let token = made.token.expose_secret();
    if args.output.is_json() {
        return json(&serde_json::json!({
            "id": made.id,
            "token": token,
            "account": add.account,
            "name": add.name.trim(),
            "write": add.write,
            "expires_at": made.expires_at,
        }));
    }
    let until = made.expires_at.map_or(String::new(), |at| format!(" until {at}"));
    line(format!("{token}\nthis is token {}, shown only now; it holds{until}", made.id))
}

async fn list(service: &Service, is_json: bool) -> Outcome {
    let tokens = match all(service).await {
        Ok(tokens) => tokens,
        Err(error) => return failed(error),
    };
    if is_json {
        return json(&tokens);
    }
    if tokens.is_empty() {
        return line("there is no token yet; `cadastre token add` makes one");
    }
    let columns = [
        ("id", Align::Right),
        ("account", Align::Left),
        ("name", Align::Left),
        ("may", Align::Left),
        ("state", Align::Left),
        ("from", Align::Left),
        ("last used", Align::Left),
    ];
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    for token in &tokens {
        table.row(&cells(token, service.now())).map_err(written)?;
    }
    table.finish().map_err(written)?;
    Ok(Exit::Done)
}

async fn all(service: &Service) -> Result<Vec<TokenRow>, ServiceError> {
    let (actor, mut tokens) = (actor::at_command_line(), Vec::<TokenRow>::new());
    loop {
        let after = tokens.last().map_or(0, |last| last.id);
        let page = service.token_list(&actor, after, ROWS).await?;
        if page.is_empty() {
            return Ok(tokens);
        }
        tokens.extend(page);
    }
}

fn cells(token: &TokenRow, now: Timestamp) -> [String; 7] {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) if at <= now => format!("expired {at}"),
        (None, Some(at)) => format!("until {at}"),
        (None, None) => "holds".to_owned(),
    };
    let nets: Vec<String> = token.allowed.iter().map(ToString::to_string).collect();
    [
        token.id.to_string(),
        token.account.clone(),
        token.name.clone(),
        if token.write { "read, write" } else { "read" }.to_owned(),
        state,
        if nets.is_empty() { "anywhere".to_owned() } else { nets.join(" ") },
        token.used_at.map_or("never".to_owned(), |at| at.to_string()),
    ]
}
