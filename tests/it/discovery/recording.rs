//! A recording replays to the same plan, with no peer there, and holds no secret.

use std::path::Path;

use cadastre_tests::fault_proxy::rule::{Fault, Rule};
use serde_json::{Value, json};

use super::register::{Register, SECRET, SOURCE};
use super::report::{Report, says};
use super::stage::{IRELAND, Stage, USER_DATA, VIRGINIA};

on_both!(
    a_recording_replays_to_the_same_plan,
    a_recording_holds_no_secret,
    faults_are_recorded_too,
    what_is_no_recording_is_refused,
);

const FILE: &str = "estate.recording";

fn a_recording_replays_to_the_same_plan(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 13), (VIRGINIA, 7)]) else { return };
    let ended = stage.instance(IRELAND, 4);
    stage.change(&json!([{ "region": IRELAND, "do": "terminate", "instance": ended }]));
    // One region after the other: ids are given in the order in which things are seen.
    let in_order = "page_size = 5\nconcurrency = 1";
    register.add_source(&stage, &[IRELAND, VIRGINIA], in_order);
    let live = Report::of(register.discover(&["--dry-run"]), 0);
    let file = register.cadastre.home().join(FILE);
    let recorded = Report::of(register.discover(&["--record", FILE]), 0);
    assert_eq!(recorded.counts(), live.counts());
    let asked = stage.proxy.calls().len();
    drop(stage);

    let copy = register.another();
    replay(&copy, &file, "concurrency = 1");
    let replayed = Report::of(copy.discover(&["--dry-run"]), 0);
    assert!(!live.0["plan"].as_array().unwrap().is_empty(), "{}", live.0);
    same_plan(&live, &replayed);
    assert_eq!(replayed.0["scopes"], live.0["scopes"]);
    assert!(asked > 20, "two runs of nine questions in two regions at least");

    // Carried out, it makes the same estate: whatever is no moment of the run itself is equal.
    let report = Report::of(copy.discover(&[]), 0);
    assert_eq!(report.counts(), recorded.counts());
    assert_eq!(estate(&copy), estate(register));
    Report::of(copy.discover(&[]), 0).all_unchanged();
    let refused = copy.discover(&["--record", "again"]).expect_status(2);
    says(&refused.stderr, &[SOURCE, "is a recording itself", "copy its file"]);
}

fn a_recording_holds_no_secret(register: &mut Register) {
    const TOKEN: &str = "session-token-that-nobody-may-see";
    const EXTERNAL_ID: &str = "external-id-that-nobody-may-see";
    const OTHER: &str = "111122223333";
    let Some(stage) = Stage::with(&[(IRELAND, 11)]) else { return };
    // The lab's users have no session token, and no role to take on in another account.
    stage.moto.accept_anyone();
    register.cadastre.variable("CADASTRE_SECRET_TOKEN", TOKEN);
    let accounts = format!(
        "accounts = [\"{}\", \"{OTHER}\"]\nrole_name = \"reader\"\nexternal_id = \"{EXTERNAL_ID}\"\n\
         session_token_env = \"CADASTRE_SECRET_TOKEN\"",
        stage.estate.account
    );
    register.add_source(&stage, &[IRELAND], &accounts);
    let recorded = Report::of(register.discover(&["--record", FILE]), 0);
    assert!(recorded.scope(&format!("{OTHER}/{IRELAND}"))["seen"].as_u64() > Some(0));
    assert_eq!(stage.proxy.count("AssumeRole", None), 1, "or there was no secret to leave out");

    let file = register.cadastre.home().join(FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("DescribeInstances") && text.contains(&stage.instance(IRELAND, 10)));
    let secret = stage.estate.reader.secret.clone();
    for hidden in [
        secret.as_str(),
        TOKEN,
        EXTERNAL_ID,
        USER_DATA,
        &base64_of_user_data(),
        "FQoGZXIvYXdz", // how the session tokens that moto gives begin
        "ASIA",         // and its temporary keys
    ] {
        assert!(!text.contains(hidden), "{hidden} stands in the recording");
    }
    let folded = text.to_lowercase();
    for header in
        ["authorization", "signature=", "x-amz-security-token", "secretaccesskey", "credential="]
    {
        assert!(!folded.contains(header), "{header} stands in the recording");
    }
    assert_eq!(mode_of(&file), 0o600, "what an estate looks like is nobody else's business");

    // It is whole without them: both accounts are read again.
    drop(stage);
    let copy = register.another();
    replay(&copy, &file, "");
    let replayed = Report::of(copy.discover(&[]), 0);
    assert_eq!(replayed.counts(), recorded.counts());
    assert_eq!(estate(&copy), estate(register));
    assert_eq!(copy.rows().tables_with(&secret), [""; 0]);
}

fn faults_are_recorded_too(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 6), (VIRGINIA, 3)]) else { return };
    register.add_source(&stage, &[IRELAND, VIRGINIA], "");
    stage.fail(VIRGINIA, Fault::auth_failure());
    let throttled = Rule::new(Fault::Throttle).region(IRELAND).action("DescribeVolumes");
    stage.proxy.add(throttled.times(1));
    let recorded = Report::of(register.discover(&["--record", FILE]), 3);
    drop(stage);
    let copy = register.another();
    replay(&copy, &register.cadastre.home().join(FILE), "");
    let replayed = Report::of(copy.discover(&[]), 3);
    assert_eq!(replayed.0["scopes"], recorded.0["scopes"]);
    assert_eq!(replayed.counts(), recorded.counts());
    assert_eq!(estate(&copy), estate(register));
}

fn what_is_no_recording_is_refused(register: &mut Register) {
    let Some(stage) = Stage::with(&[(IRELAND, 2)]) else { return };
    register.add_source(&stage, &[IRELAND], "");
    register.discover(&["--record", FILE]).expect_status(0);
    let whole = std::fs::read_to_string(register.cadastre.home().join(FILE)).unwrap();
    let mut lines: Vec<&str> = whole.lines().collect();
    lines.remove(2);
    let short = lines.join("\n");
    let changed = whole.replacen("running", "stopped", 1);
    assert_ne!(changed, whole);
    for (name, text, words) in [
        ("poem.txt", "roses are red\n", "expected a recording"),
        ("empty", "", "expected a recording"),
        ("cut", &whole[..whole.len() / 2], "record it again"),
        ("short", short.as_str(), "record it again"),
        ("changed", changed.as_str(), "record it again"),
    ] {
        register.cadastre.file(name, text);
        let source = format!("name = \"copy\"\nkind = \"aws\"\nrecording = \"{name}\"\n");
        let source = register.cadastre.file("copy.toml", &source);
        let refused = register.cadastre.run(&["source", "add", source.to_str().unwrap()]);
        assert!(matches!(refused.status, Some(1 | 2)), "{name}: {refused:?}");
        says(&refused.stderr, &[name, words]);
    }
    assert_eq!(register.json(&["source", "list"]).as_array().unwrap().len(), 1);
    // Nor is one half written: a run that fails leaves what was there before.
    let before = std::fs::read(register.cadastre.home().join(FILE)).unwrap();
    stage.proxy.add(Rule::new(Fault::auth_failure()));
    register.discover(&["--record", FILE]).expect_status(1);
    assert_eq!(std::fs::read(register.cadastre.home().join(FILE)).unwrap(), before);
    let missing = register.discover(&["--record", "no/such/folder/file"]);
    assert!(matches!(missing.status, Some(1 | 2)), "{missing:?}");
    says(&missing.stderr, &["no/such/folder/file"]);
}

/// Adds a source of the same name that replays the file, without keys and without an endpoint.
fn replay(register: &Register, file: &Path, table: &str) {
    let file = file.display();
    let text =
        format!("name = \"{SOURCE}\"\nkind = \"aws\"\nrecording = \"{file}\"\n[aws]\n{table}\n");
    let source = register.cadastre.file("replay.toml", &text);
    register.cadastre.run(&["source", "add", source.to_str().unwrap()]).expect_status(0);
    let listed = register.json(&["source", "list"]);
    assert!(!listed.to_string().contains(SECRET), "{listed}");
}

/// Plans that differ are shown part by part: whole they fill a screen a hundred times.
fn same_plan(one: &Report, other: &Report) {
    let (one, other) = (plan(one), plan(other));
    assert_eq!(one.len(), other.len(), "batches");
    for (batch, (one, other)) in one.iter().zip(other).enumerate() {
        for part in ["records", "latest", "links", "assets", "conflicts"] {
            let (one, other) = (one[part].as_array().unwrap(), other[part].as_array().unwrap());
            assert_eq!(one.len(), other.len(), "{part} of batch {batch}");
            for (one, other) in one.iter().zip(other) {
                assert_eq!(one, other, "in {part} of batch {batch}");
            }
        }
        assert_eq!(one, other, "batch {batch}");
    }
}

fn plan(report: &Report) -> &Vec<Value> {
    report.0["plan"].as_array().expect("a dry run has a plan")
}

/// All assets, without the numbers and moments that belong to one register.
fn estate(register: &Register) -> Vec<Value> {
    let mut assets = register.assets("is:any");
    for asset in &mut assets {
        let asset = asset.as_object_mut().unwrap();
        asset.retain(|key, _| !matches!(key.as_str(), "id" | "first_seen" | "last_seen"));
    }
    assets.sort_by_key(|asset| asset["attributes"]["arn"].to_string());
    assets
}

/// The part of it that is the same wherever in the script the secret stands is not: so the whole
/// script, as the seed writes it.
fn base64_of_user_data() -> String {
    let script = format!("#!/bin/sh\nexport DATABASE_PASSWORD={USER_DATA}\n");
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole = script.as_bytes().chunks_exact(3);
    whole
        .flat_map(|three| {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            [18, 12, 6, 0].map(|shift| char::from(DIGITS[(bits >> shift) as usize & 63]))
        })
        .collect()
}

fn mode_of(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}
