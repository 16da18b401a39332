//! What the stand-in holds: a few objects in the shapes of the published API.

use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

pub(super) const PASSWORD: &str = "a password of some length";
pub(super) const SESSION: &str = "b00db5f0-session-of-the-json-api";
pub(super) const VCENTER: &str = "0a0b0c0d-0000-4000-8000-000000000001";

pub(super) fn moref(kind: &str, id: &str) -> Json {
    json!({"_typeName": "ManagedObjectReference", "type": kind, "value": id})
}

pub(super) fn text(value: &str) -> Json {
    json!({"_typeName": "string", "_value": value})
}

pub(super) fn int(value: i64) -> Json {
    json!({"_typeName": "int", "_value": value})
}

pub(super) fn yes(value: bool) -> Json {
    json!({"_typeName": "boolean", "_value": value})
}

pub(super) fn array(of: &str, items: Vec<Json>) -> Json {
    json!({"_typeName": format!("ArrayOf{of}"), "_value": items})
}

pub(super) type Store = BTreeMap<(&'static str, &'static str), Vec<(&'static str, Json)>>;

/// Kind and id to properties.
pub(super) fn store() -> Store {
    let devices = vec![
        json!({
            "_typeName": "VirtualDisk", "key": 2000, "capacityInKB": 41943040,
            "capacityInBytes": 42949672960_i64,
            "deviceInfo": {"_typeName": "Description", "label": "Hard disk 1", "summary": ""},
            "backing": {
                "_typeName": "VirtualDiskFlatVer2BackingInfo", "fileName": "[ssd-01] web/web.vmdk",
                "datastore": moref("Datastore", "datastore-1"), "diskMode": "persistent",
                "thinProvisioned": true,
            },
        }),
        json!({
            "_typeName": "VirtualVmxnet3", "key": 4000, "macAddress": "00:50:56:AA:BB:01",
            "deviceInfo": {"_typeName": "Description", "label": "Network adapter 1", "summary": ""},
            "backing": {
                "_typeName": "VirtualEthernetCardDistributedVirtualPortBackingInfo",
                "port": {
                    "_typeName": "DistributedVirtualSwitchPortConnection",
                    "switchUuid": "50 2f", "portgroupKey": "dvportgroup-1",
                },
            },
            "connectable": {
                "_typeName": "VirtualDeviceConnectInfo", "startConnected": true,
                "allowGuestControl": true, "connected": true,
            },
        }),
        // A disk must have a size: this one was left half filled in.
        json!({"_typeName": "VirtualDisk", "key": 2001}),
    ];
    let guest = array(
        "GuestNicInfo",
        vec![json!({
            "_typeName": "GuestNicInfo", "macAddress": "00:50:56:aa:bb:01", "connected": true,
            "deviceConfigId": 4000, "ipAddress": ["10.1.2.3", "fe80::1"],
        })],
    );
    let setting = json!({
        "_typeName": "VMwareDVSPortSetting",
        "vlan": {
            "_typeName": "VmwareDistributedVirtualSwitchTrunkVlanSpec", "inherited": false,
            "vlanId": [
                {"_typeName": "NumericRange", "start": 10, "end": 20},
                {"_typeName": "NumericRange", "start": 30, "end": 30},
            ],
        },
        "macManagementPolicy": {
            "_typeName": "DVSMacManagementPolicy", "inherited": false, "allowPromiscuous": true,
            "macChanges": false, "forgedTransmits": false,
        },
    });
    let options = [("Syslog.global.logHost", "tcp://log.example:514"), ("Net.BlockGuestBPDU", "1")];
    let options = options
        .map(|(key, value)| json!({"_typeName": "OptionValue", "key": key, "value": text(value)}));
    let snapshot = |name: &str, at: &str, below: Vec<Json>| {
        json!({
            "_typeName": "VirtualMachineSnapshotTree", "name": name, "description": "", "id": 1,
            "snapshot": moref("VirtualMachineSnapshot", name), "vm": moref("VirtualMachine", "vm-1"),
            "createTime": at, "state": "poweredOn", "quiesced": false, "childSnapshotList": below,
        })
    };
    let child = snapshot("two", "2026-02-01T00:00:00.5Z", vec![]);
    let snapshots = vec![snapshot("one", "2026-01-01T00:00:00Z", vec![child])];
    BTreeMap::from([
        (
            ("Folder", "group-v1"),
            vec![("name", text("vm")), ("parent", moref("Datacenter", "datacenter-1"))],
        ),
        (
            ("Folder", "group-v2"),
            vec![("name", text("Shop")), ("parent", moref("Folder", "group-v1"))],
        ),
        (
            ("Datacenter", "datacenter-1"),
            vec![("name", text("Paris%2fNord")), ("parent", moref("Folder", "group-d1"))],
        ),
        (
            ("ClusterComputeResource", "domain-c1"),
            vec![
                ("name", text("prod")),
                (
                    "configurationEx",
                    json!({
                        "_typeName": "ClusterConfigInfoEx", "vmSwapPlacement": "vmDirectory",
                        "dasConfig": {"_typeName": "ClusterDasConfigInfo", "enabled": true},
                        "drsConfig": {"_typeName": "ClusterDrsConfigInfo", "enabled": false},
                    }),
                ),
            ],
        ),
        (
            ("HostSystem", "host-1"),
            vec![
                ("name", text("esx1.corp.example")),
                ("parent", moref("ClusterComputeResource", "domain-c1")),
                ("summary.hardware.uuid", text("4C4C4544-0034-4710-8052-B4C04F363633")),
                ("summary.hardware.vendor", text("Dell Inc.")),
                ("hardware.systemInfo.serialNumber", text("4GR46C3")),
                (
                    "summary.hardware.memorySize",
                    json!({"_typeName": "long", "_value": 68719476736_i64}),
                ),
                ("config.product.version", text("8.0.3")),
                ("config.product.build", text("24022510")),
                (
                    "config.lockdownMode",
                    json!({"_typeName": "HostLockdownMode", "_value": "lockdownStrict"}),
                ),
                ("config.option", array("OptionValue", options.into())),
                ("capability.uefiSecureBoot", yes(true)),
                ("runtime.powerState", text("poweredOn")),
                ("runtime.connectionState", text("connected")),
            ],
        ),
        (
            ("Datastore", "datastore-1"),
            vec![
                ("name", text("ssd-01")),
                ("summary.accessible", yes(true)),
                ("summary.capacity", json!({"_typeName": "long", "_value": 1099511627776_i64})),
            ],
        ),
        (
            ("DistributedVirtualPortgroup", "dvportgroup-1"),
            vec![
                ("name", text("shop")),
                ("config.uplink", yes(false)),
                ("config.defaultPortConfig", setting),
            ],
        ),
        (
            ("VirtualMachine", "vm-1"),
            vec![
                ("name", text("web01")),
                ("parent", moref("Folder", "group-v2")),
                ("summary.config.instanceUuid", text("502F1EC2-7A5B-4E4B-8B1C-0A0B0C0D0E0F")),
                ("runtime.host", moref("HostSystem", "host-1")),
                (
                    "runtime.powerState",
                    json!({"_typeName": "VirtualMachinePowerState", "_value": "suspended"}),
                ),
                ("runtime.connectionState", text("connected")),
                ("config.annotation", text("front\u{1b}[0m\nof the shop")),
                ("config.hardware.numCPU", int(4)),
                ("config.hardware.memoryMB", int(8192)),
                ("config.hardware.device", array("VirtualDevice", devices)),
                ("config.migrateEncryption", text("opportunistic")),
                (
                    "config.createDate",
                    json!({"_typeName": "dateTime", "_value": "1970-01-01T00:00:00Z"}),
                ),
                ("summary.config.ftInfo.role", int(2)),
                ("snapshot.rootSnapshotList", array("VirtualMachineSnapshotTree", snapshots)),
                ("guest.net", guest),
                (
                    "datastore",
                    array("ManagedObjectReference", vec![moref("Datastore", "datastore-1")]),
                ),
            ],
        ),
        (
            ("VirtualMachine", "vm-2"),
            vec![("name", text("web02")), ("runtime.powerState", text("poweredOff"))],
        ),
    ])
}
