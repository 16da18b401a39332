//! `asset`: one asset with its evidence, and what people set on it.

use super::Outcome;
use super::answer::{failed, json, out, written};
use super::asset_page::{page_json, write_page};
use super::assets::moment;
use crate::actor;
use crate::cli::args::AssetArgs;
use crate::cli::exit::Exit;
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::{AssetId, Attr, FarPort};
use cadastre_service::{AssetEdit, ErrorKind, Service, ServiceError};
use std::io::Write;

/// Changes shown; older ones page by page in the browser and the API.
const CHANGES: u32 = 1000;

pub async fn run(config: &Config, args: &AssetArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match answer(&service, args).await {
        Ok(outcome) => outcome,
        Err(error) => failed(error),
    }
}

async fn answer(service: &Service, args: &AssetArgs) -> Result<Outcome, ServiceError> {
    let actor = actor::at_command_line();
    let id = AssetId(args.id);
    if args.is_edit() {
        let edit = edit_of(service, args)?;
        service.asset_edit(&actor, id, &edit).await?;
    }
    let as_of = moment(service, args.as_of.as_deref())?;
    let page = service.asset_fetch(&actor, id, as_of).await?;
    let changes = service.asset_changes(&actor, page.id, as_of, None, CHANGES).await?;
    if args.output.is_json() {
        return Ok(json(&page_json(&page, &changes)));
    }
    let mut out = out();
    let done = write_page(&mut out, &page, &changes).and_then(|()| out.flush());
    Ok(done.map(|()| Exit::Done).map_err(written))
}

fn edit_of(service: &Service, args: &AssetArgs) -> Result<AssetEdit, ServiceError> {
    let tag_set = args.tag.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
    let mut edit = AssetEdit {
        tag_set,
        tag_remove: args.untag.clone(),
        tag_release: args.release_tag.clone(),
        port_release: args.release_port.clone(),
        ..AssetEdit::default()
    };
    let mut problems = Vec::new();
    for pair in &args.set {
        match attribute(&pair.key) {
            Ok(attr) => edit.set.push((attr, pair.value.clone())),
            Err(problem) => problems.push(format!("--set: {problem}")),
        }
    }
    for key in &args.release {
        match attribute(key) {
            Ok(attr) => edit.release.push(attr),
            Err(problem) => problems.push(format!("--release: {problem}")),
        }
    }
    for pair in &args.port {
        match far_port(&pair.value) {
            Ok(far) => edit.port_set.push((pair.key.clone(), far)),
            Err(problem) => problems.push(format!("--port {}: {problem}", pair.key)),
        }
    }
    if let Some(text) = &args.effective_from {
        match service.zone().date(text) {
            Ok(at) => edit.effective_from = Some(at),
            Err(error) => problems.push(format!("--effective-from: {error}")),
        }
    }
    match problems.is_empty() {
        true => Ok(edit),
        false => Err(ServiceError::new(ErrorKind::Invalid, problems.join("\n"))),
    }
}

/// `17/Gi1/0/24` or `17`; nothing is the end of a port that leads nowhere.
fn far_port(text: &str) -> Result<Option<FarPort>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (asset, port) = text.split_once('/').map_or((text, None), |(one, port)| (one, Some(port)));
    let number: i64 = asset.parse().map_err(|_| {
        format!("`{asset}` is not an asset's number; expected such as 17/Gi1/0/24, 17, or nothing")
    })?;
    Ok(Some(FarPort { asset: AssetId(number), port: port.map(str::to_owned) }))
}

fn attribute(key: &str) -> Result<Attr, String> {
    let versioned = Attr::from_name(key).filter(|attr| attr.is_versioned());
    versioned.ok_or_else(|| {
        let names = Attr::ALL.iter().map(|attr| attr.name());
        match cadastre_service::toml_doc::closest(key, names) {
            Some(near) => format!("there is no attribute `{key}`; did you mean `{near}`?"),
            None => format!("there is no attribute `{key}`; such as owner, site, env, description"),
        }
    })
}
