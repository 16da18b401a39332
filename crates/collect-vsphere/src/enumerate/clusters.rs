//! Clusters: what they do by themselves. Their hosts say that they belong to them.

use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Row};
use crate::observe::{begin, flag, state, text};
use crate::tags::Tagged;
use cadastre_model::{Attr, Kind, Observation};
use std::collections::BTreeMap;
use vim_rs::types::structs::{ClusterConfigInfoEx, ClusterDrsConfigInfo};

/// What is asked for of clusters.
pub(super) const ASKED: Asked = Asked::new(
    &["ClusterComputeResource"],
    &["name", "parent", "customValue", "configurationEx"],
    "clusters",
);

/// Sends every cluster.
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
    let mut seen = begin(scope, Kind::Cluster, native, row, tags);
    let config: Known<ClusterConfigInfoEx> = row.take("configurationEx");
    let (protects, room, moves) = match config {
        Known::Value(config) => {
            let told = |yes: Option<bool>| yes.map_or(Known::Absent, Known::Value);
            let protects = &config.das_config;
            let room = told(protects.admission_control_enabled);
            (told(protects.enabled), room, moves(&config.drs_config))
        }
        Known::Absent => (Known::Absent, Known::Absent, Known::Absent),
        Known::NotRead(why) => {
            (Known::NotRead(why.clone()), Known::NotRead(why.clone()), Known::NotRead(why))
        }
    };
    state(&mut seen, Attr::HighAvailability, flag(protects));
    state(&mut seen, Attr::AdmissionControl, flag(room));
    state(&mut seen, Attr::Drs, text(moves));
    seen
}

fn moves(config: &ClusterDrsConfigInfo) -> Known<String> {
    let how = config.default_vm_behavior.as_ref().map(|how| crate::text::value(how.as_str()));
    match config.enabled {
        Some(false) => Known::Value("off".to_owned()),
        Some(true) => Known::Value(how.unwrap_or_else(|| "on".to_owned())),
        None => Known::Absent,
    }
}
