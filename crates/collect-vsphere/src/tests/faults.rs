//! Answers that no peer at hand can be made to give.

use super::server::{Handler, Reply, Server};
use super::support::{built, collected, tried};
use cadastre_collect::{ErrorClass, Mode};
use serde_json::json;
use std::sync::Arc;

const PASSWORD: &str = "a password of some length";

/// SOAP with this inside.
fn envelope(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\
         \"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\
         \"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>{inside}</soapenv:Body>\
         </soapenv:Envelope>"
    )
}

pub(super) fn content() -> String {
    envelope(
        "<RetrieveServiceContentResponse xmlns=\"urn:vim25\"><returnval>\
         <rootFolder type=\"Folder\">group-d1</rootFolder>\
         <propertyCollector type=\"PropertyCollector\">pc</propertyCollector>\
         <viewManager type=\"ViewManager\">vm</viewManager>\
         <about><name>VMware vCenter Server</name><fullName>VMware vCenter Server 7.0.3</fullName>\
         <vendor>VMware, Inc.</vendor><version>7.0.3</version><build>1</build>\
         <osType>linux-x64</osType><productLineId>vpx</productLineId>\
         <apiType>VirtualCenter</apiType><apiVersion>7.0.3.0</apiVersion>\
         <instanceUuid>0a0b0c0d-0000-4000-8000-000000000001</instanceUuid></about>\
         <sessionManager type=\"SessionManager\">sm</sessionManager></returnval>\
         </RetrieveServiceContentResponse>",
    )
}

fn refusal(kind: &str, message: &str) -> Reply {
    let fault = format!(
        "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{message}</faultstring>\
         <detail><{kind}Fault xmlns=\"urn:vim25\" xsi:type=\"{kind}\"/></detail></soapenv:Fault>"
    );
    Reply::status(500, envelope(&fault))
}

/// A vCenter that tells what it is and then answers a login like this.
async fn answering_logins(login: Reply) -> Server {
    let handler: Handler = Arc::new(move |asked| {
        let login = login.clone();
        Box::pin(async move {
            match asked.path.as_str() {
                "/sdk" if asked.body.contains("<Login") => login,
                "/sdk" => Reply::ok(content()),
                _ => Reply::status(404, ""),
            }
        })
    });
    Server::start("127.0.0.1", handler).await
}

#[tokio::test]
async fn refused_logins_are_told_apart() {
    for (reply, class, advice) in [
        (
            refusal(
                "InvalidLogin",
                "Cannot complete login due to an incorrect user name or password.",
            ),
            ErrorClass::Credentials,
            "check `username`",
        ),
        (
            refusal("InvalidLogin", "User account is locked. Please contact your administrator."),
            ErrorClass::Credentials,
            "unlock the account",
        ),
        (refusal("PasswordExpired", "User password expired."), ErrorClass::Expired, "new password"),
        (refusal("NoPermission", ""), ErrorClass::Refused, "read-only role"),
        (Reply::status(503, "<html>starting</html>"), ErrorClass::Unreachable, "HTTP 503"),
    ] {
        let server = answering_logins(reply.clone()).await;
        let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
        let error = collected(collector.as_ref()).await.error().clone();
        assert_eq!(error.class, class, "{error}");
        assert!(error.to_string().contains(advice), "{error}");
        assert!(!error.to_string().contains(PASSWORD));
        let wrong = class == ErrorClass::Credentials;
        assert!(!wrong || server.times("<Login") == 1, "asked again, which locks accounts");
        let steps = tried(collector.as_ref()).await;
        let last = steps.last().unwrap();
        assert!(last.name == "authenticate" && last.outcome.is_failed(), "{steps:?}");
    }
}

#[tokio::test]
async fn what_is_no_vcenter_is_told_so() {
    for reply in [
        Reply::ok("<html>Welcome</html>"),
        Reply::ok("{\"a\":1}"),
        Reply::ok(""),
        Reply::status(404, "nothing here"),
        Reply::status(302, ""),
        Reply::ok(envelope("<RetrieveServiceContentResponse/>")),
        Reply::ok("\u{0}\u{1}<<<&&&"),
    ] {
        let shown = format!("{reply:?}");
        let handler: Handler = Arc::new(move |_| {
            let reply = reply.clone();
            Box::pin(async move { reply })
        });
        let server = Server::start("127.0.0.1", handler).await;
        let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
        let error = collected(collector.as_ref()).await.error().clone();
        assert_eq!(error.class, ErrorClass::BadAnswer, "{shown}: {error}");
        assert!(error.hint.contains("`url`"), "{shown}: {error}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let handler: Handler = Arc::new(|asked| {
        Box::pin(async move {
            match asked.path.as_str() {
                "/sdk" => Reply::ok("x".repeat(crate::wire::BODY_MAX_BYTES + 1)),
                _ => Reply::status(404, ""),
            }
        })
    });
    let server = Server::start("127.0.0.1", handler).await;
    let settings = server.settings(json!({"timeout": "60s"}));
    let collector = built(&settings, Some(PASSWORD), Mode::Live);
    let error = collected(collector.as_ref()).await.error().clone();
    assert_eq!(error.class, ErrorClass::BadAnswer, "{error}");
    assert!(error.what.contains("longer than"), "{error}");
    assert_eq!(server.times("RetrieveServiceContent"), 1, "asked again");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let handler: Handler = Arc::new(|_| Box::pin(async { Reply::Silence }));
    let server = Server::start("127.0.0.1", handler).await;
    let settings = server.settings(json!({"timeout": "200ms"}));
    let collector = built(&settings, Some(PASSWORD), Mode::Live);
    let error = collected(collector.as_ref()).await.error().clone();
    assert_eq!(error.class, ErrorClass::Unreachable, "{error}");
    assert!(error.what.contains("no answer in time"), "{error}");
}
