//! What a directory can refuse, and how a run ends then.

use super::support::{
    DOMAIN, Tape, WELL, asked, collected, collected_until, entry, groups_key, id, key, text_of,
    with_id,
};
use crate::entry::Entry;
use crate::page::End;
use cadastre_collect::{Cause, ErrorClass, Event, RunContext, TimeBase};
use cadastre_model::{Attr, Enumeration};
use serde_json::json;

const CORP: &str = "corp.example.test";

fn machine(number: u8) -> Entry {
    let name = format!("web{number}");
    with_id(entry("CN=x,DC=corp,DC=example,DC=test", &[("cn", &[&name])]), number)
}

fn ended(code: u32, text: &str) -> End {
    End::Result { code, text: text.to_owned() }
}

fn computers(page: u32) -> String {
    format!("{}&page={page}", key("computers", DOMAIN))
}

#[tokio::test]
async fn limits_leave_what_was_read_and_say_what_to_do() {
    for (end, hint) in [
        (ended(4, "too many"), "MaxPageSize"),
        (ended(3, ""), "MaxQueryDuration"),
        (ended(11, ""), "LDAP policy"),
        (ended(80, "00000057: LdapErr\0"), "see what the directory says"),
    ] {
        let tape = Tape::new();
        tape.page(&computers(0), vec![machine(20)], WELL, true);
        tape.page(&computers(1), vec![machine(21)], end.clone(), false);
        let user = with_id(entry("CN=u,DC=corp,DC=test", &[("sAMAccountName", &["u"])]), 30);
        tape.all(&key("accounts", DOMAIN), vec![user]);
        let said = tape.played().await;
        said.assert_ok();
        let (enumeration, reason) = said.coverage(CORP);
        assert_eq!(enumeration, Enumeration::Partial, "{reason}");
        assert!(reason.starts_with("computers: ") && reason.contains(hint), "{reason}");
        // What came before the end stands, and the kinds after it too.
        assert!(said.seen.contains_key(&id(20)) && said.seen.contains_key(&id(21)));
        said.named("u");
        assert_eq!(said.coverage("corp.example.test/sites").0, Enumeration::Complete);
    }
}

#[tokio::test]
async fn a_busy_directory_is_asked_again() {
    let tape = Tape::new();
    tape.page(&computers(0), vec![], ended(51, "busy"), false);
    tape.page(&computers(0), vec![machine(20)], WELL, false);
    let said = tape.played().await;
    said.assert_complete();
    said.named("web20");

    let tape = Tape::new();
    for _ in 0..3 {
        tape.page(&computers(0), vec![], ended(51, "busy"), false);
    }
    let said = tape.played().await;
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("busy to the last attempt"), "{reason}");
}

#[tokio::test]
async fn groups_that_cannot_be_read_take_no_privilege_from_anybody() {
    let tape = Tape::new();
    tape.page(&format!("{}&page=0", groups_key()), vec![], ended(50, "no"), false);
    let user = with_id(entry("CN=u,DC=corp,DC=test", &[("sAMAccountName", &["u"])]), 30);
    tape.all(&key("accounts", DOMAIN), vec![user]);
    let said = tape.played().await;
    assert_eq!(said.coverage(CORP).0, Enumeration::Partial);
    let privileged = text_of(said.named("u"), Attr::PrivilegedGroups);
    assert!(privileged.starts_with("not read: "), "{privileged}");
}

#[tokio::test]
async fn a_connection_that_ends_ends_the_domain() {
    for (cause, class) in [
        (Cause::Unreachable, "the connection ended"),
        (Cause::TimedOut, "no answer in time"),
        (Cause::BrokenOff, "is no LDAP"),
    ] {
        let tape = Tape::new();
        let cut = End::Cut { cause, why: "because".to_owned() };
        tape.page(&computers(0), vec![machine(20)], cut, false);
        let said = tape.played().await;
        said.assert_ok();
        said.named("web20");
        let (enumeration, reason) = said.coverage(CORP);
        assert_eq!(enumeration, Enumeration::Partial);
        assert!(reason.contains(class) && reason.contains("because"), "{reason}");
        assert!(!reason.contains("Also"), "nobody was asked any more: {reason}");
    }
}

#[tokio::test]
async fn an_object_without_an_id_is_a_gap() {
    let tape = Tape::new();
    let nameless = entry("CN=web,DC=corp,DC=example,DC=test", &[("cn", &["web"])]);
    let mut short = machine(20);
    short.attributes.insert("objectguid".to_owned(), vec![vec![1, 2, 3]]);
    tape.all(&key("computers", DOMAIN), vec![nameless, short, machine(21)]);
    let said = tape.played().await;
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.starts_with("2 objects"), "{reason}");
    said.named("web21");
    assert_eq!(said.details.len(), 2);
    assert!(said.details[0].message.contains("objectGUID"), "{:?}", said.details);
}

#[tokio::test]
async fn pages_that_go_round_in_circles_are_noticed() {
    let tape = Tape::new();
    tape.page(&computers(0), vec![machine(20), machine(21)], WELL, true);
    // The second page overlaps, which may happen while objects move; the third is the second.
    tape.page(&computers(1), vec![machine(21), machine(22)], WELL, true);
    tape.page(&computers(2), vec![machine(21), machine(22)], WELL, true);
    let said = tape.played().await;
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("same page again"), "{reason}");
    assert_eq!(said.observations, 4, "three machines, each once, and the domain");
}

#[tokio::test]
async fn what_is_no_domain_ends_the_run() {
    let tape = Tape::new();
    let other = entry("", &[("namingContexts", &["dc=example"])]);
    tape.all(&key("the root of the directory", ""), vec![other]);
    let said = tape.played().await;
    assert_eq!(said.error().class, ErrorClass::BadAnswer);
    assert!(said.error().hint.contains("Active Directory"), "{}", said.error());
    assert!(said.scopes.is_empty());
}

#[tokio::test]
async fn a_domain_that_cannot_be_seen_is_no_empty_one() {
    let tape = Tape::new();
    tape.all(&key("the domain", DOMAIN), vec![]);
    let said = tape.played().await;
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("shows nothing there"), "{reason}");
}

#[tokio::test]
async fn several_addresses_and_one_that_nobody_recorded() {
    let mut asked = asked();
    let addresses = asked["addresses"].as_array_mut().unwrap();
    let mut second = addresses[0].clone();
    second["host"] = "dc2.branch.example.test".into();
    addresses.push(second);
    let said = Tape::of(asked).played().await;
    said.assert_ok();
    assert_eq!(said.coverage(CORP).0, Enumeration::Complete);
    let (enumeration, reason) = said.coverage("branch.example.test");
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("dc2.branch.example.test"), "{reason}");
}

#[tokio::test]
async fn a_cancelled_run_closes_its_scopes_and_says_so() {
    let tape = Tape::new();
    let machines = (20..120).map(machine).collect();
    tape.page(&computers(0), machines, WELL, true);
    let (collector, _folder) = tape.collector(json!({}));
    let said = collected_until(collector.as_ref(), TimeBase::live(), |event, cancel| {
        if matches!(event, Event::Seen(_)) {
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(said.error().class, ErrorClass::Cancelled);
    let (enumeration, reason) = said.coverage(CORP);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("stopped"), "{reason}");
    assert!(said.observations < 100);
}

#[tokio::test]
async fn a_recording_is_tried_as_one() {
    let (collector, _folder) = Tape::new().collector(json!({}));
    let (sender, _events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    let run = RunContext::new(sender, cancel, TimeBase::live());
    for _ in 0..2 {
        let steps = collector.test(&run).await;
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["recording", "read"]);
        assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
    }
    collected(collector.as_ref()).await.assert_complete();
}
