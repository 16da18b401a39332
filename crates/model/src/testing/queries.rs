//! Random queries, in the normal form the parser yields.

use super::pools;
use crate::asset::{Freshness, Lifecycle, Power};
use crate::identifier::Identifier;
use crate::query::{Bounds, Glob, Lookup, Moment, Query, Span, Test};
use crate::registry::Attr;
use crate::terms::{TermKey, bool_value};
use crate::text::fold;
use crate::time::Timestamp;
use ipnet::IpNet;
use proptest::prelude::*;
use proptest::sample::select;

/// A query over the pools that [`super::any_asset_doc`] draws from, with nested conditions and
/// relations. It is one that the parser can yield.
pub fn any_query() -> BoxedStrategy<Query> {
    let words = [&pools::TEXTS[..], &pools::NATIVE_IDS[..], &pools::SOURCES[..]].concat();
    any_query_with(select(words).prop_map(str::to_owned).boxed())
}

/// As [`any_query`], with texts of any strategy where a query holds text.
pub fn any_query_with(text: BoxedStrategy<String>) -> BoxedStrategy<Query> {
    let leaf = prop_oneof![
        4 => any_text_query(text.clone()),
        4 => any_lookup().prop_map(Query::Lookup),
        8 => any_term(text.clone()),
        4 => any_tag(text),
        4 => any_axis(),
        2 => any_seen(),
        1 => (0_i64..5).prop_map(Query::Id),
        1 => Just(Query::All),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            2 => items.clone().prop_map(Query::all_of),
            2 => items.prop_map(Query::any_of),
            2 => inner.clone().prop_map(Query::negated),
            1 => (select(pools::RELATIONS.to_vec()), any::<bool>(), inner).prop_map(
                |(relation, reverse, other)| Query::Related {
                    relation,
                    reverse,
                    other: Box::new(other),
                }
            ),
        ]
    })
    .boxed()
}

fn any_text_query(text: BoxedStrategy<String>) -> impl Strategy<Value = Query> {
    // Two bits of a text with what lies between left open, or one bit of it.
    (text, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(text, first, second, with_star)| {
            let letters: Vec<char> = fold(&text).chars().collect();
            let mut ends = [first.index(letters.len() + 1), second.index(letters.len() + 1)];
            ends.sort_unstable();
            let bit = |from: usize, to: usize| -> String {
                let bit: String = letters.iter().skip(from).take(to.saturating_sub(from)).collect();
                bit.trim().to_owned()
            };
            let parts = match with_star {
                true => vec![bit(0, ends[0]), bit(ends[1], letters.len())],
                false => vec![bit(ends[0], ends[1])],
            };
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            if parts.is_empty() { Query::All } else { Query::Text(Glob { parts }) }
        },
    )
}

fn any_lookup() -> impl Strategy<Value = Lookup> {
    let whole = [&pools::MACS[..], &pools::IPS[..], &pools::ARNS[..]].concat();
    let identifier = |text: &str| {
        Identifier::mac(text).or_else(|| Identifier::ip(text)).or_else(|| Identifier::aws_arn(text))
    };
    let parts = ["00:50", "00:50:56", "00:50:5", "cd:ef", "ab:cd:ef", "56:ab"];
    let nets = ["10.2.0.0/16", "10.2.3.4/32", "0.0.0.0/0", "2001:db8::/63", "::/0", "fe80::/10"];
    prop_oneof![
        select(whole)
            .prop_filter_map("an identifier", move |text| identifier(text).map(Lookup::Whole)),
        select(pools::UUIDS.to_vec()).prop_map(|uuid| Lookup::Uuid(uuid.to_owned())),
        select(parts.to_vec()).prop_map(|part| Lookup::MacPart(part.to_owned())),
        select(nets.to_vec())
            .prop_filter_map("a network", |net| net.parse::<IpNet>().ok().map(Lookup::Net)),
    ]
}

fn any_term(text: BoxedStrategy<String>) -> impl Strategy<Value = Query> {
    let term = |attr, test| Query::Term { key: TermKey::Attr(attr), test };
    let mut text_keys: Vec<TermKey> =
        pools::TEXT_ATTRS.iter().map(|attr| TermKey::Attr(*attr)).collect();
    text_keys.extend([Attr::Name, Attr::Arn, pools::LIST_ATTR].map(TermKey::Attr));
    text_keys.push(TermKey::Source);
    let present = [pools::BOOL_ATTR, pools::MOMENT_ATTR, pools::NUMBER_ATTRS[0]].map(TermKey::Attr);
    prop_oneof![
        6 => (select(text_keys), any_text_test(text))
            .prop_map(|(key, test)| Query::Term { key, test }),
        3 => (select(pools::NUMBER_ATTRS.to_vec()), any_bounds())
            .prop_map(move |(attr, bounds)| term(attr, Test::Number(bounds))),
        1 => any::<bool>().prop_map(move |yes| term(pools::BOOL_ATTR, Test::Is(bool_value(yes)))),
        2 => any_span().prop_map(move |span| term(pools::MOMENT_ATTR, Test::When(span))),
        1 => select([&present[..], &[TermKey::Tag]].concat())
            .prop_map(|key| Query::Term { key, test: Test::Any }),
    ]
}

fn any_text_test(text: BoxedStrategy<String>) -> impl Strategy<Value = Test> {
    let cut =
        (text.clone(), any::<prop::sample::Index>(), 0..3_usize).prop_map(|(text, at, open)| {
            let letters: Vec<char> = fold(&text).chars().collect();
            let (left, right) = letters.split_at(at.index(letters.len() + 1));
            let (left, right) = (left.iter().collect::<String>(), right.iter().collect());
            let parts = match open {
                0 => vec![String::new(), right],
                1 => vec![left, String::new()],
                // The middle is left open, one letter more of it than nothing.
                _ => vec![left, right.chars().skip(1).collect()],
            };
            match parts.iter().all(String::is_empty) {
                true => Test::Any,
                false => Test::Like(Glob { parts }),
            }
        });
    prop_oneof![
        1 => Just(Test::Any),
        3 => text.prop_map(|text| Test::Is(fold(&text))),
        3 => cut,
    ]
}

fn any_tag(text: BoxedStrategy<String>) -> impl Strategy<Value = Query> {
    let value =
        prop_oneof![4 => select(pools::TAG_VALUES.to_vec()).prop_map(str::to_owned), 1 => text];
    (select(pools::TAG_KEYS.to_vec()), any_text_test(value.boxed()))
        .prop_map(|(key, test)| Query::Tag { key: fold(key), test })
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    let number = || select(pools::NUMBERS.to_vec());
    let near = (number(), -1_i64..=1).prop_map(|(number, by)| number.saturating_add(by));
    prop_oneof![
        near.clone().prop_map(|min| Bounds { min: Some(min), max: None }),
        near.clone().prop_map(|max| Bounds { min: None, max: Some(max) }),
        (near, number()).prop_map(|(a, b)| Bounds { min: Some(a.min(b)), max: Some(a.max(b)) }),
    ]
}

fn any_span() -> impl Strategy<Value = Span> {
    // What a comparison makes of whole seconds, and the moments themselves.
    let age = || (select(pools::AGES.to_vec()), -1_i64..=1).prop_map(|(age, by)| (age + by).max(0));
    let at = || age().prop_map(|age| Timestamp(pools::NOW.0 - age));
    let one = || prop_oneof![age().prop_map(Moment::Ago), at().prop_map(Moment::At)];
    prop_oneof![
        one().prop_map(|from| Span { from: Some(from), to: None }),
        one().prop_map(|to| Span { from: None, to: Some(to) }),
        (age(), age()).prop_map(|(a, b)| Span {
            from: Some(Moment::Ago(a.max(b))),
            to: Some(Moment::Ago(a.min(b))),
        }),
        (at(), at()).prop_map(|(a, b)| Span {
            from: Some(Moment::At(a.min(b))),
            to: Some(Moment::At(a.max(b))),
        }),
    ]
}

fn any_seen() -> impl Strategy<Value = Query> {
    (any::<bool>(), any_span()).prop_map(|(first, span)| Query::Seen { first, span })
}

fn any_axis() -> impl Strategy<Value = Query> {
    prop_oneof![
        select(pools::KINDS.to_vec()).prop_map(Query::Kind),
        select(Lifecycle::ALL.to_vec()).prop_map(Query::Lifecycle),
        select(Power::ALL.to_vec()).prop_map(Query::Power),
        select(Freshness::ALL.to_vec()).prop_map(Query::Freshness),
        select(vec![Query::Conflicted, Query::Hidden, Query::Locked, Query::Any]),
    ]
}
