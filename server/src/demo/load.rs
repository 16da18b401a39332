//! Loading: the estate as it was a month ago, what people did since, the estate as it is, and the login.
//!
//! The account comes last: where it is, all is loaded. A load that was broken off is done again from its
//! start, which changes nothing that is there already.

use super::clock::DemoClock;
use super::knowledge::{EDITS, Edit, parties, sites};
use super::login::Login;
use super::recordings::{Played, SOURCES, State, unpack};
use crate::actor::at_command_line;
use crate::cli::exit::Problem;
use crate::wiring::problems;
use cadastre_model::{Actor, Role, RunStatus};
use cadastre_service::store::Sort;
use cadastre_service::{AssetEdit, DiscoverRequest, RunProgress, Service};
use std::path::Path;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The account that people log in with.
const ACCOUNT: &str = "demo";
/// Days between the two states.
const MONTH: i64 = 30;
/// When people wrote down who there is and where, in days ago.
const BEGAN: i64 = 28;
/// More assets than any edit is about.
const MOST: u32 = 500;

type Done<T> = Result<T, Vec<Problem>>;

/// Loads the estate if it is not there, and gives the demo's account a new password: the old one stood
/// on a terminal, and is kept nowhere.
///
/// # Errors
/// The register holds something else, or what stopped the loading.
pub async fn load(service: &Service, clock: &DemoClock, folder: &Path) -> Done<Login> {
    let actor = at_command_line();
    unpack(folder)?;
    if !is_loaded(service, &actor).await? {
        tracing::info!("loading the demo estate");
        clock.set_days_behind(MONTH);
        discover(service, &actor, State::Earlier, folder).await?;
        people(service, clock).await?;
        clock.set_days_behind(0);
        discover(service, &actor, State::Later, folder).await?;
    }
    let password = service.account_renew(&actor, ACCOUNT, Role::Admin).await.map_err(problems)?;
    Ok(Login { name: ACCOUNT, password })
}

/// Whether all is there. A register that holds anything else is refused: the demo's login would open it.
async fn is_loaded(service: &Service, actor: &Actor) -> Done<bool> {
    let sources = service.source_list(actor).await.map_err(problems)?;
    let accounts = service.account_list(actor).await.map_err(problems)?;
    let ours = |name: &str, recording: &Path| {
        SOURCES.iter().any(|one| one.name == name && one.is_of(recording))
    };
    let is_ours = sources
        .iter()
        .all(|one| one.recording.as_deref().is_some_and(|recording| ours(&one.name, recording)));
    let has_account = accounts.iter().any(|one| one.name == ACCOUNT);
    match (is_ours, has_account) {
        (true, true) if sources.len() == SOURCES.len() => Ok(true),
        (true, false) if accounts.is_empty() => Ok(false),
        _ => Err(vec![
            Problem::new("this register is not the demo's: it has other sources or accounts")
                .advise("name a new one with --database sqlite:///PATH/demo.db"),
        ]),
    }
}

async fn discover(service: &Service, actor: &Actor, state: State, folder: &Path) -> Done<()> {
    for source in &SOURCES {
        replay(service, actor, source, state, folder).await?;
    }
    Ok(())
}

async fn replay(
    service: &Service,
    actor: &Actor,
    source: &Played,
    state: State,
    folder: &Path,
) -> Done<()> {
    let file = source.describe(state, folder)?;
    service.source_file_put(actor, &file, None).await.map_err(problems)?;
    let (progress, _) = watch::channel(RunProgress::default());
    let request = DiscoverRequest::default();
    let cancel = CancellationToken::new();
    let report = service.discover(actor, source.name, &request, progress, cancel).await;
    let report = report.map_err(problems)?;
    if report.status == RunStatus::Complete {
        return Ok(());
    }
    let why = report.error.unwrap_or_else(|| "not every scope was read whole".to_owned());
    let which = format!("{state:?} of {}", source.name);
    Err(vec![Problem::new(format!("the recording {which} could not be loaded: {why}"))])
}

/// What people did in the month.
async fn people(service: &Service, clock: &DemoClock) -> Done<()> {
    let person = Actor::new(format!("user:{ACCOUNT}"), Role::Admin);
    clock.set_days_behind(BEGAN);
    for party in parties() {
        service.party_put(&person, &party).await.map_err(problems)?;
    }
    for site in sites() {
        service.site_put(&person, &site).await.map_err(problems)?;
    }
    for edit in &EDITS {
        clock.set_days_behind(edit.days_ago);
        apply(service, &person, edit).await?;
    }
    Ok(())
}

async fn apply(service: &Service, person: &Actor, edit: &Edit) -> Done<()> {
    let query = service.query(edit.query).map_err(problems)?;
    let found = service.asset_list(person, &query, None, Sort::default(), None, MOST).await;
    let change =
        AssetEdit { set: vec![(edit.attr, edit.value.to_owned())], ..AssetEdit::default() };
    for row in found.map_err(problems)?.rows {
        service.asset_edit(person, row.id, &change).await.map_err(problems)?;
    }
    Ok(())
}
