//! Asking for properties of many objects, a page at a time.
//!
//! An object set is at most 500, whatever a server would take: that bounds the memory a page needs,
//! and a server that ignores the limit on an answer cannot undo it.

use super::params::{ContinueRetrievePropertiesEx, CreateContainerView, RetrievePropertiesEx};
use super::row::{Known, Ref, Row};
use super::session::Session;
use crate::fault::Fault;
use std::collections::BTreeSet;
use vim_rs::types::structs::ManagedObjectReference;

/// Objects on one page, at most.
pub(crate) const PAGE: usize = 500;

/// So many objects of one page may vanish one after the other before the page is given up.
const VANISHING_MAX: usize = 25;

/// What came of a page.
#[derive(Default)]
pub(crate) struct Retrieved {
    /// The objects that answered.
    pub rows: Vec<Row>,
    /// Objects that are no longer there.
    pub gone: usize,
    /// Objects that should have answered, and did not.
    pub missing: Vec<Ref>,
}

/// The objects of these kinds in or below `container`, each once, in the server's order.
///
/// # Errors
/// Refused, or no answer.
pub(crate) async fn view(
    session: &Session,
    container: &Ref,
    kinds: &[&str],
) -> Result<Vec<Ref>, Fault> {
    let manager = session.views()?;
    let method = "CreateContainerView";
    let asked = {
        let params = CreateContainerView::new(container, kinds);
        session.question(method, manager, Some(&params))
    };
    let answer = session.call(asked).await?;
    let view = session.returned_object(method, &answer)?;
    let listed = listed(session, &view).await;
    // It ends with the session anyway.
    let _ = session.call(session.question("DestroyView", &view, None)).await;
    listed
}

async fn listed(session: &Session, view: &Ref) -> Result<Vec<Ref>, Fault> {
    let rows = pages(session, "ContainerView", std::slice::from_ref(view), &["view"]).await?;
    let row = rows.into_iter().next();
    let Some(mut row) = row else {
        return Err(Fault::unreadable("RetrievePropertiesEx", "it lists nothing of a view"));
    };
    match row.take::<Vec<ManagedObjectReference>>("view") {
        Known::NotRead(why) => Err(Fault::unreadable("RetrievePropertiesEx", &why)),
        listed => {
            let listed = listed.value().unwrap_or_default();
            let mut seen = BTreeSet::new();
            Ok(listed.iter().map(Ref::of).filter(|one| seen.insert(one.clone())).collect())
        }
    }
}

/// These properties of these objects, of which there are at most [`PAGE`].
///
/// # Errors
/// Refused, or no answer: nothing of the page was read.
pub(crate) async fn retrieve(
    session: &Session,
    kind: &str,
    objects: &[Ref],
    paths: &[&str],
) -> Result<Retrieved, Fault> {
    let mut objects = objects.to_vec();
    let mut out = Retrieved::default();
    let mut unknown: BTreeSet<String> = paths
        .iter()
        .filter(|path| session.is_unknown(kind, path))
        .map(|path| (*path).to_owned())
        .collect();
    while !objects.is_empty() {
        let asked: Vec<&str> =
            paths.iter().copied().filter(|path| !unknown.contains(*path)).collect();
        match pages(session, kind, &objects, &asked).await {
            Ok(rows) => {
                sort_out(&mut out, &objects, rows, &unknown);
                return Ok(out);
            }
            Err(fault) => match cure(&fault, &asked, &objects) {
                Some(Cure::WithoutPath(path)) => {
                    unknown.insert(path);
                }
                Some(Cure::WithoutObject(id)) if out.gone < VANISHING_MAX => {
                    objects.retain(|one| one.id != id);
                    out.gone += 1;
                }
                Some(Cure::InHalves) => {
                    let (first, second) = objects.split_at(objects.len() / 2);
                    for half in [first, second] {
                        let half = Box::pin(retrieve(session, kind, half, paths)).await?;
                        out.rows.extend(half.rows);
                        out.gone += half.gone;
                        out.missing.extend(half.missing);
                    }
                    return Ok(out);
                }
                _ => return Err(fault),
            },
        }
    }
    Ok(out)
}

/// Finds out which of these properties the server does not know, by one object of the kind, so that
/// no page is asked twice for that.
///
/// # Errors
/// Refused, or no answer.
pub(crate) async fn learn(
    session: &Session,
    kind: &str,
    object: &Ref,
    paths: &[&str],
) -> Result<(), Fault> {
    loop {
        let asked: Vec<&str> =
            paths.iter().copied().filter(|path| !session.is_unknown(kind, path)).collect();
        let Err(fault) = pages(session, kind, std::slice::from_ref(object), &asked).await else {
            return Ok(());
        };
        match cure(&fault, &asked, &[]) {
            Some(Cure::WithoutPath(path)) => session.note_unknown(kind, &path),
            // It was deleted meanwhile; each page finds out for itself then.
            _ if fault.kind() == Some("ManagedObjectNotFound") => return Ok(()),
            _ => return Err(fault),
        }
    }
}

/// What can be left out so that a page that was refused may be answered.
enum Cure {
    WithoutPath(String),
    WithoutObject(String),
    InHalves,
}

fn cure(fault: &Fault, asked: &[&str], objects: &[Ref]) -> Option<Cure> {
    if fault.too_large && objects.len() > 1 {
        return Some(Cure::InHalves);
    }
    match fault.kind()? {
        "InvalidProperty" => {
            let path = fault.field("name")?;
            asked.contains(&path).then(|| Cure::WithoutPath(path.to_owned()))
        }
        "ManagedObjectNotFound" => {
            let id = fault.field("obj")?;
            objects.iter().any(|one| one.id == id).then(|| Cure::WithoutObject(id.to_owned()))
        }
        _ => None,
    }
}

/// All pages of one question.
async fn pages(
    session: &Session,
    kind: &str,
    objects: &[Ref],
    paths: &[&str],
) -> Result<Vec<Row>, Fault> {
    let method = "RetrievePropertiesEx";
    let collector = session.collector();
    let asked = {
        let params = RetrievePropertiesEx::new(kind, objects, paths);
        session.question(method, collector, Some(&params))
    };
    let answer = session.call(asked).await?;
    let mut page = session.page(method, &answer)?;
    let mut rows = page.rows;
    let mut turned = 0;
    while let Some(token) = page.token {
        turned += 1;
        if turned > objects.len() {
            return Err(Fault::unreadable(method, "it has more pages than there are objects"));
        }
        let method = "ContinueRetrievePropertiesEx";
        let params = ContinueRetrievePropertiesEx::new(&token);
        let answer = session.call(session.question(method, collector, Some(&params))).await?;
        page = session.page(method, &answer)?;
        rows.append(&mut page.rows);
    }
    Ok(rows)
}

/// Which of the objects asked for answered, which are gone, and of which nothing was said.
fn sort_out(out: &mut Retrieved, asked: &[Ref], rows: Vec<Row>, unknown: &BTreeSet<String>) {
    let mut open: BTreeSet<&str> = asked.iter().map(|one| one.id.as_str()).collect();
    for mut row in rows {
        // Twice the same, or something nobody asked for.
        if !open.remove(row.object.id.as_str()) {
            continue;
        }
        if row.is_gone() {
            out.gone += 1;
            continue;
        }
        for path in unknown {
            row.fault(path, "InvalidProperty");
        }
        out.rows.push(row);
    }
    out.missing.extend(asked.iter().filter(|one| open.contains(one.id.as_str())).cloned());
}
