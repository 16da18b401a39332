//! What devices of many makers say of themselves, in the shapes their manuals and users show.

#![allow(clippy::unwrap_used)]

use super::*;
use cadastre_model::Kind::{AccessPoint, Firewall, NetworkDevice, Router, Server, Switch};

fn told(tree: &str, description: &str) -> Make {
    let system = System {
        object_id: Some(format!("1.3.6.1.4.1.{tree}").parse().unwrap()),
        description: clean(description.as_bytes()),
        ..System::default()
    };
    make(&system, None, &Varbinds::default())
}

#[test]
fn makers_are_told_by_what_they_say() {
    type Row = (&'static str, &'static str, Option<cadastre_model::Kind>, [&'static str; 4]);
    let rows: &[Row] = &[
        (
            "9.1.2494",
            "Cisco IOS Software [Gibraltar], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 16.12.4, RELEASE SOFTWARE (fc5)\r\nTechnical Support: http://www.cisco.com/techsupport",
            None,
            ["Cisco", "IOS XE", "16.12.4", ""],
        ),
        (
            "9.1.1045",
            "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.1(4)M5, RELEASE SOFTWARE (fc1)",
            None,
            ["Cisco", "IOS", "15.1(4)M5", ""],
        ),
        (
            "9.1.1745",
            "Cisco Adaptive Security Appliance Version 9.8(2)20",
            Some(Firewall),
            ["Cisco", "ASA", "9.8(2)20", ""],
        ),
        (
            "9.1.1018",
            "Cisco IOS XR Software (Cisco ASR9K Series),  Version 5.3.3[Default]\r\nCopyright (c) 2016 by Cisco Systems, Inc.",
            Some(Router),
            ["Cisco", "IOS XR", "5.3.3", ""],
        ),
        (
            "9.12.3.1.3.1467",
            "Cisco NX-OS(tm) n9000, Software (n9000-dk9), Version 7.0(3)I4(1), RELEASE SOFTWARE",
            Some(Switch),
            ["Cisco", "NX-OS", "7.0(3)I4(1)", ""],
        ),
        (
            "2636.1.1.1.2.41",
            "Juniper Networks, Inc. srx240h internet router, kernel JUNOS 12.1X46-D35.1 #0: 2015-05-08",
            Some(Firewall),
            ["Juniper", "Junos", "12.1X46-D35.1", "SRX240H"],
        ),
        (
            "2636.1.1.1.2.29",
            "Juniper Networks, Inc. mx240 internet router, kernel JUNOS 18.4R1.8, Build date: 2018-12-17",
            Some(Router),
            ["Juniper", "Junos", "18.4R1.8", "MX240"],
        ),
        (
            "30065.1.3011.7280",
            "Arista Networks EOS version 4.20.1F running on an Arista Networks DCS-7280SR-48C6",
            Some(Switch),
            ["Arista", "EOS", "4.20.1F", "DCS-7280SR-48C6"],
        ),
        (
            "11.2.3.7.11.87",
            "HP J9145A 2910al-24G Switch, revision W.15.14.0007, ROM W.14.06 (/ws/swbuildm/zippy_release)",
            Some(Switch),
            ["HPE", "ProVision", "W.15.14.0007", "J9145A 2910al-24G"],
        ),
        (
            "14823.1.1.32",
            "ArubaOS (MODEL: Aruba7210), Version 6.4.4.5 (54111)",
            Some(NetworkDevice),
            ["HPE Aruba", "ArubaOS", "6.4.4.5", "Aruba7210"],
        ),
        (
            "14823.1.2.59",
            "ArubaOS (MODEL: 225), Version 8.3.0.1-8.3.0.1",
            Some(AccessPoint),
            ["HPE Aruba", "ArubaOS", "8.3.0.1-8.3.0.1", "225"],
        ),
        (
            "25506.1.620",
            "H3C Comware Platform Software, Software Version 5.20, Release 2208P01\r\nH3C S5500-28C-EI\r\nCopyright (c) 2004-2012",
            None,
            ["H3C", "Comware", "5.20", "S5500-28C-EI"],
        ),
        (
            "2011.2.224.63",
            "Huawei AR1220E Huawei Versatile Routing Platform Software VRP (R) software,Version 5.160 (AR1220E V200R007C00SPC900) Copyright",
            Some(Router),
            ["Huawei", "VRP", "5.160 (V200R007C00SPC900)", "AR1220E"],
        ),
        (
            "1916.2.167",
            "ExtremeXOS (X460G2-24t-10G4) version 21.1.1.4 by release-manager on Tue Jan 5 20:57:45 EST 2016",
            Some(Switch),
            ["Extreme", "EXOS", "21.1.1.4", "X460G2-24t-10G4"],
        ),
        (
            "45.3.78.1",
            "Ethernet Routing Switch 4850GTS-PWR+  HW:10  FW:5.8.0.1  SW:v5.9.2.042 BN:42",
            Some(Switch),
            ["Extreme", "BOSS", "5.9.2.042", "Ethernet Routing Switch 4850GTS-PWR+"],
        ),
        (
            "1991.1.3.48.5.2",
            "Brocade Communications Systems, Inc. Stacking System ICX6450-24, IronWare Version 08.0.30bT313 Compiled on Mar 26 2015",
            None,
            ["Brocade", "IronWare", "08.0.30bT313", "ICX6450-24"],
        ),
        (
            "1991.1.3.62.2",
            "Ruckus Wireless, Inc. Stacking System ICX7150-48-POEF, IronWare Version 08.0.80T211 Compiled on May 10 2018",
            Some(Switch),
            ["Ruckus", "FastIron", "08.0.80T211", "ICX7150-48-POEF"],
        ),
        (
            "674.11000.5000.100.2.1.1",
            "Dell EMC Networking OS10 Enterprise.\r\nCopyright (c) 1999-2018 by Dell Inc.\r\nSystem Description: OS10 Enterprise.\r\nOS Version: 10.4.1.4.\r\nSystem Type: S4148F-ON",
            Some(Switch),
            ["Dell", "OS10", "10.4.1.4", "S4148F-ON"],
        ),
        ("12356.101.1.5001", "", Some(Firewall), ["Fortinet", "FortiOS", "", ""]),
        (
            "25461.2.3.38",
            "Palo Alto Networks PA-3200 series firewall",
            Some(Firewall),
            ["Palo Alto Networks", "PAN-OS", "", "PA-3200"],
        ),
        ("2620.1.6.123.1.62", "Linux fw 3.10.0", Some(Firewall), ["Check Point", "Gaia", "", ""]),
        ("3375.2.1.3.4.43", "BIG-IP", Some(NetworkDevice), ["F5", "TMOS", "", ""]),
        (
            "8741.1",
            "SonicWALL TZ 300 (SonicOS Enhanced 6.5.0.2-8n)",
            Some(Firewall),
            ["SonicWall", "SonicOS", "6.5.0.2-8n", "TZ 300"],
        ),
        (
            "14988.1",
            "RouterOS RB4011iGS+",
            Some(Router),
            ["MikroTik", "RouterOS", "", "RB4011iGS+"],
        ),
        (
            "41112.1.5",
            "EdgeOS v1.9.1.4939093.161214.0705",
            Some(Router),
            ["Ubiquiti", "EdgeOS", "1.9.1.4939093.161214.0705", ""],
        ),
        (
            "4413",
            "EdgeSwitch 24-Port 250W, 1.7.4.5075842, Linux 3.6.5-1b505fb7, 1.1.0.5102011",
            Some(Switch),
            ["Ubiquiti", "EdgeSwitch", "1.7.4.5075842", "EdgeSwitch 24-Port 250W"],
        ),
        (
            "4526.100.4.29",
            "GS748Tv5 - 48-Port Gigabit",
            Some(Switch),
            ["Netgear", "", "", "GS748Tv5"],
        ),
        ("171.10.153.5.1", "DGS-1210-28 6.20.007", Some(Switch), ["D-Link", "", "", "DGS-1210-28"]),
        ("11863.5.63", "JetStream 24-Port Gigabit L2", Some(Switch), ["TP-Link", "", "", ""]),
        ("890.1.15", "GS1920-24HP", Some(Switch), ["Zyxel", "ZyNOS", "", "GS1920-24HP"]),
        (
            "207.1.14.71",
            "Allied Telesis router/switch, AW+ v5.4.7-1.1",
            Some(Switch),
            ["Allied Telesis", "AlliedWare", "5.4.7-1.1", ""],
        ),
        (
            "6486.801.1.1.2.1.11.1.2",
            "Alcatel-Lucent Enterprise OS6860E-P24 8.4.1.233.R02 GA, September 25, 2017.",
            Some(Switch),
            ["Alcatel-Lucent Enterprise", "AOS", "8.4.1.233.R02", "OS6860E-P24"],
        ),
        (
            "6527.1.3.4",
            "TiMOS-C-14.0.R6 cpm/hops64 Nokia 7750 SR Copyright (c) 2000-2016 Nokia.",
            Some(Router),
            ["Nokia", "SR OS", "C-14.0.R6", "7750 SR"],
        ),
        ("6141.1.88", "3930 Service Delivery Switch", Some(Switch), ["Ciena", "SAOS", "", "3930"]),
        (
            "664.1.967",
            "NetVanta 3430, Version: R10.9.6, Date: Thu Mar 20 2014",
            None,
            ["Adtran", "AOS", "R10.9.6", "NetVanta 3430"],
        ),
        ("17713.21", "Cambium ePMP 1000", Some(AccessPoint), ["Cambium", "", "", ""]),
        ("8691.7.6", "EDS-408A", Some(Switch), ["Moxa", "", "", "EDS-408A"]),
        ("248.14.10.40", "Hirschmann MACH", Some(Switch), ["Hirschmann", "HiOS", "", "MACH"]),
        (
            "318.1.3.27",
            "APC Web/SNMP Management Card (MB:v4.1.0 PF:v6.4.0 PN:apc_hw05_aos_640.bin AF1:v6.4.0 MN:AP9630 HR:05 SN: ZA1323012345 MD:06/03/2013)",
            Some(NetworkDevice),
            ["APC", "", "6.4.0", "AP9630"],
        ),
        ("534.1", "Eaton 9PX", Some(NetworkDevice), ["Eaton", "", "", ""]),
        ("2435.2.3.9.1", "Brother NC-8300h", Some(NetworkDevice), ["Brother", "", "", ""]),
        (
            "8072.3.2.10",
            "Linux web01 5.10.0-28-amd64 #1 SMP Debian 5.10.209-2 (2024-01-31) x86_64",
            Some(Server),
            ["", "Linux", "5.10.0-28-amd64", ""],
        ),
        (
            "311.1.1.3.1.2",
            "Hardware: Intel64 Family 6 Model 85 - Software: Windows Version 6.3 (Build 20348 Multiprocessor Free)",
            Some(Server),
            ["", "Windows Server 2022", "21H2", ""],
        ),
    ];
    for (tree, description, kind, [vendor, os, version, model]) in rows {
        let make = told(tree, description);
        let is = |field: &Option<String>| field.clone().unwrap_or_default();
        assert_eq!(
            [is(&make.vendor), is(&make.os), is(&make.version), is(&make.model)],
            [*vendor, *os, *version, *model],
            "{tree} {description}"
        );
        assert_eq!(make.kind, *kind, "{tree} {description}");
    }
}

#[test]
fn what_nobody_knows_is_not_made_up() {
    assert_eq!(told("99999.1", "Something"), Make::default());
    assert_eq!(make(&System::default(), None, &Varbinds::default()), Make::default());
}

#[test]
fn a_maker_s_own_scalars_beat_its_description() {
    let system = System {
        object_id: Some("1.3.6.1.4.1.14988.1".parse().unwrap()),
        description: Some("RouterOS CCR1009".to_owned()),
        ..System::default()
    };
    let oids: Vec<String> = asks(&system).iter().map(ToString::to_string).collect();
    assert_eq!(oids, ["1.3.6.1.4.1.14988.1.1.4.4.0", "1.3.6.1.4.1.14988.1.1.7.3.0"]);
    let walk = b"1.3.6.1.4.1.14988.1.1.4.4.0|4|6.49\n1.3.6.1.4.1.14988.1.1.7.3.0|4|N/A\n";
    let (all, _) = crate::walk_text::parse(walk);
    let make = make(&system, None, &all);
    assert_eq!((make.version.as_deref(), make.serial), (Some("6.49"), None));
}
