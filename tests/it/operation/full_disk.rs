//! A disk that is full, and one that may not be written to. A small file system of the test's own
//! stands for it, which only root may mount.

use std::path::{Path, PathBuf};
use std::process::Command;

use cadastre_tests::lab;
use cadastre_tests::recording::Recording;
use cadastre_tests::sql::Sql;

use super::stand::{SOURCE, Stand, wait_until};
use super::told::Told;

/// A file system in memory; unmounted when dropped.
struct Small(PathBuf);

impl Small {
    /// One of this size below the home; `None`, and a note of NOT RUN, if that is not permitted.
    fn mounted(home: &Path, size: &str) -> Option<Self> {
        let folder = home.join("small");
        std::fs::create_dir(&folder).expect("a folder can be made");
        let options = format!("size={size},mode=700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&folder)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            Ok(output) => {
                let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                lab::not_run(&lab::test_name(), &format!("mounting a small file system: {why}"));
                None
            }
            Err(error) => {
                lab::not_run(&lab::test_name(), &format!("there is no `mount`: {error}"));
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.0)
            .status()
            .expect("mount can be run");
        assert!(status.success(), "remounting with {options}");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Lazily: a process of a failed test may still hold a file.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A stand whose register lies on a small disk.
fn stand_on(size: &str) -> Option<(Stand, Small)> {
    let mut stand = Stand::on_sqlite();
    let small = Small::mounted(stand.cadastre.home(), size)?;
    stand.address = format!("sqlite://{}", small.0.join("register.db").display());
    stand.cadastre.variable("CADASTRE_DATABASE", &stand.address);
    Some((stand, small))
}

#[test]
fn a_run_that_fills_the_disk_keeps_what_was_committed_and_the_next_completes() {
    let Some((stand, small)) = stand_on("4m") else { return };
    let stand = stand.migrated();
    let few = Recording::of(&[("eu-west-1", 100)]);
    stand.put_recording(&few);
    stand.complete();
    let before = stand.json(&["assets", "is:any", "--sort", "name"]);
    let mut told = Told::by(&stand);

    let many = Recording::of(&[("eu-west-1", 1500)]);
    stand.put_recording(&many);
    let ran = stand.cadastre.run(&["discover", SOURCE]).expect_status(1);
    assert!(ran.stderr.contains("the disk is full: make room"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);

    // It is still readable, whole, and has what was committed.
    let kept = stand.count("is:any");
    assert!(kept >= few.things() && kept < many.things(), "{kept}");
    let now = stand.json(&["assets", "is:any", "--sort", "name", "--limit", "1"]);
    assert_eq!(now[0]["id"], before[0]["id"]);
    assert_eq!(stand.count("is:stale"), 0);
    stand.audit_fits();
    assert_eq!(Sql::at(&stand.address).texts("PRAGMA integrity_check"), ["ok"]);
    told.case("a backup", &stand.cadastre.run(&["backup", "small/backup"]).expect_status(1));
    assert!(!small.0.join("backup").exists(), "half a backup is none");

    small.remount("size=200m");
    // The run could perhaps not even note its end: it is taken for dead after its lease.
    wait_until("a run may begin", || {
        let ran = stand.cadastre.run(&["discover", SOURCE]);
        assert!(ran.status == Some(0) || ran.stderr.contains("is under way"), "{}", ran.stderr);
        ran.status == Some(0)
    });
    assert_eq!(stand.count("is:any"), many.things());
    assert_eq!(stand.sql().number("SELECT count(*) FROM run WHERE ended_at IS NULL"), 0);
    stand.audit_fits();
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_register_that_has_no_room_to_begin_with_is_said() {
    let Some((stand, small)) = stand_on("64k") else { return };
    let mut told = Told::by(&stand);
    told.case("migrate", &stand.cadastre.run(&["migrate"]).expect_status(1));
    // What is left of it is no register, and does not stand in the way of one.
    let ran = stand.cadastre.run(&["assets"]).expect_status(1);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    small.remount("size=20m");
    let stand = stand.migrated();
    assert_eq!(stand.count(""), 0);
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_recording_that_finds_no_room_spoils_neither_the_run_nor_the_folder() {
    let mut stand = Stand::on_sqlite().migrated();
    let Some(small) = Small::mounted(stand.cadastre.home(), "16k") else { return };
    let Some(moto) = cadastre_tests::moto::Moto::start() else { return };
    let estate = moto.seed(&serde_json::json!({ "regions": { "eu-west-1": { "instances": 20 } } }));
    stand.cadastre.variable("CADASTRE_SECRET_IT", &estate.reader.secret);
    let (endpoint, key) = (moto.endpoint(), &estate.reader.id);
    stand.put_source(
        SOURCE,
        &format!(
            "[aws]\nendpoint = \"{endpoint}\"\nregions = [\"eu-west-1\"]\n\
             access_key_id = \"{key}\"\nsecret_access_key_env = \"CADASTRE_SECRET_IT\"\n"
        ),
    );
    let ran = stand.cadastre.run(&["discover", SOURCE, "--record", "small/tape"]);
    let mut told = Told::by(&stand);
    told.case_with_answer("recording", &ran.expect_status(1));
    assert_eq!(std::fs::read_dir(&small.0).unwrap().count(), 0, "nothing is left there");
    assert_eq!(stand.runs(), [2], "the run itself stands, complete");
    assert_eq!(stand.count("kind:instance"), 20);
    insta::assert_snapshot!(told.text());
}

#[test]
fn a_register_that_may_not_be_written_to_is_said() {
    let Some((stand, small)) = stand_on("20m") else { return };
    let stand = stand.migrated();
    stand.put_recording(&Recording::of(&[("eu-west-1", 3)]));
    stand.complete();
    small.remount("ro");
    let mut told = Told::by(&stand);
    for arguments in [
        &["discover", SOURCE][..],
        &["migrate"],
        &["assets"],
        &["serve", "--listen", "127.0.0.1:0"],
        &["party", "add", "payments", "--kind", "team"],
        &["backup", "small/backup"],
    ] {
        told.case_with_answer(&arguments.join(" "), &stand.cadastre.run(arguments));
    }
    small.remount("rw");
    assert_eq!(stand.complete()["counts"]["unchanged"], 9);
    insta::assert_snapshot!(told.text());
}
