//! Runs: the list, newest first, and one with its scopes and errors.

use crate::api::Answer;
use crate::api::asked::{Asked, Base};
use crate::api::assets::read_id;
use crate::api::envelope::Paging;
use crate::api::field::{Field, Wished, fields, plain_choice};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::IntoResponse;
use cadastre_app::web::Viewer;
use cadastre_model::{Counts, RunId};
use cadastre_service::store::RunError;
use cadastre_service::{RUN_LINES, RunThen, RunWhole, Service};
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

/// The fields of a run in a list.
pub const RUN: &[Field] = fields! {
    id Number "Its number.";
    url Address "Where it is.";
    display Text "What to show people.";
    source Text "The name of the source it was of.";
    status Choice "How it stands.";
    actor Text "Who or what started it.";
    started Moment "When it began.";
    ended MomentOrNull "When it ended.";
    counts ObjectOrNull "What it did, in numbers; null if it was under way at the moment of `as_of`.";
    error TextOrNull "Why it failed or broke off as a whole.";
    tags Tags "Always empty: runs have no tags.";
    created Moment "When it began.";
    last_updated Moment "When it ended, or began if it has not.";
    custom_fields Object "Always empty.";
};

/// The few of `brief`.
pub const BRIEF: &[&str] = &["id", "url", "display", "source", "status"];

/// The fields that one run has beside those of a list.
pub const DETAILS: &[Field] = fields! {
    scopes Objects "How far each scope was read, after the one named `scopes_after`: scope, coverage, seen, error.";
    scopes_next TextOrNull "Where the next scopes are, if there are more.";
    errors Objects "Errors about single objects from number `errors_from` on: scope, subject, message.";
    errors_next TextOrNull "Where the next errors are, if there are more.";
};

/// Where a run is.
fn path_of(id: RunId) -> String {
    format!("/api/discovery/runs/{id}/")
}

/// `GET /api/discovery/runs/`
pub async fn list(State(service): State<Service>, viewer: Viewer, base: Base, uri: Uri) -> Answer {
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let paging = Paging::read(&mut asked);
    let wished = Wished::read(&mut asked, RUN, BRIEF);
    if let Some(order) = asked.one("ordering").filter(|order| order != "-id") {
        asked.problem("ordering", format!("`{order}`: runs come newest first only, as by -id"));
    }
    let source = asked.one("source");
    let before = paging.start.as_ref().map(|mark| mark.parse().map(RunId));
    if let Some(Err(_)) = before {
        asked.problem("start", "is no mark of this list; begin without it");
    }
    asked.finish("limit, offset, start, ordering, brief, fields, omit, as_of or source")?;
    let before = before.and_then(Result::ok);
    // One more tells whether there is a next page.
    let (skip, limit) = (paging.offset, paging.limit + 1);
    let actor = &viewer.actor;
    let mut page = service.run_page(actor, source.as_deref(), as_of, before, skip, limit).await?;
    let is_last = page.runs.len() <= paging.limit as usize;
    page.runs.truncate(paging.limit as usize);
    let last = page.runs.last().filter(|_| !is_last);
    let next = last.map(|last| last.run.id.to_string());
    let results = page.runs.iter().map(|run| wished.of(row(&base, run))).collect();
    Ok(paging.answer(&base, &uri, page.count, next.as_deref(), results))
}

/// `GET /api/discovery/runs/{id}/`
pub async fn one(
    State(service): State<Service>,
    viewer: Viewer,
    base: Base,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let id = read_id("run", &id).map(RunId)?;
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let wished = Wished::read(&mut asked, &all_fields(), BRIEF);
    let from = asked.number("errors_from", u32::MAX).unwrap_or_default();
    let after = asked.one("scopes_after").unwrap_or_default();
    asked.finish("as_of, brief, fields, omit, scopes_after or errors_from")?;
    let found = service.run_whole(&viewer.actor, id, as_of, &after, i64::from(from)).await?;
    Ok(Json(wished.of(whole(&base, &found, from))).into_response())
}

/// Every field of one run.
pub fn all_fields() -> Vec<Field> {
    RUN.iter().chain(DETAILS).copied().collect()
}

fn row(base: &Base, then: &RunThen) -> Map<String, Value> {
    let run = &then.run;
    let counts = (!then.was_under_way).then(|| counts(&run.counts));
    object(json!({
        "id": run.id,
        "url": base.address(&path_of(run.id)),
        "display": format!("{} {}", run.source, run.id),
        "source": run.source,
        "status": plain_choice(run.status.word()),
        "actor": run.actor,
        "started": run.started_at,
        "ended": run.ended_at,
        "counts": counts,
        "error": run.error,
        "tags": [],
        "created": run.started_at,
        "last_updated": run.ended_at.unwrap_or(run.started_at),
        "custom_fields": {},
    }))
}

/// A run as other objects name it.
pub fn named(base: &Base, then: &RunThen) -> Value {
    let mut run = row(base, then);
    run.retain(|name, _| BRIEF.contains(&name.as_str()) || name == "started");
    Value::Object(run)
}

fn whole(base: &Base, found: &RunWhole, from: u32) -> Map<String, Value> {
    let mut run = row(base, &found.then);
    let scopes: Vec<Value> = found
        .scopes
        .iter()
        .map(|scope| {
            json!({
                "scope": scope.scope,
                "coverage": plain_choice(scope.coverage.word()),
                "seen": scope.seen,
                "error": scope.error,
            })
        })
        .collect();
    let path = path_of(found.then.run.id);
    let further = |read: usize, parameter: &str, mark: String| {
        let mark: String = byte_serialize(mark.as_bytes()).collect();
        (read >= RUN_LINES as usize).then(|| base.address(&format!("{path}?{parameter}={mark}")))
    };
    let last = found.scopes.last().map(|scope| scope.scope.clone()).unwrap_or_default();
    let scopes_next = further(found.scopes.len(), "scopes_after", last);
    let errors_to = from as usize + found.errors.len();
    let errors_next = further(found.errors.len(), "errors_from", errors_to.to_string());
    run.insert("scopes".to_owned(), Value::Array(scopes));
    run.insert("scopes_next".to_owned(), json!(scopes_next));
    run.insert("errors".to_owned(), found.errors.iter().map(error).collect());
    run.insert("errors_next".to_owned(), json!(errors_next));
    run
}

fn error(error: &RunError) -> Value {
    json!({ "scope": error.scope, "subject": error.subject, "message": error.message })
}

fn counts(counts: &Counts) -> Value {
    json!(counts)
}

/// The members of an object.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
