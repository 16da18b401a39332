//! Against real domain controllers that nobody here wrote: Samba, two domains, 3,000 computers.
//! Without them these are NOT RUN.

use super::lab::{ADMINISTRATOR, Controller, PASSWORD};
use super::support::{Said, built, claims, collected, text_of, values};
use cadastre_collect::{
    Collector, ErrorClass, Mode, Recorder, Recording, RunContext, StepOutcome, TimeBase,
};
use cadastre_model::{Attr, Enumeration, Identifier, Kind, Scheme, SourceKind, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

const CORP: &str = "corp.example.test";
const SITES: &str = "corp.example.test/sites";

fn counts(said: &Said, scope: &str) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for seen in said.seen.values().filter(|seen| seen.scope == scope) {
        *counts.entry(seen.kind).or_default() += 1;
    }
    counts
}

/// How many the peer's own tool counts.
fn counted(controller: &Controller) -> BTreeMap<Kind, usize> {
    let base = controller.base;
    [
        (Kind::Computer, "(objectCategory=computer)"),
        (Kind::Account, "(&(objectCategory=person)(objectClass=user))"),
        (Kind::Group, "(objectClass=group)"),
        (Kind::Ou, "(objectClass=organizationalUnit)"),
        (Kind::Domain, "(objectClass=domainDNS)"),
    ]
    .into_iter()
    .map(|(kind, filter)| (kind, controller.count(base, filter)))
    .collect()
}

#[tokio::test]
async fn two_domains_are_read_whole_and_replayed_alike() {
    let test = "two_domains_are_read_whole_and_replayed_alike";
    let (Some(corp), Some(branch)) = (Controller::corp(test), Controller::branch(test)) else {
        return;
    };
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("directory.jsonl");
    let recorder = Recorder::create(&path, SourceKind::Directory, Timestamp(0)).unwrap();
    let more = json!({"url": [corp.url(), branch.url()], "mail": true});
    let live = collected(corp.collector(more, Mode::Record(recorder.clone())).as_ref()).await;
    live.assert_complete();
    let scopes: Vec<&str> = live.scopes.keys().map(String::as_str).collect();
    let branches = "branch.example.test";
    assert_eq!(scopes, [branches, "branch.example.test/sites", CORP, SITES]);
    assert_eq!(counts(&live, CORP), counted(&corp));
    assert_eq!(counts(&live, branches), counted(&branch));
    assert_eq!(counts(&live, CORP)[&Kind::Computer], 3_001, "3,000 and the controller");
    let sites = format!("CN=Sites,CN=Configuration,{}", corp.base);
    let forest = counts(&live, SITES);
    assert_eq!(forest[&Kind::DirectorySite], corp.count(&sites, "(objectClass=site)"));
    assert_eq!(forest[&Kind::Subnet], corp.count(&sites, "(objectClass=subnet)"));
    assert_eq!(live.observations, live.seen.len(), "seen twice");

    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(PASSWORD), "a secret was kept");
    let recording = Recording::open(&path).unwrap();
    for settings in [json!({}), json!({"concurrency": 1})] {
        let replay = built(settings, &[], Mode::Replay(recording.clone()));
        let replayed = collected(replay.as_ref()).await;
        replayed.assert_ok();
        assert_eq!(replayed.seen, live.seen);
        assert_eq!(replayed.scopes, live.scopes);
        assert_eq!(replayed.details.len(), live.details.len());
    }
}

#[tokio::test]
async fn addresses_come_from_the_zones_if_they_are_asked_for() {
    let test = "addresses_come_from_the_zones_if_they_are_asked_for";
    let Some(corp) = Controller::corp(test) else { return };
    let said = collected(corp.collector(json!({"dns": true}), Mode::Live).as_ref()).await;
    said.assert_complete();
    let of = |name: &str| text_of(said.named(name), Attr::DnsAddresses);
    assert_eq!(of("SRV0598"), "10.20.5.98, 2001:db8:20::598");
    assert_eq!(of("SRV0597"), "10.20.5.97");
    assert_eq!(of("SRV0596"), "", "it was given up");
    // What the machine has besides, the controller tells too.
    assert!(of("DC1").split(", ").any(|address| address == "127.77.0.1"), "{}", of("DC1"));
    for address in ["10.20.5.98", "2001:db8:20::598"] {
        let address = Identifier::ip(address).unwrap();
        assert!(said.named("SRV0598").identifiers.contains(&address), "{address:?}");
    }
    let unasked = collected(corp.collector(json!({}), Mode::Live).as_ref()).await;
    assert!(!unasked.named("SRV0598").facts.contains_key(&Attr::DnsAddresses));
}

#[tokio::test]
async fn what_is_said_of_machines_people_and_groups() {
    let test = "what_is_said_of_machines_people_and_groups";
    let Some(corp) = Controller::corp(test) else { return };
    let said = collected(corp.collector(json!({}), Mode::Live).as_ref()).await;
    said.assert_complete();

    let server = said.named("SRV0598");
    let text = |attr| text_of(server, attr);
    assert_eq!(text(Attr::OuPath), "Europe/Servers");
    assert_eq!(text(Attr::Os), "Windows Server 2022 Standard");
    assert_eq!(text(Attr::OsVersion), "10.0 (20348)");
    assert_eq!(text(Attr::Location), "Paris/Room 1");
    assert_eq!(text(Attr::MachineLastLogon), "2026-07-18T00:00:00Z");
    assert_eq!(text(Attr::ServiceNames), "HOST/SRV0598, HOST/srv0598.corp.example.test");
    assert_eq!(text(Attr::AccountEnabled), "yes");
    assert!(server.identifiers.contains(&Identifier::fqdn("srv0598.corp.example.test").unwrap()));
    let schemes: Vec<Scheme> = server.identifiers.iter().map(|it| it.scheme).collect();
    assert_eq!(schemes, [Scheme::AdGuid, Scheme::AdSid, Scheme::Fqdn]);
    let keeper = said.named("user001").native_id.clone();
    let computers = said.named("Domain Computers");
    let domain_computers = text_of(computers, Attr::Sid);
    assert_eq!(claims(server), [("member-of", domain_computers), ("managed-by", keeper.clone())]);
    assert_eq!(text_of(said.named("SRV0600"), Attr::AccountEnabled), "no");
    assert_eq!(text_of(said.named("SRV0599"), Attr::UnconstrainedDelegation), "yes");
    assert_eq!(text_of(said.named("WKS0001"), Attr::OuPath), "Europe/A, B \\/ C");

    let controller = said.named("DC1");
    assert_eq!(text_of(controller, Attr::ControllerRole), "writable");
    assert_eq!(text_of(controller, Attr::GlobalCatalog), "yes");
    assert_eq!(text_of(controller, Attr::DirectorySiteName), "Default-First-Site-Name");
    assert_eq!(
        text_of(controller, Attr::OperationsRoles),
        "PDC emulator, RID master, infrastructure master, naming master, schema master"
    );
    let site = said.named("Default-First-Site-Name").native_id.clone();
    assert!(claims(controller).contains(&("member-of", site)));

    for (name, attr, expected) in [
        ("WKS0002", Attr::LapsKept, "legacy-laps"),
        ("WKS0002", Attr::LapsExpires, "2026-01-31T00:00:00Z"),
        ("WKS0003", Attr::LapsKept, "windows-laps"),
        ("WKS0003", Attr::LapsExpires, "2026-02-10T00:00:00Z"),
        ("WKS0004", Attr::LapsKept, ""),
        (CORP, Attr::LapsSchema, "legacy-laps, windows-laps"),
        ("user002", Attr::PasswordNeverExpires, "yes"),
        ("user003", Attr::AccountEnabled, "no"),
        ("user004", Attr::PasswordReversible, "yes"),
        ("user005", Attr::NoPreauthentication, "yes"),
        ("user006", Attr::AccountExpires, "2026-01-01T00:00:00Z"),
        ("user007", Attr::LastLogon, "2026-01-02T00:00:00Z"),
        ("user008", Attr::UserPrincipalName, "user008@corp.example.test"),
        ("user008", Attr::DisplayName, "Person 008"),
        ("user008", Attr::Mail, ""),
        ("mustchange", Attr::PasswordMustChange, "yes"),
        ("svc-web", Attr::DelegatesTo, "cifs/files.corp.example.test"),
        ("svc-web", Attr::UnconstrainedDelegation, "yes"),
        ("krbtgt", Attr::AccountType, "kerberos"),
        ("Guest", Attr::AccountType, "guest"),
        ("user011", Attr::PrivilegedGroups, "Administrators, Domain Admins"),
        ("user013", Attr::PrivilegedGroups, ""),
        ("Administrator", Attr::AdminProtected, "yes"),
        ("zoe", Attr::Description, "café ☃"),
        ("zoe", Attr::OuPath, "People"),
        ("Domain Admins", Attr::Privileged, "yes"),
        ("Level 1", Attr::GroupScope, "global"),
        ("Local Folk", Attr::GroupScope, "domain-local"),
        ("Mail List", Attr::GroupPurpose, "distribution"),
        ("All Workstations", Attr::MemberCount, "2000"),
        ("10.1.0.0/16", Attr::DirectorySiteName, "Paris"),
        ("10.1.0.0/16", Attr::Cidr, "10.1.0.0/16"),
        (CORP, Attr::NetbiosName, "CORP"),
        (CORP, Attr::FunctionalLevel, "Windows Server 2008 R2"),
        (CORP, Attr::MachineAccountQuota, "10"),
        (CORP, Attr::PasswordMaxAge, "42"),
        (CORP, Attr::LockoutThreshold, "3"),
    ] {
        assert_eq!(text_of(said.named(name), attr), expected, "{attr} of {name}");
    }
    assert!(!text_of(said.named(CORP), Attr::KrbtgtPasswordSet).is_empty());
    assert!(claims(said.named("user002")).contains(&("managed-by", keeper)));
    let (inner, middle) = (said.named("Level 3"), said.named("Level 2"));
    assert!(claims(said.named("user001")).contains(&("member-of", inner.native_id.clone())));
    assert!(claims(inner).contains(&("member-of", middle.native_id.clone())));
    let paris = said.named("Paris").native_id.clone();
    assert_eq!(claims(said.named("2001:db8:1::/48")), [("member-of", paris)]);
    assert_eq!(claims(said.named("10.9.0.0/16")), []);
}

/// Members are told by the directory in pieces, and by the peer's own tool at once.
#[tokio::test]
async fn every_member_of_every_group_is_claimed() {
    let test = "every_member_of_every_group_is_claimed";
    let Some(corp) = Controller::corp(test) else { return };
    let said = collected(corp.collector(json!({"page_size": 100}), Mode::Live).as_ref()).await;
    said.assert_complete();
    for group in ["All Workstations", "Level 1", "Level 2", "Level 3", "Domain Admins"] {
        let id = said.named(group).native_id.clone();
        let claimed =
            said.seen.values().filter(|it| claims(it).contains(&("member-of", id.clone()))).count();
        let filter = format!("(cn={group})");
        let counted = corp.ldapsearch(corp.base, &filter, "member").len();
        assert_eq!(claimed, counted, "{group}");
        assert_eq!(text_of(said.named(group), Attr::MemberCount), counted.to_string());
    }
}

#[tokio::test]
async fn a_part_of_a_domain_is_a_scope_of_its_own() {
    let Some(corp) = Controller::corp("a_part_of_a_domain_is_a_scope_of_its_own") else { return };
    let part = format!("OU=Servers,OU=Europe,{}", corp.base);
    let more = json!({"base_dn": part, "include": ["SRV00*", "Servers"]});
    let said = collected(corp.collector(more, Mode::Live).as_ref()).await;
    said.assert_complete();
    assert_eq!(said.scopes.keys().map(String::as_str).collect::<Vec<_>>(), [part.as_str(), SITES]);
    let filter = "(&(objectCategory=computer)(cn=SRV00*))";
    assert_eq!(counts(&said, &part)[&Kind::Computer], corp.count(&part, filter));
    let privileged = text_of(said.named("SRV0001"), Attr::PrivilegedGroups);
    assert!(privileged.contains("only a part of the domain"), "{privileged}");
}

#[tokio::test]
async fn start_tls_is_as_good() {
    let Some(corp) = Controller::corp("start_tls_is_as_good") else { return };
    let url = format!("ldap://{}", corp.address);
    let more = json!({"url": url, "start_tls": true, "include": ["reader"]});
    let said = collected(corp.collector(more, Mode::Live).as_ref()).await;
    said.assert_complete();
    said.named("reader");
    // In the clear the controller takes no password, and says what to do.
    let table = json!({
        "url": url, "bind_dn": "reader@example.test", "insecure_tls": true, "timeout": "5s",
    });
    let plain = built(table, &[("password", PASSWORD)], Mode::Live);
    let said = collected(plain.as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Refused, "{}", said.error());
    assert!(said.error().hint.contains("start_tls"), "{}", said.error());
}

#[tokio::test]
async fn each_refusal_to_log_on_says_what_to_do() {
    let Some(corp) = Controller::corp("each_refusal_to_log_on_says_what_to_do") else { return };
    for (who, password, class, what, hint) in [
        ("reader@example.test", "wrong", ErrorClass::Credentials, "password is wrong", "bind_dn"),
        ("nobody@corp.example.test", PASSWORD, ErrorClass::Credentials, "password is wrong", ""),
        ("disabled@corp.example.test", PASSWORD, ErrorClass::Credentials, "disabled", "enable"),
        ("expired@corp.example.test", PASSWORD, ErrorClass::Expired, "expired", "extend"),
        ("mustchange@corp.example.test", PASSWORD, ErrorClass::Expired, "must change", "by hand"),
    ] {
        let settings = corp.settings(json!({"bind_dn": who}));
        let collector = built(settings, &[("password", password)], Mode::Live);
        let said = collected(collector.as_ref()).await;
        let error = said.error();
        assert_eq!(error.class, class, "{who}: {error}");
        assert!(error.what.contains(what) && error.hint.contains(hint), "{who}: {error}");
        assert!(!error.to_string().contains(PASSWORD) && said.scopes.is_empty());
        assert_eq!(error.place, format!("{}:636", corp.url()));
    }
}

#[tokio::test]
async fn an_authority_that_is_not_known_is_not_taken() {
    let test = "an_authority_that_is_not_known_is_not_taken";
    let Some(corp) = Controller::corp(test) else { return };
    let unknown = json!({"ca_file": corp.other_ca()});
    let said = collected(corp.collector(unknown, Mode::Live).as_ref()).await;
    assert_eq!(said.error().class, ErrorClass::Tls, "{}", said.error());
    assert!(said.error().hint.contains("ca_file"), "{}", said.error());
}

#[tokio::test]
async fn changes_moves_and_deletions_show_in_the_next_run() {
    let test = "changes_moves_and_deletions_show_in_the_next_run";
    let Some(own) = Controller::own(test, 11) else { return };
    let base = own.base;
    let all = |collector: Box<dyn Collector>| async move { collected(collector.as_ref()).await };
    let before = all(own.collector(json!({"bind_dn": ADMINISTRATOR}), Mode::Live)).await;
    before.assert_complete();
    assert!(before.seen.values().all(|seen| seen.tombstone.is_none()));

    let desks = format!("OU=Workstations,OU=Europe,{base}");
    own.change(&format!(
        "dn: CN=WKS0010,{desks}\nchangetype: modify\nreplace: description\ndescription: Changed\n\n\
         dn: CN=WKS0011,{desks}\nchangetype: modrdn\nnewrdn: CN=WKS0011\ndeleteoldrdn: 1\n\
         newsuperior: OU=Servers,OU=Europe,{base}\n\n\
         dn: CN=WKS0012,{desks}\nchangetype: delete\n"
    ));
    let after = all(own.collector(json!({"bind_dn": ADMINISTRATOR}), Mode::Live)).await;
    after.assert_complete();
    assert_eq!(text_of(after.named("WKS0010"), Attr::Description), "Changed");
    let moved = after.named("WKS0011");
    assert_eq!(moved.native_id, before.named("WKS0011").native_id);
    assert_eq!(text_of(moved, Attr::OuPath), "Europe/Servers");
    let gone = &after.seen[&before.named("WKS0012").native_id];
    let tombstone = gone.tombstone.as_ref().expect("an administrator sees what was deleted");
    assert!(tombstone.at.is_some() && tombstone.reason == "deleted");
    let told = values(gone);
    assert_eq!(told["name"], "not read: the object is deleted");
    assert!(gone.claims.is_empty());

    // Whoever may not see what was deleted sees it no more, and says nothing false.
    let plain = all(own.collector(json!({}), Mode::Live)).await;
    plain.assert_complete();
    let ended = plain.seen.values().filter(|seen| seen.tombstone.is_some()).count();
    assert!(ended <= 1, "{ended}");
}

#[tokio::test]
async fn a_trial_names_each_step() {
    let Some(corp) = Controller::corp("a_trial_names_each_step") else { return };
    let steps = tried(corp.collector(json!({}), Mode::Live).as_ref()).await;
    let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["resolve", "connect", "tls", "authenticate", "read"]);
    assert!(
        steps.iter().all(|(_, outcome)| matches!(outcome, StepOutcome::Passed(_))),
        "{steps:?}"
    );
    let found = format!("{:?}", steps[4].1);
    assert!(found.contains("the domain corp.example.test"), "{found}");

    let unknown = json!({"ca_file": corp.other_ca()});
    let steps = tried(corp.collector(unknown, Mode::Live).as_ref()).await;
    let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["resolve", "connect", "tls"]);
    assert!(steps[2].1.is_failed());

    let settings = corp.settings(json!({}));
    let wrong = built(settings, &[("password", "wrong")], Mode::Live);
    let steps = tried(wrong.as_ref()).await;
    assert!(steps.len() == 4 && steps[3].1.is_failed(), "{steps:?}");
    assert!(std::path::Path::new(corp.ca()).exists());
}

async fn tried(collector: &dyn Collector) -> Vec<(&'static str, StepOutcome)> {
    let (sender, _events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    let run = RunContext::new(sender, cancel, TimeBase::live());
    let steps = collector.test(&run).await;
    steps.into_iter().map(|step| (step.name, step.outcome)).collect()
}

#[tokio::test]
async fn an_address_where_nobody_is_leaves_the_other_domain_standing() {
    let test = "an_address_where_nobody_is_leaves_the_other_domain_standing";
    let Some(corp) = Controller::corp(test) else { return };
    // The second address of the same domain is asked when the first is silent.
    let silent = format!("ldaps://127.77.9.9/{}", corp.base);
    let more = json!({"url": [silent, corp.url(), "ldaps://127.77.9.8"], "include": ["reader"]});
    let said = collected(corp.collector(more, Mode::Live).as_ref()).await;
    said.assert_ok();
    said.named("reader");
    assert_eq!(said.coverage(CORP).0, Enumeration::Complete);
    assert_eq!(said.coverage("127.77.9.8").0, Enumeration::Failed);
    assert_eq!(said.details.len(), 1, "{:?}", said.details);
    assert!(said.details[0].subject.contains("127.77.9.9"));
}
