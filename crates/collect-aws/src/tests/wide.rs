//! A whole organisation on a real server: three accounts entered by their role, three regions each,
//! signatures and policies checked, all that is read there. It is made and counted by boto3, in
//! `tests/lab`, so that a mistake in reading cannot hide in writing.

use super::moto::{Moto, not_run};
use super::support::{Said, built, collected};
use cadastre_collect::{Mode, Recorder, Recording};
use cadastre_model::{
    Attr, Coverage, Enumeration, Fact, Kind, Observation, Scheme, SourceKind, Timestamp, Value,
};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const REGIONS: [&str; 3] = ["ap-south-1", "eu-west-1", "us-east-1"];
const USER_DATA: &str = "hush-nobody-reads-user-data";

/// Actions that only the stand-in needs, see `tests/lab/seed_access.py`.
pub(super) const ONLY_MOTO: [&str; 2] = ["tagging:GetResources", "ec2:DescribeSnapshotAttribute"];

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The actions of the policies that README.md prints: what an account must allow, and what the
/// account that lists an organisation must allow besides.
fn printed_policies() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(project("README.md")).unwrap();
    let blocks = text.split("```json\n").skip(1);
    blocks
        .map(|block| {
            let policy: Json = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
            let actions = policy["Statement"][0]["Action"].as_array().unwrap().clone();
            actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect()
        })
        .collect()
}

/// What an account must allow.
pub(super) fn least_rights() -> Vec<String> {
    printed_policies().remove(0)
}

/// A list of texts of a script of the lab: `READS = [ ... ]`.
fn list_of(script: &str, name: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(project(script)).unwrap();
    let (_, rest) = text.split_once(&format!("\n{name} = [")).unwrap();
    let inside = rest.split_once(']').unwrap().0;
    inside.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What is printed is what the lab's users may do, and with that everything below is read whole.
#[test]
fn the_printed_policies_are_those_that_are_tried() {
    let printed: Vec<BTreeSet<String>> =
        printed_policies().into_iter().map(|actions| actions.into_iter().collect()).collect();
    let script = "tests/lab/seed_access.py";
    assert_eq!(printed, [list_of(script, "READS"), list_of(script, "LISTS")]);
    assert_eq!(list_of(script, "ONLY_MOTO"), ONLY_MOTO.map(str::to_owned).into());
}

/// Asks a script of the lab; `None` without its Python.
fn asked(script: &str, request: &Json) -> Option<Json> {
    let python = std::env::var_os("CADASTRE_LAB_PYTHON")?;
    let mut child = Command::new(python)
        .arg(project("tests/lab").join(script))
        .env_remove("AWS_CA_BUNDLE")
        .env_remove("REQUESTS_CA_BUNDLE")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect()
}

/// How many of each kind were seen in a scope.
fn counts(said: &Said, scope: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for seen in said.seen.values().filter(|seen| seen.scope == scope) {
        *counts.entry(seen.kind.word().to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn an_organisation_is_read_whole_and_replayed_alike() {
    const TEST: &str = "an_organisation_is_read_whole_and_replayed_alike";
    let Some(moto) = Moto::start(TEST).await else { return };
    let request = json!({
        "endpoint": moto.endpoint(), "regions": REGIONS, "user_data_secret": USER_DATA,
    });
    let Some(made) = asked("seed_organisation.py", &request) else { return not_run(TEST) };
    moto.post("moto", "/moto-api/reset-auth", "0").await;

    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("aws.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, Timestamp(0)).unwrap();
    let settings = moto.settings(json!({
        "access_key_id": made["reader"]["access_key_id"], "regions": REGIONS,
        "role_name": "audit/reader", "page_size": 5,
    }));
    let secret = made["reader"]["secret_access_key"].as_str().unwrap().to_owned();
    let secrets = [("secret_access_key", secret.as_str())];
    let mode = Mode::Record(recorder.clone());
    let live = collected(built(settings, &secrets, mode).as_ref()).await;
    live.assert_ok();
    recorder.finish().unwrap();

    scopes_are_whole_but_the_closed_account(&live, &made);
    accounts_are_told(&live, &made);
    no_resource_is_there_twice(&live);
    for account in texts(&made["accounts"]) {
        for region in REGIONS {
            what_was_made_is_told(&live, account, region, &made["estates"][account][region]);
        }
    }
    // Whatever is wrong with a stand-in is told: it sells no reservations.
    let subjects: BTreeSet<&str> = live.details.iter().map(|(_, it)| it.subject.as_str()).collect();
    assert_eq!(subjects, ["reserved instances"].into(), "{:?}", live.details);

    moto.post("moto", "/moto-api/reset-auth", "inf").await;
    counts_are_those_of_boto3(&moto, &live, &made);

    drop(moto);
    nothing_secret_is_in(&std::fs::read_to_string(&path).unwrap(), &secret);
    let recording = Recording::open(&path).unwrap();
    let replayed = collected(built(json!({}), &[], Mode::Replay(recording)).as_ref()).await;
    replayed.assert_ok();
    assert_eq!(replayed.scopes, live.scopes);
    assert_eq!(replayed.seen, live.seen);
}

fn scopes_are_whole_but_the_closed_account(live: &Said, made: &Json) {
    let mut expected: BTreeSet<String> = texts(&made["accounts"])
        .iter()
        .flat_map(|account| REGIONS.map(|region| format!("{account}/{region}")))
        .collect();
    expected.insert("organisation".to_owned());
    for scope in &expected {
        assert_eq!(live.scopes[scope], Coverage::complete(), "{scope}");
    }
    let closed = made["closed"].as_str().unwrap();
    let (enumeration, reason) = live.coverage(closed);
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("SUSPENDED"), "{reason}");
    assert_eq!(live.scopes.len(), expected.len() + 1, "{:?}", live.scopes.keys());
}

fn accounts_are_told(live: &Said, made: &Json) {
    let told = live.of(Kind::CloudAccount);
    assert_eq!(told.len(), 4, "the closed one too");
    let [own, shop, data] = texts(&made["accounts"])[..] else { panic!("three accounts") };
    let closed = made["closed"].as_str().unwrap();
    for (id, name, state, unit, manages) in [
        (own, "master", "ACTIVE", "Root", true),
        (shop, "shop", "ACTIVE", "Root/Workloads", false),
        (data, "data", "ACTIVE", "Root", false),
        (closed, "closed", "SUSPENDED", "Root", false),
    ] {
        let seen = &live.seen[id];
        assert_eq!(text(seen, Attr::Name), name);
        assert_eq!(text(seen, Attr::NativeState), state);
        assert_eq!(text(seen, Attr::OrganisationUnit), unit);
        assert_eq!(seen.facts[&Attr::IsManagement], Fact::Value(Value::Bool(manages)));
        assert!(matches!(seen.facts[&Attr::JoinedAt], Fact::Value(_)));
    }
}

fn no_resource_is_there_twice(live: &Said) {
    assert_eq!(live.observations, live.seen.len(), "seen twice");
    let mut arns = BTreeSet::new();
    // An image of somebody else's has one ARN in all accounts, which therefore ties nothing.
    let identifiers = live.seen.values().flat_map(|seen| &seen.identifiers);
    for arn in identifiers.filter(|identifier| identifier.scheme == Scheme::AwsArn) {
        assert!(arns.insert(&arn.value), "{} is there twice", arn.value);
    }
    assert!(arns.len() > 300, "{}", arns.len());
}

fn text(seen: &Observation, attr: Attr) -> String {
    match seen.facts.get(&attr) {
        Some(Fact::Value(value)) => attr.def().value_type.to_display(value),
        other => panic!("{}: {attr} is {other:?}", seen.native_id),
    }
}

fn what_was_made_is_told(live: &Said, account: &str, region: &str, made: &Json) {
    let native = |id: &str| format!("{account}/{region}/{id}");
    let thing = |key: &str| &live.seen[&native(made[key].as_str().unwrap())];
    let related = |seen: &Observation, id: &str| {
        format!("{:?}", seen.claims).contains(&format!("\"{}\"", native(id)))
    };
    assert_eq!(text(thing("snapshot"), Attr::Public), "no");
    assert_eq!(text(thing("public_snapshot"), Attr::Public), "yes");
    assert_eq!(text(thing("snapshot"), Attr::Encrypted), "yes");
    assert!(related(thing("snapshot"), made["volume"].as_str().unwrap()));
    assert_eq!(text(thing("image"), Attr::Public), "yes");
    let machine = &live.seen[&native(texts(&made["instances"])[0])];
    let (memory, vcpu) = (text(machine, Attr::Memory), text(machine, Attr::Vcpu));
    assert_eq!((memory.as_str(), vcpu.as_str()), ("8 GiB", "2"));
    assert_eq!(text(thing("launch_template"), Attr::MetadataTokens), "required");
    assert_eq!(text(thing("launch_template"), Attr::Name), "web");

    let vpcs = texts(&made["vpcs"]);
    assert_eq!(text(thing("internet_gateway"), Attr::GatewayType), "internet");
    assert!(related(thing("internet_gateway"), vpcs[0]));
    assert!(related(thing("nat_gateway"), texts(&made["subnets"])[0]));
    assert_eq!(text(thing("transit_gateway"), Attr::GatewayType), "transit");
    let out = format!("0.0.0.0/0 to {}", made["nat_gateway"].as_str().unwrap());
    assert!(text(thing("route_table"), Attr::Routes).contains(&out));
    assert!(related(thing("route_table"), texts(&made["subnets"])[1]));
    assert!(related(thing("peering"), vpcs[0]) && related(thing("peering"), vpcs[1]));

    let balancer = made["load_balancer"].as_str().unwrap();
    let balancer = balancer.split_once(&format!(":{account}:")).unwrap().1;
    let balancer = &live.seen[&native(balancer)];
    assert_eq!(text(balancer, Attr::BalancerType), "application");
    assert!(balancer.tags.iter().any(|tag| tag.key == "team" && tag.value == "payments"));
    assert_eq!(text(thing("database"), Attr::ResourceType), "rds:db");
    let settings = &live.seen[&format!("{account}/{region}")];
    let expected = if region == "us-east-1" { "yes" } else { "no" };
    assert_eq!(text(settings, Attr::EbsEncryptionByDefault), expected);
    // A bucket is told once, though the stand-in lists it in every region.
    let bucket = made["bucket"].as_str().unwrap();
    let told = live.seen.keys().filter(|id| id.ends_with(&format!("/{bucket}")));
    assert_eq!(told.collect::<Vec<_>>(), [&format!("{account}/{}/{bucket}", REGIONS[0])]);
}

fn counts_are_those_of_boto3(moto: &Moto, live: &Said, made: &Json) {
    for account in texts(&made["accounts"]) {
        let mut request = made["keys"][account].clone();
        request["endpoint"] = json!(moto.endpoint());
        request["regions"] = json!(REGIONS);
        let counted = asked("count_estate.py", &request).unwrap();
        for region in REGIONS {
            let kinds = counted.as_object().unwrap().iter();
            let expected: BTreeMap<String, u64> = kinds
                .filter(|(kind, _)| *kind != "instance-terminated")
                .map(|(kind, count)| (kind.clone(), count[region].as_u64().unwrap()))
                .filter(|(_, count)| *count > 0)
                .collect();
            assert!(expected.len() > 15, "an estate of many kinds: {expected:?}");
            assert_eq!(counts(live, &format!("{account}/{region}")), expected);
        }
    }
}

fn nothing_secret_is_in(recording: &str, secret: &str) {
    assert!(recording.contains("DescribeLaunchTemplateVersions") && recording.contains("lt-"));
    assert!(recording.contains("organizations/us-east-1/ListAccounts"));
    // `#!/bin/sh\nexport DATABASE_PASSWORD=hush-...` begins so in base 64.
    for hidden in [secret, USER_DATA, "IyEvYmluL3NoCmV4cG9ydCBEQVRBQkFTRV9QQVNTV09SRD", "userData"]
    {
        assert!(!recording.contains(hidden), "{hidden} stands in the recording");
    }
    for hidden in ["mail.example", "Email", "a-password-of-the-database", "PRIVATE KEY"] {
        assert!(!recording.contains(hidden), "{hidden} stands in the recording");
    }
}
