//! The longest, deepest and most crowded queries that the language allows are answered, and soon.

use crate::support::{Estate, Lab, T0, Thing, at, names};
use cadastre_model::query::{MAX_BYTES, MAX_DEPTH, MAX_TERMS, Query, UtcDays, parse};
use cadastre_model::{Claim, RelationType, Target};
use cadastre_store::Visibility;
use std::time::{Duration, Instant};

on_both! {
    the_largest_queries_are_answered
    chains_of_relations_are_followed
}

/// Generous: the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(5);

async fn estate(lab: &Lab) {
    // A chain: web1 runs on web2, that on web3, and so on; the last runs on itself.
    let things: Vec<Thing> = (1..=40_i64)
        .map(|number| {
            let mut thing = Thing::new(number, &format!("web{number}"));
            let target = Target::Native(format!("vm-{}", (number + 1).min(40)));
            thing.claims = [Claim { relation: RelationType::RunsOn, target }].into();
            thing
        })
        .collect();
    Estate::begin(&lab.store).await.make(&lab.store, T0, &things).await;
}

async fn answered(lab: &Lab, query: &Query) -> Vec<String> {
    let now = lab.store.now(at(1)).await.unwrap();
    let begun = Instant::now();
    let found = names(&lab.store, query, now).await;
    let count = lab.store.asset_count(query, now, &Visibility::all(), None).await.unwrap();
    assert_eq!(count.count, found.len() as u64, "{query}");
    lab.store.asset_facets(query, now, &Visibility::all(), 10).await.unwrap();
    let taken = begun.elapsed();
    assert!(taken < PATIENCE, "{taken:?} for {query}");
    found
}

async fn the_largest_queries_are_answered(lab: Lab) {
    estate(&lab).await;
    let joined = |word: &str, by: &str, most: usize| {
        let most = most.min((MAX_BYTES - 200) / (word.len() + by.len()));
        vec![word; most].join(by)
    };
    let nested = |open: &str, inner: &str, close: &str| {
        let depth = MAX_DEPTH - 1;
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    let mut texts: Vec<String> = [
        "web1",
        "00:50",
        "423a5f10-9c77-11ee-8b2d-0242ac120002",
        "10.0.0.0/8",
        "005056abcdef",
        "id:1",
        "-is:on",
        "name:w*b*",
        "tag:a=b",
        "vcpu>1",
        "seen<1d",
        "first-seen>1d",
        "runs-on:web2",
        "-runs-on:*",
        "~runs-on:is:gone",
    ]
    .iter()
    .flat_map(|word| [joined(word, " OR ", MAX_TERMS), joined(word, " ", MAX_TERMS)])
    .collect();
    texts.push("é".repeat(MAX_BYTES / 2));
    texts.push(format!("name:\"{}\"", "x*".repeat(1000)));
    texts.push(format!("w{}", "*b".repeat(1000)));
    for inner in ["web1", "web1 kind:vm", "web1 OR -is:on", "005056abcdef"] {
        texts.push(nested("(", inner, ")"));
        texts.push(nested("-(web1 ", inner, ")"));
        texts.push(nested("(web1 OR -is:on ", inner, ")"));
        texts.push(nested("runs-on:(", inner, ")"));
        texts.push(nested("~runs-on:(web1 OR ", inner, ")"));
        texts.push(nested("-runs-on:(-is:gone ", inner, ")"));
        texts.push(nested("-~runs-on:(kind:vm ", inner, ")"));
    }
    let mut read = 0;
    for text in texts {
        // Some are a little more than allowed; the language says so.
        let Ok(query) = parse(&text, &UtcDays) else { continue };
        read += 1;
        answered(&lab, &query).await;
    }
    assert!(read > 40, "{read}");
}

async fn chains_of_relations_are_followed(lab: Lab) {
    estate(&lab).await;
    for depth in [1, 2, 5, MAX_DEPTH] {
        let forward = format!("{}name:web40", "runs-on:".repeat(depth));
        let backward = format!("{}name:web1", "~runs-on:".repeat(depth));
        let found = answered(&lab, &parse(&forward, &UtcDays).unwrap()).await;
        let expected: Vec<String> = (40 - depth..=40).map(|n| format!("web{n}")).collect();
        assert_eq!(found, expected, "{forward}");
        let found = answered(&lab, &parse(&backward, &UtcDays).unwrap()).await;
        assert_eq!(found, [format!("web{}", 1 + depth)], "{backward}");
    }
}
