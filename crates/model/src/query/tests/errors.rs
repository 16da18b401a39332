//! Bad queries, as people read what is wrong with them.

use crate::query::{UtcDays, parse, render};

/// One a line, so that the snapshot shows each with its errors.
const BAD: &[&str] = &[
    // Keys.
    "kind:vm onwer:*",
    "environment:prod",
    "cost>100",
    "port:sw-core-1/Gi1/0/24",
    "colour:blue",
    "http://example.test/",
    "free_addresses>10",
    "~owner:x",
    "~runs-no:x",
    ":vm",
    ">5",
    "onwer:(a OR (b)) kidn:vm",
    // Operators.
    "vcpu:>4",
    "vcpu!=4",
    "memory=>1GB",
    "vcpu<>4",
    "name>web",
    "encrypted>=no",
    "kind<vm",
    "tag>5",
    "runs-on>web01",
    "vcpu>(1 OR 2)",
    // Values.
    "name:",
    "kind: vm",
    "kind:vmm",
    "kind:pony",
    "is:stael",
    "is:vm",
    "is:*",
    "power:maybe",
    "encrypted:maybe",
    "id:web01",
    "has:onwer",
    "has:is",
    "env:-prod",
    "name:a..b",
    "tag:",
    "tag:=x",
    "tag:team=",
    "tag:te*=x",
    "tag:a>b",
    "\"\"",
    // Numbers.
    "vcpu:four",
    "vcpu:*4*",
    "vcpu:4GB",
    "vcpu:1.5",
    "memory>=16G",
    "memory:1.5B",
    "vcpu:8..2",
    "vcpu:..",
    "vcpu>1..2",
    "vcpu:99999999999999999999",
    "vcpu>9223372036854775807",
    // Times.
    "created:2026-02-30",
    "created:yesterday",
    "created:30.6.2026",
    "seen:30d",
    "seen<2mo",
    "seen<99999999999y",
    "created:2026-06-30..2026-06-01",
    "created:2026-06-01..30d",
    "seen:30d..7d",
    // Identifiers.
    "10.2.0.0/33",
    "10.2.0.0/abc",
    "10.0.0.1:443",
    // Structure.
    "(kind:vm",
    "kind:vm)",
    "()",
    "runs-on:()",
    "runs-on:",
    "runs-on:(kind:server",
    "a OR",
    "OR a",
    "a OR OR b",
    "a AND",
    "NOT",
    "- a",
    "a -",
    "kind:vm name:\"web",
    "env:(prod test)",
    "env:(prod OR -test)",
    "env:(prod OR)",
    "env:(prod",
    "env:()",
    "env:((prod))",
    // Several at once.
    "onwer:x kind:vmm vcpu:four seen:30d (a OR",
    "Zürich \"Süd\" onwer:x",
];

#[test]
fn bad_queries_say_where_and_what_was_expected() {
    let mut report = String::new();
    for text in BAD {
        let errors = parse(text, &UtcDays).expect_err(&format!("{text} was read"));
        report.push_str(&render(text, &errors));
        report.push_str("\n\n");
    }
    insta::assert_snapshot!(report);
}

#[test]
fn long_queries_are_shown_around_the_fault() {
    let text = format!("{}onwer:x {}", "web01 ".repeat(30), "db01 ".repeat(30));
    let errors = parse(&text, &UtcDays).unwrap_err();
    insta::assert_snapshot!(render(&text, &errors));
}
