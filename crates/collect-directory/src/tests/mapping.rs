//! What entries become. The entries are written here, with what no lab has: LAPS, deleted objects,
//! foreign members, values that no directory should hold.

use super::support::{
    DOMAIN, Said, Tape, WELL, asked, claims, collected, collected_until, entry, groups_key, id,
    key, reference, text_of, values, with_id, with_sid,
};
use crate::entry::Entry;
use crate::page::Page;
use cadastre_collect::TimeBase;
use cadastre_model::{Attr, Fact, Identifier, Kind, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

fn owned(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    pairs.iter().map(|(key, text)| (*key, (*text).to_owned())).collect()
}

async fn seen_as(question: &str, entry: Entry) -> Said {
    let tape = Tape::new();
    tape.all(&key(question, DOMAIN), vec![entry]);
    let said = tape.played().await;
    said.assert_complete();
    said
}

#[tokio::test]
async fn a_computer() {
    let dn = "<GUID=x>;CN=WEB01,OU=Servers,OU=Europe,DC=corp,DC=example,DC=test";
    let web = entry(
        dn,
        &[
            ("cn", &["WEB01"]),
            ("sAMAccountName", &["WEB01$"]),
            ("dNSHostName", &["Web01.corp.example.test"]),
            ("description", &["Front"]),
            ("operatingSystem", &["Windows Server 2008 R2 Standard"]),
            ("operatingSystemVersion", &["6.1 (7601)"]),
            ("operatingSystemServicePack", &["Service Pack 1"]),
            ("userAccountControl", &["16781312"]),
            ("lastLogonTimestamp", &["134288064000000000"]),
            ("pwdLastSet", &["134288064000000000"]),
            ("accountExpires", &["9223372036854775807"]),
            ("whenCreated", &["20260101000000.0Z"]),
            ("servicePrincipalName", &["HOST/WEB01", "HOST/WEB01"]),
            ("msDS-AllowedToDelegateTo", &["cifs/files"]),
            ("msDS-AllowedToActOnBehalfOfOtherIdentity", &["\u{1}\u{0}"]),
            ("msDS-SupportedEncryptionTypes", &["28"]),
            ("primaryGroupID", &["515"]),
            ("memberOf", &[&reference(7, "CN=G,DC=x"), "CN=without its id,DC=x"]),
            ("managedBy", &[&reference(8, "CN=P,DC=x")]),
            ("ms-Mcs-AdmPwdExpirationTime", &["134288064000000000"]),
            ("msLAPS-PasswordExpirationTime", &["134288928000000000"]),
        ],
    );
    let said = seen_as("computers", with_id(with_sid(web, 1_104), 9)).await;
    let seen = &said.seen[&id(9)];
    assert_eq!(seen.kind, Kind::Computer);
    assert_eq!(
        values(seen),
        owned(&[
            ("name", "WEB01"),
            ("description", "Front"),
            ("created", "2026-01-01T00:00:00Z"),
            ("os", "Windows Server 2008 R2 Standard"),
            ("os_version", "6.1 (7601) Service Pack 1"),
            ("dns_name", "Web01.corp.example.test"),
            ("directory_domain", "corp.example.test"),
            ("ou_path", "Europe/Servers"),
            ("distinguished_name", "CN=WEB01,OU=Servers,OU=Europe,DC=corp,DC=example,DC=test"),
            ("account_name", "WEB01$"),
            ("sid", "S-1-5-21-1-2-3-1104"),
            ("enabled", "yes"),
            ("machine_last_logon", "2026-07-18T00:00:00Z"),
            ("machine_password_set", "2026-07-18T00:00:00Z"),
            ("password_never_expires", "no"),
            ("password_not_required", "no"),
            ("no_preauthentication", "no"),
            ("unconstrained_delegation", "no"),
            ("protocol_transition", "yes"),
            ("des_only", "no"),
            ("delegates_to", "cifs/files"),
            ("delegated_to", "yes"),
            ("encryption_types", "AES128, AES256, RC4-HMAC"),
            ("service_names", "HOST/WEB01"),
            ("groups_count", "3"),
            ("laps", "windows-laps"),
            ("laps_expires", "2026-07-19T00:00:00Z"),
        ])
    );
    assert_eq!(
        claims(seen),
        [
            ("member-of", id(7)),
            ("member-of", "S-1-5-21-1-2-3-515".to_owned()),
            ("managed-by", id(8)),
        ]
    );
    assert!(seen.identifiers.contains(&Identifier::fqdn("web01.corp.example.test").unwrap()));
    assert!(
        said.details.iter().any(|it| it.message.contains("without its id")),
        "{:?}",
        said.details
    );
}

#[tokio::test]
async fn an_account_that_is_no_person() {
    for (classes, rid, expected) in [
        (&["top", "user"][..], 1_200, "user"),
        (&["user", "computer", "msDS-GroupManagedServiceAccount"], 1_200, "group-managed-service"),
        (&["user", "computer", "msDS-ManagedServiceAccount"], 1_200, "managed-service"),
        (&["user"], 501, "guest"),
        (&["user"], 502, "kerberos"),
    ] {
        let account = entry(
            "CN=x,CN=Users,DC=corp,DC=example,DC=test",
            &[("sAMAccountName", &["x"]), ("objectClass", classes)],
        );
        let said = seen_as("accounts", with_id(with_sid(account, rid), 9)).await;
        assert_eq!(text_of(&said.seen[&id(9)], Attr::AccountType), expected);
    }
    let kerberos = entry("CN=k,DC=corp,DC=test", &[("sAMAccountName", &["krbtgt_12345"])]);
    let said = seen_as("accounts", with_id(kerberos, 9)).await;
    assert_eq!(text_of(&said.seen[&id(9)], Attr::AccountType), "kerberos");
    let trust = entry(
        "CN=CHILD$,DC=corp,DC=test",
        &[("sAMAccountName", &["CHILD$"]), ("userAccountControl", &["2080"])],
    );
    let said = seen_as("accounts", with_id(trust, 9)).await;
    assert_eq!(text_of(&said.seen[&id(9)], Attr::AccountType), "domain-trust");
}

#[tokio::test]
async fn mail_is_told_only_if_it_was_asked_for() {
    let jane = || {
        let jane = entry(
            "CN=Jane Doe,OU=People,DC=corp,DC=example,DC=test",
            &[("sAMAccountName", &["jdoe"]), ("mail", &["jane@example.test"])],
        );
        with_id(jane, 9)
    };
    let said = seen_as("accounts", jane()).await;
    assert!(!said.seen[&id(9)].facts.contains_key(&Attr::Mail));
    // Nor does her name stand anywhere but where it is marked as hers.
    assert!(!format!("{:?}", said.seen[&id(9)]).contains("Jane Doe"));

    let mut asked = asked();
    asked["mail"] = true.into();
    let tape = Tape::of(asked);
    tape.all(&key("accounts", DOMAIN), vec![jane()]);
    let said = tape.played().await;
    assert_eq!(text_of(&said.seen[&id(9)], Attr::Mail), "jane@example.test");
    for attr in [Attr::Mail, Attr::DisplayName, Attr::UserPrincipalName, Attr::LastLogon] {
        assert!(attr.def().personal, "{attr}");
    }
}

#[tokio::test]
async fn where_no_zone_can_be_read_what_was_known_of_addresses_stays() {
    let mut asked = asked();
    asked["dns"] = true.into();
    let tape = Tape::of(asked);
    let machine = entry(
        "CN=SRV1,OU=Servers,DC=corp,DC=example,DC=test",
        &[("cn", &["SRV1"]), ("dNSHostName", &["srv1.corp.example.test"])],
    );
    tape.all(&key("computers", DOMAIN), vec![with_id(machine, 9)]);
    let said = tape.played().await;
    said.assert_complete();
    assert!(matches!(said.seen[&id(9)].facts[&Attr::DnsAddresses], Fact::NotRead(_)));
    let told: Vec<&str> = said.details.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(told, ["dns"]);
}

#[tokio::test]
async fn members_come_in_pieces_from_elsewhere_and_in_circles() {
    let tape = Tape::new();
    let people = |from: u8| -> Vec<String> {
        (from..from + 2).map(|number| reference(number, "CN=p,DC=x")).collect()
    };
    let piece = |values: &[String], range: &str| {
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        entry("CN=Admins,DC=corp,DC=example,DC=test", &[(range, &texts), ("cn", &["Admins"])])
    };
    let mut first = piece(&people(20), "member;range=0-1");
    first.attributes.insert("member".to_owned(), vec![]);
    tape.all(&groups_key(), vec![with_id(with_sid(first, 512), 9)]);
    let next = |from: u32| {
        let base = format!("<GUID={}>", id(9));
        format!("groups/{base}?member;range={from}-{}", from + 1_499)
    };
    tape.all(&next(2), vec![piece(&people(22), "member;range=2-3")]);
    let foreign = "<GUID=00000000-0000-0000-0000-000000000063>;<SID=S-1-5-21-9-9-9-500>;\
                   CN=S-1-5-21-9-9-9-500,CN=ForeignSecurityPrincipals,DC=corp,DC=example,DC=test";
    tape.all(&next(4), vec![piece(&[foreign.to_owned()], "member;range=4-*")]);
    let person = |number| {
        let name = format!("p{number}");
        with_id(entry("CN=p,DC=corp,DC=test", &[("sAMAccountName", &[&name])]), number)
    };
    tape.all(&key("accounts", DOMAIN), vec![person(20), person(23), person(24)]);
    let said = tape.played().await;
    said.assert_complete();
    let admins = said.named("Admins");
    assert_eq!(text_of(admins, Attr::MemberCount), "5");
    assert_eq!(text_of(admins, Attr::ForeignMembers), "S-1-5-21-9-9-9-500");
    assert_eq!(text_of(admins, Attr::Privileged), "yes");
    assert_eq!(text_of(said.named("p20"), Attr::PrivilegedGroups), "Admins");
    assert_eq!(text_of(said.named("p23"), Attr::PrivilegedGroups), "Admins");
    assert_eq!(text_of(said.named("p24"), Attr::PrivilegedGroups), "");
}

#[tokio::test]
async fn pieces_that_have_no_end_are_left() {
    let tape = Tape::new();
    let one = reference(20, "CN=p,DC=x");
    let piece = |range: &str| {
        let group = entry("CN=G,DC=corp,DC=test", &[(range, &[one.as_str()]), ("cn", &["G"])]);
        with_id(group, 9)
    };
    tape.all(&groups_key(), vec![piece("member;range=0-0")]);
    // It says that the next piece begins where this one did.
    let base = format!("<GUID={}>", id(9));
    tape.all(&format!("groups/{base}?member;range=1-1500"), vec![piece("member;range=1-0")]);
    let said = tape.played().await;
    said.assert_complete();
    assert_eq!(text_of(said.named("G"), Attr::MemberCount), "2");
}

#[tokio::test]
async fn what_was_deleted_has_ended_and_keeps_what_was_known() {
    let tape = Tape::new();
    let dn = "CN=WEB01\\0ADEL:00000000,CN=Deleted Objects,DC=corp,DC=example,DC=test";
    let gone = entry(
        dn,
        &[
            ("objectClass", &["top", "user", "computer"]),
            ("sAMAccountName", &["WEB01$"]),
            ("dNSHostName", &["web01.corp.example.test"]),
            ("whenChanged", &["20261101000000.0Z"]),
            ("isDeleted", &["TRUE"]),
        ],
    );
    let nameless = entry("CN=x", &[("objectClass", &["top", "user"])]);
    let other = entry("CN=x", &[("objectClass", &["top", "dnsNode"])]);
    let base = format!("CN=Deleted Objects,{DOMAIN}");
    let entries = vec![with_id(gone, 9), nameless, with_id(other, 10)];
    tape.all(&key("deleted objects", &base), entries);
    let said = tape.played().await;
    said.assert_complete();
    let seen = &said.seen[&id(9)];
    let tombstone = seen.tombstone.as_ref().unwrap();
    assert_eq!(tombstone.at.unwrap().to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(seen.kind, Kind::Computer);
    let told: Vec<Attr> = seen
        .facts
        .iter()
        .filter(|(_, fact)| !matches!(fact, Fact::NotRead(_)))
        .map(|(attr, _)| *attr)
        .collect();
    assert_eq!(told, [Attr::DnsName]);
    assert!(seen.facts.contains_key(&Attr::OuPath) && !seen.facts.contains_key(&Attr::Owner));
    assert!(!said.seen.contains_key(&id(10)));
}

#[tokio::test]
async fn values_that_no_directory_should_hold_cost_only_themselves() {
    let long = "x".repeat(10 << 20);
    let mut odd = entry(
        "CN=ODD,DC=corp,DC=example,DC=test",
        &[
            ("cn", &["O\u{0}D\u{1b}[31mD"]),
            ("operatingSystem", &[&long]),
            ("userAccountControl", &["99999999999999999999"]),
            ("lastLogonTimestamp", &["1"]),
            ("pwdLastSet", &["9223372036854770000"]),
            ("accountExpires", &["-5"]),
            ("whenCreated", &["16010101000000.0Z"]),
            ("primaryGroupID", &["-1"]),
        ],
    );
    odd.attributes.insert("description".to_owned(), vec![b"caf\xe9".to_vec()]);
    odd.attributes.insert("objectsid".to_owned(), vec![vec![9; 7]]);
    let spns = (0..1_500).map(|number| format!("HOST/{number}").into_bytes()).collect();
    odd.attributes.insert("serviceprincipalname".to_owned(), spns);
    let fine = with_id(entry("CN=FINE,DC=corp,DC=test", &[("cn", &["FINE"])]), 10);
    let tape = Tape::new();
    tape.all(&key("computers", DOMAIN), vec![with_id(odd, 9), fine]);
    let said = tape.played().await;
    said.assert_complete();
    said.named("FINE");
    let seen = &said.seen[&id(9)];
    assert_eq!(text_of(seen, Attr::Name), "O D [31mD");
    assert_eq!(text_of(seen, Attr::Description), "caf\u{fffd}");
    assert!(text_of(seen, Attr::Os).len() <= 4_096);
    for attr in [Attr::MachineLastLogon, Attr::MachinePasswordSet, Attr::AccountExpires] {
        assert_eq!(seen.facts[&attr], Fact::Absent, "{attr}");
    }
    for attr in [Attr::CreatedAt, Attr::AccountEnabled, Attr::Sid] {
        assert_eq!(seen.facts[&attr], Fact::Absent, "{attr}");
    }
    let Fact::Value(cadastre_model::Value::List(names)) = &seen.facts[&Attr::ServiceNames] else {
        panic!("no list");
    };
    assert_eq!(names.len(), 1_000);
    let [detail] = said.details.as_slice() else { panic!("{:?}", said.details) };
    let told = &detail.message;
    for part in ["control characters", "not UTF-8", "octets and was cut", "objectSid is none"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.contains("no number") && told.contains("before 1970 or after 9999"), "{told}");
    assert!(told.len() < 2_000);
}

#[tokio::test]
async fn what_is_not_wanted_is_not_sent() {
    let tape = Tape::new();
    let machine =
        |name: &str, number| with_id(entry("CN=x,DC=corp,DC=test", &[("cn", &[name])]), number);
    let machines = vec![machine("web", 9), machine("web-old", 10), machine("db", 11)];
    tape.all(&key("computers", DOMAIN), machines);
    let (collector, _folder) = tape.collector(json!({"include": ["web*"], "exclude": ["*-old"]}));
    let said = collected(collector.as_ref()).await;
    assert_eq!(said.seen.keys().collect::<Vec<_>>(), [&id(9)]);
}

#[tokio::test]
async fn moments_move_with_the_recording() {
    let tape = Tape::new();
    let seen = entry(
        "CN=a,DC=corp,DC=test",
        &[
            ("cn", &["a"]),
            ("lastLogonTimestamp", &["134288064000000000"]),
            ("whenCreated", &["20260718000000.0Z"]),
        ],
    );
    tape.all(&key("computers", DOMAIN), vec![with_id(seen, 9)]);
    let (collector, _folder) = tape.collector(json!({}));
    let day = TimeBase::moved(Timestamp(0), Timestamp(86_400_000));
    let said = collected_until(collector.as_ref(), day, |_, _| {}).await;
    let seen = said.named("a");
    assert_eq!(text_of(seen, Attr::MachineLastLogon), "2026-07-19T00:00:00Z");
    assert_eq!(text_of(seen, Attr::CreatedAt), "2026-07-19T00:00:00Z");
}

#[tokio::test]
async fn referrals_are_told_unless_they_lead_to_what_is_known() {
    let tape = Tape::new();
    let referrals = [
        "ldap://corp.example.test/CN=Configuration,DC=corp,DC=example,DC=test",
        "ldap://DomainDnsZones.corp.example.test/DC=DomainDnsZones,DC=corp,DC=example,DC=test",
        "ldap://child.corp.example.test/DC=child,DC=corp,DC=example,DC=test??base",
        "ldap://child.corp.example.test/DC=child,DC=corp,DC=example,DC=test??base",
    ];
    let page = Page {
        entries: vec![],
        referrals: referrals.map(str::to_owned).to_vec(),
        end: WELL,
        more: false,
        mark: None,
    };
    tape.page_with(&format!("{}&page=0", key("computers", DOMAIN)), page);
    let said = tape.played().await;
    said.assert_complete();
    let [detail] = said.details.as_slice() else { panic!("{:?}", said.details) };
    assert_eq!(detail.subject, "referrals");
    assert!(detail.message.contains("1 other places"), "{}", detail.message);
    assert!(detail.message.contains("child.corp.example.test"), "{}", detail.message);
}

#[tokio::test]
async fn a_laps_schema_and_the_age_of_the_kerberos_key() {
    let tape = Tape::new();
    let schema = "CN=Schema,CN=Configuration,DC=corp,DC=example,DC=test";
    let attribute = || entry("CN=x", &[("lDAPDisplayName", &["x"])]);
    tape.all(&key("the schema", schema), vec![attribute()]);
    tape.all(&key("the schema", schema), vec![]);
    let kerberos = with_id(entry("CN=krbtgt", &[("pwdLastSet", &["134288064000000000"])]), 5);
    tape.all(&key("the Kerberos account", DOMAIN), vec![kerberos]);
    let said = tape.played().await;
    let domain = said.named("corp.example.test");
    assert_eq!(domain.kind, Kind::Domain);
    assert_eq!(text_of(domain, Attr::LapsSchema), "windows-laps");
    assert_eq!(text_of(domain, Attr::KrbtgtPasswordSet), "2026-07-18T00:00:00Z");
    assert_eq!(text_of(domain, Attr::FunctionalLevel), "Windows Server 2016");
    assert_eq!(text_of(domain, Attr::ForestName), "corp.example.test");
}
