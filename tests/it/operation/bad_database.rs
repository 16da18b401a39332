//! A database that is missing, newer, none at all or out of reach; backups that cannot be made or used.

use std::time::{Duration, Instant};

use cadastre_tests::lab;
use cadastre_tests::recording::Recording;
use cadastre_tests::rows::Rows;

use super::stand::Stand;
use super::told::Told;

on_both!(
    a_missing_one_is_not_made_by_whoever_only_reads,
    one_of_a_newer_version_is_left_alone,
    a_backup_is_made_and_restored_only_where_nothing_is_lost,
);

fn rows(stand: &Stand) -> Rows {
    match stand.address.strip_prefix("sqlite://") {
        Some(file) => Rows::of_sqlite(file.as_ref()),
        None => Rows::of_postgres(&stand.address),
    }
}

fn sort(stand: &Stand) -> &'static str {
    if stand.address.starts_with("sqlite") { "sqlite" } else { "postgres" }
}

fn a_missing_one_is_not_made_by_whoever_only_reads(stand: Stand) {
    let mut told = Told::by(&stand).hiding(&stand.address, "ADDRESS");
    for arguments in [
        &["assets"][..],
        &["asset", "1"],
        &["source", "list"],
        &["discover", "--all"],
        &["worker"],
        &["conflicts"],
        &["audit", "verify"],
        &["backup", "b"],
        &["party", "list"],
    ] {
        let ran = stand.cadastre.run(arguments).expect_status(1);
        told.case(&arguments.join(" "), &ran);
    }
    let home = stand.cadastre.home();
    assert!(!home.join("register.db").exists() && !home.join("b").exists());
    insta::assert_snapshot!(format!("missing_{}", sort(&stand)), told.text());
    // A folder that is not there yet is made by those that may.
    if let Some(file) = stand.address.strip_prefix("sqlite://") {
        let deep = file.replace("register.db", "a/b/register.db");
        stand
            .cadastre
            .run(&["--database", &format!("sqlite://{deep}"), "migrate"])
            .expect_status(0);
    }
}

fn one_of_a_newer_version_is_left_alone(stand: Stand) {
    let stand = stand.migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", 2)]));
    stand.complete();
    stand
        .sql()
        .execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0999_wonders', 1)");
    let before = rows(&stand);
    let mut told = Told::by(&stand).hiding(&stand.address, "ADDRESS");
    for arguments in [
        &["migrate"][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["worker"],
        &["assets"],
        &["discover", "account"],
        &["backup", "b"],
        &["user", "add", "bob", "--role", "admin", "--password-stdin"],
    ] {
        let ran = stand.cadastre.run_with_input(arguments, "correct horse battery\n");
        told.case(&arguments.join(" "), &ran.expect_status(1));
    }
    assert_eq!(rows(&stand).since(&before), Default::default(), "not a row of it changed");
    insta::assert_snapshot!(format!("newer_{}", sort(&stand)), told.text());
}

fn a_backup_is_made_and_restored_only_where_nothing_is_lost(stand: Stand) {
    let stand = stand.migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", 5)]));
    stand.complete();
    let before = rows(&stand);
    stand.cadastre.run(&["backup", "good"]).expect_status(0);
    let good = std::fs::read(stand.cadastre.home().join("good")).unwrap();
    let mut told = Told::by(&stand).hiding(&stand.address, "ADDRESS");

    told.case("a file that is there", &stand.cadastre.run(&["backup", "good"]).expect_status(1));
    told.case("no such folder", &stand.cadastre.run(&["backup", "no/such"]).expect_status(1));
    assert_eq!(std::fs::read(stand.cadastre.home().join("good")).unwrap(), good);

    told.case("over a register", &stand.cadastre.run(&["restore", "good"]).expect_status(1));
    assert_eq!(rows(&stand).since(&before), Default::default());

    let empty = match sort(&stand) {
        "sqlite" => Stand::on_sqlite(),
        _ => Stand::on_postgres().unwrap(),
    };
    let told = told.hiding(&empty.address, "OTHER");
    let mut told = told.hiding(&empty.cadastre.home().display().to_string(), "~");
    let restore = |file: &str| empty.cadastre.run(&["restore", file]);
    let home = empty.cadastre.home().to_owned();
    told.case("no such file", &restore("none").expect_status(1));
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    for byte in &mut flipped[middle..middle + 64] {
        *byte ^= 0x55;
    }
    for (title, bytes) in [
        ("empty", &[][..]),
        ("some text", b"Dear diary\n"),
        ("cut in half", &good[..middle]),
        ("damaged in the middle", &flipped),
    ] {
        std::fs::write(home.join("bad"), bytes).unwrap();
        told.case(title, &restore("bad").expect_status(1));
        let ran = empty.cadastre.run(&["assets"]).expect_status(1);
        assert!(ran.stderr.contains("there is no database"), "{title}: {}", ran.stderr);
    }
    // Where nothing was, the good one makes the same register again.
    std::fs::write(home.join("good"), &good).unwrap();
    restore("good").expect_status(0);
    assert_eq!(empty.json(&["assets", "is:any"]), stand.json(&["assets", "is:any"]));
    empty.audit_fits();
    insta::assert_snapshot!(format!("backup_{}", sort(&stand)), told.text());
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let stand = Stand::on_sqlite();
    let text = "Dear diary,\nnothing happened today.\n".repeat(50);
    stand.path("register.db", &text);
    let mut told = Told::by(&stand);
    for arguments in [&["assets"][..], &["migrate"], &["serve", "--listen", "127.0.0.1:0"]] {
        told.case(&arguments.join(" "), &stand.cadastre.run(arguments).expect_status(1));
    }
    assert_eq!(std::fs::read_to_string(stand.cadastre.home().join("register.db")).unwrap(), text);
    std::fs::create_dir(stand.cadastre.home().join("folder")).unwrap();
    let folder = format!("sqlite://{}/folder", stand.cadastre.home().display());
    told.case(
        "a folder",
        &stand.cadastre.run(&["--database", &folder, "migrate"]).expect_status(1),
    );
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_server_out_of_reach_is_told_soon_and_in_its_words() {
    let stand = Stand::on_sqlite();
    let mut told = Told::by(&stand);
    let began = Instant::now();
    let nobody = "postgres://cadastre@127.0.0.1:1/cadastre";
    told.case(
        "nobody there",
        &stand.cadastre.run(&["--database", nobody, "assets"]).expect_status(1),
    );
    let no_host = "postgres://cadastre@no-such-host.invalid/cadastre";
    let ran = stand.cadastre.run(&["--database", no_host, "migrate"]).expect_status(1);
    // What the resolver says differs from machine to machine.
    assert!(ran.stderr.contains("does not answer") && ran.stderr.contains("no-such-host.invalid"));
    if let Some(server) = lab::variable_or_not_run("CADASTRE_LAB_POSTGRES", "PostgreSQL") {
        let (server, _) = server.rsplit_once('/').unwrap();
        let port = server.rsplit_once(':').unwrap().1;
        let mut told = Told::by(&stand).hiding(port, "PORT");
        let no_database = format!("{server}/no_such_database");
        let no_role = format!("{}/postgres", server.replace("postgres@", "no_such_role@"));
        for (title, address) in [("no such database", no_database), ("no such login", no_role)] {
            let ran = stand.cadastre.run(&["--database", &address, "assets"]);
            told.case(title, &ran.expect_status(1));
        }
        insta::assert_snapshot!("postgres_says_no", told.text());
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_password_never_shows_in_what_is_said_of_a_database() {
    let mut stand = Stand::on_sqlite();
    stand.cadastre.variable("CADASTRE_DATABASE", "postgres://u:hunter2@127.0.0.1:1/x");
    let ran = stand.cadastre.run(&["assets"]).expect_status(1);
    assert!(ran.stderr.contains("postgres://u:***@127.0.0.1:1/x"), "{}", ran.stderr);
    let shown = stand.cadastre.run(&["check-config"]).expect_status(0);
    for said in [ran.stderr, ran.stdout, shown.stdout, shown.stderr] {
        assert!(!said.contains("hunter2"), "{said}");
    }
}
