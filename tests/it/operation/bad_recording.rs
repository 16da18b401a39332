//! A recording that is none, is cut, was altered, or is of something else.

use cadastre_tests::recording::Recording;

use super::stand::{SOURCE, Stand};
use super::told::Told;

fn estate() -> Recording {
    Recording::of(&[("eu-west-1", 4)])
}

/// A good recording's text, spoilt in some way, and in what words.
fn spoilt() -> Vec<(&'static str, String)> {
    let good = estate().text();
    let (half, _) = good.split_at(good.len() / 2);
    let whole_lines: Vec<&str> = good.lines().collect();
    let without_end = whole_lines[..whole_lines.len() - 1].join("\n") + "\n";
    vec![
        ("empty", String::new()),
        ("text", "Dear diary,\nnothing happened.\n".to_owned()),
        ("other JSON", "{\"version\": 3}\n".to_owned()),
        ("cut in a line", half.to_owned()),
        ("without its end", without_end),
        ("altered", good.replacen("m5.large", "m6.large", 1)),
        (
            "a version to come",
            good.replacen("\"cadastre_recording\":1", "\"cadastre_recording\":9", 1),
        ),
        ("of another kind", estate().kind("snmp").text()),
    ]
}

#[test]
fn it_is_refused_when_the_source_is_added() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    let text = format!("recording = \"spoilt\"\n{}", estate().table());
    let file = stand.source_file(SOURCE, &text);
    let add = || stand.cadastre.run(&["source", "add", &file]).expect_status(2);
    told.case("missing", &add());
    for (title, text) in spoilt() {
        stand.path("spoilt", &text);
        told.case(title, &add());
    }
    std::fs::write(stand.cadastre.home().join("spoilt"), [0x80, 0xff, 0x00]).unwrap();
    told.case("not text", &add());
    assert_eq!(stand.json(&["source", "list"]), serde_json::json!([]));
    insta::assert_snapshot!(told.text());
}

#[test]
fn it_is_refused_when_it_was_spoilt_since_and_the_register_stays_as_it_was() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    stand.put_recording(&estate());
    stand.complete();
    let before = stand.json(&["assets", "is:any"]);
    let path = stand.cadastre.home().join(format!("{SOURCE}.recording"));
    for (title, text) in spoilt() {
        std::fs::write(&path, text).unwrap();
        told.case_with_answer(title, &stand.cadastre.run(&["discover", SOURCE]).expect_status(2));
    }
    std::fs::remove_file(&path).unwrap();
    told.case_with_answer("removed", &stand.cadastre.run(&["discover", SOURCE]).expect_status(2));
    assert_eq!(stand.json(&["assets", "is:any"]), before);
    assert_eq!(stand.runs().len(), 1);
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_recording_is_not_recorded_again() {
    let stand = Stand::on_sqlite().migrated();
    let mut told = Told::by(&stand);
    stand.put_recording(&estate());
    let again = ["discover", SOURCE, "--record", "again.recording"];
    told.case_with_answer("a recording", &stand.cadastre.run(&again).expect_status(2));
    stand.put_source(
        "live",
        "[aws]\nendpoint = \"http://127.0.0.1:1\"\nregions = [\"eu-west-1\"]\n",
    );
    let nowhere = ["discover", "live", "--record", "no/such/folder/file"];
    told.case_with_answer("nowhere to write", &stand.cadastre.run(&nowhere).expect_status(2));
    let left: Vec<_> = std::fs::read_dir(stand.cadastre.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("again") || name.contains("partial"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    assert_eq!(stand.runs(), Vec::<i64>::new());
    insta::assert_snapshot!(told.text());
}
