//! Source files as people write them, right and wrong.

#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;

const KINDS: [KindKeys<'static>; 2] = [
    KindKeys {
        kind: SourceKind::Aws,
        settings: &["endpoint", "regions", "access_key_id", "timeout", "insecure_tls"],
        secrets: &["secret_access_key"],
    },
    KindKeys {
        kind: SourceKind::Snmp,
        settings: &["targets", "users"],
        secrets: &["communities", "auth_key", "priv_key"],
    },
];

fn parse(text: &str) -> Result<SourceFile, Faults> {
    let read = SourceFile::parse("prod.toml", Path::new("/etc/cadastre"), text, &KINDS);
    read.map_err(|unfit| unfit.faults)
}

fn told(text: &str) -> Vec<String> {
    parse(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn reads_a_whole_file() {
    let source = parse(
        r#"
name = "aws-prod"
kind = "aws"
schedule = "0 3 * * *"
recording = "aws/prod.rec"

[aws]
regions = ["eu-west-1", "eu-west-3"]
access_key_id = "AKIA0"
secret_access_key_env = "CADASTRE_SECRET_AWS"
timeout = "30s"
insecure_tls = false
"#,
    )
    .unwrap();
    assert_eq!(source.name, "aws-prod");
    assert_eq!(source.kind, SourceKind::Aws);
    assert_eq!(source.schedule.unwrap().to_string(), "0 3 * * *");
    assert_eq!(source.recording.unwrap(), Path::new("/etc/cadastre/aws/prod.rec"));
    assert_eq!(
        source.settings,
        json!({
            "regions": ["eu-west-1", "eu-west-3"],
            "access_key_id": "AKIA0",
            "timeout": "30s",
            "insecure_tls": false,
        })
    );
    let expected = SecretRef::env("CADASTRE_SECRET_AWS").unwrap();
    assert_eq!(source.secrets, BTreeMap::from([("secret_access_key".to_owned(), expected)]));
}

#[test]
fn the_least_is_a_name_and_a_kind() {
    let source = parse("name = 'a'\nkind = 'aws'").unwrap();
    assert_eq!(source.settings, json!({}));
    assert_eq!((source.schedule, source.recording), (None, None));
    assert!(source.secrets.is_empty());
}

#[test]
fn finds_secrets_at_any_depth() {
    let source = parse(
        "name = 'a'\nkind = 'snmp'\n[snmp]\ncommunities_file = 'communities'\n\
         [[snmp.users]]\nname = 'one'\nauth_key_env = 'CADASTRE_SECRET_ONE'\n\
         [[snmp.users]]\nname = 'two'\npriv_key_env = 'CADASTRE_SECRET_TWO'\n",
    )
    .unwrap();
    assert_eq!(source.settings, json!({"users": [{"name": "one"}, {"name": "two"}]}));
    let paths: Vec<&str> = source.secrets.keys().map(String::as_str).collect();
    assert_eq!(paths, ["communities", "users.0.auth_key", "users.1.priv_key"]);
}

#[test]
fn tells_everything_at_once() {
    let text = r#"
nmae = "x"
kind = "aws"
schedule = "61 * * * *"
regions = ["eu-west-1"]

[aws]
regoins = ["eu-west-1"]
secret_access_key = "treasure"
secret_access_key_env = "HOME"
flavour = 1

[vsphere]
url = "x"
"#;
    insta::assert_snapshot!(told(text).join("\n"), @r#"
    prod.toml:2:1: `nmae`: unknown key; did you mean `name`?
    prod.toml:4:12: `schedule`: `61` does not fit the minute of schedule `61 * * * *`; expected 0-59, `*`, lists `1,2`, ranges `1-5` or steps `*/2`
    prod.toml:5:1: `regions`: unknown key; put it below [aws]
    prod.toml:8:1: `aws.regoins`: unknown key; did you mean `regions`?
    prod.toml:9:1: `aws.secret_access_key`: secrets do not belong in the file; remove it (and change the secret if others could read the file), then use secret_access_key_env or secret_access_key_file
    prod.toml:10:25: `aws.secret_access_key_env`: `HOME` is not a variable that secrets are read from; name it CADASTRE_SECRET_ and then capitals, digits or `_`
    prod.toml:11:1: `aws.flavour`: unknown key; [aws] has endpoint, regions, access_key_id, timeout, insecure_tls, secret_access_key_env, secret_access_key_file
    prod.toml:13:2: `vsphere`: the table of another kind; this source is of kind `aws`; remove it, or set kind = "vsphere"
    prod.toml: `name`: is missing, expected a name such as `name = "aws-prod"`; add it at the top of the file
    "#);
}

#[test]
fn never_quotes_a_secret() {
    for text in [
        "name = 'a'\nkind = 'aws'\n[aws]\nsecret_access_key = 'treasure'",
        "name = 'a'\nkind = 'aws'\n[aws]\nsecret_access_key = ['treasure']",
        "name = 'a'\nkind = 'aws'\nsecret_access_key = 'treasure'",
        "name = 'a'\nkind = 'aws'\n[aws]\nsecret_access_key = 'treasure",
        "name = 'a'\nkind = 'snmp'\n[[snmp.users]]\nauth_key = 'treasure'",
    ] {
        let faults = parse(text).unwrap_err().to_string();
        assert!(!faults.contains("treasure"), "{faults}");
    }
}

#[test]
fn refuses_a_secret_given_twice() {
    let text = "name = 'a'\nkind = 'aws'\n[aws]\nsecret_access_key_env = 'CADASTRE_SECRET_A'\n\
                secret_access_key_file = 'a'";
    assert_eq!(
        told(text),
        ["prod.toml:5:26: `aws.secret_access_key_file`: given twice: the environment variable \
             CADASTRE_SECRET_A is named already; keep one of the two"]
    );
}

#[test]
fn a_wrong_kind_is_told_once() {
    assert_eq!(
        told("name = 'a'\nkind = 'asw'\n[aws]\nregoins = 1"),
        ["prod.toml:2:8: `kind`: `asw` is not a kind of source here, expected one of: aws, snmp; \
          did you mean `aws`?"]
    );
    assert_eq!(
        told("name = 'a'\n[aws]"),
        [
            "prod.toml: `kind`: is missing, expected one of: aws, snmp; add it at the top of the file"
        ]
    );
}

#[test]
fn a_value_of_another_type_is_told() {
    assert_eq!(
        told("name = 1\nkind = 'aws'\naws = 'x'\nschedule = 5\nrecording = ''"),
        [
            "prod.toml:1:8: `name`: is a whole number, expected a name",
            "prod.toml:3:7: `aws`: is a string, expected a table; write [aws] and its settings below it",
            "prod.toml:4:12: `schedule`: is a whole number, expected a schedule such as \"0 3 * * *\"",
            "prod.toml:5:13: `recording`: is empty, expected the path of a recording; name what \
             `discover --record` wrote, or remove the key",
        ]
    );
}

#[test]
fn names() {
    for name in ["a", "0", "aws-prod", "vc.paris_1", &"a".repeat(63)] {
        assert!(name_is_valid(name), "{name}");
    }
    for name in ["", "-a", ".a", "A", "a b", "a/b", "é", &"a".repeat(64)] {
        assert!(!name_is_valid(name), "{name}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let error = SourceFile::read(Path::new("/nonexistent/prod.toml"), &KINDS).unwrap_err().faults;
    assert!(error.to_string().starts_with("/nonexistent/prod.toml: cannot be read ("), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prod.toml");
    std::fs::write(&path, [0xff]).unwrap();
    let error = SourceFile::read(&path, &KINDS).unwrap_err().faults;
    assert!(error.to_string().ends_with("is not UTF-8 text; save it as UTF-8"), "{error}");
}

#[test]
fn a_recording_lies_beside_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prod.toml");
    std::fs::write(&path, "name = 'a'\nkind = 'aws'\nrecording = 'a.rec'").unwrap();
    let source = SourceFile::read(&path, &KINDS).unwrap();
    assert_eq!(source.recording.unwrap(), folder.path().join("a.rec"));
}
