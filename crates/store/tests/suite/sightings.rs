//! What network devices see on their wires: first and last seen, and on which port an address is.

use crate::support::{Estate, Lab, T0, Thing, at};
use cadastre_model::{
    AssetId, Claim, Digest, Identifier, Interface, Kind, LatestWrite, Plan, RecordState,
    RelationType, Sighted, Sighting, Target, Timestamp,
};
use cadastre_store::{FarEnd, PortSighting, Store};
use std::collections::BTreeMap;

on_both! {
    what_comes_and_goes_keeps_its_days
    what_is_unchanged_writes_nothing
    a_device_that_is_missed_sees_nothing_any_more
    an_address_is_on_the_port_that_leads_nowhere_else
    the_past_is_told_as_it_was
}

const MAC: &str = "00:50:56:ab:cd:ef";

fn on(port: &str, mac: &str) -> Sighting {
    Sighting { mac: mac.to_owned(), port: Some(port.to_owned()), vlan: Some(7), address: None }
}

fn switch(number: i64, name: &str) -> Thing {
    let mut thing = Thing::new(number, name);
    thing.doc.kind = Kind::Switch;
    let port = |native: &str, name: &str, lag: Option<&str>| Interface {
        native_id: native.to_owned(),
        name: Some(name.to_owned()),
        lag: lag.map(str::to_owned),
        ..Interface::default()
    };
    thing.doc.interfaces =
        vec![port("1", "Gi1/0/1", None), port("2", "Gi1/0/2", Some("9")), port("9", "Po1", None)];
    thing
}

/// One device sees other things than before.
async fn sees(lab: &Lab, estate: &Estate, now: Timestamp, number: i64, sighted: Sighted) {
    let write = LatestWrite {
        key: cadastre_model::RecordKey(number),
        digest: Digest { versioned: number, latest: now.0 },
        latest: BTreeMap::new(),
        sighted,
    };
    let plan = Plan { latest: vec![write], ..Plan::default() };
    assert_eq!(estate.apply(&lab.store, now, &plan).await, None, "it makes no revision");
}

fn sighted(before: Option<Timestamp>, now: &[Sighting]) -> Sighted {
    Sighted { now: now.iter().cloned().collect(), before }
}

async fn ports(store: &Store, now: Timestamp) -> Vec<PortSighting> {
    let now = store.now(now).await.unwrap();
    store.ports_of(&[MAC.to_owned()], now).await.unwrap()
}

async fn what_comes_and_goes_keeps_its_days(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[switch(1, "sw1")]).await;
    sees(&lab, &estate, at(1), 1, sighted(Some(T0), &[on("1", MAC)])).await;
    let found = ports(&lab.store, at(2)).await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].port.as_str(), found[0].vlan), ("Gi1/0/1", Some(7)));
    assert_eq!((found[0].device, found[0].name.as_str()), (AssetId(1), "sw1"));
    assert_eq!((found[0].first_seen, found[0].last_seen), (at(1), None));

    sees(&lab, &estate, at(5), 1, sighted(Some(at(4)), &[])).await;
    assert_eq!(ports(&lab.store, at(6)).await[0].last_seen, Some(at(4)));
    sees(&lab, &estate, at(7), 1, sighted(Some(at(5)), &[on("1", MAC)])).await;
    let again = ports(&lab.store, at(8)).await;
    assert_eq!((again[0].first_seen, again[0].last_seen), (at(1), None));

    let day = 24 * 3600;
    sees(&lab, &estate, at(10), 1, sighted(Some(at(9)), &[])).await;
    let other = on("1", "00:50:56:00:00:01");
    sees(&lab, &estate, at(89 * day), 1, sighted(Some(at(11)), &[other])).await;
    assert_eq!(ports(&lab.store, at(89 * day)).await.len(), 1, "remembered");
    sees(&lab, &estate, at(91 * day), 1, sighted(Some(at(90 * day)), &[])).await;
    assert_eq!(ports(&lab.store, at(91 * day)).await, [], "forgotten after ninety days");
}

async fn what_is_unchanged_writes_nothing(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[switch(1, "sw1")]).await;
    let arp = Sighting { address: Some("10.0.0.1".to_owned()), ..on("1", MAC) };
    let all = [on("1", MAC), on("2", MAC), arp, Sighting { port: None, ..on("1", MAC) }];
    sees(&lab, &estate, at(1), 1, sighted(None, &all)).await;
    let before = lab.rows();
    assert_eq!(before.count("sighting"), 4);
    sees(&lab, &estate, at(2), 1, sighted(Some(at(1)), &all)).await;
    let changed = lab.rows().since(&before);
    assert_eq!(changed.keys().collect::<Vec<_>>(), ["record"], "but the digest");
    assert_eq!(ports(&lab.store, at(3)).await.len(), 2, "an address in use is on no port");
}

async fn a_device_that_is_missed_sees_nothing_any_more(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let thing = switch(1, "sw1");
    estate.make(&lab.store, T0, std::slice::from_ref(&thing)).await;
    sees(&lab, &estate, at(1), 1, sighted(None, &[on("1", MAC)])).await;
    let missed = Thing { state: RecordState::Stale, last_seen: Some(at(3)), ..thing.clone() };
    let mut plan = estate.plan(&[(Some(&thing), &missed)]);
    plan.records[0].digest = None;
    estate.apply(&lab.store, at(9), &plan).await;
    assert_eq!(ports(&lab.store, at(10)).await[0].last_seen, Some(at(3)));
}

async fn an_address_is_on_the_port_that_leads_nowhere_else(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let chassis =
        |text: &str| Identifier::plain(cadastre_model::Scheme::LldpChassis, text).unwrap();
    let mut edge = switch(1, "edge").identify(Some(chassis("edge")));
    let core = switch(2, "core").identify(Some(chassis("core")));
    let server = Thing::new(3, "server").identify(Identifier::mac("00:50:56:00:00:09"));
    let towards = |port: &str, target: Identifier| Claim {
        port: Some(port.to_owned()),
        by: Some("lldp".to_owned()),
        ..Claim::new(RelationType::ConnectedTo, Target::Identifier(target))
    };
    // The edge's second port is part of an aggregate that leads to the core.
    edge.claims = [towards("2", chassis("core"))].into();
    let mut middle = core;
    middle.claims = [
        towards("1", chassis("edge")),
        towards("2", Identifier::mac("00:50:56:00:00:09").unwrap()),
    ]
    .into();
    estate.make(&lab.store, T0, &[edge, middle, server]).await;
    let others: Vec<Sighting> = (0..5).map(|n| on("9", &format!("00:50:56:00:01:0{n}"))).collect();
    let seen = [&[on("1", MAC), on("9", MAC)][..], &others].concat();
    sees(&lab, &estate, at(1), 1, sighted(None, &seen)).await;
    sees(&lab, &estate, at(1), 2, sighted(None, &[on("1", MAC), on("2", MAC), on("9", MAC)])).await;

    let found = ports(&lab.store, at(2)).await;
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.name.as_str(), one.port.as_str(), one.far_end, one.beside))
        .collect();
    assert_eq!(
        told,
        [
            ("edge", "Gi1/0/1", FarEnd::Silent, 0),
            ("core", "Gi1/0/2", FarEnd::Machine, 0),
            ("core", "Po1", FarEnd::Machine, 0),
            ("core", "Gi1/0/1", FarEnd::Network, 0),
            ("edge", "Po1", FarEnd::Network, 5),
        ]
    );
}

async fn the_past_is_told_as_it_was(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    estate.make(&lab.store, T0, &[switch(1, "sw1")]).await;
    sees(&lab, &estate, at(10), 1, sighted(None, &[on("1", MAC)])).await;
    sees(&lab, &estate, at(20), 1, sighted(Some(at(15)), &[on("2", MAC)])).await;
    let then = async |second: i64| -> Vec<(String, Option<Timestamp>)> {
        let point = lab.store.as_of(at(second), at(30)).await.unwrap();
        let found = lab.store.ports_of(&[MAC.to_owned()], point).await.unwrap();
        found.into_iter().map(|one| (one.port, one.last_seen)).collect()
    };
    assert_eq!(then(5).await, []);
    assert_eq!(then(12).await, [("Gi1/0/1".to_owned(), None)]);
    let both = [("Gi1/0/2".to_owned(), None), ("Gi1/0/1".to_owned(), Some(at(15)))];
    assert_eq!(then(25).await, both);
}
