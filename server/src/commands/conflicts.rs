//! `conflicts`: the queue of decisions, and deciding.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{ConflictsArgs, ConflictsCommand};
use crate::cli::exit::Exit;
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::{Conflict, Decision};
use cadastre_service::Service;

/// Conflicts read at a time.
const PAGE: u32 = 500;

pub async fn run(config: &Config, args: &ConflictsArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match &args.command {
        Some(ConflictsCommand::Accept(one)) => {
            decide(&service, one.id, Decision::Accept, one.output.is_json()).await
        }
        Some(ConflictsCommand::Reject(one)) => {
            decide(&service, one.id, Decision::Reject, one.output.is_json()).await
        }
        None => list(&service, args).await,
    }
}

async fn decide(service: &Service, id: i64, decision: Decision, is_json: bool) -> Outcome {
    match service.conflict_decide(&actor::at_command_line(), id, decision).await {
        Ok(()) if is_json => json(&serde_json::json!({ "id": id, "decision": decision })),
        Ok(()) => {
            let word = if decision == Decision::Accept { "accepted" } else { "rejected" };
            line(format!("conflict {id} {word}"))
        }
        Err(error) => failed(error),
    }
}

async fn list(service: &Service, args: &ConflictsArgs) -> Outcome {
    let mut conflicts: Vec<Conflict> = Vec::new();
    loop {
        let after = conflicts.last().map_or(0, |last| last.id);
        let page = service.conflict_list(&actor::at_command_line(), args.all, after, PAGE).await;
        let page = match page {
            Ok(page) => page,
            Err(error) => return failed(error),
        };
        if page.is_empty() {
            break;
        }
        conflicts.extend(page);
    }
    if args.output.is_json() {
        return json(&conflicts);
    }
    if conflicts.is_empty() {
        return line("nothing waits for a decision");
    }
    let columns = [
        ("id", Align::Right),
        ("what", Align::Left),
        ("since", Align::Left),
        ("decided", Align::Left),
        ("why", Align::Left),
    ];
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    for one in &conflicts {
        let decided = match (&one.decided, &one.withdrawn) {
            (Some((Decision::Accept, _, who)), _) => format!("accepted by {who}"),
            (Some((Decision::Reject, _, who)), _) => format!("rejected by {who}"),
            (None, Some((_, who))) => format!("withdrawn by {who}"),
            (None, None) => String::new(),
        };
        let cells = [
            one.id.to_string(),
            one.kind.word().to_owned(),
            one.opened_at.to_string(),
            decided,
            one.reason.clone(),
        ];
        table.row(&cells).map_err(written)?;
    }
    table.finish().map_err(written)?;
    Ok(Exit::Done)
}
