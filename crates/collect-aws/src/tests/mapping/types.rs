//! What a size class adds to an instance, and what is said when it cannot be asked for.

use super::super::support::{ACCOUNT, Said, Tape, answer, refusal};
use super::{REGION, TYPE, values};
use cadastre_model::{Attr, Coverage, Fact, Value};
use serde_json::json;

fn instances(types: &[&str]) -> String {
    let items: String = types
        .iter()
        .enumerate()
        .map(|(n, one)| {
            format!(
                "<item><instancesSet><item><instanceId>i-{n}</instanceId>\
                 <instanceType>{one}</instanceType></item></instancesSet></item>"
            )
        })
        .collect();
    answer("DescribeInstances", &format!("<reservationSet>{items}</reservationSet>"))
}

async fn said(types: &[&str], prepare: impl Fn(&Tape)) -> Said {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeInstances", 200, &instances(types));
    prepare(&tape);
    tape.empty_but(REGION, &["DescribeInstances"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    said
}

#[tokio::test]
async fn what_the_instance_does_not_say_its_type_does() {
    let said = said(&["m5.xlarge", "m5.xlarge"], |tape| {
        tape.types(REGION, &["m5.xlarge"], 200, &answer("DescribeInstanceTypes", TYPE));
    })
    .await;
    for id in ["i-0", "i-1"] {
        let all = values(said.thing(id));
        for pair in [("vcpu", "8"), ("cores", "4"), ("memory", "16 GiB")] {
            assert!(all.contains(&(pair.0, pair.1.to_owned())), "{id}: {all:?}");
        }
    }
}

#[tokio::test]
async fn a_type_that_is_sold_no_more_spoils_no_other() {
    let said = said(&["x0.gone", "m5.xlarge"], |tape| {
        let gone = "The following supplied instance types do not exist: [x0.gone]";
        let gone = refusal("InvalidInstanceType", gone);
        tape.types(REGION, &["m5.xlarge", "x0.gone"], 400, &gone);
        tape.types(REGION, &["m5.xlarge"], 200, &answer("DescribeInstanceTypes", TYPE));
    })
    .await;
    assert_eq!(said.details, []);
    assert_eq!(said.thing("i-0").facts[&Attr::Memory], Fact::Absent);
    assert_eq!(said.thing("i-1").facts[&Attr::Memory], Fact::Value(Value::Int(16 << 30)));
}

#[tokio::test]
async fn that_types_are_refused_is_a_detail() {
    let said = said(&["m5.xlarge"], |tape| {
        let refused = refusal("UnauthorizedOperation", "You may not.");
        tape.types(REGION, &["m5.xlarge"], 403, &refused);
    })
    .await;
    assert_eq!(said.details.len(), 1);
    assert!(said.details[0].1.message.contains("`ec2:DescribeInstanceTypes`"), "{said:?}");
    let facts = &said.thing("i-0").facts;
    for attr in [Attr::Memory, Attr::Vcpu, Attr::Cores] {
        assert!(matches!(&facts[&attr], Fact::NotRead(why) if why.contains("refused")), "{attr}");
    }
}
