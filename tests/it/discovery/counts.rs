//! What a run finds is what boto3 finds: kind by kind, region by region, id by id.

use std::collections::BTreeSet;

use cadastre_tests::moto::Moto;
use serde_json::{Value, json};

use super::register::{Register, SECRET, aws_id};
use super::stage::{IRELAND, Stage, USER_DATA, VIRGINIA};

on_both!(everything_is_found_page_by_page, all_regions_are_read_unless_some_are_named);

/// The kinds that `count_estate.py` counts under our own words.
const KINDS: [&str; 17] = [
    "address",
    "cloud-region",
    "cloud-resource",
    "gateway",
    "image",
    "instance",
    "key-pair",
    "launch-template",
    "load-balancer",
    "network",
    "network-interface",
    "peering",
    "route-table",
    "security-group",
    "snapshot",
    "subnet",
    "volume",
];

fn everything_is_found_page_by_page(register: &mut Register) {
    let instances = [(IRELAND, 205), (VIRGINIA, 95)];
    let Some(stage) = Stage::with(&instances) else { return };
    let ended = stage.instance(IRELAND, 4);
    stage.change(&json!([{ "region": IRELAND, "do": "terminate", "instance": ended }]));
    register.add_source(&stage, &[IRELAND, VIRGINIA], "page_size = 50");
    let report = register.complete();

    pages_are_real(&stage, &instances);
    nothing_else_is_asked(&stage);
    let counted = stage.moto.count(&stage.estate.reader, &[IRELAND, VIRGINIA]);
    for (region, number) in instances {
        let mut in_region = 0;
        for kind in KINDS {
            let query = format!("kind:{kind} region:{region} is:any");
            let expected = counted[kind][region].as_u64().unwrap();
            assert_eq!(register.count(&query), expected, "{query}");
            in_region += expected;
        }
        assert_eq!(register.count(&format!("region:{region} is:any")), in_region);
        assert_eq!(report.scope(&stage.scope(region))["seen"], in_region, "{}", report.0);

        let query = format!("kind:instance region:{region} is:any");
        let found = register.assets(&query);
        let ids: BTreeSet<String> = found.iter().map(aws_id).collect();
        assert_eq!(ids.len(), number, "no instance is there twice");
        assert_eq!(ids, ids_of(&stage.estate.regions[region]["instances"]));
    }
    assert_eq!(report.count("created"), report.count("seen"), "{}", report.0);
    let gone = counted["instance-terminated"][IRELAND].as_u64().unwrap();
    assert_eq!((gone, register.count("kind:instance is:gone")), (1, 1));
    assert_eq!(register.count("kind:instance"), 299);

    what_was_made_is_found(register, &stage);
    tags_are_carried_unchanged(register, &stage);
    let rows = register.rows();
    for secret in [USER_DATA, &stage.estate.reader.secret] {
        assert_eq!(rows.tables_with(secret), [""; 0], "a secret stands in the database");
    }
}

/// A page has at most 50 reservations, so 205 of them are five pages, each asked by the token of
/// the one before.
fn pages_are_real(stage: &Stage, instances: &[(&str, usize)]) {
    for (region, number) in instances {
        let calls: Vec<_> = stage
            .proxy
            .calls()
            .into_iter()
            .filter(|call| call.action == "DescribeInstances" && call.region == *region)
            .collect();
        assert_eq!(calls.len(), number.div_ceil(50), "pages of {region}");
        assert!(calls.iter().all(|call| call.parameters["MaxResults"] == "50"), "{calls:?}");
        let tokens: BTreeSet<_> =
            calls.iter().filter_map(|call| call.parameters.get("NextToken")).collect();
        assert_eq!(tokens.len(), calls.len() - 1, "a token of its own for each further page");
    }
}

fn nothing_else_is_asked(stage: &Stage) {
    let asked: BTreeSet<String> = stage.proxy.calls().into_iter().map(|call| call.action).collect();
    let expected = [
        "DescribeAddresses",
        "DescribeImages",
        "DescribeInstanceTypes",
        "DescribeInstances",
        "DescribeInternetGateways",
        "DescribeKeyPairs",
        "DescribeLaunchTemplates",
        "DescribeLoadBalancers",
        "DescribeNatGateways",
        "DescribeNetworkInterfaces",
        "DescribeReservedInstances",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        // Only because moto does not sort out which of them are public.
        "DescribeSnapshotAttribute",
        "DescribeSnapshots",
        "DescribeSubnets",
        "DescribeTransitGatewayAttachments",
        "DescribeTransitGateways",
        "DescribeVolumes",
        "DescribeVpcPeeringConnections",
        "DescribeVpcs",
        "GetCallerIdentity",
        "GetEbsEncryptionByDefault",
        "GetResources",
    ];
    assert_eq!(asked, expected.map(str::to_owned).into());
}

/// Everything that the seed made is looked up by its id, and by nothing but that.
fn what_was_made_is_found(register: &Register, stage: &Stage) {
    let made = &stage.estate.regions[VIRGINIA];
    for (kind, list) in [
        ("volume", &made["volumes"]),
        ("subnet", &made["subnets"]),
        ("security-group", &made["security_groups"]),
        ("network-interface", &made["interfaces"]),
        ("address", &made["addresses"]),
        ("network", &json!([made["vpc"]])),
        ("image", &json!([made["image"]])),
    ] {
        let all = register.assets(&format!("kind:{kind} region:{VIRGINIA}"));
        let found: BTreeSet<String> = all.iter().map(aws_id).collect();
        let missing: Vec<_> = ids_of(list).difference(&found).cloned().collect();
        assert_eq!(missing, [""; 0], "{kind}");
        let first = ids_of(list).pop_first().unwrap();
        assert_eq!(register.one(&first)["kind"], kind, "{first}");
    }
}

fn tags_are_carried_unchanged(register: &Register, stage: &Stage) {
    let odd = register.one(&stage.instance(IRELAND, 13));
    assert_eq!(odd["name"], "web-0013");
    let expected = json!({
        "Name": "web-0013", "environment": "staging", "team": "search", "cost-centre": "CC-106",
        " Env": " Prod ", "Überprüft/am": "2026-06-30 ✓", "empty": "",
    });
    assert_eq!(odd["tags"], expected);
    // Without a tag `Name` it goes by its id; `name` is a tag like any other.
    let nameless = stage.instance(IRELAND, 7);
    let asset = register.one(&nameless);
    assert_eq!((&asset["name"], &asset["tags"]["name"]), (&json!(nameless), &json!("lower-0007")));
}

fn ids_of(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn all_regions_are_read_unless_some_are_named(register: &mut Register) {
    let Some(moto) = Moto::start() else { return };
    let estate = moto.seed(&json!({ "regions": { "ap-south-1": { "instances": 2 } } }));
    register.cadastre.variable(SECRET, &estate.reader.secret);
    register.put_source(&format!(
        "endpoint = \"{}\"\naccess_key_id = \"{}\"\nsecret_access_key_env = \"{SECRET}\"",
        moto.endpoint(),
        estate.reader.id,
    ));
    let report = register.complete();
    let counted = moto.count(&estate.reader, &[]);
    let regions = counted["instance"].as_object().unwrap();
    assert!(regions.len() > 10, "{counted}");
    assert_eq!(report.0["scopes"].as_array().unwrap().len(), regions.len(), "{}", report.0);
    for kind in KINDS {
        let expected: u64 =
            counted[kind].as_object().unwrap().values().map(|one| one.as_u64().unwrap()).sum();
        assert_eq!(register.count(&format!("kind:{kind}")), expected, "{kind}");
    }
    for region in regions.keys() {
        let scope = format!("{}/{region}", estate.account);
        assert_eq!(report.coverage(&scope), "complete", "{}", report.0);
    }
}
