//! Against a real API server that nobody here wrote. `CADASTRE_LAB_MOTO_SERVER` names it; without
//! it these are NOT RUN. What is in it is put there by the SDK, so that a mistake in reading would
//! have to be made in writing too.

use super::support::{Said, built, collected};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    Instance, IpPermission, IpRange, ResourceType, Tag, TagSpecification, VolumeType,
};
use cadastre_collect::{ErrorClass, Mode, Recorder, Recording, RunContext, StepOutcome, TimeBase};
use cadastre_model::{Attr, Enumeration, Fact, Kind, Power, SourceKind, Timestamp, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ACCOUNT: &str = "123456789012";
const OTHER_ACCOUNT: &str = "210987654321";
const IRELAND: &str = "eu-west-1";
const VIRGINIA: &str = "us-east-1";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A server of this test's own; it ends with the test.
pub(super) struct Moto {
    child: Child,
    address: SocketAddr,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    /// Starts one, or notes that it cannot.
    pub(super) async fn start(test: &str) -> Option<Moto> {
        let Some(server) = std::env::var_os("CADASTRE_LAB_MOTO_SERVER") else {
            not_run(test);
            return None;
        };
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(server)
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("REQUESTS_CA_BUNDLE")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("CADASTRE_LAB_MOTO_SERVER can be started");
        let moto = Moto { child, address };
        for _ in 0..300 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(moto);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("moto does not listen on {address}");
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    fn sdk(&self, credentials: Credentials) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(self.endpoint())
            .region(Region::new(IRELAND))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    fn own(&self) -> SdkConfig {
        self.sdk(Credentials::new("AKIAOWN", SECRET, None, None, "test"))
    }

    fn ec2(&self, sdk: &SdkConfig, region: &str) -> Client {
        let config = aws_sdk_ec2::config::Builder::from(sdk).region(Region::new(region.to_owned()));
        Client::from_conf(config.build())
    }

    pub(super) fn settings(&self, more: Json) -> Json {
        let mut settings = json!({
            "endpoint": self.endpoint(), "access_key_id": "AKIAOWN",
            "regions": [IRELAND, VIRGINIA], "timeout": "20s",
        });
        for (key, value) in more.as_object().unwrap() {
            settings[key] = value.clone();
        }
        settings
    }

    pub(super) async fn collected(&self, more: Json, mode: Mode) -> Said {
        let secrets = [("secret_access_key", SECRET)];
        collected(built(self.settings(more), &secrets, mode).as_ref()).await
    }

    /// Posts a form as `service` would be asked.
    pub(super) async fn post(&self, service: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: moto\r\nConnection: close\r\nAuthorization: \
             AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=x\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            if service == "moto" { "text/plain" } else { "application/x-www-form-urlencoded" },
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }

    async fn iam(&self, form: &str) -> String {
        self.post("iam", "/", form).await
    }
}

pub(super) fn not_run(test: &str) {
    let line = format!("cadastre-collect-aws {test}: moto is not available; run `make lab`\n");
    eprint!("NOT RUN {line}");
    if let Some(list) = std::env::var_os("CADASTRE_NOT_RUN") {
        let mut list = std::fs::OpenOptions::new().append(true).create(true).open(list).unwrap();
        list.write_all(line.as_bytes()).unwrap();
    }
}

fn tagged(resource: ResourceType, tags: &[(&str, &str)]) -> TagSpecification {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build());
    TagSpecification::builder().resource_type(resource).set_tags(Some(tags.collect())).build()
}

async fn started(ec2: &Client, name: &str, image: &str) -> Instance {
    let started = ec2
        .run_instances()
        .image_id(image)
        .instance_type("m5.large".into())
        .min_count(1)
        .max_count(1)
        .tag_specifications(tagged(ResourceType::Instance, &[("Name", name), ("Env", "prod")]))
        .send()
        .await
        .unwrap();
    started.instances()[0].clone()
}

fn id(instance: &Instance) -> &str {
    instance.instance_id().unwrap()
}

/// The kinds that are counted here; `wide` counts the others too.
const COUNTED: [Kind; 8] = [
    Kind::Address,
    Kind::Image,
    Kind::Instance,
    Kind::Network,
    Kind::NetworkInterface,
    Kind::SecurityGroup,
    Kind::Subnet,
    Kind::Volume,
];

/// How many of each kind were seen in a region.
fn counts(said: &Said, region: &str) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    let scope = format!("{ACCOUNT}/{region}");
    let counted = said.seen.values().filter(|seen| COUNTED.contains(&seen.kind));
    for seen in counted.filter(|seen| seen.scope == scope) {
        *counts.entry(seen.kind).or_default() += 1;
    }
    counts
}

/// How many the SDK counts, page by page of its own.
async fn counted(ec2: &Client, images: usize) -> BTreeMap<Kind, usize> {
    let instances = ec2.describe_instances().send().await.unwrap();
    let instances = instances.reservations().iter().map(|it| it.instances().len()).sum();
    let all = [
        (Kind::Instance, instances),
        (Kind::Volume, ec2.describe_volumes().send().await.unwrap().volumes().len()),
        (Kind::Network, ec2.describe_vpcs().send().await.unwrap().vpcs().len()),
        (Kind::Subnet, ec2.describe_subnets().send().await.unwrap().subnets().len()),
        (
            Kind::SecurityGroup,
            ec2.describe_security_groups().send().await.unwrap().security_groups().len(),
        ),
        (
            Kind::NetworkInterface,
            ec2.describe_network_interfaces().send().await.unwrap().network_interfaces().len(),
        ),
        (Kind::Address, ec2.describe_addresses().send().await.unwrap().addresses().len()),
        (Kind::Image, images),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Twelve instances in Ireland (one stopped, one terminated), three in Virginia, and around them
/// what a small estate has.
async fn seeded(moto: &Moto) -> (Vec<Instance>, Client, Client) {
    let ireland = moto.ec2(&moto.own(), IRELAND);
    let virginia = moto.ec2(&moto.own(), VIRGINIA);
    let images = ireland.describe_images().send().await.unwrap();
    let known: Vec<&str> = images.images().iter().filter_map(|it| it.image_id()).take(2).collect();
    let mut made = Vec::new();
    for number in 0..12 {
        let image = if number == 11 { "ami-00000000" } else { known[number % 2] };
        made.push(started(&ireland, &format!("web{number:02}"), image).await);
    }
    ireland.stop_instances().instance_ids(id(&made[1])).send().await.unwrap();
    ireland.terminate_instances().instance_ids(id(&made[2])).send().await.unwrap();
    for number in 0..3 {
        started(&virginia, &format!("db{number}"), "ami-00000000").await;
    }
    let volume = ireland
        .create_volume()
        .availability_zone("eu-west-1a")
        .size(7)
        .volume_type(VolumeType::Gp3)
        .encrypted(true)
        .tag_specifications(tagged(ResourceType::Volume, &[("Name", "spare")]))
        .send()
        .await
        .unwrap();
    let attach = ireland.attach_volume().volume_id(volume.volume_id().unwrap());
    attach.instance_id(id(&made[0])).device("/dev/sdf").send().await.unwrap();
    let address = ireland.allocate_address().send().await.unwrap();
    let associate = ireland.associate_address().allocation_id(address.allocation_id().unwrap());
    associate.instance_id(id(&made[0])).send().await.unwrap();
    ireland.allocate_address().send().await.unwrap();
    let vpc = made[0].vpc_id().unwrap();
    let group =
        ireland.create_security_group().group_name("ssh").description("ssh from all").vpc_id(vpc);
    let group = group.send().await.unwrap();
    let rule = IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(22)
        .to_port(22)
        .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
        .build();
    let allow = ireland.authorize_security_group_ingress().group_id(group.group_id().unwrap());
    allow.ip_permissions(rule).send().await.unwrap();
    (made, ireland, virginia)
}

#[tokio::test]
async fn an_estate_is_read_whole_and_replayed_alike() {
    let Some(moto) = Moto::start("an_estate_is_read_whole_and_replayed_alike").await else {
        return;
    };
    let (made, ireland, virginia) = seeded(&moto).await;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("aws.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, Timestamp(0)).unwrap();
    let live = moto.collected(json!({"page_size": 5}), Mode::Record(recorder.clone())).await;
    live.assert_ok();
    for region in [IRELAND, VIRGINIA] {
        let (enumeration, reason) = live.coverage(&format!("{ACCOUNT}/{region}"));
        assert_eq!(enumeration, Enumeration::Complete, "{reason}");
    }
    assert_eq!(counts(&live, IRELAND), counted(&ireland, 2).await);
    assert_eq!(counts(&live, VIRGINIA), counted(&virginia, 0).await);
    assert_eq!(live.observations, live.seen.len(), "seen twice");

    let running = live.thing(id(&made[0]));
    assert_eq!(running.power, Some(Power::On));
    assert_eq!(running.facts[&Attr::Name], Fact::Value(Value::text("web00")));
    assert!(!running.interfaces.is_empty() && !running.claims.is_empty());
    let stopped = live.thing(id(&made[1]));
    assert_eq!(stopped.power, Some(Power::Off));
    assert!(matches!(stopped.facts[&Attr::StoppedAt], Fact::Value(_)), "{stopped:?}");
    let ended = live.thing(id(&made[2])).tombstone.as_ref().expect("it is terminated");
    assert!(ended.at.is_some());
    let group = live.seen.values().find(|seen| {
        seen.kind == Kind::SecurityGroup
            && seen.facts[&Attr::GroupName] == Fact::Value(Value::text("ssh"))
    });
    let rules = &group.expect("the group was seen").facts[&Attr::RulesIn];
    assert_eq!(rules, &Fact::Value(Value::List(vec!["tcp 22 from 0.0.0.0/0".to_owned()])));

    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let pages = text.matches("\"key\":\"own/ec2/eu-west-1/DescribeInstances?").count();
    assert_eq!(pages, 3, "twelve reservations, five on a page");
    assert!(!text.contains(SECRET) && !text.contains("Signature="), "a secret was kept");
    assert!(!text.contains("UserData") && !text.contains("DescribeInstanceAttribute"));
    drop(moto);
    let recording = Recording::open(&path).unwrap();
    for _ in 0..2 {
        let settings = json!({"concurrency": 1});
        let replayed =
            collected(built(settings, &[], Mode::Replay(recording.clone())).as_ref()).await;
        replayed.assert_ok();
        assert_eq!(replayed.seen, live.seen);
        assert_eq!(replayed.scopes, live.scopes);
    }
}

#[tokio::test]
async fn accounts_are_entered_by_their_role() {
    let Some(moto) = Moto::start("accounts_are_entered_by_their_role").await else { return };
    started(&moto.ec2(&moto.own(), IRELAND), "own", "ami-00000000").await;
    let sts = aws_sdk_sts::Client::new(&moto.own());
    let role = format!("arn:aws:iam::{OTHER_ACCOUNT}:role/audit");
    let entered = sts.assume_role().role_arn(role).role_session_name("seed").send().await.unwrap();
    let keys = entered.credentials().unwrap();
    let credentials = Credentials::new(
        keys.access_key_id(),
        keys.secret_access_key(),
        Some(keys.session_token().to_owned()),
        None,
        "test",
    );
    started(&moto.ec2(&moto.sdk(credentials), IRELAND), "other", "ami-00000000").await;

    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("aws.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, Timestamp(0)).unwrap();
    let more = json!({
        "regions": [IRELAND], "accounts": [ACCOUNT, OTHER_ACCOUNT], "role_name": "audit",
        "external_id": "an external id of some length",
    });
    let live = moto.collected(more, Mode::Record(recorder.clone())).await;
    live.assert_ok();
    let scopes: Vec<String> = [ACCOUNT, OTHER_ACCOUNT].map(|id| format!("{id}/{IRELAND}")).into();
    assert_eq!(live.scopes.keys().collect::<Vec<_>>(), scopes.iter().collect::<Vec<_>>());
    let instances = |said: &Said, scope: &str| {
        said.seen.values().filter(|it| it.kind == Kind::Instance && it.scope == scope).count()
    };
    assert_eq!(scopes.iter().map(|scope| instances(&live, scope)).collect::<Vec<_>>(), [1, 1]);

    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("SessionToken") && !text.contains("an external id"));
    drop(moto);
    let recording = Recording::open(&path).unwrap();
    let replayed = collected(built(json!({}), &[], Mode::Replay(recording)).as_ref()).await;
    assert_eq!(replayed.seen, live.seen);
    assert_eq!(replayed.scopes, live.scopes);
}

async fn user(moto: &Moto, actions: &str) -> (String, String) {
    moto.iam("Action=CreateUser&Version=2010-05-08&UserName=reader").await;
    let policy = format!(
        "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22\
         %2C%22Action%22%3A%5B{actions}%5D%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
    );
    moto.iam(&format!(
        "Action=PutUserPolicy&Version=2010-05-08&UserName=reader&PolicyName=p&PolicyDocument={policy}"
    ))
    .await;
    let answer = moto.iam("Action=CreateAccessKey&Version=2010-05-08&UserName=reader").await;
    let inside = |tag: &str| {
        let (_, rest) = answer.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    (inside("AccessKeyId"), inside("SecretAccessKey"))
}

#[tokio::test]
async fn signatures_and_rights_are_checked() {
    let Some(moto) = Moto::start("signatures_and_rights_are_checked").await else { return };
    started(&moto.ec2(&moto.own(), IRELAND), "one", "ami-00000000").await;
    let only_moto = super::wide::ONLY_MOTO.map(str::to_owned);
    let actions = super::wide::least_rights().into_iter().chain(only_moto);
    let actions = actions.filter(|action| action != "ec2:DescribeVolumes");
    let quoted = actions.map(|action| format!("%22{}%22", action.replace(':', "%3A")));
    let (key, secret) = user(&moto, &quoted.collect::<Vec<_>>().join("%2C")).await;
    moto.post("moto", "/moto-api/reset-auth", "0").await;

    // All rights but one.
    let settings = moto.settings(json!({"access_key_id": key, "regions": [IRELAND]}));
    let collector = built(settings, &[("secret_access_key", &secret)], Mode::Live);
    let said = collected(collector.as_ref()).await;
    said.assert_ok();
    let (enumeration, reason) = said.coverage(&format!("{ACCOUNT}/{IRELAND}"));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("was refused (AccessDenied)"), "{reason}");
    assert!(reason.contains("`ec2:DescribeVolumes`") && !reason.contains("Also"), "{reason}");
    assert_eq!(said.seen.values().filter(|it| it.kind == Kind::Instance).count(), 1);

    // Every region it may list: those of other partitions are not among them.
    let settings = moto.settings(json!({"access_key_id": key, "regions": null, "concurrency": 4}));
    let collector = built(settings, &[("secret_access_key", &secret)], Mode::Live);
    let said = collected(collector.as_ref()).await;
    assert!(said.scopes.len() > 10, "{:?}", said.scopes.keys());
    assert!(said.scopes.keys().all(|scope| !scope.contains("/cn-")));

    // The trial says what each step found.
    let (sender, _events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    let run = RunContext::new(sender, cancel, TimeBase::live());
    let steps = collector.test(&run).await;
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    assert_eq!(names, ["resolve", "connect", "tls", "authenticate", "read"]);
    assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
    assert!(matches!(&steps[3].outcome, StepOutcome::Passed(found) if found.contains(ACCOUNT)));

    // The right key with a wrong secret, and a key that is none.
    for (key, secret) in [(key.as_str(), SECRET), ("AKIANOBODY", SECRET)] {
        let settings = moto.settings(json!({"access_key_id": key}));
        let collector = built(settings, &[("secret_access_key", secret)], Mode::Live);
        let said = collected(collector.as_ref()).await;
        assert_eq!(said.error().class, ErrorClass::Credentials, "{}", said.error());
        assert!(!said.error().to_string().contains(secret));
        let steps = collector.test(&run).await;
        let last = steps.last().unwrap();
        assert!(last.name == "authenticate" && last.outcome.is_failed(), "{steps:?}");
    }
}
