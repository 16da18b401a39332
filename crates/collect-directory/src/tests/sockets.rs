//! What happens on the wire, by a stand-in: a listener that answers as it is told. No real
//! controller can be made to send half a message, a message of gigabytes, or somebody else's
//! protocol.

use super::support::{Said, built, collected};
use cadastre_collect::{ErrorClass, Mode};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An element with this inside.
fn el(tag: u8, inside: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag, 0x84];
    bytes.extend(u32::try_from(inside.len()).unwrap().to_be_bytes());
    bytes.extend(inside);
    bytes
}

fn message(id: u8, answer: &[u8]) -> Vec<u8> {
    el(0x30, &[&el(2, &[id]), answer].concat())
}

fn result(tag: u8, code: u8, said: &str) -> Vec<u8> {
    el(tag, &[el(0x0a, &[code]), el(4, b""), el(4, said.as_bytes())].concat())
}

const BOUND: u8 = 0x61;
const DONE: u8 = 0x65;
const EXTENDED: u8 = 0x78;

/// What is answered to each question in turn; then the connection ends, or stays without a word.
#[derive(Clone)]
struct Script {
    answers: Vec<Vec<u8>>,
    stays: bool,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Vec<u8>>) -> Script {
        Script { answers: answers.into_iter().collect(), stays: false }
    }

    async fn start(self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(self.clone().serve(stream));
            }
        });
        address
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut question = vec![0; 64 << 10];
        for answer in &self.answers {
            if stream.read(&mut question).await.unwrap_or(0) == 0 {
                return;
            }
            let _ = stream.write_all(answer).await;
        }
        if self.stays {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    }

    /// Runs a collector against it, in the clear as for a test.
    async fn collected(self) -> Said {
        let url = format!("ldap://{}", self.start().await);
        let table = json!({
            "url": url, "bind_dn": "reader@corp.test", "insecure_tls": true, "timeout": "1s",
        });
        collected(built(table, &[("password", "S3cret-word")], Mode::Live).as_ref()).await
    }
}

fn welcome() -> Vec<u8> {
    message(1, &result(BOUND, 0, ""))
}

#[tokio::test]
async fn what_is_no_ldap_is_called_so() {
    let entry_of_nobody = message(2, &el(0x64, &el(4, b"CN=a")));
    let mut deep = vec![];
    for _ in 0..100 {
        deep = el(0x30, &deep);
    }
    for (what, odd, said) in [
        ("another protocol", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "does not begin as"),
        ("a length of gigabytes", vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], "longer than any"),
        ("no length", vec![0x30, 0x80, 0, 0], "length LDAP does not allow"),
        ("depth", message(2, &deep), "deeper"),
        ("half an entry", entry_of_nobody, "ends before its end"),
        ("an answer to a bind", message(2, &result(BOUND, 0, "")), "was not asked"),
        ("a result without its parts", message(2, &el(DONE, &[])), "ends before its end"),
        ("a code of ten octets", message(2, &el(DONE, &el(0x0a, &[1; 10]))), "number"),
    ] {
        let said_of = Script::of([welcome(), odd]).collected().await;
        let error = said_of.error();
        assert_eq!(error.class, ErrorClass::BadAnswer, "{what}: {error}");
        assert!(error.what.contains(said), "{what}: {error}");
        assert!(!error.to_string().contains("S3cret-word"));
    }
}

#[tokio::test]
async fn an_end_in_the_middle_and_a_last_word_are_told() {
    let done = message(2, &result(DONE, 0, ""));
    let half = done[..done.len() / 2].to_vec();
    let said = Script::of([welcome(), half]).collected().await;
    assert_eq!(said.error().class, ErrorClass::Unreachable, "{}", said.error());
    assert!(said.error().what.contains("in the middle of a message"), "{}", said.error());

    let notice = message(0, &result(EXTENDED, 52, "the controller is being shut down"));
    let said = Script::of([welcome(), notice]).collected().await;
    assert!(said.error().what.contains("being shut down (52)"), "{}", said.error());

    let said = Script { answers: vec![welcome()], stays: true }.collected().await;
    assert_eq!(said.error().class, ErrorClass::Unreachable, "{}", said.error());
    assert!(said.error().what.contains("no answer in time"), "{}", said.error());
}

#[tokio::test]
async fn each_refusal_of_a_password_is_told_by_its_number() {
    for (data, class, hint) in [
        ("52e", ErrorClass::Credentials, "check bind_dn"),
        ("532", ErrorClass::Expired, "new password"),
        ("773", ErrorClass::Expired, "by hand"),
        ("775", ErrorClass::Credentials, "unlock"),
        ("533", ErrorClass::Credentials, "enable"),
    ] {
        let text = format!(
            "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext \
                            error, data {data}, v4563\0"
        );
        let refusal = message(1, &result(BOUND, 49, &text));
        let said = Script::of([refusal]).collected().await;
        assert_eq!(said.error().class, class, "{}", said.error());
        assert!(said.error().hint.contains(hint), "{}", said.error());
    }
    let strong = message(1, &result(BOUND, 8, "BindSimple: Transport encryption required."));
    let said = Script::of([strong]).collected().await;
    assert!(said.error().hint.contains("ldaps://"), "{}", said.error());
}

/// A wrong password counts against the account: it is sent once.
#[tokio::test]
async fn a_refused_password_is_not_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let table =
        json!({"url": url, "bind_dn": "r@corp.test", "insecure_tls": true, "timeout": "1s"});
    let collector = built(table, &[("password", "S3cret-word")], Mode::Live);
    let counting = async {
        let mut binds = 0;
        while let Ok(Ok((mut stream, _))) =
            tokio::time::timeout(Duration::from_secs(3), listener.accept()).await
        {
            let mut question = vec![0; 1 << 10];
            if stream.read(&mut question).await.unwrap() > 0 {
                binds += 1;
            }
            let _ = stream.write_all(&message(1, &result(BOUND, 49, "data 52e"))).await;
        }
        binds
    };
    let (said, binds) = tokio::join!(collected(collector.as_ref()), counting);
    assert_eq!(said.error().class, ErrorClass::Credentials);
    assert_eq!(binds, 1);
}

/// Whoever stands between could answer «no TLS here» and listen.
#[tokio::test]
async fn a_refused_start_tls_is_not_gone_on_with_in_the_clear() {
    for (answer, what) in [
        (message(1, &result(EXTENDED, 52, "no certificate")), "refuses StartTLS (52)"),
        (b"HTTP/1.1 400 Bad".to_vec(), "does not begin as an LDAP message"),
        (message(1, &result(EXTENDED, 0, "")), "secure connection"),
    ] {
        let script = Script::of([answer, b"not TLS either".to_vec()]);
        let url = format!("ldap://{}", script.start().await);
        let table = json!({
            "url": url, "bind_dn": "r@corp.test", "start_tls": true, "timeout": "1s",
        });
        let collector = built(table, &[("password", "S3cret-word")], Mode::Live);
        let said = collected(collector.as_ref()).await;
        assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
        let told = said.error().what.clone();
        assert!(told.contains(what) || told.contains("does not speak TLS"), "{told}");
    }
}

#[tokio::test]
async fn nobody_there_is_told_after_a_few_attempts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let table = json!({
        "url": format!("ldaps://{address}"), "bind_dn": "r@corp.test", "timeout": "1s",
    });
    let said = collected(built(table, &[("password", "x")], Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Unreachable);
    assert!(said.error().hint.contains("port"), "{}", said.error());
    let table = json!({
        "url": "ldaps://no-such-host.invalid", "bind_dn": "r@corp.test", "timeout": "5s",
    });
    let said = collected(built(table, &[("password", "x")], Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Unreachable);
    assert!(said.error().hint.contains("DNS"), "{}", said.error());
}
