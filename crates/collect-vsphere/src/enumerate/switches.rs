//! Distributed virtual switches. The standard ones are read with their hosts.

use super::networks::{Policy, state_policy};
use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Row};
use crate::observe::{begin, int, list, moment, state, text};
use crate::tags::Tagged;
use cadastre_model::{Attr, Identifier, Kind, Observation, Scheme};
use std::collections::BTreeMap;
use vim_rs::types::structs::VMwareDvsPortSetting;

/// What is asked for of switches.
pub(super) const ASKED: Asked = Asked::new(
    &["DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"],
    &[
        "name",
        "parent",
        "customValue",
        "uuid",
        "config.description",
        "config.createTime",
        "config.maxMtu",
        "config.productInfo.version",
        "config.productInfo.vendor",
        "config.defaultPortConfig",
        "config.uplinkPortPolicy.uplinkPortName",
    ],
    "distributed switches",
);

/// Sends every distributed switch.
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
    let mut seen = begin(scope, Kind::VirtualSwitch, native, row, tags);
    seen.state_text(Attr::SwitchType, Some("distributed"));
    if let Some(uuid) = row.text("uuid").value() {
        seen.identify(Identifier::plain(Scheme::Native, &uuid));
    }
    state(&mut seen, Attr::Description, text(row.text("config.description")));
    state(&mut seen, Attr::CreatedAt, moment(scope, row.text("config.createTime")));
    let mtu = row.count("config.maxMtu").and_then(|mtu| (mtu > 0).then_some(mtu));
    state(&mut seen, Attr::Mtu, int(mtu));
    state(&mut seen, Attr::SwitchVersion, text(row.text("config.productInfo.version")));
    state(&mut seen, Attr::Vendor, text(row.text("config.productInfo.vendor")));
    let uplinks = row.take::<Vec<String>>("config.uplinkPortPolicy.uplinkPortName");
    let cleaned = |names: Vec<String>| names.iter().map(|name| crate::text::value(name)).collect();
    state(&mut seen, Attr::Uplinks, list(uplinks.map(cleaned)));
    let setting: Known<VMwareDvsPortSetting> = row.take("config.defaultPortConfig");
    let policy = setting.map(|setting| Policy::of_distributed(&setting));
    state_policy(&mut seen, &policy);
    seen
}
