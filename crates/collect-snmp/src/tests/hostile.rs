//! Devices that lie, loop and send rubbish: each ends as trouble of its own, and the others stand.

use super::agents::free_port;
use super::fake::{END, Fake, Says, Variable, integer, octets, oid, plainly, tlv};
use super::support::{Said, built, collected, text};
use crate::oid::Oid;
use cadastre_collect::Mode;
use cadastre_model::{Attr, Enumeration};
use serde_json::json;

fn named(text: &str) -> Oid {
    text.parse().unwrap()
}

/// Who the device is.
fn scalars(description: &[u8], name: &[u8]) -> Vec<Variable> {
    vec![
        (named("1.3.6.1.2.1.1.1.0"), octets(description)),
        (named("1.3.6.1.2.1.1.2.0"), oid("1.3.6.1.4.1.30065.1.3")),
        (named("1.3.6.1.2.1.1.3.0"), tlv(0x43, &[1, 0])),
        (named("1.3.6.1.2.1.1.5.0"), octets(name)),
    ]
}

/// A few interfaces.
fn ports(count: u32) -> Vec<Variable> {
    let column = |column: u32, value: fn(u32) -> Vec<u8>| {
        (1..=count)
            .map(move |index| (Oid::new(&[1, 3, 6, 1, 2, 1, 2, 2, 1, column, index]), value(index)))
    };
    column(2, |index| octets(format!("et{index}").as_bytes()))
        .chain(column(3, |_| integer(6)))
        .chain(column(8, |_| integer(1)))
        .collect()
}

async fn read(port: u16, hosts: &[&str]) -> Said {
    let settings = json!({
        "targets": hosts, "port": port, "timeout": "500ms", "retries": 0, "deadline": "20s",
    });
    collected(built(&settings, &[("communities", "c")], Mode::Live).as_ref()).await
}

fn at(host: &str, port: u16) -> std::net::SocketAddr {
    format!("{host}:{port}").parse().unwrap()
}

#[tokio::test]
async fn circles_and_errors_leave_the_rest_of_the_device() {
    let port = free_port();
    let plain = |question: &super::fake::Question| {
        plainly(question, &scalars(b"Arista Networks EOS version 4.1F", b"good"), &ports(3))
    };
    let _good = Fake::start(at("127.86.0.1", port), plain).await;
    // After the second interface it begins again.
    let _loops = Fake::start(at("127.86.0.2", port), |question| {
        let asked = &question.names[0];
        let first = named("1.3.6.1.2.1.2.2.1.2.1");
        if !question.is_get && question.names.len() == 1 && *asked > first {
            return Says::Variables(0, vec![(first, octets(b"et1"))]);
        }
        plainly(question, &scalars(b"x", b"loops"), &ports(3))
    })
    .await;
    // It refuses one table.
    let _refuses = Fake::start(at("127.86.0.3", port), |question| {
        let lldp = named("1.0.8802");
        if !question.is_get && question.names.len() == 1 && question.names[0].is_below(lldp.arcs())
        {
            return Says::Variables(16, Vec::new());
        }
        let mut tables = ports(3);
        tables.insert(0, (named("1.0.8802.1.1.2.1.4.1.1.5.0.1.1"), octets(b"far")));
        plainly(question, &scalars(b"x", b"refuses"), &tables)
    })
    .await;
    let said = read(port, &["127.86.0.1", "127.86.0.2", "127.86.0.3"]).await;
    said.assert_ok();
    said.assert_complete("127.86.0.1");
    assert_eq!(said.device("127.86.0.1").interfaces.len(), 3);
    let (enumeration, reason) = said.coverage("127.86.0.2");
    assert_eq!(enumeration, Enumeration::Partial, "{reason}");
    assert!(reason.contains("interfaces could not be read whole"), "{reason}");
    assert!(reason.contains("goes in circles"), "{reason}");
    assert!(!said.device("127.86.0.2").interfaces.is_empty(), "what was read stands");
    let (enumeration, reason) = said.coverage("127.86.0.3");
    assert_eq!(enumeration, Enumeration::Partial, "{reason}");
    assert!(reason.contains("lldp") && reason.contains("authorizationError"), "{reason}");
    assert_eq!(said.device("127.86.0.3").interfaces.len(), 3);
}

#[tokio::test]
async fn rubbish_is_not_taken_in() {
    let port = free_port();
    let long = vec![b'x'; 50_000];
    let _long = Fake::start(at("127.87.0.1", port), move |question| {
        plainly(question, &scalars(&long, b"a\x1b[31mb\0c"), &[])
    })
    .await;
    let _latin = Fake::start(at("127.87.0.2", port), |question| {
        plainly(question, &scalars(b"Z\xfcrich \xff\xfe", b"n\r\nm"), &[])
    })
    .await;
    let _rubbish =
        Fake::start(at("127.87.0.3", port), |_| Says::Octets(vec![0x30, 0x84, 0xff, 0xff])).await;
    let _wrong = Fake::start(at("127.87.0.4", port), |question| {
        // Numbers where text should be, text where numbers should be, a number of nine octets.
        let all = scalars(b"", b"")
            .into_iter()
            .map(|(name, _)| (name, tlv(2, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])));
        let tables = [
            (named("1.3.6.1.2.1.2.2.1.2.1"), integer(5)),
            (named("1.3.6.1.2.1.2.2.1.3.1"), octets(b"six")),
            (named("1.3.6.1.2.1.2.2.1.5.1"), tlv(0x42, &[0xff, 0xff, 0xff, 0xff])),
            (named("1.3.6.1.2.1.2.2.1.6.1"), octets(&[1; 40])),
        ];
        plainly(question, &all.collect::<Vec<_>>(), &tables)
    })
    .await;
    let _empty = Fake::start(at("127.87.0.5", port), |question| match question.is_get {
        true => plainly(question, &scalars(b"x", b"empty"), &[]),
        false => Says::Variables(0, vec![(question.names[0].clone(), END.to_vec())]),
    })
    .await;
    let hosts: Vec<String> = (1..=5).map(|number| format!("127.87.0.{number}")).collect();
    let said = read(port, &hosts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    said.assert_ok();
    said.assert_complete("127.87.0.1");
    let long = said.device("127.87.0.1");
    assert_eq!(text(long, Attr::Name), "ab");
    assert!(text(long, Attr::SystemDescription).chars().count() < 600);
    assert!(said.details.iter().any(|detail| detail.message.contains("cut")), "{:?}", said.details);
    let latin = said.device("127.87.0.2");
    assert_eq!(text(latin, Attr::SystemDescription), "Zürich ÿþ");
    assert_eq!(text(latin, Attr::Name), "n m");
    let (enumeration, reason) = said.coverage("127.87.0.3");
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("could not be read"), "{reason}");
    said.assert_complete("127.87.0.4");
    let wrong = said.device("127.87.0.4");
    assert_eq!(wrong.interfaces.len(), 1);
    assert_eq!((wrong.interfaces[0].mac.clone(), wrong.interfaces[0].sort.clone()), (None, None));
    said.assert_complete("127.87.0.5");
}

#[tokio::test]
async fn forwarding_tables_that_are_kept_by_vlan_are_asked_by_vlan() {
    let port = free_port();
    let entry = move |octet: u32, bridge_port: i32| {
        let row =
            |column| Oid::new(&[1, 3, 6, 1, 2, 1, 17, 4, 3, 1, column, 0, 0x16, 0x70, 0, 0, octet]);
        [(row(2), integer(bridge_port)), (row(3), integer(3))]
    };
    let _switch = Fake::start(at("127.88.0.1", port), move |question| {
        let mut who = scalars(b"Cisco IOS Software, C2960X, Version 15.2(2)E5, RELEASE", b"sw");
        who[1].1 = oid("1.3.6.1.4.1.9.1.1208");
        let bridge = |bridge_port: u32, index: i32| {
            (Oid::new(&[1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2, bridge_port]), integer(index))
        };
        let mut tables = ports(3);
        tables.extend([bridge(1, 1)]);
        tables.extend(entry(1, 1));
        tables.extend([10, 20].map(|vlan| {
            let name = Oid::new(&[1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1, 4, 1, vlan]);
            (name, octets(format!("v{vlan}").as_bytes()))
        }));
        match question.community.as_slice() {
            b"c@10" => {
                let mut tables = vec![bridge(7, 2)];
                tables.extend(entry(2, 7));
                plainly(question, &who, &tables)
            }
            // A VLAN without a table of its own is a silence, as of an unknown community.
            b"c@20" => Says::Octets(Vec::new()),
            _ => plainly(question, &who, &tables),
        }
    })
    .await;
    let said = read(port, &["127.88.0.1"]).await;
    said.assert_ok();
    said.assert_complete("127.88.0.1");
    let seen: Vec<(&str, Option<&str>, Option<i64>)> = said
        .device("127.88.0.1")
        .sightings
        .iter()
        .map(|it| (it.mac.as_str(), it.port.as_deref(), it.vlan))
        .collect();
    let expected =
        [("00:16:70:00:00:01", Some("et1"), None), ("00:16:70:00:00:02", Some("et2"), Some(10))];
    assert_eq!(seen, expected);
}
