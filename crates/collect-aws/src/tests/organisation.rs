//! An organisation: its accounts listed, told and entered; what may go wrong with it.

use super::support::{ACCOUNT, Said, Tape, caller_of, sts_refusal};
use cadastre_model::{Attr, Coverage, Enumeration, Fact, Identifier, Kind, Value};
use serde_json::json;

const REGION: &str = "eu-west-1";
const SECOND: &str = "222233334444";
const THIRD: &str = "333344445555";
const LIST: &str = "own/organizations/us-east-1/ListAccounts?MaxResults=20";

fn account(id: &str, name: &str, state: &str) -> String {
    json!({
        "Id": id, "Arn": format!("arn:aws:organizations::{ACCOUNT}:account/o-1/{id}"),
        "Email": format!("{name}@hush.example"), "Name": name, "Status": state,
        "JoinedMethod": "CREATED", "JoinedTimestamp": 1_767_225_600.0,
    })
    .to_string()
}

fn accounts(list: &[String], next: Option<&str>) -> String {
    let next = next.map_or("null".to_owned(), |next| format!("\"{next}\""));
    format!(r#"{{"Accounts":[{}],"NextToken":{next}}}"#, list.join(","))
}

/// The organisational units: a root with the first account, a unit in it with the others.
fn units(tape: &Tape) {
    let key = |action: &str, parameters: &str| {
        format!("own/organizations/us-east-1/{action}?MaxResults=20{parameters}")
    };
    let parent = |id: &str| format!("&ParentId={id}");
    tape.add(&key("ListRoots", ""), 200, r#"{"Roots":[{"Id":"r-1","Name":"Root"}]}"#);
    let of = |ids: &[&str]| {
        let list: Vec<_> = ids.iter().map(|id| json!({"Id": id})).collect();
        json!({"Accounts": list}).to_string()
    };
    tape.add(&key("ListAccountsForParent", &parent("r-1")), 200, &of(&[ACCOUNT]));
    tape.add(&key("ListAccountsForParent", &parent("ou-1")), 200, &of(&[SECOND, THIRD]));
    let list = "ListOrganizationalUnitsForParent";
    let unit = r#"{"OrganizationalUnits":[{"Id":"ou-1","Name":"Work\u0000loads"}]}"#;
    tape.add(&key(list, &parent("r-1")), 200, unit);
    tape.add(&key(list, &parent("ou-1")), 200, r#"{"OrganizationalUnits":[]}"#);
}

/// An account that is entered, with nothing in it.
fn enter(tape: &Tape, id: &str) {
    tape.add(&format!("{id}/sts/eu-west-1/GetCallerIdentity?"), 200, &caller_of(id));
    for (key, body) in Tape::nothing_in(REGION) {
        tape.add(&key.replacen("own/", &format!("{id}/"), 1), 200, &body);
    }
}

async fn played(tape: Tape) -> Said {
    tape.empty_but(REGION, &[]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    said
}

fn organisation(said: &Said) -> (Enumeration, String) {
    said.coverage("organisation")
}

#[tokio::test]
async fn accounts_are_listed_told_and_entered() {
    let tape = Tape::of_organisation(&[REGION]);
    let second = accounts(&[account(SECOND, "shop", "ACTIVE")], Some("t"));
    tape.add(LIST, 200, &second);
    let rest = [account(ACCOUNT, "main", "ACTIVE"), account(THIRD, "old", "SUSPENDED")];
    tape.add(&format!("{LIST}&NextToken=t"), 200, &accounts(&rest, None));
    units(&tape);
    enter(&tape, SECOND);
    let said = played(tape).await;

    let scopes: Vec<&str> = said.scopes.keys().map(String::as_str).collect();
    let regions = [ACCOUNT, SECOND].map(|id| format!("{id}/{REGION}"));
    assert_eq!(scopes, [&regions[0], &regions[1], THIRD, "organisation"]);
    for scope in [regions[0].as_str(), regions[1].as_str(), "organisation"] {
        assert_eq!(said.scopes[scope], Coverage::complete(), "{scope}");
    }
    let (enumeration, reason) = said.coverage(THIRD);
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("SUSPENDED") && reason.contains("account 333344445555"), "{reason}");

    let told = said.of(Kind::CloudAccount);
    assert_eq!(told.len(), 3);
    let shop = &said.seen[SECOND];
    let text = |attr| match &shop.facts[&attr] {
        Fact::Value(value) => value.to_string(),
        other => panic!("{attr}: {other:?}"),
    };
    assert_eq!((text(Attr::Name).as_str(), shop.scope.as_str()), ("shop", "organisation"));
    assert_eq!(text(Attr::NativeState), "ACTIVE");
    assert_eq!(text(Attr::OrganisationUnit), "Root/Workloads");
    assert_eq!(shop.facts[&Attr::IsManagement], Fact::Value(Value::Bool(false)));
    assert_eq!(shop.facts[&Attr::JoinedAt], Fact::Value(Value::Int(1_767_225_600_000)));
    let arn = format!("arn:aws:organizations::{ACCOUNT}:account/o-1/{SECOND}");
    assert!(shop.identifiers.contains(&Identifier::aws_arn(&arn).unwrap()));
    let main = &said.seen[ACCOUNT];
    assert_eq!(main.facts[&Attr::IsManagement], Fact::Value(Value::Bool(true)));
    assert!(!format!("{said:?}").contains("hush"), "nobody's mail address is told");
}

#[tokio::test]
async fn who_may_not_list_accounts_reads_their_own() {
    for (status, body, hint) in [
        (
            400,
            r#"{"__type":"AccessDeniedException","Message":"no"}"#,
            "`organizations:ListAccounts`",
        ),
        (
            400,
            r#"{"__type":"AWSOrganizationsNotInUseException","Message":"no"}"#,
            "no organisation",
        ),
        (200, r#"{"Accounts":[]}"#, "management account"),
    ] {
        let tape = Tape::of_organisation(&[REGION]);
        tape.add(LIST, status, body);
        let said = played(tape).await;
        let (enumeration, reason) = organisation(&said);
        assert_eq!(enumeration, Enumeration::Failed);
        assert!(reason.contains(hint), "{reason}");
        assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
        assert!(said.of(Kind::CloudAccount).is_empty());
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_is_read_as_far_as_it_came() {
    let tape = Tape::of_organisation(&[REGION]);
    tape.add(LIST, 200, &accounts(&[account(SECOND, "shop", "ACTIVE")], Some("t")));
    let gone = r#"{"__type":"ExpiredTokenException","Message":"over"}"#;
    tape.add(&format!("{LIST}&NextToken=t"), 400, gone);
    units(&tape);
    enter(&tape, SECOND);
    let said = played(tape).await;
    let (enumeration, reason) = organisation(&said);
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("ExpiredToken"), "{reason}");
    assert_eq!(said.of(Kind::CloudAccount).len(), 1);
    assert_eq!(said.scopes[&format!("{SECOND}/{REGION}")], Coverage::complete());
    assert_eq!(said.scopes[&format!("{ACCOUNT}/{REGION}")], Coverage::complete());
}

#[tokio::test]
async fn units_that_may_not_be_read_are_a_detail() {
    let tape = Tape::of_organisation(&[REGION]);
    tape.add(LIST, 200, &accounts(&[account(ACCOUNT, "main", "ACTIVE")], None));
    let refused = r#"{"__type":"AccessDeniedException","Message":"no"}"#;
    tape.add("own/organizations/us-east-1/ListRoots?MaxResults=20", 400, refused);
    let said = played(tape).await;
    assert_eq!(said.scopes["organisation"], Coverage::complete());
    assert_eq!(said.details.len(), 1);
    assert!(said.details[0].1.message.contains("`organizations:ListRoots`"), "{:?}", said.details);
    let unit = &said.seen[ACCOUNT].facts[&Attr::OrganisationUnit];
    assert!(matches!(unit, Fact::NotRead(_)), "{unit:?}");
}

#[tokio::test]
async fn a_role_that_is_refused_is_a_gap_of_its_account() {
    let tape = Tape::of_organisation(&[REGION]);
    let list = [account(ACCOUNT, "main", "ACTIVE"), account(SECOND, "shop", "ACTIVE")];
    tape.add(LIST, 200, &accounts(&list, None));
    units(&tape);
    let key = format!("{SECOND}/sts/eu-west-1/GetCallerIdentity?");
    tape.add(&key, 403, &sts_refusal("AccessDenied", "not you"));
    let said = played(tape).await;
    let (enumeration, reason) = said.coverage(SECOND);
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("arn:aws:iam::222233334444:role/audit"), "{reason}");
    assert_eq!(said.scopes["organisation"], Coverage::complete());
    assert_eq!(said.of(Kind::CloudAccount).len(), 2, "it is told all the same");
}
