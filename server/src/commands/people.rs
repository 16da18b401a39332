//! `party`, `site`: the people and places of an estate.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{PartyCommand, PartyKind, SiteCommand};
use crate::cli::exit::Exit;
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_service::store::{Party, Site};

pub async fn party(config: &Config, command: PartyCommand) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let actor = actor::at_command_line();
    match command {
        PartyCommand::Add(args) => {
            let party = Party {
                name: args.name.clone().unwrap_or_else(|| args.handle.clone()),
                handle: args.handle,
                is_team: args.kind == PartyKind::Team,
                active: true,
            };
            match service.party_put(&actor, &party).await {
                Ok(()) if args.output.is_json() => json(&party),
                Ok(()) => line(format!("{} may own assets now", party.handle)),
                Err(error) => failed(error),
            }
        }
        PartyCommand::List { output } => {
            let parties = match service.party_list(&actor, None).await {
                Ok(parties) => parties,
                Err(error) => return failed(error),
            };
            if output.is_json() {
                return json(&parties);
            }
            let columns = [("handle", Align::Left), ("kind", Align::Left), ("name", Align::Left)];
            let mut table = TableWriter::new(out(), &columns, terminal_width());
            for party in &parties {
                let kind = if party.is_team { "team" } else { "person" };
                table.row(&[party.handle.as_str(), kind, party.name.as_str()]).map_err(written)?;
            }
            table.finish().map_err(written)?;
            Ok(Exit::Done)
        }
    }
}

pub async fn site(config: &Config, command: SiteCommand) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let actor = actor::at_command_line();
    match command {
        SiteCommand::Add(args) => {
            let site = Site {
                name: args.name.clone().unwrap_or_else(|| args.slug.clone()),
                slug: args.slug,
                parent: args.parent,
            };
            match service.site_put(&actor, &site).await {
                Ok(()) if args.output.is_json() => json(&site),
                Ok(()) => line(format!("site {} is there", site.slug)),
                Err(error) => failed(error),
            }
        }
        SiteCommand::List { output } => {
            let sites = match service.site_list(&actor, None).await {
                Ok(sites) => sites,
                Err(error) => return failed(error),
            };
            if output.is_json() {
                return json(&sites);
            }
            let columns = [("slug", Align::Left), ("name", Align::Left), ("in", Align::Left)];
            let mut table = TableWriter::new(out(), &columns, terminal_width());
            for site in &sites {
                let parent = site.parent.as_deref().unwrap_or_default();
                table.row(&[site.slug.as_str(), site.name.as_str(), parent]).map_err(written)?;
            }
            table.finish().map_err(written)?;
            Ok(Exit::Done)
        }
    }
}
