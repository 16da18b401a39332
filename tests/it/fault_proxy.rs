//! Each fault of the proxy, proven against a moto: a test that relies on a
//! fault which never happens would pass for nothing.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cadastre_tests::fault_proxy::FaultProxy;
use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use cadastre_tests::http::{Answer, post};
use cadastre_tests::moto::Moto;
use serde_json::json;

const REGION: &str = "eu-west-1";

/// One unchecked call, as the raw bytes of its answer.
fn call(proxy: SocketAddr, region: &str, service: &str, form: &str) -> Option<Answer> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=any/20261121/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    );
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    post(proxy, "/", &headers, form)
}

fn describe(proxy: &FaultProxy, region: &str) -> Option<Answer> {
    let form = "Action=DescribeInstances&Version=2016-11-15";
    call(proxy.address(), region, "ec2", form)
}

fn describe_vpcs(proxy: &FaultProxy, region: &str) -> Answer {
    let form = "Action=DescribeVpcs&Version=2016-11-15";
    call(proxy.address(), region, "ec2", form).unwrap()
}

/// A moto with seven instances in one region, one in another, unchecked,
/// behind a proxy.
fn moto_and_proxy() -> Option<(Moto, FaultProxy, Vec<String>)> {
    let moto = Moto::start()?;
    let estate = moto.seed(&json!({ "regions": {
        REGION: { "instances": 7 }, "us-east-1": { "instances": 1 },
    }}));
    moto.accept_anyone(); // the raw calls above are not signed
    let instances = estate.regions[REGION]["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    let proxy = FaultProxy::start(moto.address());
    Some((moto, proxy, instances))
}

#[test]
fn signatures_still_verify_behind_it_and_pages_are_counted() {
    let Some(moto) = Moto::start() else {
        return;
    };
    let estate = moto.seed(&json!({ "regions": { REGION: { "instances": 7 } } }));
    let proxy = FaultProxy::start(moto.address());
    let straight = moto.count(&estate.reader, &[REGION]);
    let through = moto.count_through(&proxy.endpoint(), &estate.reader, &[REGION]);
    assert_eq!(through.as_ref(), Ok(&straight));
    assert_eq!(proxy.count("DescribeInstances", Some(REGION)), 1);
    assert_eq!(proxy.count("DescribeInstances", Some("us-east-1")), 0);
    assert_eq!(proxy.count("DescribeInstanceAttribute", None), 0);
    let services: BTreeSet<String> = proxy.calls().into_iter().map(|call| call.service).collect();
    let counted = ["ec2", "elasticloadbalancing", "sts", "tagging"];
    assert_eq!(services, counted.map(str::to_owned).into());

    proxy.forget_calls();
    proxy.add(Rule::new(Fault::auth_failure()).region(REGION));
    let refused = moto.count_through(&proxy.endpoint(), &estate.reader, &[REGION]);
    assert!(refused.as_ref().is_err_and(|it| it.contains("AuthFailure")), "{refused:?}");
    let served = moto.count_through(&proxy.endpoint(), &estate.reader, &["us-east-1"]);
    assert!(served.is_ok(), "{served:?}");
    assert_eq!(proxy.count("DescribeInstances", Some(REGION)), 1);
}

#[test]
fn each_fault_happens_and_only_where_it_should() {
    let Some((_moto, proxy, instances)) = moto_and_proxy() else {
        return;
    };
    refuses(&proxy);
    throttles(&proxy);
    expires(&proxy);
    cuts(&proxy);
    delays(&proxy);
    drops(&proxy);
    empties(&proxy);
    filters(&proxy, &instances);
    pages_then_fails(&proxy);
}

fn refuses(proxy: &FaultProxy) {
    proxy.clear();
    proxy.add(Rule::new(Fault::unauthorized()).region(REGION).action("DescribeInstances"));
    let refused = describe(proxy, REGION).unwrap();
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("<Code>UnauthorizedOperation</Code>"));
    assert_eq!(describe(proxy, "us-east-1").unwrap().status, 200);
    assert_eq!(describe_vpcs(proxy, REGION).status, 200);
}

fn throttles(proxy: &FaultProxy) {
    proxy.clear();
    proxy.add(Rule::new(Fault::Throttle).times(2));
    let statuses: Vec<u16> = (0..4).map(|_| describe(proxy, REGION).unwrap().status).collect();
    assert_eq!(statuses, [503, 503, 200, 200]);
}

fn expires(proxy: &FaultProxy) {
    proxy.clear();
    proxy.add(Rule::new(Fault::ExpiredToken));
    let ec2 = describe(proxy, REGION).unwrap();
    assert_eq!(ec2.status, 400);
    assert!(ec2.body.contains("<Code>RequestExpired</Code>"));
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let sts = call(proxy.address(), REGION, "sts", form).unwrap();
    assert_eq!(sts.status, 403);
    assert!(sts.body.contains("<Code>ExpiredToken</Code>"));
}

fn cuts(proxy: &FaultProxy) {
    proxy.clear();
    let whole = describe(proxy, REGION).unwrap();
    assert_eq!(whole.announced, Some(whole.body.len()));
    for at in [0, 100, whole.body.len() - 1, whole.body.len() + 5] {
        proxy.clear();
        proxy.add(Rule::new(Fault::CutBody { at }));
        let cut = describe(proxy, REGION).unwrap();
        assert_eq!(cut.status, 200);
        assert_eq!(cut.announced, Some(whole.body.len()));
        assert_eq!(cut.body.len(), at.min(whole.body.len() - 1));
    }
}

fn delays(proxy: &FaultProxy) {
    proxy.clear();
    let delay = Duration::from_millis(400);
    proxy.add(Rule::new(Fault::Delay(delay)).region(REGION));
    let started = Instant::now();
    assert_eq!(describe(proxy, REGION).unwrap().status, 200);
    assert!(started.elapsed() >= delay);
}

fn drops(proxy: &FaultProxy) {
    proxy.clear();
    proxy.add(Rule::new(Fault::DropConnection).times(1));
    assert!(describe(proxy, REGION).is_none());
    assert_eq!(describe(proxy, REGION).unwrap().status, 200);
}

fn empties(proxy: &FaultProxy) {
    proxy.clear();
    let first_page = "Action=DescribeInstances&Version=2016-11-15&MaxResults=5";
    let full = call(proxy.address(), REGION, "ec2", first_page).unwrap();
    assert!(full.body.contains("<nextToken>"), "{}", full.body);
    proxy.add(Rule::new(Fault::Empty).region(REGION));
    let empty = call(proxy.address(), REGION, "ec2", first_page).unwrap();
    assert_eq!(empty.status, 200);
    assert!(empty.body.contains("<reservationSet>"), "{}", empty.body);
    assert!(!empty.body.contains("<item>") && !empty.body.contains("nextToken"));
    assert!(!describe_vpcs(proxy, REGION).body.contains("<item>"));
    assert!(describe(proxy, "us-east-1").unwrap().body.contains("<item>"));
}

fn filters(proxy: &FaultProxy, instances: &[String]) {
    proxy.clear();
    for id in &instances[..2] {
        proxy.add(Rule::new(Fault::FilterOut { element: "instanceId".to_owned(), id: id.clone() }));
    }
    let body = describe(proxy, REGION).unwrap().body;
    let listed = |id: &String| body.contains(&format!("<instanceId>{id}</instanceId>"));
    assert_eq!(
        instances.iter().map(listed).collect::<Vec<_>>(),
        [false, false, true, true, true, true, true]
    );
}

fn pages_then_fails(proxy: &FaultProxy) {
    proxy.clear();
    proxy.forget_calls();
    proxy.add(Rule::new(Fault::Throttle).action("DescribeInstances").after(1));
    let statuses: Vec<u16> = (0..3).map(|_| describe(proxy, REGION).unwrap().status).collect();
    assert_eq!(statuses, [200, 503, 503]);
    assert_eq!(proxy.count("DescribeInstances", Some(REGION)), 3);
    assert_eq!(proxy.calls()[0].parameters["Version"], "2016-11-15");
}
