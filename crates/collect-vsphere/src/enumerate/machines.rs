//! Virtual machines and templates.
//!
//! What only the guest can tell (addresses, its name, what runs in it) is kept from before while its
//! tools do not run: it is *not read* then, and neither are the addresses of its interfaces.

mod devices;
mod guest;

use super::report::Report;
use super::{Asked, Halt, Scope};
use crate::api::{Known, Row};
use crate::observe::{at, begin, claim, flag, int, moment, state, text};
use crate::survey::uuid_of;
use crate::tags::Tagged;
use cadastre_collect::Stopped;
use cadastre_model::{
    Attr, DetailError, Identifier, Kind, Observation, Power, RelationType, Scheme, Timestamp, Value,
};
use std::collections::BTreeMap;
use vim_rs::types::structs::VirtualMachineSnapshotTree;

/// What is asked for of machines. Never `config` as a whole, nor `config.extraConfig`: it holds what
/// installers put there, passwords among it.
pub(super) const ASKED: Asked = Asked::new(
    &["VirtualMachine"],
    &[
        "name",
        "parent",
        "customValue",
        "resourcePool",
        "datastore",
        "network",
        "runtime.host",
        "runtime.powerState",
        "runtime.connectionState",
        "summary.config.template",
        "summary.config.instanceUuid",
        "summary.config.uuid",
        "summary.config.ftInfo.role",
        "config.instanceUuid",
        "config.uuid",
        "config.annotation",
        "config.version",
        "config.guestFullName",
        "config.firmware",
        "config.bootOptions.efiSecureBootEnabled",
        "config.migrateEncryption",
        "config.ftEncryptionMode",
        "config.createDate",
        "config.hardware.numCPU",
        "config.hardware.memoryMB",
        "config.hardware.device",
        "snapshot.rootSnapshotList",
        "guest.guestFullName",
        "guest.hostName",
        "guest.ipAddress",
        "guest.net",
        "guest.toolsVersionStatus",
        "guest.toolsVersionStatus2",
        "guest.toolsRunningStatus",
        "guest.toolsVersion",
    ],
    "machines",
);

/// Bytes in a mebibyte.
const MEBIBYTE: i64 = 1 << 20;

/// Snapshots of snapshots are followed no deeper: vSphere allows 32.
const DEEPEST: usize = 64;

/// Sends every machine.
pub(super) async fn enumerate(scope: &Scope<'_>, report: &mut Report) -> Result<(), Halt> {
    let mut pages = scope.list(&ASKED, report).await?;
    while let Some(page) = pages.next(scope, report).await? {
        for mut row in page.rows {
            see(scope, &mut row, &page.tags).await?;
        }
    }
    Ok(())
}

async fn see(
    scope: &Scope<'_>,
    row: &mut Row,
    tags: &BTreeMap<String, Vec<Tagged>>,
) -> Result<(), Stopped> {
    let uuid = uuid_of(row);
    let (native, is_taken) = scope.survey.machine(&row.object, uuid.as_deref());
    let seen = observe(scope, native, uuid, row, tags);
    if is_taken {
        let message = format!(
            "{} has the instance UUID of an older machine, so it is known by its id; vCenter gives \
             it another when it is removed from the inventory and registered again as a copy",
            row.name().unwrap_or_else(|| row.object.id.clone())
        );
        let error = DetailError { subject: seen.native_id.clone(), message };
        scope.run.detail_error(&scope.datacenter.scope, error).await?;
    }
    scope.see(&row.object.id, row.flaws(), seen).await
}

fn observe(
    scope: &Scope<'_>,
    native: String,
    uuid: Option<String>,
    row: &mut Row,
    tags: &BTreeMap<String, Vec<Tagged>>,
) -> Observation {
    let connection = row.text("runtime.connectionState").value().unwrap_or_default();
    if !matches!(connection.as_str(), "connected" | "") {
        row.set_out_of_reach(format!("the machine is {connection}"));
    }
    let mut seen = begin(scope, Kind::Vm, native, row, tags);
    seen.state_text(Attr::NativeState, Some(connection.as_str()));
    if let Some(uuid) = uuid {
        let uuid = uuid.to_lowercase();
        seen.identify(Identifier::plain(Scheme::Native, &uuid));
        seen.state_text(Attr::InstanceUuid, Some(uuid));
    }
    state_firmware(&mut seen, row);
    state(&mut seen, Attr::Description, text(row.text("config.annotation")));
    state(&mut seen, Attr::CreatedAt, moment(scope, row.text("config.createDate")));
    state(&mut seen, Attr::HardwareVersion, text(row.text("config.version")));
    state(&mut seen, Attr::Vcpu, int(row.count("config.hardware.numCPU")));
    let memory = row.count("config.hardware.memoryMB");
    state(&mut seen, Attr::Memory, int(memory.and_then(|size| size.checked_mul(MEBIBYTE))));
    state(&mut seen, Attr::Template, flag(row.flag("summary.config.template")));
    let encryption = [
        (Attr::VmotionEncryption, "config.migrateEncryption"),
        (Attr::FtEncryption, "config.ftEncryptionMode"),
    ];
    for (attr, path) in encryption {
        let mode = row
            .text(path)
            .map(|mode| mode.strip_prefix("ftEncryption").map_or(mode.clone(), str::to_lowercase));
        state(&mut seen, attr, text(mode));
    }
    let role = row.int("summary.config.ftInfo.role");
    let role = role.map(|role| if role == 1 { "primary" } else { "secondary" }.to_owned());
    state(&mut seen, Attr::FtRole, text(role));
    state_snapshots(scope, &mut seen, row);
    seen.power = Some(match row.text("runtime.powerState").value().as_deref() {
        Some("poweredOn") => Power::On,
        Some("poweredOff") => Power::Off,
        Some("suspended") => Power::Suspended,
        _ => Power::Unknown,
    });
    devices::state_devices(scope, &mut seen, row);
    guest::state_guest(&mut seen, row);
    state_relations(scope, &mut seen, row);
    seen
}

/// The firmware, and the UUID in it.
fn state_firmware(seen: &mut Observation, row: &Row) {
    let uuid = row.text("summary.config.uuid").or(row.text("config.uuid"));
    let uuid = uuid.map(|uuid| Identifier::smbios_uuid(&uuid).map_or(uuid, |one| one.value));
    if let Known::Value(uuid) = &uuid {
        seen.identify(Identifier::smbios_uuid(uuid));
    }
    state(seen, Attr::SmbiosUuid, text(uuid));
    let firmware = row.text("config.firmware");
    let signed = match &firmware {
        // There is nothing to switch on then.
        Known::Value(firmware) if firmware == "bios" => Known::Value(false),
        _ => row.flag("config.bootOptions.efiSecureBootEnabled"),
    };
    state(seen, Attr::SecureBoot, flag(signed));
    state(seen, Attr::Firmware, text(firmware));
}

fn state_snapshots(scope: &Scope<'_>, seen: &mut Observation, row: &mut Row) {
    let trees: Known<Vec<VirtualMachineSnapshotTree>> = row.take("snapshot.rootSnapshotList");
    let (count, oldest) = match trees {
        Known::NotRead(why) => {
            seen.not_read(Attr::Snapshots, why.as_str());
            seen.not_read(Attr::OldestSnapshot, why);
            return;
        }
        Known::Absent => (0, None),
        Known::Value(trees) => count(scope, &trees, 0),
    };
    seen.state_int(Attr::Snapshots, Some(count));
    seen.state_time(Attr::OldestSnapshot, oldest);
}

fn count(
    scope: &Scope<'_>,
    trees: &[VirtualMachineSnapshotTree],
    depth: usize,
) -> (i64, Option<Timestamp>) {
    let mut all = (0, None);
    if depth > DEEPEST {
        return all;
    }
    for tree in trees {
        let below = tree.child_snapshot_list.as_deref().unwrap_or_default();
        let (number, oldest) = count(scope, below, depth + 1);
        all.0 += 1 + number;
        let taken = at(scope, &tree.create_time);
        all.1 = [all.1, oldest, taken].into_iter().flatten().min();
    }
    all
}

fn state_relations(scope: &Scope<'_>, seen: &mut Observation, row: &mut Row) {
    let host = row.object("runtime.host").value();
    let host = host.and_then(|host| scope.survey.host_native(&host.id).map(str::to_owned));
    claim(seen, RelationType::RunsOn, host);
    let pool = row.object("resourcePool");
    if let Known::Value(pool) = &pool {
        claim(seen, RelationType::MemberOf, scope.survey.cluster_of_pool(&pool.id));
    }
    let path = pool.and_then(|pool| scope.survey.pool(&pool)).map(Value::Text);
    state(seen, Attr::ResourcePool, path);
    for store in row.take_objects("datastore") {
        claim(seen, RelationType::Uses, Some(scope.survey.native(&store.id)));
    }
    for network in row.take_objects("network") {
        claim(seen, RelationType::InNetwork, Some(scope.survey.native(&network.id)));
    }
}
