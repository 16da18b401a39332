//! Sources filled in as forms: everything wrong at once, secrets kept and asked for again.

use super::collectors::{Odd, complete, playing, volume};
use super::lab::{Lab, NOON, admin, on_both, quick};
use async_trait::async_trait;
use cadastre_collect::{CollectError, Collector, Recorder, RunContext, TestStep};
use cadastre_model::SourceKind;
use cadastre_service::{
    ErrorKind, SecretForm, ServiceError, SourceForm, SourcePut, SourceRefused, StepOutcome,
};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;

fn form(name: &str, settings: &[(&str, &str)], password: SecretForm) -> SourceForm {
    let settings = settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
    SourceForm {
        name: name.to_owned(),
        kind: SourceKind::Aws,
        since: None,
        schedule: String::new(),
        settings: settings.collect(),
        secrets: BTreeMap::from([("password".to_owned(), password)]),
    }
}

fn typed(text: &str) -> SecretForm {
    SecretForm { typed: Some(SecretString::from(text)), ..SecretForm::default() }
}

fn in_variable(name: &str) -> SecretForm {
    SecretForm { env: name.to_owned(), ..SecretForm::default() }
}

const HERE: [(&str, &str); 2] = [("scenario", "play"), ("endpoint", "http://here")];
const THERE: [(&str, &str); 2] = [("scenario", "play"), ("endpoint", "http://there")];

/// What was wrong, field by field.
#[track_caller]
fn faults(put: Result<SourcePut, SourceRefused>) -> Vec<String> {
    match put.unwrap_err() {
        SourceRefused::Fields(faults) => faults.iter().map(ToString::to_string).collect(),
        SourceRefused::Service(error) => panic!("{error}"),
    }
}

#[track_caller]
fn refused(put: Result<SourcePut, SourceRefused>) -> ServiceError {
    match put.unwrap_err() {
        SourceRefused::Service(error) => error,
        SourceRefused::Fields(faults) => panic!("{faults:?}"),
    }
}

fn lab_that_plays(register: super::lab::Register) -> Lab {
    Lab::new(register, playing([complete("a", [volume("1")])]), quick())
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_by_its_field() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        let mut wrong = form("My Source", &[("scenario", "none")], in_variable("PATH"));
        wrong.schedule = "0 25 * * *".to_owned();
        let told = faults(lab.service.source_form_add(&admin(), &wrong).await);
        assert_eq!(
            told,
            [
                "`name` cannot name a source; expected 1 to 63 of a-z, 0-9, `.`, `_` and `-`, a \
                 letter or digit first",
                "`schedule` `25` does not fit the hour of schedule `0 25 * * *`; expected 0-23, \
                 `*`, lists `1,2`, ranges `1-5` or steps `*/2`",
                "`password` `PATH` is not a variable that secrets are read from; name it \
                 CADASTRE_SECRET_ and then capitals, digits or `_`",
                "`scenario` `none` is unknown; name one that exists",
            ]
        );
        let twice = SecretForm { file: "a".to_owned(), ..typed("hunter2hunter2") };
        let told = faults(lab.service.source_form_add(&admin(), &form("new", &HERE, twice)).await);
        assert_eq!(
            told,
            [
                "`password` is given in more than one way; leave only the one that counts",
                "`name` `new` is the address of the form for new sources; choose another",
            ]
        );
        assert!(lab.service.source_list(&admin()).await.unwrap().is_empty(), "nothing is kept");
    })
    .await;
}

#[tokio::test]
async fn what_a_form_says_is_what_a_file_says() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        lab.add("file", "play", Some("0 3 * * *")).await;
        let mut same = form("form", &[("scenario", " play ")], SecretForm::default());
        same.schedule = "0 3 * * *".to_owned();
        let put = lab.service.source_form_add(&admin(), &same).await.unwrap();
        assert!(put.added);
        let mut lines = lab.service.source_list(&admin()).await.unwrap();
        for line in &mut lines {
            line.name.clear();
        }
        let [file, form] = [&lines[0], &lines[1]].map(|line| serde_json::to_value(line).unwrap());
        assert_eq!(file, form);
        // A source that is there is not added again, and one that is not is not changed.
        let told = faults(lab.service.source_form_add(&admin(), &same).await);
        assert_eq!(told, ["`name` is another source's; choose another"]);
        let nobody = form_named(&same, "fomr");
        let error = refused(lab.service.source_form_change(&admin(), &nobody).await);
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(error.hint.as_deref(), Some("did you mean `form`?"));
    })
    .await;
}

#[tokio::test]
async fn tables_keep_their_numbers_and_with_them_their_secrets() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        let service = &lab.service;
        let users = |users: &[(&str, SecretForm)]| {
            let mut whole = form("it", &HERE, SecretForm::default());
            for (number, (name, key)) in users.iter().enumerate() {
                whole.settings.insert(format!("users.{number}.name"), (*name).to_owned());
                whole.secrets.insert(format!("users.{number}.key"), key.clone());
            }
            whole
        };
        let kept = async || service.source_form(&admin(), "it").await.unwrap();
        let none = SecretForm::default;
        let both = [("ann", typed("hunter2hunter2")), ("bob", typed("hunter3hunter3"))];
        service.source_form_add(&admin(), &users(&both)).await.unwrap();
        assert_eq!(kept().await.kept, ["users.0.key", "users.1.key"].map(str::to_owned).into());
        let settings = kept().await.form.settings;
        assert_eq!(
            (&settings["users.0.name"], &settings["users.1.name"]),
            (&"ann".into(), &"bob".into())
        );

        // The first is taken out, and a form has an empty one at its end.
        let left = [("", none()), ("bob", none()), ("", none())];
        service.source_form_change(&admin(), &users(&left)).await.unwrap();
        let edit = kept().await;
        assert_eq!(edit.kept, ["users.1.key".to_owned()].into());
        assert_eq!(edit.form.settings.get("users.0.name"), None);
        assert_eq!(
            (edit.form.settings["users.1.name"].as_str(), edit.form.tables("users")),
            ("bob", 2)
        );

        let mut nameless = users(&[("", none()), ("bob", none())]);
        nameless.settings.insert("users.0.role".to_owned(), "reader".to_owned());
        let told = faults(service.source_form_change(&admin(), &nameless).await);
        assert_eq!(told, ["`users.0.name` is missing; give one"]);
    })
    .await;
}

fn form_named(form: &SourceForm, name: &str) -> SourceForm {
    SourceForm { name: name.to_owned(), ..form.clone() }
}

#[tokio::test]
async fn a_sealed_secret_stays_until_it_would_go_elsewhere() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        let service = &lab.service;
        let place = async || {
            let line = service.source_fetch(&admin(), "it").await.unwrap();
            line.secrets.get("password").cloned()
        };
        let sealed = Some("sealed".to_owned());
        let none = SecretForm::default;
        service
            .source_form_add(&admin(), &form("it", &HERE, typed("hunter2hunter2")))
            .await
            .unwrap();
        assert_eq!(place().await, sealed);
        let edit = service.source_form(&admin(), "it").await.unwrap();
        assert!(edit.kept.contains("password"));
        assert!(!format!("{edit:?}").contains("hunter2"));

        service.source_form_change(&admin(), &form("it", &HERE, none())).await.unwrap();
        assert_eq!(place().await, sealed, "nothing was said of it");
        let told = faults(service.source_form_change(&admin(), &form("it", &THERE, none())).await);
        assert_eq!(
            told,
            ["`password` was typed for another `endpoint` than the one given now; type it again"]
        );
        // What names no endpoint goes elsewhere too.
        let nowhere = form("it", &[("scenario", "play")], none());
        assert_eq!(faults(service.source_form_change(&admin(), &nowhere).await).len(), 1);
        let again = form("it", &THERE, typed("hunter3hunter3"));
        service.source_form_change(&admin(), &again).await.unwrap();
        assert_eq!(place().await, sealed);

        let forgotten = SecretForm { forget: true, ..none() };
        service.source_form_change(&admin(), &form("it", &HERE, forgotten)).await.unwrap();
        assert_eq!(place().await, None);
        let named = form("it", &HERE, in_variable("CADASTRE_SECRET_IT"));
        service.source_form_change(&admin(), &named).await.unwrap();
        assert_eq!(place().await.unwrap(), "environment variable CADASTRE_SECRET_IT");
        service.source_form_change(&admin(), &form("it", &HERE, none())).await.unwrap();
        assert_eq!(place().await, None, "a variable that is emptied is gone");
        let log = service.audit_list(&admin(), None, 100).await.unwrap();
        assert!(!format!("{log:?}").contains("hunter"), "{log:?}");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_sources_takes_as_many_statements_as_one() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        let sent = async || {
            let before = lab.store.statements();
            let lines = lab.service.source_list(&admin()).await.unwrap();
            (lines, lab.store.statements() - before)
        };
        lab.add("a", "play", None).await;
        lab.run("a").await;
        let newest = lab.run("a").await;
        let (lines, alone) = sent().await;
        assert_eq!(lines[0].last_run.as_ref().unwrap().id.0, newest.run);
        for name in ["b", "c", "d"] {
            lab.add(name, "play", None).await;
        }
        lab.run("c").await;
        let (lines, together) = sent().await;
        let ran: Vec<bool> = lines.iter().map(|line| line.last_run.is_some()).collect();
        assert_eq!(ran, [true, false, true, false]);
        assert_eq!(lines[2].last_run.as_ref().unwrap().source, "c");
        assert_eq!(together, alone);
        // A source of the same name, added later, has not run.
        lab.service.source_remove(&admin(), "a").await.unwrap();
        lab.add("a", "play", None).await;
        assert!(sent().await.0[0].last_run.is_none());
    })
    .await;
}

/// A collector whose peer is silent. Told to stop, it gives in, or not even then.
struct Silent {
    is_deaf: bool,
}

#[async_trait]
impl Collector for Silent {
    async fn collect(&self, _run: &RunContext) -> Result<(), CollectError> {
        Ok(())
    }

    async fn test(&self, run: &RunContext) -> Vec<TestStep> {
        run.cancelled().await;
        if self.is_deaf {
            std::future::pending::<()>().await;
        }
        let found = StepOutcome::Passed("found".to_owned());
        let stopped = StepOutcome::Failed(CollectError::cancelled("connect"));
        vec![
            TestStep { name: "resolve", outcome: found, millis: 1 },
            TestStep { name: "connect", outcome: stopped, millis: 50 },
        ]
    }
}

#[tokio::test]
async fn a_test_that_gets_no_answer_ends() {
    for (is_deaf, expected) in [(false, vec!["resolve", "connect"]), (true, vec!["answer"])] {
        let register = super::lab::Register::sqlite().await;
        let lab = Lab::new(register, Odd::new(move || Box::new(Silent { is_deaf })), quick());
        lab.add("it", "play", None).await;
        let limit = Duration::from_millis(50);
        let steps = lab.service.source_test(&admin(), "it", limit).await.unwrap();
        assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), expected);
        let StepOutcome::Failed(error) = &steps.last().unwrap().outcome else {
            panic!("{steps:?}")
        };
        assert!(error.to_string().contains("no answer within 50ms; check the address"), "{error}");
    }
}

#[tokio::test]
async fn a_schedule_says_when_it_is_due() {
    let register = super::lab::Register::sqlite().await;
    let lab = lab_that_plays(register);
    lab.add("it", "play", Some("0 3 * * *")).await;
    let due = async || {
        let line = lab.service.source_fetch(&admin(), "it").await.unwrap();
        let due = lab.service.source_due(&line, 3).into_iter();
        due.map(|at| lab.service.zone().shown(at)).collect::<Vec<_>>()
    };
    assert_eq!(
        due().await,
        ["Sun 2026-11-22 03:00 UTC", "Mon 2026-11-23 03:00 UTC", "Tue 2026-11-24 03:00 UTC"]
    );
    lab.service.source_enable(&admin(), "it", false).await.unwrap();
    assert!(due().await.is_empty());
}

#[tokio::test]
async fn a_recording_stays_one_and_takes_no_secret_elsewhere() {
    let register = super::lab::Register::sqlite().await;
    let lab = lab_that_plays(register);
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("it.recording");
    Recorder::create(&tape, SourceKind::Aws, NOON).unwrap().finish().unwrap();
    let file = folder.path().join("it.toml");
    let text = "name = \"it\"\nkind = \"aws\"\nrecording = \"it.recording\"\n\
                [aws]\nscenario = \"play\"\nendpoint = \"http://here\"\n";
    std::fs::write(&file, text).unwrap();
    let secret = SecretString::from("hunter2hunter2");
    lab.service.source_file_put(&admin(), &file, Some(("password", &secret))).await.unwrap();

    // Nobody asks for secrets of a recording; what is said of them all the same is not heard.
    for (settings, is_kept) in [(&HERE, true), (&THERE, false)] {
        let form = form("it", settings, in_variable("CADASTRE_SECRET_IT"));
        lab.service.source_form_change(&admin(), &form).await.unwrap();
        let edit = lab.service.source_form(&admin(), "it").await.unwrap();
        assert_eq!(edit.recording.as_deref(), Some(tape.as_path()));
        assert_eq!(edit.kept.contains("password"), is_kept);
        assert_eq!(edit.form.settings["endpoint"], settings[1].1);
    }
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_not_undone_unasked() {
    on_both(async |register| {
        let lab = lab_that_plays(register);
        let service = &lab.service;
        let new = form("it", &HERE, SecretForm::default());
        service.source_form_add(&admin(), &new).await.unwrap();
        let mine = service.source_form(&admin(), "it").await.unwrap().form;
        let theirs = SourceForm { schedule: "0 3 * * *".to_owned(), ..mine.clone() };
        service.source_form_change(&admin(), &theirs).await.unwrap();

        let told = faults(service.source_form_change(&admin(), &mine).await);
        assert_eq!(
            told,
            ["`source` was changed by somebody else since this form was opened; look at how it \
              stands now; save again to overwrite that"]
        );
        let stands = service.source_form(&admin(), "it").await.unwrap().form;
        assert_eq!(stands.schedule, "0 3 * * *", "their change stands");
        let knowingly = SourceForm { since: stands.since, ..mine };
        service.source_form_change(&admin(), &knowingly).await.unwrap();
    })
    .await;
}
