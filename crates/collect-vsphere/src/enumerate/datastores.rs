//! Datastores: what hosts and machines say that they use.

use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Row};
use crate::observe::{begin, flag, int, state, text};
use crate::tags::Tagged;
use cadastre_model::{Attr, Identifier, Kind, Observation, Scheme};
use std::collections::BTreeMap;

/// What is asked for of datastores.
pub(super) const ASKED: Asked = Asked::new(
    &["Datastore"],
    &[
        "name",
        "parent",
        "customValue",
        "summary.type",
        "summary.url",
        "summary.capacity",
        "summary.freeSpace",
        "summary.accessible",
        "summary.multipleHostAccess",
        "summary.maintenanceMode",
    ],
    "datastores",
);

/// Sends every datastore.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pages = scope.list(&ASKED, report).await?;
    while let Some(page) = pages.next(scope, report).await? {
        for mut row in page.rows {
            let seen = observe(scope, &mut row, &page.tags);
            scope.see(&row.object.id, row.flaws(), seen).await?;
        }
    }
    Ok(())
}

fn observe(scope: &Scope<'_>, row: &mut Row, tags: &BTreeMap<String, Vec<Tagged>>) -> Observation {
    let native = scope.survey.native(&row.object.id);
    let mut seen = begin(scope, Kind::Datastore, native, row, tags);
    let accessible = row.flag("summary.accessible");
    state(&mut seen, Attr::Accessible, flag(accessible.clone()));
    state(&mut seen, Attr::DatastoreType, text(row.text("summary.type")));
    let url = row.text("summary.url");
    if let Known::Value(url) = &url {
        seen.identify(Identifier::plain(Scheme::Native, url));
    }
    state(&mut seen, Attr::StorageUrl, text(url));
    state(&mut seen, Attr::Shared, flag(row.flag("summary.multipleHostAccess")));
    let maintenance = row.text("summary.maintenanceMode").map(|mode| mode != "normal");
    state(&mut seen, Attr::MaintenanceMode, flag(maintenance));
    let sizes = [(Attr::Size, "summary.capacity"), (Attr::FreeSpace, "summary.freeSpace")];
    for (attr, path) in sizes {
        // Of one that nobody can reach, zero is what the server says for not knowing.
        match accessible {
            Known::Value(false) => seen.not_read(attr, "no host can reach the datastore"),
            _ => state(&mut seen, attr, int(row.count(path))),
        }
    }
    seen
}
