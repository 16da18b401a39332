//! Runs that read only what changed since the run before, against a real domain controller: Samba
//! tells changes by DirSync as Microsoft's do. The measure of an increment: put on top of what was
//! known, it gives what is there.

use super::lab::{ADMINISTRATOR, Controller, PASSWORD};
use super::support::{Said, collected_after, text_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cadastre_collect::{Memory, Mode};
use cadastre_model::{Attr, Coverage, Observation};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CORP: &str = "corp.example.test";
const SITES: &str = "corp.example.test/sites";
const DESKS: &str = "OU=Workstations,OU=Europe,DC=corp,DC=example,DC=test";
const SERVERS: &str = "OU=Servers,OU=Europe,DC=corp,DC=example,DC=test";
const GROUPS: &str = "OU=Groups,DC=corp,DC=example,DC=test";

/// What a run leaves for the next one.
fn left(said: &Said) -> Memory {
    let marks = said.scopes.iter().map(|(scope, it)| (scope.clone(), it.mark.clone()));
    Memory { scopes: marks.collect() }
}

/// A memory of one scope.
fn memory(scope: &str, mark: &str) -> Memory {
    Memory { scopes: [(scope.to_owned(), Some(mark.to_owned()))].into() }
}

async fn run(controller: &Controller, more: Value, memory: Memory) -> Said {
    let mut settings = json!({"increments": true});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    collected_after(controller.collector(settings, Mode::Live).as_ref(), memory).await
}

fn mark(said: &Said, scope: &str) -> String {
    said.scopes[scope].mark.clone().unwrap_or_else(|| panic!("{scope} left nothing"))
}

fn assert_whole(said: &Said, scope: &str) {
    said.assert_complete();
    assert!(!mark(said, scope).contains(PASSWORD));
}

fn assert_increment(said: &Said, scope: &str) {
    said.assert_ok();
    let expected = Coverage::increment().leaving(mark(said, scope));
    assert_eq!(said.scopes[scope], expected);
    assert_eq!(said.scopes[SITES], Coverage::complete(), "sites are always read whole");
    assert_eq!(said.observations, said.seen.len(), "seen twice");
    assert!(said.details.is_empty(), "{:?}", said.details);
}

/// The names of what a run sent of a scope; a deleted object has the one it had `before`.
fn sent(said: &Said, before: &Said, scope: &str) -> BTreeSet<String> {
    let name = |seen: &Observation| {
        let known = before.seen.get(&seen.native_id).unwrap_or(seen);
        text_of(known, Attr::Name)
    };
    said.seen.values().filter(|seen| seen.scope == scope).map(name).collect()
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

/// What `increment` on top of `before` tells otherwise than `whole`, or not at all; by names.
fn differing(before: &Said, increment: &Said, whole: &Said) -> Vec<String> {
    let both = [&before.seen, &increment.seen].into_iter().flatten();
    let known: BTreeMap<&String, &Observation> = both.collect();
    let other = whole.seen.values().filter(|seen| known.get(&seen.native_id) != Some(seen));
    let there: BTreeSet<&String> = whole.seen.keys().collect();
    let gone = known.values().filter(|seen| !there.contains(&seen.native_id));
    other.chain(gone.copied()).map(|seen| text_of(seen, Attr::Name)).collect()
}

#[tokio::test]
async fn what_changed_moved_or_was_deleted_is_all_that_is_read() {
    let test = "what_changed_moved_or_was_deleted_is_all_that_is_read";
    let Some(own) = Controller::own(test, 12) else { return };
    // The first logons of both change their accounts; they are to be over before anything is read.
    own.count(own.base, "(cn=reader)");
    let by_administrator = json!({"bind_dn": ADMINISTRATOR});
    let before = run(&own, by_administrator.clone(), Memory::default()).await;
    assert_whole(&before, CORP);
    let plain_before = run(&own, json!({}), Memory::default()).await;
    assert_whole(&plain_before, CORP);

    own.change(&format!(
        "dn: CN=WKS0010,{DESKS}\nchangetype: modify\nreplace: description\ndescription: Changed\n\n\
         dn: CN=WKS0011,{DESKS}\nchangetype: modrdn\nnewrdn: CN=WKS0011\ndeleteoldrdn: 1\n\
         newsuperior: {SERVERS}\n\n\
         dn: CN=WKS0012,{DESKS}\nchangetype: delete\n"
    ));
    let after = run(&own, by_administrator.clone(), left(&before)).await;
    assert_increment(&after, CORP);
    assert_eq!(sent(&after, &before, CORP), names([CORP, "WKS0010", "WKS0011", "WKS0012"]));
    assert_eq!(text_of(after.named("WKS0010"), Attr::Description), "Changed");
    let moved = after.named("WKS0011");
    assert_eq!(moved.native_id, before.named("WKS0011").native_id);
    assert_eq!(text_of(moved, Attr::OuPath), "Europe/Servers");
    let deleted = &before.named("WKS0012").native_id;
    let tombstone = after.seen[deleted].tombstone.as_ref();
    let tombstone = tombstone.expect("an administrator sees what was deleted");
    assert!(tombstone.at.is_some() && tombstone.reason == "deleted");
    let whole = run(&own, by_administrator.clone(), Memory::default()).await;
    assert_whole(&whole, CORP);
    // That it lost a member by a deletion is no change of a group's own, and not told.
    assert_eq!(differing(&before, &after, &whole), ["All Workstations"]);
    assert_eq!(text_of(whole.named("All Workstations"), Attr::MemberCount), "1999");

    // Nothing happened since: nothing is read but the domain itself.
    let quiet = run(&own, by_administrator, left(&after)).await;
    assert_increment(&quiet, CORP);
    assert_eq!(sent(&quiet, &before, CORP), names([CORP]));

    // Who may not see deleted objects learns nothing of the deletion, until all is read again.
    let plain = run(&own, json!({}), left(&plain_before)).await;
    assert_increment(&plain, CORP);
    assert_eq!(sent(&plain, &before, CORP), names([CORP, "WKS0010", "WKS0011"]));
    let plain_whole = run(&own, json!({}), Memory::default()).await;
    assert_whole(&plain_whole, CORP);
    assert!(!plain_whole.seen.contains_key(deleted), "what is gone is not seen, and ages");
    assert_eq!(differing(&plain_before, &plain, &plain_whole), ["All Workstations", "WKS0012"]);
}

#[tokio::test]
async fn who_is_concerned_by_a_change_of_something_else_is_read_again() {
    let test = "who_is_concerned_by_a_change_of_something_else_is_read_again";
    let Some(own) = Controller::own(test, 13) else { return };
    let admins = format!("CN=Domain Admins,CN=Users,{}", own.base);
    // The administrator's first logon changes its account.
    own.change(&format!(
        "dn: CN=Level 3,{GROUPS}\nchangetype: modify\nreplace: description\ndescription: x\n"
    ));
    let before = run(&own, json!({}), Memory::default()).await;
    assert_whole(&before, CORP);

    own.change(&format!(
        "dn: CN=All Workstations,{GROUPS}\nchangetype: modify\n\
         delete: member\nmember: CN=WKS0013,{DESKS}\n-\n\
         add: member\nmember: CN=SRV0001,{SERVERS}\n\n\
         dn: {admins}\nchangetype: modify\nadd: member\nmember: CN=Level 3,{GROUPS}\n\n\
         dn: OU=A\\, B / C,OU=Europe,{}\nchangetype: modrdn\nnewrdn: OU=Attic\ndeleteoldrdn: 1\n",
        own.base
    ));
    let after = run(&own, json!({}), left(&before)).await;
    assert_increment(&after, CORP);
    let within: BTreeSet<String> = (1..=20).map(|number| format!("user{number:03}")).collect();
    let groups = names(["Level 3", "Domain Admins"]);
    let mut expected = names([CORP, "All Workstations", "WKS0013", "SRV0001"]);
    expected.extend(["A, B / C", "WKS0001"].map(str::to_owned));
    expected.extend(groups.union(&within).cloned());
    assert_eq!(sent(&after, &before, CORP), expected);
    assert_eq!(text_of(after.named("WKS0001"), Attr::OuPath), "Europe/Attic");
    let privileged = text_of(after.named("user001"), Attr::PrivilegedGroups);
    assert_eq!(privileged, "Administrators, Domain Admins");
    let whole = run(&own, json!({}), Memory::default()).await;
    assert_eq!(differing(&before, &after, &whole), Vec::<String>::new());

    own.change(&format!(
        "dn: {admins}\nchangetype: modify\ndelete: member\nmember: CN=Level 3,{GROUPS}\n"
    ));
    let later = run(&own, json!({}), left(&after)).await;
    assert_increment(&later, CORP);
    let mut expected = names([CORP]);
    expected.extend(groups.union(&within).cloned());
    assert_eq!(sent(&later, &before, CORP), expected);
    assert_eq!(text_of(later.named("user001"), Attr::PrivilegedGroups), "");
    let last = run(&own, json!({}), Memory::default()).await;
    assert_eq!(differing(&whole, &later, &last), Vec::<String>::new());

    // Who was in a group that is deleted is not told; whoever sees that it was reads everything.
    let by_administrator = json!({"bind_dn": ADMINISTRATOR});
    let since = left(&last);
    own.change(&format!("dn: CN=Helpdesk Leads,{GROUPS}\nchangetype: delete\n"));
    let plain = run(&own, json!({}), since.clone()).await;
    assert_increment(&plain, CORP);
    assert_eq!(sent(&plain, &before, CORP), names([CORP]));
    let ended = run(&own, by_administrator, since).await;
    assert_whole(&ended, CORP);
    let leads = &before.named("Helpdesk Leads").native_id;
    assert!(ended.seen[leads].tombstone.is_some());
    assert_eq!(text_of(ended.named("user011"), Attr::PrivilegedGroups), "");
}

/// DirSync knows whole domains only: of a part, the numbers of the controller's changes tell.
#[tokio::test]
async fn of_a_part_of_a_domain_only_what_changed_is_read_too() {
    let test = "of_a_part_of_a_domain_only_what_changed_is_read_too";
    let Some(own) = Controller::own(test, 14) else { return };
    let part = json!({"base_dn": SERVERS});
    let before = run(&own, part.clone(), Memory::default()).await;
    assert_whole(&before, SERVERS);

    own.change(&format!(
        "dn: CN=SRV0010,{SERVERS}\nchangetype: modify\nreplace: description\ndescription: x\n\n\
         dn: CN=WKS0011,{DESKS}\nchangetype: modrdn\nnewrdn: CN=WKS0011\ndeleteoldrdn: 1\n\
         newsuperior: {SERVERS}\n"
    ));
    let after = run(&own, part.clone(), left(&before)).await;
    assert_increment(&after, SERVERS);
    assert_eq!(sent(&after, &before, SERVERS), names([CORP, "SRV0010", "WKS0011"]));
    let whole = run(&own, part.clone(), Memory::default()).await;
    assert_eq!(differing(&before, &after, &whole), Vec::<String>::new());

    // Who came into a group or left it is not told by numbers, wherever the group stands.
    own.change(&format!(
        "dn: CN=All Workstations,{GROUPS}\nchangetype: modify\n\
         add: member\nmember: CN=SRV0020,{SERVERS}\n"
    ));
    let joined = run(&own, part.clone(), left(&after)).await;
    assert_whole(&joined, SERVERS);
    assert_eq!(text_of(joined.named("SRV0020"), Attr::GroupsCount), "2");

    // Nor who was in a group that is deleted, which the administrator sees.
    own.change(&format!("dn: CN=Mail List,{GROUPS}\nchangetype: delete\n"));
    let plain = run(&own, part.clone(), left(&joined)).await;
    assert_increment(&plain, SERVERS);
    let by_administrator = json!({"base_dn": SERVERS, "bind_dn": ADMINISTRATOR});
    assert_whole(&run(&own, by_administrator, left(&joined)).await, SERVERS);

    // A controller that was restored or made anew counts anew.
    let mut other: Value = serde_json::from_str(&mark(&joined, SERVERS)).unwrap();
    other["since"]["change"]["database"] = "00000000-0000-0000-0000-000000000001".into();
    let restored = run(&own, part, memory(SERVERS, &other.to_string())).await;
    assert_whole(&restored, SERVERS);
}

#[tokio::test]
async fn after_a_mark_that_is_refused_all_is_read() {
    let Some(corp) = Controller::corp("after_a_mark_that_is_refused_all_is_read") else { return };
    let whole = run(&corp, json!({}), Memory::default()).await;
    assert_whole(&whole, CORP);
    let with_cookie = |cookie: String| {
        let mut mark: Value = serde_json::from_str(&mark(&whole, CORP)).unwrap();
        mark["since"]["cookie"] = cookie.into();
        memory(CORP, &mark.to_string())
    };

    // The controller says what it has against it, and so does the run.
    let refused = run(&corp, json!({}), with_cookie(STANDARD.encode("nonsense"))).await;
    assert_whole(&refused, CORP);
    assert_eq!(refused.seen.len(), whole.seen.len());
    assert_eq!(refused.details.len(), 1, "{:?}", refused.details);
    let told = &refused.details[0];
    assert_eq!(told.subject, "changes");
    assert!(told.message.contains("everything was read"), "{told:?}");
    assert!(told.message.contains("Unable to unmarshall cookie"), "{told:?}");
    // What it leaves is good again.
    let healed = run(&corp, json!({}), left(&refused)).await;
    assert_increment(&healed, CORP);
    assert!(healed.seen.len() < whole.seen.len());

    // What is no mark is not put before the controller at all.
    let odd = run(&corp, json!({}), with_cookie("no base64!".to_owned())).await;
    assert_whole(&odd, CORP);
    assert_eq!(odd.seen.len(), whole.seen.len());
    assert!(odd.details.is_empty(), "{:?}", odd.details);

    // Whoever did not ask for increments reads everything, whatever was left.
    let off = run(&corp, json!({"increments": false}), left(&whole)).await;
    off.assert_complete();
    assert_eq!(off.scopes[CORP].mark, None);
    assert_eq!(off.seen.len(), whole.seen.len());
}
