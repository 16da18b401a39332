//! Facets and counts: what is counted is what is listed.

use crate::support::{Estate, Lab, T0, Thing, at};
use cadastre_model::query::Query;
use cadastre_model::{Attr, Kind, Lifecycle, Value};
use cadastre_store::{Count, Visibility};
use std::collections::BTreeMap;

on_both! {
    facets_count_what_is_listed
    counts_stop_at_the_ceiling
}

async fn estate(lab: &Lab) {
    let estate = Estate::begin(&lab.store).await;
    let mut things: Vec<Thing> = (1..=12).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    for (number, thing) in (1..).zip(&mut things) {
        thing.doc.sources = ["Cloud".to_owned()].into();
        let region = ["eu-1", "eu-1", "eu-1", "us-1", "us-2"][number % 5];
        thing.doc.attributes.insert(Attr::Region, Value::text(region));
        if number % 2 == 0 {
            thing.doc.attributes.insert(Attr::Owner, Value::text("Zoë"));
        }
    }
    things[0].doc.hidden = Some("a test".to_owned());
    things[1].doc.lifecycle = Lifecycle::Disposed;
    things[2].doc.kind = Kind::Volume;
    let gone = things[3].clone();
    estate.make(&lab.store, T0, &things).await;
    estate.change(&lab.store, at(1), &gone, &gone.clone().gone(T0)).await;
}

fn values(facets: Vec<cadastre_store::Facet>) -> BTreeMap<String, Vec<(String, u64)>> {
    facets
        .into_iter()
        .map(|facet| {
            let values = facet.values.into_iter().map(|one| (one.value, one.count)).collect();
            (facet.key, values)
        })
        .collect()
}

async fn facets_count_what_is_listed(lab: Lab) {
    estate(&lab).await;
    let (now, all) = (lab.store.now(at(2)).await.unwrap(), Visibility::all());
    let facets = values(lab.store.asset_facets(&Query::All, now, &all, 10).await.unwrap());
    let expected = |values: &[(&str, u64)]| -> Vec<(String, u64)> {
        values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
    };
    // 1 is hidden, 2 disposed, 4 gone: 3 and 5 to 12 are left.
    assert_eq!(facets["kind"], expected(&[("vm", 8), ("volume", 1)]));
    assert_eq!(facets["source"], expected(&[("cloud", 9)]));
    assert_eq!(facets["region"], expected(&[("eu-1", 6), ("us-1", 2), ("us-2", 1)]));
    assert_eq!(facets["owner"], expected(&[("zoe", 4)]));
    assert!(!facets.contains_key("name"), "not declared a facet");

    // Before the one was gone.
    let then = lab.store.as_of(T0, at(2)).await.unwrap();
    let facets = values(lab.store.asset_facets(&Query::All, then, &all, 10).await.unwrap());
    assert_eq!(facets["source"], expected(&[("cloud", 10)]));

    // Of a query, of everything, of what a reader may see, the most frequent only.
    let volumes = Query::Kind(Kind::Volume);
    let facets = values(lab.store.asset_facets(&volumes, now, &all, 10).await.unwrap());
    assert_eq!(facets["source"], expected(&[("cloud", 1)]));
    let facets = values(lab.store.asset_facets(&Query::Any, now, &all, 1).await.unwrap());
    assert_eq!(facets["kind"], expected(&[("vm", 11)]));
    let only = Visibility::only(volumes);
    let facets = values(lab.store.asset_facets(&Query::All, now, &only, 10).await.unwrap());
    assert_eq!(facets["kind"], expected(&[("volume", 1)]));
}

async fn counts_stop_at_the_ceiling(lab: Lab) {
    estate(&lab).await;
    let (now, all) = (lab.store.now(at(2)).await.unwrap(), Visibility::all());
    for (query, count) in [
        (Query::All, 9),
        (Query::Any, 12),
        (Query::Kind(Kind::Vm), 8),
        (Query::Kind(Kind::Bucket), 0),
    ] {
        for ceiling in [None, Some(0), Some(1), Some(7), Some(8), Some(9), Some(10_000)] {
            let more = ceiling.is_some_and(|ceiling| count > ceiling);
            let expected = Count { count: ceiling.filter(|_| more).unwrap_or(count), more };
            let counted = lab.store.asset_count(&query, now, &all, ceiling).await.unwrap();
            assert_eq!(counted, expected, "{query} {ceiling:?}");
        }
    }
    let only = Visibility::only(Query::Kind(Kind::Volume));
    let counted = lab.store.asset_count(&Query::All, now, &only, None).await.unwrap();
    assert_eq!(counted, Count { count: 1, more: false });
}
