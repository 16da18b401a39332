//! What comes through the API of tagging, and what of it is left to others.

use super::super::support::{ACCOUNT, Said, TAGGED, Tape, tagged};
use super::{REGION, found_by, native, owned, values};
use cadastre_model::{Attr, Coverage, Fact, Kind, Scheme, Tag, Value};
use serde_json::json;

fn resource(arn: &str, tags: &[(&str, &str)]) -> String {
    let tags: Vec<_> =
        tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    json!({"ResourceARN": arn, "Tags": tags}).to_string()
}

async fn said(resources: &[String]) -> Said {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, TAGGED, 200, &tagged(&resources.join(","), None));
    tape.empty_but(REGION, &[TAGGED]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
    said
}

#[tokio::test]
async fn a_database_a_bucket_and_a_queue() {
    let database = "arn:aws:rds:eu-west-1:111122223333:db:orders";
    let said = said(&[
        resource(database, &[("Name", "orders db"), ("team", "payments"), ("empty", "")]),
        resource("arn:aws:s3:::logs", &[("team", "ops")]),
        resource("arn:aws:sqs:eu-west-1:111122223333:jobs", &[]),
    ])
    .await;
    let seen = said.thing(database);
    assert_eq!((seen.kind, &seen.native_id), (Kind::CloudResource, &native(database)));
    assert_eq!(
        values(seen),
        owned(&[("name", "orders db"), ("cloud_service", "rds"), ("resource_type", "rds:db")])
    );
    let tags = [("Name", "orders db"), ("empty", ""), ("team", "payments")];
    assert_eq!(seen.tags, tags.map(|(key, value)| Tag::new(key, value)).into());
    assert_eq!(found_by(seen), [(Scheme::AwsArn, database), (Scheme::Native, database)]);
    let bucket = said.thing("arn:aws:s3:::logs");
    assert_eq!(bucket.facts[&Attr::CloudAccount], Fact::Value(Value::text(ACCOUNT)));
    assert_eq!(bucket.facts[&Attr::ResourceType], Fact::Value(Value::text("s3:bucket")));
    assert_eq!(bucket.facts[&Attr::Name], Fact::Value(Value::text("logs")));
    // It once carried a tag, and is still there.
    assert!(said.thing("arn:aws:sqs:eu-west-1:111122223333:jobs").tags.is_empty());
}

#[tokio::test]
async fn what_is_read_elsewhere_is_not_doubled() {
    let of_ec2 = |resource: &str| format!("arn:aws:ec2:eu-west-1:111122223333:{resource}");
    let of_balancers =
        |id: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:{id}");
    let elsewhere = [
        of_ec2("instance/i-1"),
        of_ec2("volume/vol-1"),
        "arn:aws:ec2:eu-west-1::image/ami-1".to_owned(),
        of_ec2("natgateway/nat-1"),
        of_balancers("loadbalancer/app/web/50dc"),
        of_balancers("loadbalancer/net/tcp/50dd"),
    ];
    let here = [
        of_ec2("dedicated-host/h-1"),
        of_ec2("vpc-endpoint/vpce-1"),
        of_balancers("loadbalancer/classic"),
        of_balancers("targetgroup/web/50de"),
        // Without an organisation nobody else reads accounts.
        "arn:aws:organizations::111122223333:account/o-1/444455556666".to_owned(),
    ];
    let all = elsewhere.iter().chain(&here);
    let all: Vec<String> = all.map(|arn| resource(arn, &[("a", "b")])).collect();
    let said = said(&all).await;
    let mut expected = here.to_vec();
    expected.sort();
    let mut found: Vec<String> = said
        .of(Kind::CloudResource)
        .iter()
        .map(|seen| seen.native_id.trim_start_matches(&native("")).to_owned())
        .collect();
    found.sort();
    assert_eq!(found, expected);
}

/// What plays AWS lists a bucket in every region; AWS itself only in its own.
#[tokio::test]
async fn a_bucket_is_told_once_however_many_regions_list_it() {
    const OTHER: &str = "us-east-1";
    let bucket = tagged(&resource("arn:aws:s3:::logs", &[]), None);
    for (tape, times) in
        [(Tape::at_an_endpoint(&[OTHER, REGION]), 1), (Tape::known(&[OTHER, REGION]), 2)]
    {
        for region in [OTHER, REGION] {
            tape.page(region, TAGGED, 200, &bucket);
            tape.empty_but(region, &[TAGGED]);
        }
        let said = tape.played(json!({})).await;
        let told = said.of(Kind::CloudResource);
        assert_eq!(told.len(), times);
        assert_eq!(told[0].scope, format!("{ACCOUNT}/{REGION}"), "the first of them by name");
    }
}

#[tokio::test]
async fn pages_are_turned() {
    let tape = Tape::known(&[REGION]);
    let page = |name: &str, next| tagged(&resource(&format!("arn:aws:s3:::{name}"), &[]), next);
    tape.page(REGION, TAGGED, 200, &page("a", Some("t")));
    tape.next_page(REGION, TAGGED, Some("t"), 200, &page("b", Some("u")));
    tape.next_page(REGION, TAGGED, Some("u"), 200, &page("c", None));
    tape.empty_but(REGION, &[TAGGED]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.of(Kind::CloudResource).len(), 3);
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
}

#[tokio::test]
async fn strange_names_and_texts_do_no_harm() {
    let long = "x".repeat(20_000);
    let said = said(&[
        resource("not an arn", &[]),
        resource(&format!("arn:aws:s3:::{long}"), &[]),
        resource("arn:aws:s3:::a\u{1b}[2J", &[]),
        resource("arn:aws:s3:::good", &[("k\u{0}ey", "a\u{1b}[31m\u{0}b"), ("long", &long)]),
    ])
    .await;
    assert_eq!(said.of(Kind::CloudResource).len(), 1);
    let good = said.thing("arn:aws:s3:::good");
    assert!(good.tags.contains(&Tag::new("key", "a[31mb")), "{:?}", good.tags);
    assert!(good.tags.iter().all(|tag| tag.value.len() <= 4_096));
    assert_eq!(said.details.len(), 3);
    for (_, detail) in &said.details {
        assert!(detail.subject.len() <= 100 && !detail.subject.contains('\u{1b}'), "{detail:?}");
    }
}
