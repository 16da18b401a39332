//! Changing assets by hand: a value is a lock that sources do not overwrite, until it is released.

use crate::api::Answer;
use crate::api::asked::{Asked, Base};
use crate::api::asset_json::{ASSET, BRIEF};
use crate::api::assets::{all_fields, etag, objects, read_id, shown};
use crate::api::body::JsonBody;
use crate::api::envelope::MOST_ROWS;
use crate::api::failure::{ApiFailure, Problems};
use crate::api::field::Wished;
use crate::api::tag_edit;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use cadastre_app::web::Viewer;
use cadastre_model::query::Query;
use cadastre_model::registry::ValueType;
use cadastre_model::{Actor, AssetId, Attr, Rev};
use cadastre_service::store::{Sort, SortKey};
use cadastre_service::toml_doc::closest;
use cadastre_service::{AssetChange, AssetEdit, EditError, EditProblem, EditTrouble, Service};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// `PATCH /api/inventory/assets/{id}/`
pub async fn one(
    State(service): State<Service>,
    viewer: Viewer,
    base: Base,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Answer {
    let id = read_id("asset", &id).map(AssetId)?;
    let mut asked = Asked::of(&uri);
    let wished = Wished::read(&mut asked, &all_fields(), BRIEF);
    asked.finish("brief, fields, omit")?;
    let Value::Object(object) = body else {
        return Err(bad("expected an object of what to change, such as {\"owner\": \"payments\"}"));
    };
    let edit = read(&service, &object, Some(id));
    let edit = edit.map_err(|problems| ApiFailure::problems("fields", &problems))?;
    let change = AssetChange { id, edit, versions: versions(&headers, id)? };
    match service.asset_edit_all(&viewer.actor, &[change]).await {
        Ok(()) => shown(&service, &viewer.actor, &base, id, None, &wished).await,
        Err(EditError::Service(error)) => Err(error.into()),
        Err(EditError::Refused(problems)) => Err(refused_one(&problems)),
    }
}

/// `PATCH /api/inventory/assets/`: an array of what to change, each with its `id`; all or none.
pub async fn many(
    State(service): State<Service>,
    viewer: Viewer,
    base: Base,
    uri: Uri,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Answer {
    let mut asked = Asked::of(&uri);
    let wished = Wished::read(&mut asked, ASSET, BRIEF);
    asked.finish("brief, fields, omit")?;
    if headers.contains_key(IF_MATCH) {
        return Err(bad("If-Match goes with one asset; change them one by one to use it"));
    }
    let changes = match &body {
        Value::Array(parts) => read_all(&service, parts)?,
        _ => return Err(bad("expected an array of objects, each with the `id` of an asset")),
    };
    match service.asset_edit_all(&viewer.actor, &changes).await {
        Ok(()) => {}
        Err(EditError::Service(error)) => return Err(error.into()),
        Err(EditError::Refused(problems)) => return Err(refused_many(by_part(&problems))),
    }
    let ids: Vec<AssetId> = changes.iter().map(|change| change.id).collect();
    let results = changed(&service, &viewer.actor, &base, &ids, &wished).await?;
    Ok(Json(results).into_response())
}

/// Assets that were changed just now, in the order they were named.
async fn changed(
    service: &Service,
    actor: &Actor,
    base: &Base,
    ids: &[AssetId],
    wished: &Wished,
) -> Result<Vec<Map<String, Value>>, ApiFailure> {
    let which = Query::any_of(ids.iter().map(|id| Query::Id(id.0)).collect());
    let query = Query::all_of(vec![which, Query::Any]);
    let sort = Sort { key: SortKey::Id, descending: false };
    let mut page = service.asset_list(actor, &query, None, sort, None, MOST_ROWS).await?;
    let place: BTreeMap<AssetId, usize> =
        ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
    page.rows.sort_by_key(|row| place.get(&row.id).copied());
    objects(service, actor, base, &page, wished).await
}

/// The revisions that `If-Match` names; `None`: any will do.
fn versions(headers: &HeaderMap, id: AssetId) -> Result<Option<Vec<Rev>>, ApiFailure> {
    let mut values = headers.get_all(IF_MATCH).iter().peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let mut versions = Vec::new();
    for value in values {
        let text = value.to_str().map_err(|_| bad("the header If-Match cannot be read"))?;
        for mark in text.split(',').map(str::trim) {
            if mark == "*" {
                return Ok(None);
            }
            // A mark of another asset, or of another server, is simply none of this one's.
            let rev = mark.trim_matches('"').rsplit_once('-').and_then(|(_, rev)| rev.parse().ok());
            versions.extend(rev.map(Rev).filter(|rev| etag(id, *rev) == mark));
        }
    }
    Ok(Some(versions))
}

fn read_all(service: &Service, parts: &[Value]) -> Result<Vec<AssetChange>, ApiFailure> {
    let most = MOST_ROWS as usize;
    if parts.is_empty() || parts.len() > most {
        return Err(bad(format!("expected 1 to {most} objects, found {}", parts.len())));
    }
    let (mut changes, mut wrong) = (Vec::with_capacity(parts.len()), BTreeMap::new());
    for (index, part) in parts.iter().enumerate() {
        match read_part(service, part) {
            Ok(change) => changes.push(change),
            Err(problems) => {
                wrong.insert(index, problems);
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(changes),
        false => Err(refused_many(wrong)),
    }
}

fn read_part(service: &Service, part: &Value) -> Result<AssetChange, Problems> {
    let one =
        |name: &str, message: &str| Problems::from([(name.to_owned(), vec![message.to_owned()])]);
    let Value::Object(object) = part else {
        return Err(one("id", "expected an object with the `id` of an asset"));
    };
    let edit = read(service, object, None);
    let id = object.get("id").and_then(Value::as_i64).filter(|id| *id > 0).map(AssetId);
    match (id, edit) {
        (Some(id), Ok(edit)) => Ok(AssetChange { id, edit, versions: None }),
        (Some(_), Err(problems)) => Err(problems),
        (None, edit) => {
            let mut problems = edit.err().unwrap_or_default();
            problems.extend(one("id", "expected the number of an asset"));
            Err(problems)
        }
    }
}

/// What an object changes; `id` is the asset's, if the address says it.
fn read(
    service: &Service,
    object: &Map<String, Value>,
    id: Option<AssetId>,
) -> Result<AssetEdit, Problems> {
    let (mut edit, mut problems) = (AssetEdit::default(), Problems::new());
    let mut wrong = |name: &str, message: String| {
        problems.entry(name.to_owned()).or_default().push(message);
    };
    for (name, value) in object {
        match name.as_str() {
            "id" => {
                if id.is_some_and(|id| value.as_i64() != Some(id.0)) {
                    wrong(name, "is not the asset of this address".to_owned());
                }
            }
            "release" => match texts(value) {
                Some(names) => {
                    for one in names {
                        match attribute(one) {
                            Ok(attr) => edit.release.push(attr),
                            Err(problem) => wrong(name, problem),
                        }
                    }
                }
                None => wrong(name, "expected an array of attributes, such as [\"owner\"]".into()),
            },
            "effective_from" => match value.as_str().map(|text| service.zone().date(text)) {
                Some(Ok(at)) => edit.effective_from = Some(at),
                Some(Err(error)) => wrong(name, error.to_string()),
                None => wrong(name, "expected a day, such as \"2026-07-01\"".into()),
            },
            "attributes" => match value {
                Value::Object(attributes) => {
                    for (name, value) in attributes {
                        match set(name, value) {
                            Ok(one) => edit.set.push(one),
                            Err(problem) => wrong(name, problem),
                        }
                    }
                }
                _ => wrong(name, "expected an object of attributes".into()),
            },
            "tags" => match tag_edit::read(value) {
                Ok(tags) => {
                    for (key, value) in tags {
                        match value {
                            Some(value) => edit.tag_set.push((key, value)),
                            None => edit.tag_remove.push(key),
                        }
                    }
                }
                Err(problems) => problems.into_iter().for_each(|problem| wrong(name, problem)),
            },
            "release_tags" => match texts(value) {
                Some(keys) => edit.tag_release.extend(keys.into_iter().map(str::to_owned)),
                None => wrong(name, "expected an array of keys, such as [\"team\"]".into()),
            },
            _ => match set(name, value) {
                Ok(one) => edit.set.push(one),
                Err(problem) => wrong(name, problem),
            },
        }
    }
    for attr in twice(&edit) {
        wrong(attr.name(), "is given twice; expected it once, to be set or to be released".into());
    }
    if problems.is_empty() { Ok(edit) } else { Err(problems) }
}

/// Attributes that are named more than once.
fn twice(edit: &AssetEdit) -> Vec<Attr> {
    let named: Vec<Attr> =
        edit.set.iter().map(|(attr, _)| *attr).chain(edit.release.iter().copied()).collect();
    let again = |(index, attr): (usize, &Attr)| named.iter().skip(index + 1).any(|one| one == attr);
    let again = named.iter().enumerate().filter(|one| again(*one));
    again.map(|(_, attr)| *attr).collect()
}

/// An attribute and the text it is set to.
fn set(name: &str, value: &Value) -> Result<(Attr, String), String> {
    let attr = attribute(name)?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Array(_) if attr.def().value_type == ValueType::List => {
            let items = texts(value).filter(|items| items.iter().all(|item| !item.contains(',')));
            items.ok_or("expected an array of texts without commas")?.join(",")
        }
        Value::Null => {
            return Err(format!(
                "null says nothing; \"\" sets it deliberately empty, and \"release\": [\"{name}\"] \
                 lets the sources say again"
            ));
        }
        Value::Array(_) | Value::Object(_) => return Err("expected a plain value".to_owned()),
    };
    Ok((attr, text))
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn attribute(name: &str) -> Result<Attr, String> {
    if let Some(attr) = Attr::from_name(name) {
        return match attr.is_versioned() {
            true => Ok(attr),
            false => Err("cannot be set: only what sources last said of it is kept".to_owned()),
        };
    }
    if all_fields().iter().any(|field| field.name == name) {
        return Err("cannot be set by hand; attributes can, such as owner, site, env".to_owned());
    }
    let names = Attr::ALL.iter().filter(|attr| attr.is_versioned()).map(|attr| attr.name());
    Err(match closest(name, names) {
        Some(near) => format!("there is no such attribute; did you mean `{near}`?"),
        None => "there is no such attribute; such as owner, site, env, description".to_owned(),
    })
}

fn bad(detail: impl Into<String>) -> ApiFailure {
    ApiFailure::new(StatusCode::BAD_REQUEST, detail)
}

/// What is wrong with each part, by field.
fn by_part(problems: &[EditProblem]) -> BTreeMap<usize, Problems> {
    let mut parts: BTreeMap<usize, Problems> = BTreeMap::new();
    for problem in problems {
        let (name, message) = match problem.trouble {
            EditTrouble::Value(attr) => {
                let prefix = format!("{attr}: ");
                let message = problem.message.strip_prefix(&prefix).unwrap_or(&problem.message);
                (attr.name(), message)
            }
            EditTrouble::Tag => ("tags", problem.message.as_str()),
            EditTrouble::Port => ("ports", problem.message.as_str()),
            EditTrouble::NoAsset | EditTrouble::Twice | EditTrouble::Changed => {
                ("id", problem.message.as_str())
            }
        };
        let part = parts.entry(problem.index).or_default();
        part.entry(name.to_owned()).or_default().push(message.to_owned());
    }
    parts
}

fn refused_one(problems: &[EditProblem]) -> ApiFailure {
    let of = |trouble| problems.iter().find(|problem| problem.trouble == trouble);
    if let Some(problem) = of(EditTrouble::NoAsset) {
        return ApiFailure::new(StatusCode::NOT_FOUND, &problem.message);
    }
    if let Some(problem) = of(EditTrouble::Changed) {
        return ApiFailure::new(StatusCode::PRECONDITION_FAILED, &problem.message);
    }
    let fields = by_part(problems).into_values().next().unwrap_or_default();
    ApiFailure::problems("fields", &fields)
}

fn refused_many(parts: BTreeMap<usize, Problems>) -> ApiFailure {
    let detail = format!("nothing was changed: {} of the objects cannot be", parts.len());
    let errors: Vec<Value> = parts
        .into_iter()
        .map(|(index, errors)| json!({ "index": index, "errors": errors }))
        .collect();
    bad(detail).with(Value::Array(errors))
}
