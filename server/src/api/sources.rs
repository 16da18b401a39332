//! Sources: the list, and one. How a source is set is shown to those who manage sources.

use crate::api::Answer;
use crate::api::asked::{Asked, Base, flag_of};
use crate::api::assets::read_id;
use crate::api::envelope::Paging;
use crate::api::failure::ApiFailure;
use crate::api::field::{Field, Wished, choice, fields};
use crate::api::runs::{named, object};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use cadastre_app::web::Viewer;
use cadastre_model::SourceKind;
use cadastre_service::{Service, SourceThen};
use serde_json::{Map, Value, json};

/// The fields of a source.
pub const SOURCE: &[Field] = fields! {
    id Number "Its number.";
    url Address "Where it is.";
    display Text "What to show people.";
    name Text "Its name.";
    kind Choice "What sort of place it is.";
    enabled Flag "Whether its schedule reaches it.";
    schedule TextOrNull "When it runs, as cron in the organisation's zone; null: by hand.";
    settings ObjectOrNull "How it is set, without secrets; null for those who do not manage sources.";
    secrets ObjectOrNull "Where its secrets are, never what they are; null as above.";
    recording TextOrNull "The recording it replays, if it is one; null as above.";
    last_run ObjectOrNull "Its last run.";
    tags Tags "Always empty: sources have no tags.";
    created Moment "When it was added.";
    last_updated Moment "When its settings last changed.";
    custom_fields Object "Always empty.";
};

/// The few of `brief`.
pub const BRIEF: &[&str] = &["id", "url", "display", "name", "kind"];

/// `GET /api/discovery/sources/`
pub async fn list(State(service): State<Service>, viewer: Viewer, base: Base, uri: Uri) -> Answer {
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let paging = Paging::read(&mut asked);
    let wished = Wished::read(&mut asked, SOURCE, BRIEF);
    let backwards = match asked.one("ordering").as_deref() {
        None | Some("id") => false,
        Some("-id") => true,
        Some(order) => {
            let message = format!("`{order}`: sources come by id or -id only");
            asked.problem("ordering", message);
            false
        }
    };
    let (names, kinds) = (asked.all("name"), asked.all("kind"));
    let enabled = asked.all("enabled");
    let start = paging.start.as_ref().map(|mark| mark.parse::<i64>());
    if let Some(Err(_)) = start {
        asked.problem("start", "is no mark of this list; begin without it");
    }
    for value in enabled.iter().filter(|value| flag_of(value).is_none()) {
        asked.problem("enabled", format!("`{value}` is neither true nor false"));
    }
    asked.finish(
        "limit, offset, start, ordering, brief, fields, omit, as_of, or the filters name, kind, \
         enabled",
    )?;
    let mut sources = service.source_list_as_of(&viewer.actor, as_of).await?;
    let enabled: Vec<bool> = enabled.iter().filter_map(|value| flag_of(value)).collect();
    sources.retain(|source| {
        (names.is_empty() || names.contains(&source.name))
            && (kinds.is_empty() || kinds.iter().any(|kind| kind == source.kind.word()))
            && (enabled.is_empty() || enabled.contains(&source.enabled))
    });
    if backwards {
        sources.reverse();
    }
    let count = sources.len() as u64;
    if let Some(Ok(start)) = start {
        let is_after = |id: i64| if backwards { id < start } else { id > start };
        sources.retain(|source| is_after(source.id.0));
    }
    let limit = paging.limit as usize;
    let mut page = sources.iter().skip(paging.offset as usize).peekable();
    let mut shown = Vec::new();
    while let Some(source) = page.next_if(|_| shown.len() < limit) {
        shown.push(source);
    }
    let last = shown.last().filter(|_| page.peek().is_some());
    let next = last.map(|source| source.id.to_string());
    let results = shown.iter().map(|source| wished.of(row(&base, source))).collect();
    Ok(paging.answer(&base, &uri, count, next.as_deref(), results))
}

/// `GET /api/discovery/sources/{id}/`
pub async fn one(
    State(service): State<Service>,
    viewer: Viewer,
    base: Base,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let id = read_id("source", &id)?;
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let wished = Wished::read(&mut asked, SOURCE, BRIEF);
    asked.finish("as_of, brief, fields, omit")?;
    let sources = service.source_list_as_of(&viewer.actor, as_of).await?;
    let Some(source) = sources.iter().find(|source| source.id.0 == id) else {
        let when = as_of.map_or(String::new(), |at| format!(" as of {at}"));
        let detail = format!("there is no source {id}{when}");
        return Err(ApiFailure::new(StatusCode::NOT_FOUND, detail));
    };
    Ok(Json(wished.of(row(&base, source))).into_response())
}

fn row(base: &Base, source: &SourceThen) -> Map<String, Value> {
    let settings = source.settings.as_ref();
    object(json!({
        "id": source.id,
        "url": base.address(&format!("/api/discovery/sources/{}/", source.id)),
        "display": source.name,
        "name": source.name,
        "kind": choice(source.kind.word(), label(source.kind)),
        "enabled": source.enabled,
        "schedule": source.schedule,
        "settings": settings.map(|settings| &settings.table),
        "secrets": settings.map(|settings| &settings.secrets),
        "recording": settings.and_then(|settings| settings.recording.as_ref()),
        "last_run": source.last_run.as_ref().map(|run| named(base, run)),
        "tags": [],
        "created": source.created_at,
        "last_updated": source.changed_at,
        "custom_fields": {},
    }))
}

/// What people call such a place.
fn label(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Aws => "AWS",
        SourceKind::Vsphere => "vSphere",
        SourceKind::Snmp => "SNMP",
        SourceKind::Directory => "Directory",
        SourceKind::People => "People",
    }
}
