//! A machine's virtual devices: its disks and its network cards.

use crate::api::{Known, Ref, Row};
use crate::enumerate::Scope;
use cadastre_model::{Attr, Identifier, Interface, Observation, Value};
use vim_rs::types::convert::CastFrom;
use vim_rs::types::structs::{
    VirtualDevice, VirtualDisk, VirtualDiskFlatVer2BackingInfo,
    VirtualEthernetCardDistributedVirtualPortBackingInfo, VirtualEthernetCardNetworkBackingInfo,
};
use vim_rs::types::traits::{
    VirtualDeviceFileBackingInfoTrait, VirtualDeviceTrait, VirtualEthernetCardTrait,
};

/// Units of sizes, the largest first.
const UNITS: [(&str, i64); 4] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

/// States the disks, and adds the network cards as interfaces, without addresses: those the guest
/// knows.
pub(super) fn state_devices(scope: &Scope<'_>, seen: &mut Observation, row: &mut Row) {
    let devices: Known<Vec<Box<dyn VirtualDeviceTrait>>> = row.take("config.hardware.device");
    let devices = match devices {
        Known::Value(devices) => devices,
        Known::Absent => Vec::new(),
        Known::NotRead(why) => {
            seen.not_read(Attr::Disks, why.as_str());
            seen.not_read(Attr::DiskCapacity, why);
            return;
        }
    };
    let mut disks = Vec::new();
    let mut capacity: Option<i64> = None;
    for device in &devices {
        let any = (**device).as_any_ref();
        if let Some(disk) = any.downcast_ref::<VirtualDisk>() {
            let size = size_of(disk);
            capacity = match (capacity, size) {
                (Some(all), Some(size)) => Some(all.saturating_add(size)),
                (all, size) => all.or(size),
            };
            disks.push(described(disk, size));
        } else if let Some(card) = <dyn VirtualEthernetCardTrait>::from_ref(&**device) {
            seen.interfaces.push(interface(scope, card));
        }
    }
    seen.state_list(Attr::Disks, disks);
    seen.state(Attr::DiskCapacity, capacity.map(Value::Int));
    seen.interfaces.sort();
    for interface in seen.interfaces.clone() {
        seen.identify(interface.mac.as_deref().and_then(Identifier::mac));
    }
}

fn size_of(disk: &VirtualDisk) -> Option<i64> {
    let size = disk.capacity_in_bytes.or(disk.capacity_in_kb.checked_mul(1024))?;
    (size >= 0).then_some(size)
}

/// `Hard disk 1: 40 GiB on ssd-01, thin`.
fn described(disk: &VirtualDisk, size: Option<i64>) -> String {
    let device = &disk.virtual_device_;
    let mut words = label(device).unwrap_or_else(|| format!("disk {}", device.key));
    if let Some(size) = size {
        words.push_str(&format!(": {}", readable(size)));
    }
    let Some(backing) = &device.backing else { return words };
    if let Some(file) = <dyn VirtualDeviceFileBackingInfoTrait>::from_ref(&**backing) {
        let name = &file.get_virtual_device_file_backing_info().file_name;
        let store = name.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((store, _)) = store {
            words.push_str(&format!(" on {}", crate::text::value(store)));
        }
    }
    let flat = (**backing).as_any_ref().downcast_ref::<VirtualDiskFlatVer2BackingInfo>();
    if flat.and_then(|flat| flat.thin_provisioned) == Some(true) {
        words.push_str(", thin");
    }
    words
}

fn readable(bytes: i64) -> String {
    for (unit, size) in UNITS {
        if bytes >= size && bytes % size == 0 {
            return format!("{} {unit}", bytes / size);
        }
    }
    format!("{bytes} B")
}

fn label(device: &VirtualDevice) -> Option<String> {
    let info = device.device_info.as_ref()?;
    Some(crate::text::value(&info.get_description().label)).filter(|label| !label.is_empty())
}

/// A network card. It is known by its device key, which stays when it is moved to another network.
fn interface(scope: &Scope<'_>, card: &dyn VirtualEthernetCardTrait) -> Interface {
    let card = card.get_virtual_ethernet_card();
    let device = &card.virtual_device_;
    let connected = device.connectable.as_ref().map(|state| state.connected);
    Interface {
        native_id: device.key.to_string(),
        name: label(device),
        sort: Some("ethernet".to_owned()),
        mac: card.mac_address.as_deref().and_then(Identifier::mac).map(|mac| mac.value),
        state: connected.map(|connected| if connected { "up" } else { "down" }.to_owned()),
        network: network(scope, device),
        ..Interface::default()
    }
}

fn network(scope: &Scope<'_>, device: &VirtualDevice) -> Option<String> {
    let backing = (**device.backing.as_ref()?).as_any_ref();
    if let Some(port) =
        backing.downcast_ref::<VirtualEthernetCardDistributedVirtualPortBackingInfo>()
    {
        // A port group's key is its id.
        return port.port.portgroup_key.as_deref().map(|key| scope.survey.native(key));
    }
    let standard = backing.downcast_ref::<VirtualEthernetCardNetworkBackingInfo>()?;
    let network = Ref::of(standard.network.as_ref()?);
    Some(scope.survey.native(&network.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole() {
        assert_eq!(readable(40 << 30), "40 GiB");
        assert_eq!(readable((1 << 40) + (1 << 30)), "1025 GiB");
        assert_eq!(readable(1_048_576), "1 MiB");
        assert_eq!(readable(1_500), "1500 B");
    }
}
