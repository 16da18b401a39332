//! What a host is made of, and what ties it to other witnesses of the same machine.

use crate::api::{Known, Row};
use crate::observe::{int, state, text};
use cadastre_model::{Attr, Identifier, Observation};
use vim_rs::types::structs::HostSystemIdentificationInfo;

/// Kinds of identifying information that are the maker's serial number, the best first. Makers
/// differ in which they fill.
const SERIAL_KEYS: [&str; 3] = ["SerialNumberTag", "ServiceTag", "EnclosureSerialNumberTag"];

/// States a host's hardware.
pub(super) fn state_hardware(seen: &mut Observation, row: &mut Row) {
    let vendor = row.text("summary.hardware.vendor");
    let info: Known<Vec<HostSystemIdentificationInfo>> =
        row.take("summary.hardware.otherIdentifyingInfo");
    let serial = row
        .text("hardware.systemInfo.serialNumber")
        .or(read_info(&info, |info| SERIAL_KEYS.iter().find_map(|key| find(info, key))));
    if let Known::Value(serial) = &serial {
        let maker = vendor.clone().value().unwrap_or_default();
        seen.identify(Identifier::serial(&maker, serial));
    }
    let uuid = row.text("summary.hardware.uuid");
    if let Known::Value(uuid) = &uuid {
        seen.identify(Identifier::smbios_uuid(uuid));
    }
    let uuid = uuid.map(|uuid| Identifier::smbios_uuid(&uuid).map_or(uuid, |one| one.value));
    state(seen, Attr::SmbiosUuid, text(uuid));
    state(seen, Attr::Vendor, text(vendor));
    state(seen, Attr::Model, text(row.text("summary.hardware.model")));
    state(seen, Attr::SerialNumber, text(serial));
    state(seen, Attr::AssetTag, text(read_info(&info, |info| find(info, "AssetTag"))));
    state(seen, Attr::Memory, int(row.count("summary.hardware.memorySize")));
    state(seen, Attr::CpuModel, text(row.text("summary.hardware.cpuModel")));
    state(seen, Attr::CpuClock, int(row.count("summary.hardware.cpuMhz")));
    state(seen, Attr::CpuPackages, int(row.count("summary.hardware.numCpuPkgs")));
    state(seen, Attr::Cores, int(row.count("summary.hardware.numCpuCores")));
    state(seen, Attr::Vcpu, int(row.count("summary.hardware.numCpuThreads")));
    state(seen, Attr::BiosVersion, text(row.text("hardware.biosInfo.biosVersion")));
    let firmware = row.text("hardware.biosInfo.firmwareType").map(|kind| kind.to_lowercase());
    let firmware = firmware.map(|kind| if kind == "uefi" { "efi".to_owned() } else { kind });
    state(seen, Attr::Firmware, text(firmware));
}

fn read_info(
    info: &Known<Vec<HostSystemIdentificationInfo>>,
    find: impl FnOnce(&[HostSystemIdentificationInfo]) -> Option<String>,
) -> Known<String> {
    match info {
        Known::Value(info) => find(info).map_or(Known::Absent, Known::Value),
        Known::Absent => Known::Absent,
        Known::NotRead(why) => Known::NotRead(why.clone()),
    }
}

fn find(info: &[HostSystemIdentificationInfo], key: &str) -> Option<String> {
    info.iter()
        .filter(|one| one.identifier_type.get_element_description().key == key)
        .map(|one| crate::text::value(&one.identifier_value))
        .find(|text| !text.is_empty())
}
