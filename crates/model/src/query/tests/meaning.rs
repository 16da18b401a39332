//! What texts mean, told by their canonical form, and that the form means the same.

use super::{canonical, read};
use crate::query::{Glob, Lookup, Query, Test};
use crate::registry::{Attr, Kind};
use crate::terms::TermKey;

fn assert_canonical(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(canonical(text), *expected, "{text}");
        assert_eq!(read(expected), read(text), "{text}");
    }
}

fn text(parts: &[&str]) -> Query {
    Query::Text(Glob { parts: parts.iter().map(|part| (*part).to_owned()).collect() })
}

fn lookup(text: &str) -> Lookup {
    match read(text) {
        Query::Lookup(lookup) => lookup,
        other => panic!("{text} is no lookup: {other:?}"),
    }
}

#[test]
fn structure() {
    assert_canonical(&[
        ("", ""),
        ("   ", ""),
        ("*", ""),
        ("* a", "a"),
        ("-*", "-*"),
        ("a b", "a b"),
        ("a AND b", "a b"),
        ("a OR b c", "a OR b c"),
        ("(a OR b) c", "(a OR b) c"),
        ("a (b c)", "a b c"),
        ("a OR (b OR c)", "a OR b OR c"),
        ("(((a)))", "a"),
        ("-a", "-a"),
        ("NOT a b", "-a b"),
        ("NOT (a b)", "-(a b)"),
        ("-(a OR b)", "-(a OR b)"),
        ("--a", "a"),
        ("-(-a)", "a"),
        ("a-b -c", "a-b -c"),
        ("or and not", "or and not"),
        ("(a)(b)", "a b"),
    ]);
}

#[test]
fn words_and_phrases() {
    assert_canonical(&[
        ("Web01", "web01"),
        ("\"Zürich  Süd\"", "\"zurich sud\""),
        ("web*01", "web*01"),
        ("*web*", "web"),
        ("a**b", "a*b"),
        ("\"a * b\"", "\"a * b\""),
        (r#""a\*b""#, r#""a\*b""#),
        (r#""say \"hi\" \\o/""#, r#""say \"hi\" \\o/""#),
        (r"CORP\web01", r#""corp\\web01""#),
        ("web\"01 a\"", "\"web01 a\""),
        ("10.2.3", "10.2.3"),
        ("123456789012", "123456789012"),
        ("2022.0401", "2022.0401"),
        ("cafe.de", "cafe.de"),
        ("fe-01", "fe-01"),
        ("\"10.2.3.4\"", "\"10.2.3.4\""),
        ("\"kind:vm\"", "\"kind:vm\""),
        ("~web", "\"~web\""),
        ("registry.local/app:1.2", "\"registry.local/app:1.2\""),
        ("50:06:01:60:3b:a0:11:22", "\"50:06:01:60:3b:a0:11:22\""),
    ]);
    assert_eq!(read("web01"), text(&["web01"]));
    assert_eq!(read("\"windows server *2012\""), text(&["windows server ", "2012"]));
}

#[test]
fn keys_of_text() {
    assert_canonical(&[
        ("NAME:Web01", "name:web01"),
        ("name=web01", "name:web01"),
        ("Cost-Centre:IT", "cost_centre:it"),
        ("os:\"Windows Server 2012*\"", "os:\"windows server 2012*\""),
        ("owner:*", "owner:*"),
        ("owner:\"*\"", "owner:*"),
        ("-owner:*", "-owner:*"),
        ("has:owner", "owner:*"),
        ("has:(owner OR site)", "owner:* OR site:*"),
        ("env:(prod OR \"pre prod\")", "env:prod OR env:\"pre prod\""),
        ("-env:(prod OR test)", "-(env:prod OR env:test)"),
        ("a env:(prod OR test)", "a (env:prod OR env:test)"),
        ("name:\"\"", "name:\"\""),
        ("name:\"-x\"", "name:\"-x\""),
        ("name:\"a..b\"", "name:\"a..b\""),
        ("name:\"a:b\"", "name:\"a:b\""),
        ("cidr:10.0.0.0/8", "cidr:10.0.0.0/8"),
        ("private_ip:10.2.3.4", "private_ip:10.2.3.4"),
        ("source:VC-Paris", "source:vc-paris"),
        ("source:vc-*", "source:vc-*"),
        ("arn:*", "arn:*"),
        ("arn:arn*", "arn:arn*"),
    ]);
    assert_eq!(
        read("os:Win*"),
        Query::Term {
            key: TermKey::Attr(Attr::Os),
            test: Test::Like(Glob { parts: vec!["win".to_owned(), String::new()] }),
        }
    );
}

#[test]
fn closed_sets() {
    assert_canonical(&[
        ("kind:VM", "kind:vm"),
        ("kind:vms", "kind:vm"),
        ("kind:switches", "kind:switch"),
        ("kind:Access_Points", "kind:access-point"),
        ("kind:\"virtual machines\"", "kind:vm"),
        ("kind:(vm OR server)", "kind:vm OR kind:server"),
        ("kind:*", ""),
        ("lifecycle:retired", "lifecycle:retired"),
        ("is:retired", "lifecycle:retired"),
        ("is:on", "power:on"),
        ("power:unknown", "power:unknown"),
        ("is:stale", "freshness:stale"),
        ("freshness:GONE", "freshness:gone"),
        ("is:(conflicted OR hidden)", "is:conflicted OR is:hidden"),
        ("is:locked", "is:locked"),
        ("is:any", "is:any"),
        ("encrypted:No", "encrypted:no"),
        ("encrypted=true", "encrypted:yes"),
        ("id:42", "id:42"),
        ("id:(1 OR 2)", "id:1 OR id:2"),
    ]);
}

#[test]
fn every_kind_is_named_by_its_word_its_label_and_its_plural() {
    for kind in Kind::ALL {
        for name in [kind.word(), kind.label(), kind.plural()] {
            assert_eq!(read(&format!("kind:\"{name}\"")), Query::Kind(*kind), "{name}");
        }
    }
}

#[test]
fn numbers() {
    assert_canonical(&[
        ("vcpu:4", "vcpu:4"),
        ("vcpu=4", "vcpu:4"),
        ("vcpu>4", "vcpu>=5"),
        ("vcpu>=4", "vcpu>=4"),
        ("vcpu<4", "vcpu<=3"),
        ("vcpu<=4", "vcpu<=4"),
        ("vcpu>-1", "vcpu>=0"),
        ("vcpu:2..8", "vcpu:2..8"),
        ("vcpu:4..4", "vcpu:4"),
        ("vcpu:2..", "vcpu>=2"),
        ("vcpu:..8", "vcpu<=8"),
        ("vcpu:(1 OR 4..8)", "vcpu:1 OR vcpu:4..8"),
        ("vcpu:*", "vcpu:*"),
        ("memory>=16GB", "memory>=16GB"),
        ("memory>16gib", "memory>16GiB"),
        ("memory<1.5TB", "memory<1500GB"),
        ("memory:512MiB..1GiB", "memory:512MiB..1GiB"),
        ("memory:0", "memory:0"),
        ("memory:\"16 GB\"", "memory:16GB"),
        ("memory:1048576", "memory:1MiB"),
        ("throughput>=125MB/s", "throughput>=125MB"),
    ]);
}

#[test]
fn tags() {
    assert_canonical(&[
        ("tag:Team", "tag:team"),
        ("tag:team=*", "tag:team"),
        ("tag:team=Payments", "tag:team=payments"),
        ("tag:team=pay*", "tag:team=pay*"),
        ("tag:team=\"\"", "tag:team=\"\""),
        ("tag:\"my key\"=v", "tag:\"my key\"=v"),
        ("tag:\"my key\"=\"v w\"", "tag:\"my key\"=\"v w\""),
        ("tag:\"a=b\"=c=d", "tag:\"a=b\"=\"c=d\""),
        ("tag:aws:autoscaling:groupName=x", "tag:aws:autoscaling:groupname=x"),
        ("tag:team=(a OR b*)", "tag:team=a OR tag:team=b*"),
        ("tag:(team=a OR app)", "tag:team=a OR tag:app"),
        ("tag:*", "tag:*"),
        ("-has:tag", "-tag:*"),
    ]);
}

#[test]
fn relations() {
    assert_canonical(&[
        ("runs-on:(kind:server site:paris)", "runs-on:(kind:server site:paris)"),
        ("RUNS_ON:web01", "runs-on:(web01)"),
        ("runs-on:kind:server", "runs-on:(kind:server)"),
        ("runs-on:kind:(vm OR server)", "runs-on:(kind:vm OR kind:server)"),
        ("runs-on:-web01", "runs-on:(-web01)"),
        ("~runs-on:(web01)", "~runs-on:(web01)"),
        ("-member-of:*", "-member-of:*"),
        ("member-of:(*)", "member-of:*"),
        ("has:~runs-on", "~runs-on:*"),
        ("runs-on:member-of:a", "runs-on:(member-of:(a))"),
        ("runs-on:(a OR b) c", "runs-on:(a OR b) c"),
        ("runs-on:10.2.3.4", "runs-on:(10.2.3.4)"),
    ]);
}

#[test]
fn addresses_are_looked_up() {
    assert_canonical(&[
        ("10.2.3.4", "10.2.3.4"),
        ("FE80::1", "fe80::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:10.2.3.4", "10.2.3.4"),
        ("10.2.3.4/16", "10.2.0.0/16"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::ffff:10.2.0.0/112", "10.2.0.0/16"),
        ("-10.2.3.4", "-10.2.3.4"),
        ("::", "::"),
    ]);
    assert!(matches!(lookup("10.2.3.4"), Lookup::Whole(_)));
    assert!(matches!(lookup("10.2.0.0/16"), Lookup::Net(_)));
}

#[test]
fn ethernet_addresses_are_looked_up() {
    assert_canonical(&[
        ("00:50:56:AB:CD:EF", "00:50:56:ab:cd:ef"),
        ("00-50-56-AB-CD-EF", "00:50:56:ab:cd:ef"),
        ("0050.56ab.cdef", "00:50:56:ab:cd:ef"),
        ("00:50:56:ab", "00:50:56:ab"),
        ("00:50", "00:50"),
        ("00:50:5", "00:50:5"),
        ("00:50:56:", "00:50:56"),
        ("00:50:56:*", "00:50:56"),
        ("*:ab:cd", "ab:cd"),
        ("0050.56ab", "00:50:56:ab"),
        // These could be names as well, so both are looked for.
        ("00-50-56", "00:50:56 OR \"00-50-56\""),
        ("005056ABCDEF", "00:50:56:ab:cd:ef OR \"005056abcdef\""),
    ]);
    assert!(matches!(lookup("00:50:56:ab:cd:ef"), Lookup::Whole(_)));
    assert_eq!(lookup("0050.56ab"), Lookup::MacPart("00:50:56:ab".to_owned()));
}

#[test]
fn uuids_and_arns_are_looked_up() {
    let uuid = "423a5f10-9c77-11ee-8b2d-0242ac120002";
    assert_canonical(&[
        (&uuid.to_uppercase(), uuid),
        (&format!("{{{uuid}}}"), uuid),
        (
            "423a5f109c7711ee8b2d0242ac120002",
            "423a5f10-9c77-11ee-8b2d-0242ac120002 OR \"423a5f109c7711ee8b2d0242ac120002\"",
        ),
        (
            "arn:aws:ec2:eu-west-1:123456789012:instance/i-0Abc",
            "arn:aws:ec2:eu-west-1:123456789012:instance/i-0Abc",
        ),
        ("arn:aws:s3:::*", "arn:\"arn:aws:s3:::*\""),
        ("arn:aws:ec2", "arn:\"arn:aws:ec2*\""),
        ("arn:\"aws:x\"", "arn:\"aws:x\""),
    ]);
    assert_eq!(lookup(uuid), Lookup::Uuid(uuid.to_owned()));
    assert!(matches!(lookup("arn:aws-cn:s3:::bucket"), Lookup::Whole(_)));
}
