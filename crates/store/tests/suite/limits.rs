//! The longest, deepest and most crowded queries that the language allows are answered. One that took
//! the database for ever would be ended as a hanging test.

use crate::support::{Estate, Lab, T0, Thing, at, names};
use cadastre_model::query::{
    MAX_BYTES, MAX_DEPTH, MAX_RELATIONS, MAX_TERMS, Query, UtcDays, parse,
};
use cadastre_model::{Claim, RelationType, Target};
use cadastre_store::Visibility;

on_both! {
    the_largest_queries_are_answered
    chains_of_relations_are_followed
}

async fn estate(lab: &Lab) {
    // A chain: web1 runs on web2, that on web3, and so on; the last runs on itself.
    let things: Vec<Thing> = (1..=40_i64)
        .map(|number| {
            let mut thing = Thing::new(number, &format!("web{number}"));
            let target = Target::Native(format!("vm-{}", (number + 1).min(40)));
            thing.claims = [Claim::new(RelationType::RunsOn, target)].into();
            thing
        })
        .collect();
    Estate::begin(&lab.store).await.make(&lab.store, T0, &things).await;
}

async fn answered(lab: &Lab, query: &Query) -> Vec<String> {
    let now = lab.store.now(at(1)).await.unwrap();
    let found = names(&lab.store, query, now).await;
    let count = lab.store.asset_count(query, now, &Visibility::all(), None).await.unwrap();
    assert_eq!(count.count, found.len() as u64, "{query}");
    found
}

async fn the_largest_queries_are_answered(lab: Lab) {
    estate(&lab).await;
    let joined = |word: &str, by: &str, most: usize| {
        let most = most.min((MAX_BYTES - 200) / (word.len() + by.len()));
        vec![word; most].join(by)
    };
    let nested = |depth: usize, open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    // What takes SQL of a few lines, and what takes a page of it.
    let short = ["web1", "00:50", "10.0.0.0/8", "id:1", "-is:on", "name:w*b*", "tag:a=b", "vcpu>1"];
    let uuid = "423a5f10-9c77-11ee-8b2d-0242ac120002";
    let long = [uuid, "005056abcdef", "seen<1d", "runs-on:web2", "-runs-on:*", "~runs-on:is:gone"];
    let mut texts: Vec<String> = Vec::new();
    for by in [" OR ", " "] {
        texts.extend(short.iter().map(|word| joined(word, by, MAX_TERMS)));
        texts.extend(long.iter().map(|word| joined(word, by, 30)));
    }
    texts.push("é".repeat(MAX_BYTES / 2));
    texts.push(format!("name:\"{}\"", "x*".repeat(1000)));
    texts.push(format!("w{}", "*b".repeat(1000)));
    for inner in ["web1", "web1 kind:vm", "web1 OR -is:on", "005056abcdef"] {
        for open in ["(", "-(web1 ", "(web1 OR -is:on "] {
            texts.push(nested(MAX_DEPTH - 1, open, inner, ")"));
        }
        for open in [
            "runs-on:(",
            "~runs-on:(web1 OR ",
            "-runs-on:(-is:gone ",
            "-~runs-on:(kind:vm ",
            "runs-on:(runs-on:web1 runs-on:web2 OR runs-on:web3 ",
        ] {
            texts.push(nested(MAX_RELATIONS - 1, open, inner, ")"));
        }
    }
    let crowd = ["runs-on:web1"; 100].join(" OR ");
    texts.push(nested(MAX_RELATIONS - 1, "runs-on:(", &crowd, ")"));
    texts.push(nested(MAX_RELATIONS - 1, "runs-on:(", &crowd.replace(" OR", ""), ")"));
    let mut read = 0;
    for text in texts {
        // Some are a little more than allowed; the language says so.
        let Ok(query) = parse(&text, &UtcDays) else { continue };
        read += 1;
        answered(&lab, &query).await;
    }
    assert!(read > 50, "{read}");
}

async fn chains_of_relations_are_followed(lab: Lab) {
    estate(&lab).await;
    for depth in 1..=MAX_RELATIONS {
        let forward = format!("{}name:web40", "runs-on:".repeat(depth));
        let backward = format!("{}name:web1", "~runs-on:".repeat(depth));
        let found = answered(&lab, &parse(&forward, &UtcDays).unwrap()).await;
        let expected: Vec<String> = (40 - depth..=40).map(|n| format!("web{n}")).collect();
        assert_eq!(found, expected, "{forward}");
        let found = answered(&lab, &parse(&backward, &UtcDays).unwrap()).await;
        assert_eq!(found, [format!("web{}", 1 + depth)], "{backward}");
    }
}
