//! What is shown for the asking: the configuration with its origins, completions, help.

use std::process::Command;

use super::stand::Stand;

#[test]
fn every_key_is_shown_with_its_origin_and_no_secret() {
    let mut stand = Stand::on_sqlite();
    let home = stand.cadastre.home().display().to_string();
    let file = stand.path(
        "etc/cadastre.toml",
        "zone = \"Europe/Paris\"\nsecrets_dir = \"secrets\"\n[workers]\ncount = 5\n[log]\nlevel = \"warn\"\n",
    );
    stand.cadastre.variable("CADASTRE_WORKERS__COUNT", "3");
    stand.cadastre.variable("CADASTRE_DATABASE", "postgres://u@db.example/x");
    stand.cadastre.variable("CADASTRE_DATABASE_PASSWORD_ENV", "CADASTRE_SECRET_PG");
    stand.cadastre.variable("CADASTRE_SECRET_PG", "hunter2hunter2");
    stand.cadastre.variable("CADASTRE_SECRET_KEY", &"ab".repeat(32));
    let arguments = ["--config", &file, "--state-dir", "state", "check-config"];
    let ran = stand.cadastre.run(&arguments).expect_status(0);
    let shown = ran.stdout.replace(&home, "~");
    assert!(!shown.contains("hunter2") && !shown.contains("abab"), "{shown}");
    let json = stand.cadastre.run(&[&arguments[..], &["--json"]].concat()).expect_status(0).json();
    let keys: Vec<&str> =
        json.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    for key in &keys {
        assert!(shown.contains(&format!("{key} = ")), "{key} is missing in print");
    }
    assert!(!json.to_string().contains("hunter2"), "{json}");
    assert!(!stand.cadastre.home().join("state").exists(), "looking makes nothing");
    insta::assert_snapshot!(shown);
}

#[test]
fn completions_are_scripts_that_their_shells_read() {
    let stand = Stand::on_sqlite();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = stand.cadastre.run(&["completions", shell]).expect_status(0);
        for word in ["discover", "secret-stdin", "check-config"] {
            assert!(ran.stdout.contains(word), "{shell} does not complete {word}");
        }
        let script = stand.path("script", &ran.stdout);
        if shell == "bash" {
            let read = Command::new("bash").args(["-n", &script]).status().unwrap();
            assert!(read.success(), "bash cannot read it");
        }
    }
}
