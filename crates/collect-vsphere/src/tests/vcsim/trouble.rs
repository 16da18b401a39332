//! A vCenter that refuses, falls silent or is cut off in the middle: by a server in front of it.

use super::super::server::{Asked, Handler, Reply, Server};
use super::super::support::{built, collected, collected_until, tried};
use super::{PASSWORD, USER, Vcsim};
use cadastre_collect::{ErrorClass, Event, Mode};
use cadastre_model::{Enumeration, Kind};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const SMALL: [&str; 6] = ["-datacenters", "2", "-hosts", "2", "-machines", "20"];

/// Words that only a page of machines is asked with.
const MACHINES: &str = "guest.toolsVersion";

/// Passes on what it is asked, unless `instead` says otherwise.
async fn in_front(
    vcsim: &Arc<Vcsim>,
    instead: impl Fn(&Asked, String) -> Reply + Send + Sync + 'static,
) -> Server {
    let vcsim = Arc::clone(vcsim);
    let instead = Arc::new(instead);
    let handler: Handler = Arc::new(move |asked| {
        let (vcsim, instead) = (Arc::clone(&vcsim), Arc::clone(&instead));
        Box::pin(async move {
            let url = format!("https://{}{}", vcsim.address, asked.path);
            let mut request = match asked.verb.as_str() {
                "GET" => vcsim.http.get(url),
                "DELETE" => vcsim.http.delete(url),
                _ => vcsim.http.post(url).body(asked.body.clone()),
            };
            for name in ["cookie", "authorization", "vmware-api-session-id", "soapaction"] {
                if let Some(value) = asked.header(name) {
                    request = request.header(name, value);
                }
            }
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let cookie = response.headers().get("set-cookie").cloned();
            let body = response.text().await.unwrap();
            if status != 200 {
                return Reply::status(status, body);
            }
            let reply = instead(&asked, body);
            match cookie {
                Some(cookie) => reply.with("set-cookie", cookie.to_str().unwrap()),
                None => reply,
            }
        })
    });
    Server::start("127.0.0.1", handler).await
}

/// A page of machines, not the one that finds out which properties there are.
fn is_page(asked: &Asked) -> bool {
    asked.body.contains(MACHINES) && asked.body.matches("<objectSet").count() > 1
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_in_the_middle_it_is_partial_and_the_next_run_heals() {
    let Some(vcsim) = Vcsim::start(&SMALL).await else { return };
    let vcsim = Arc::new(vcsim);
    let whole = vcsim.collected(json!({}), Mode::Live).await;
    whole.assert_complete();
    let refusal = "<e:Envelope xmlns:e=\"x\"><e:Body><e:Fault><faultstring>The session is not \
                   authenticated.</faultstring><detail><NotAuthenticatedFault xsi:type=\
                   \"NotAuthenticated\"><privilegeId>System.Known</privilegeId>\
                   </NotAuthenticatedFault></detail></e:Fault></e:Body></e:Envelope>";
    type Spoil = fn(String) -> Reply;
    let manners: [(&str, Spoil, &str); 5] = [
        ("half", |body| Reply::Half(body), "broke off"),
        ("half in disguise", |body| Reply::HalfInDisguise(body), "broke off"),
        ("dropped", |_| Reply::Drop, "could not be asked"),
        ("busy", |_| Reply::status(503, "Service Unavailable"), "HTTP 503"),
        ("session ended", |_| Reply::status(500, ""), "HTTP 500"),
    ];
    for (manner, reply, words) in manners {
        let cut = Arc::new(AtomicUsize::new(0));
        let first = Arc::clone(&cut);
        let server = in_front(&vcsim, move |asked, body| {
            // The first datacenter's machines come, the second's do not.
            let is_cut = is_page(asked) && first.fetch_add(1, Ordering::SeqCst) > 0;
            match is_cut {
                true if manner == "session ended" => Reply::status(500, refusal),
                true => reply(body),
                false => Reply::ok(body),
            }
        })
        .await;
        let words = if manner == "session ended" { "the session has ended" } else { words };
        let settings = server.settings(json!({"concurrency": 1}));
        let said = collected(built(&settings, Some(PASSWORD), Mode::Live).as_ref()).await;
        assert_eq!(said.result, Some(Ok(())), "{manner}");
        let coverages: Vec<_> = ["DC0", "DC1"].map(|scope| said.coverage(scope)).into();
        assert_eq!(coverages[0].0, Enumeration::Complete, "{manner}: {coverages:?}");
        assert_eq!(coverages[1].0, Enumeration::Partial, "{manner}: {coverages:?}");
        assert!(coverages[1].1.contains(words), "{manner}: {}", coverages[1].1);
        assert_eq!(said.counts()[&Kind::Vm], 20, "{manner}");
        assert_eq!(said.counts()[&Kind::Server], 4, "{manner}: what was read stands");
        assert!(server.times("<Logout") > 0, "{manner}: the session was left open");
    }
    let healed = vcsim.collected(json!({}), Mode::Live).await;
    healed.assert_complete();
    assert_eq!(healed.seen, whole.seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_busy_for_a_moment_is_asked_again() {
    let Some(vcsim) = Vcsim::start(&["-machines", "2"]).await else { return };
    let vcsim = Arc::new(vcsim);
    let count = AtomicUsize::new(0);
    // Every ninth answer is one of these.
    let server = in_front(&vcsim, move |_, body| {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        match (nth % 9 == 5, nth % 2) {
            (false, _) => Reply::ok(body),
            (true, 0) => Reply::status(503, "busy"),
            (true, _) => Reply::HalfInDisguise(body),
        }
    })
    .await;
    let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
    let said = collected(collector.as_ref()).await;
    said.assert_complete();
    assert_eq!(said.seen, vcsim.collected(json!({}), Mode::Live).await.seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_does_not_answer_is_counted() {
    let Some(vcsim) = Vcsim::start(&["-machines", "3"]).await else { return };
    let vcsim = Arc::new(vcsim);
    let server = in_front(&vcsim, |asked, body| {
        if !is_page(asked) {
            return Reply::ok(body);
        }
        let (head, rest) = body.split_once("<objects>").unwrap();
        let (_, rest) = rest.split_once("</objects>").unwrap();
        Reply::ok(format!("{head}{rest}"))
    })
    .await;
    let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
    let said = collected(collector.as_ref()).await;
    let (enumeration, why) = said.coverage("DC0");
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(why.contains("1 machines are listed and did not answer"), "{why}");
    assert_eq!(said.counts()[&Kind::Vm], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_deleted_meanwhile_is_no_gap() {
    let Some(vcsim) = Vcsim::start(&["-machines", "3"]).await else { return };
    let vcsim = Arc::new(vcsim);
    let gone = vcsim.id("VirtualMachine", "DC0_C0_RP0_VM1").await;
    // The list still has one that is no longer there.
    let listed = format!("<ManagedObjectReference type=\"VirtualMachine\">{gone}</");
    vcsim.task("PowerOffVM_Task", "VirtualMachine", &gone, "").await;
    vcsim.task("Destroy_Task", "VirtualMachine", &gone, "").await;
    let rest = vcsim.ids("VirtualMachine").await;
    let server = in_front(&vcsim, move |_, body| {
        let mark = format!("<ManagedObjectReference type=\"VirtualMachine\">{}</", rest[0]);
        let both = format!("{listed}ManagedObjectReference>{mark}");
        Reply::ok(if body.contains("<name>view</name>") {
            body.replace(&mark, &both)
        } else {
            body
        })
    })
    .await;
    let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
    let said = collected(collector.as_ref()).await;
    said.assert_complete();
    assert_eq!(said.counts()[&Kind::Vm], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_closes_its_scopes_and_its_session() {
    let Some(vcsim) = Vcsim::start(&SMALL).await else { return };
    let vcsim = Arc::new(vcsim);
    let server = in_front(&vcsim, |_, body| Reply::ok(body)).await;
    let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
    let mut seen = 0;
    let said = collected_until(collector.as_ref(), |event, cancel| {
        if matches!(event, Event::Seen(_)) {
            seen += 1;
            if seen == 12 {
                cancel.cancel();
            }
        }
    })
    .await;
    assert_eq!(said.error().class, ErrorClass::Cancelled);
    assert!(said.scopes.values().all(|one| one.enumeration != Enumeration::Complete));
    assert!(server.times("<Logout") > 0, "the session was left open");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_log_in_is_told_why() {
    let Some(vcsim) = Vcsim::start(&["-machines", "1"]).await else { return };
    let wrong = built(&vcsim.settings(json!({})), Some("wrong password, at length"), Mode::Live);
    let said = collected(wrong.as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Credentials, "{}", said.error());
    assert!(!said.error().to_string().contains("wrong password"), "{}", said.error());
    let steps = tried(wrong.as_ref()).await;
    let last = steps.last().unwrap();
    assert!(last.name == "authenticate" && last.outcome.is_failed(), "{steps:?}");

    // A vCenter under another name than its certificate has, and one by an unknown authority.
    let name = vcsim.address.replace("127.0.0.1", "localhost");
    for (more, words) in [
        (json!({"url": format!("https://{name}")}), "into `url`"),
        (json!({"ca_file": null}), "`ca_file`"),
    ] {
        let collector = built(&vcsim.settings(more), Some(PASSWORD), Mode::Live);
        let said = collected(collector.as_ref()).await;
        assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
        assert!(said.error().hint.contains(words), "{}", said.error());
        let steps = tried(collector.as_ref()).await;
        let last = steps.last().unwrap();
        assert!(last.name == "tls" && last.outcome.is_failed(), "{steps:?}");
    }
    let any = json!({"ca_file": null, "insecure_tls": true});
    collected(built(&vcsim.settings(any), Some(PASSWORD), Mode::Live).as_ref())
        .await
        .assert_complete();
    let nobody = json!({"url": "https://127.0.0.1:1"});
    let said = collected(built(&vcsim.settings(nobody), Some(USER), Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Unreachable, "{}", said.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_tags_nothing_is_read() {
    let Some(vcsim) = Vcsim::start(&["-machines", "1"]).await else { return };
    let vcsim = Arc::new(vcsim);
    let server = in_front(&vcsim, |asked, body| match asked.path.contains("/tagging/") {
        true => Reply::status(503, "the tagging service is down"),
        false => Reply::ok(body),
    })
    .await;
    let collector = built(&server.settings(json!({})), Some(PASSWORD), Mode::Live);
    let said = collected(collector.as_ref()).await;
    let (enumeration, why) = said.coverage("DC0");
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(why.contains("HTTP 503") && why.contains("skip_tags"), "{why}");
    assert!(said.seen.is_empty());
    let without = built(&server.settings(json!({"skip_tags": true})), Some(PASSWORD), Mode::Live);
    collected(without.as_ref()).await.assert_complete();
}
