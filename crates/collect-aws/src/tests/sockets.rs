//! What happens on the wire, by a stand-in for AWS: a listener that answers as it is told. No real
//! peer can be made to cut an answer in half, fall silent, or show a certificate of nobody.

use super::support::{
    ACCOUNT, ATTEMPTS, Said, TAGGED, answer, built, caller, collected, empty, sts_refusal,
};
use cadastre_collect::{
    Collector, ErrorClass, Factory, Mode, Recorder, Recording, RunContext, StepOutcome, TestStep,
    TimeBase,
};
use cadastre_model::{Coverage, Enumeration, SourceKind, Timestamp};
use futures::future::join_all;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Whole,
    /// Half of what the length promises, then the end of the connection.
    Half,
    /// Half, and a length that says it is all.
    HalfInDisguise,
    /// The head, then silence.
    Silence,
    /// The end of the connection at once.
    Drop,
    /// A refusal.
    Refuse,
}

/// The stand-in: answers everything well, but what it was told otherwise.
struct Peer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

type Manners = Arc<Mutex<BTreeMap<&'static str, Vec<Manner>>>>;

impl Peer {
    /// `manners`: for an action, how its next questions are answered; after that, well.
    async fn start(manners: &[(&'static str, &[Manner])], tls: bool) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let manners: Manners = Arc::new(Mutex::new(
            manners.iter().map(|(action, list)| (*action, list.to_vec())).collect(),
        ));
        let acceptor = tls.then(|| AUTHORITY.1.clone());
        tokio::spawn({
            let asked = Arc::clone(&asked);
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (asked, manners) = (Arc::clone(&asked), Arc::clone(&manners));
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        match acceptor {
                            None => serve(stream, &asked, &manners).await,
                            Some(acceptor) => {
                                let Ok(stream) = acceptor.accept(stream).await else { return };
                                serve(stream, &asked, &manners).await;
                            }
                        }
                    });
                }
            }
        });
        Peer { address, asked }
    }

    fn settings(&self, scheme: &str) -> Value {
        json!({
            "endpoint": format!("{scheme}://{}", self.address), "regions": ["eu-west-1"],
            "access_key_id": "AKIA", "timeout": "1s",
        })
    }

    fn times_asked(&self, action: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|line| line.ends_with(action)).count()
    }
}

/// An authority of the test's own, as `ca_file` would hold it, and a server that it vouches for.
static AUTHORITY: LazyLock<(String, TlsAcceptor)> = LazyLock::new(|| {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let server = params.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], key.into())
        .unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
});

/// A file that holds `text`, and the folder that goes with it.
fn file_of(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file.pem");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    asked: &Mutex<Vec<String>>,
    manners: &Manners,
) {
    while let Some((line, action)) = question(&mut stream).await {
        asked.lock().unwrap().push(format!("{line} {action}"));
        let manner = {
            let mut manners = manners.lock().unwrap();
            let list = manners.get_mut(action.as_str());
            list.filter(|list| !list.is_empty()).map_or(Manner::Whole, |list| list.remove(0))
        };
        let body = if manner == Manner::Refuse {
            sts_refusal("AccessDenied", "User reader may not take on audit")
        } else if action == "GetCallerIdentity" {
            caller()
        } else if matches!(action.as_str(), TAGGED | "DescribeLoadBalancers") {
            empty(&action)
        } else {
            answer(&action, "<volumeSet><item><volumeId>vol-1</volumeId></item></volumeSet>")
        };
        let status = if manner == Manner::Refuse { "403 Forbidden" } else { "200 OK" };
        let half = &body[..body.len() / 2];
        let (promised, sent) = match manner {
            Manner::Whole | Manner::Refuse => (body.len(), body.as_str()),
            Manner::Half => (body.len(), half),
            Manner::HalfInDisguise => (half.len(), half),
            Manner::Silence => (body.len(), ""),
            Manner::Drop => return,
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {promised}\r\n\r\n"
        );
        if stream.write_all(format!("{head}{sent}").as_bytes()).await.is_err() {
            return;
        }
        match manner {
            Manner::Half => return,
            Manner::Silence => tokio::time::sleep(Duration::from_secs(60)).await,
            _ => {}
        }
    }
}

/// Reads one request: its first line and the action in its form.
async fn question(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, String)> {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                // `X-Amz-Target: ResourceGroupsTaggingAPI_20170126.GetResources`, else a form.
                let target = head
                    .lines()
                    .find(|line| line.to_lowercase().starts_with("x-amz-target:"))
                    .and_then(|line| line.rsplit('.').next());
                let form = body.split(['&', '=']).nth(1).unwrap_or_default();
                let action = target.unwrap_or(form).trim().to_owned();
                return Some((head.lines().next()?.to_owned(), action));
            }
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

const KEYS: [(&str, &str); 1] = [("secret_access_key", "a secret of sixteen bytes")];

async fn read(settings: Value) -> Said {
    collected(built(settings, &KEYS, Mode::Live).as_ref()).await
}

fn scope() -> String {
    format!("{ACCOUNT}/eu-west-1")
}

#[tokio::test]
async fn an_answer_that_comes_at_a_later_attempt_is_good() {
    let manners = [Manner::Half, Manner::HalfInDisguise, Manner::Silence, Manner::Drop];
    join_all(manners.map(|manner| async move {
        let peer = Peer::start(&[("DescribeVolumes", &[manner, manner])], false).await;
        let said = read(peer.settings("http")).await;
        said.assert_ok();
        assert_eq!(said.scopes[&scope()], Coverage::complete(), "{manner:?}");
        assert_eq!(peer.times_asked("DescribeVolumes"), 3, "{manner:?}");
        said.thing("vol-1");
    }))
    .await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_gap_and_replayed_as_one() {
    let manners = [
        (Manner::Half, "the answer to DescribeVpcs broke off"),
        (Manner::HalfInDisguise, "the answer to DescribeVpcs broke off"),
        (Manner::Silence, "DescribeVpcs got no answer in time"),
        (Manner::Drop, "DescribeVpcs could not be asked"),
    ];
    join_all(manners.map(|(manner, said_so)| never_answered(manner, said_so))).await;
}

async fn never_answered(manner: Manner, said_so: &str) {
    let peer = Peer::start(&[("DescribeVpcs", &[manner; ATTEMPTS])], false).await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("aws.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Aws, Timestamp(0)).unwrap();
    let mode = Mode::Record(recorder.clone());
    let live = collected(built(peer.settings("http"), &KEYS, mode).as_ref()).await;
    let (enumeration, reason) = live.coverage(&scope());
    assert_eq!(enumeration, Enumeration::Partial, "{manner:?}");
    assert!(reason.contains(said_so) && !reason.contains("Also"), "{manner:?}: {reason}");
    assert_eq!(peer.times_asked("DescribeVpcs"), ATTEMPTS);

    recorder.finish().unwrap();
    let mode = Mode::Replay(Recording::open(&path).unwrap());
    let replayed = collected(built(json!({}), &[], mode).as_ref()).await;
    assert_eq!(replayed.seen, live.seen);
    assert_eq!(replayed.coverage(&scope()), (Enumeration::Partial, reason), "{manner:?}");
}

#[tokio::test]
async fn nobody_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings = json!({
        "endpoint": format!("http://{address}"), "access_key_id": "AKIA", "timeout": "1s",
    });
    let said = read(settings.clone()).await;
    assert_eq!(said.error().class, ErrorClass::Unreachable);
    assert!(said.error().what.contains("refused"), "{}", said.error());
    let steps = tried(built(settings, &KEYS, Mode::Live).as_ref()).await;
    assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), ["resolve", "connect"]);
    assert!(steps[1].outcome.is_failed());

    let settings = json!({
        "endpoint": "http://nobody.invalid:5000", "access_key_id": "AKIA", "timeout": "1s",
    });
    let steps = tried(built(settings, &KEYS, Mode::Live).as_ref()).await;
    assert!(steps.len() == 1 && steps[0].outcome.is_failed(), "{steps:?}");
}

async fn tried(collector: &dyn Collector) -> Vec<TestStep> {
    let (sender, _events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    collector.test(&RunContext::new(sender, cancel, TimeBase::live())).await
}

fn with(mut settings: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        settings[key] = value.clone();
    }
    settings
}

#[tokio::test]
async fn certificates_are_checked_unless_told_otherwise() {
    let peer = Peer::start(&[], true).await;
    let settings = with(peer.settings("https"), json!({"timeout": "5s"}));
    let said = read(settings.clone()).await;
    assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
    assert!(said.error().hint.contains("ca_file"), "{}", said.error());
    let steps = tried(built(settings.clone(), &KEYS, Mode::Live).as_ref()).await;
    let last = steps.last().unwrap();
    assert!(last.name == "tls" && last.outcome.is_failed(), "{steps:?}");

    let (_folder, authority) = file_of(&AUTHORITY.0);
    for more in [json!({"ca_file": authority}), json!({"insecure_tls": true})] {
        let settings = with(settings.clone(), more);
        let said = read(settings.clone()).await;
        said.assert_ok();
        assert_eq!(said.scopes[&scope()], Coverage::complete());
        let steps = tried(built(settings, &KEYS, Mode::Live).as_ref()).await;
        assert_eq!(steps.len(), 5);
        assert!(
            steps.iter().all(|step| matches!(step.outcome, StepOutcome::Passed(_))),
            "{steps:?}"
        );
    }
}

#[tokio::test]
async fn a_proxy_is_asked_instead() {
    let proxy = Peer::start(&[], false).await;
    let settings = with(
        proxy.settings("http"),
        json!({
            "endpoint": "http://ec2.nowhere.invalid", "proxy": format!("http://{}", proxy.address),
        }),
    );
    let said = read(settings).await;
    said.assert_ok();
    assert_eq!(said.scopes[&scope()], Coverage::complete());
    let asked = proxy.asked.lock().unwrap();
    assert!(asked[0].starts_with("POST http://ec2.nowhere.invalid/"), "{}", asked[0]);
}

#[tokio::test]
async fn a_cancellation_does_not_wait_for_an_answer() {
    let peer = Peer::start(&[("DescribeInstances", &[Manner::Silence; ATTEMPTS])], false).await;
    let settings = with(peer.settings("http"), json!({"timeout": "60s"}));
    let collector = built(settings, &KEYS, Mode::Live);
    let begun = std::time::Instant::now();
    let said =
        super::support::collected_until(collector.as_ref(), TimeBase::live(), |_, cancel| {
            let cancel = cancel.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(200)).await;
                cancel.cancel();
            });
        })
        .await;
    assert_eq!(said.error().class, ErrorClass::Cancelled);
    assert_eq!(said.coverage(&scope()).0, Enumeration::Failed);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_account_that_lets_nobody_in_is_a_gap() {
    const OTHER: &str = "444455556666";
    let peer = Peer::start(&[("AssumeRole", &[Manner::Refuse; 9])], false).await;
    let more = json!({"accounts": [ACCOUNT, OTHER], "role_name": "audit", "timeout": "5s"});
    let said = read(with(peer.settings("http"), more)).await;
    said.assert_ok();
    assert_eq!(said.scopes[&scope()], Coverage::complete());
    let (enumeration, reason) = said.coverage(OTHER);
    assert_eq!(enumeration, Enumeration::Failed);
    for part in
        ["arn:aws:iam::444455556666:role/audit", "AssumeRole", "AccessDenied", "trust policy"]
    {
        assert!(reason.contains(part), "{part}: {reason}");
    }
}

/// In a process of its own, where nothing around it has credentials: there it is called once more.
#[tokio::test]
async fn nobodys_credentials() {
    const ALONE: &str = "CADASTRE_TEST_WITHOUT_CREDENTIALS";
    if std::env::var_os(ALONE).is_none() {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::sockets::nobodys_credentials", "--nocapture"])
            .env_clear()
            .env(ALONE, "yes")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let peer = Peer::start(&[], false).await;
    let settings = json!({"endpoint": format!("http://{}", peer.address)});
    let said = collected(built(settings, &[], Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Credentials, "{}", said.error());
    assert!(said.error().hint.contains("access_key_id"), "{}", said.error());
    assert_eq!(peer.asked.lock().unwrap().len(), 0);
}

#[test]
fn what_only_building_can_find() {
    let refused = |settings: Value, secrets: &[(&str, &str)]| {
        let secrets =
            secrets.iter().map(|(key, secret)| ((*key).to_owned(), (*secret).into())).collect();
        match crate::AwsFactory.build(&settings, &secrets, Mode::Live) {
            Ok(_) => panic!("it was built"),
            Err(errors) => {
                let keys: Vec<String> = errors.into_iter().map(|error| error.key).collect();
                keys
            }
        }
    };
    assert_eq!(refused(json!({"access_key_id": "AKIA"}), &[]), ["secret_access_key"]);
    assert_eq!(refused(json!({}), &KEYS), ["access_key_id"]);
    assert_eq!(refused(json!({}), &[("session_token", "t")]), ["session_token"]);
    assert_eq!(refused(json!({"ca_file": "/not/there"}), &[]), ["ca_file"]);
    let (_folder, key) = file_of(&KeyPair::generate().unwrap().serialize_pem());
    assert_eq!(refused(json!({"ca_file": key, "regoins": "x"}), &[]), ["regoins", "ca_file"]);
}
