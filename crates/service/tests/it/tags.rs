//! People's tags: all or nothing, named in the audit log, found at once, and stronger than any run.

use super::collectors::{complete, playing, volume};
use super::lab::{Lab, MINUTE, admin, on_both, quick};
use cadastre_model::{AssetId, Attr, Observation, Tag, Value, Witness};
use cadastre_service::store::AssetPage;
use cadastre_service::{AssetChange, AssetEdit, Clock as _, ErrorKind};
use serde_json::json;

/// A volume that says of itself what environment and team it is of.
fn stated(environment: &str, team: &str) -> Observation {
    let mut volume = volume("1");
    volume.tags = [Tag::new("Environment", environment), Tag::new("team", team)].into();
    volume
}

async fn lab(register: super::lab::Register, scripts: &[(&str, &str)]) -> (Lab, AssetId) {
    let scripts: Vec<_> =
        scripts.iter().map(|(env, team)| complete("a", [stated(env, team)])).collect();
    let lab = Lab::new(register, playing(scripts), quick());
    lab.add("it", "play", None).await;
    lab.run("it").await;
    let id = lab.asset("").await;
    (lab, id)
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

async fn edit(lab: &Lab, id: AssetId, edit: AssetEdit) {
    lab.clock_moves(MINUTE);
    lab.service.asset_edit(&admin(), id, &edit).await.unwrap();
}

async fn page(lab: &Lab, id: AssetId) -> AssetPage {
    lab.service.asset_fetch(&admin(), id, None).await.unwrap()
}

fn tags(page: &AssetPage) -> Vec<(&str, &str)> {
    page.doc.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect()
}

#[tokio::test]
async fn a_tag_is_held_removed_and_released() {
    on_both(async |register| {
        let (lab, id) =
            lab(register, &[("test", "red"), ("test", "red"), ("dev", "red"), ("dev", "blue")])
                .await;
        // As it is in a process that serves.
        lab.store.present_keep().await.unwrap();
        let before = lab.clock.now();
        let set = AssetEdit {
            tag_set: owned(&[("env", " prod "), ("rack", "")]),
            tag_remove: keys(&["Team"]),
            ..AssetEdit::default()
        };
        edit(&lab, id, set).await;
        let set_at = lab.clock.now();
        // Found at once, by the key as written and by the canonical one.
        for (query, hits) in [
            ("tag:env=prod", 1),
            ("tag:environment=prod", 1),
            ("tag:environment=test", 0),
            ("env:prod", 1),
            ("tag:rack", 1),
            ("tag:team", 0),
            ("red", 0),
            ("is:locked", 1),
        ] {
            assert_eq!(lab.count(query).await, hits, "{query}");
        }
        for _ in 0..2 {
            let page = page(&lab, id).await;
            assert_eq!(tags(&page), [("env", "prod"), ("rack", "")]);
            assert_eq!(page.doc.attributes[&Attr::Environment], Value::text("prod"));
            let environment = page.winner(Attr::Environment).unwrap();
            assert_eq!(page.witness_name(&environment), "tag:env");
            assert_eq!(page.witness_time(Attr::Environment, &environment), Some(set_at));
            let lock = page.tag_lock("env").unwrap();
            assert_eq!((lock.actor.as_str(), lock.set_at), ("cli:test", set_at));
            assert_eq!(page.tag_winner("env"), Some(Witness::Lock));
            assert_eq!(page.tags_held_away().collect::<Vec<_>>(), ["Team"]);
            lab.clock_moves(MINUTE);
            lab.run("it").await;
        }
        let shown = page(&lab, id).await;
        let lost = &shown.tag_losers("env")[0];
        assert_eq!(
            (shown.witness_name(&lost.witness), lost.tag.value.as_str()),
            ("it".to_owned(), "dev")
        );
        let why = cadastre_service::shape::tag_provenance_json(&shown);
        assert_eq!(why["Team"]["value"], json!(null));
        assert_eq!(why["Team"]["losers"][0]["value"], "red");
        assert_eq!(why["env"]["lock"]["actor"], "cli:test");

        let release = AssetEdit {
            tag_release: keys(&["environment", "team", "rack"]),
            ..AssetEdit::default()
        };
        edit(&lab, id, release).await;
        let shown = page(&lab, id).await;
        assert_eq!(tags(&shown), [("Environment", "dev"), ("team", "red")]);
        assert_eq!((shown.tag_locks.len(), shown.doc.tag_provenance.len()), (0, 0));
        assert_eq!(lab.count("is:locked").await, 0);
        lab.clock_moves(MINUTE);
        lab.run("it").await;
        assert_eq!(tags(&page(&lab, id).await), [("Environment", "dev"), ("team", "blue")]);

        // Any past day shows them as they stood.
        let then = async |at| lab.service.asset_fetch(&admin(), id, Some(at)).await.unwrap();
        let past = then(before).await;
        assert_eq!(tags(&past), [("Environment", "test"), ("team", "red")]);
        assert_eq!(past.tag_locks.len(), 0);
        let past = then(set_at).await;
        assert_eq!(tags(&past), [("env", "prod"), ("rack", "")]);
        assert_eq!(past.tag_lock("env").unwrap().set_at, set_at);
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_and_the_history_name_each_tag() {
    on_both(async |register| {
        let (lab, id) = lab(register, &[("test", "red")]).await;
        let both = AssetEdit {
            set: vec![(Attr::Description, "Books".to_owned())],
            tag_set: owned(&[("env", "prod")]),
            tag_remove: keys(&["team"]),
            ..AssetEdit::default()
        };
        edit(&lab, id, both).await;
        let release = AssetEdit { tag_release: keys(&["team", "rack"]), ..AssetEdit::default() };
        edit(&lab, id, release).await;
        let log = lab.service.audit_list(&admin(), None, 100).await.unwrap();
        let edits: Vec<_> = log
            .iter()
            .filter(|one| one.action == "asset.edit")
            .map(|one| one.detail.clone().unwrap())
            .collect();
        let set =
            json!({ "set description": "Books", "set tag env": "prod", "removed tag team": true });
        // One that was not held is not told of.
        assert_eq!(edits, [json!({ "released tag team": true }), set]);
        let changes = lab.service.asset_changes(&admin(), id, None, None, 100).await.unwrap();
        let told: Vec<_> = changes
            .iter()
            .map(|one| (one.subject.as_str(), one.before.as_deref(), one.after.as_deref()))
            .collect();
        assert!(told.contains(&("tag:env", None, Some("prod"))), "{told:?}");
        assert!(told.contains(&("tag:team", Some("red"), None)), "{told:?}");
        assert!(told.contains(&("tag:team", None, Some("red"))), "{told:?}");
        assert!(told.contains(&("env", Some("test"), Some("prod"))), "{told:?}");
        assert_eq!(changes[0].actor, "cli:test");
    })
    .await;
}

#[tokio::test]
async fn everything_wrong_with_an_edit_is_said_at_once_and_nothing_is_written() {
    on_both(async |register| {
        let (lab, id) = lab(register, &[("test", "red")]).await;
        let wrong = AssetEdit {
            set: vec![(Attr::Owner, "nobody".to_owned())],
            tag_set: owned(&[
                ("rack", "12"),
                ("  ", "x"),
                ("env", "prod"),
                ("note", "two\nlines"),
                ("long", &"x".repeat(2049)),
                (&"k".repeat(257), "x"),
            ]),
            tag_remove: keys(&["Environment"]),
            tag_release: keys(&["rack"]),
            ..AssetEdit::default()
        };
        let before = lab.service.audit_list(&admin(), None, 100).await.unwrap();
        let error = lab.service.asset_edit(&admin(), id, &wrong).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        let lines: Vec<&str> = error.message.lines().collect();
        let long = "k".repeat(40);
        assert_eq!(
            lines,
            [
                "owner: there is no person or team `nobody`; `cadastre party add` makes one",
                "tag `note`: its value holds a control character, such as the end of a line",
                "tag `long`: its value has 2049 characters; at most 2048",
                format!("tag `{long}`: its key has 257 characters; at most 256").as_str(),
                "a tag has a key; expected one, such as team",
                "tag `Environment`: is the same tag as `env`; say once what it is to be",
                "tag `rack`: named twice; say once what it is to be",
            ]
        );
        assert_eq!(lab.service.audit_list(&admin(), None, 100).await.unwrap(), before);
        assert!(page(&lab, id).await.tag_locks.is_empty());
    })
    .await;
}

#[tokio::test]
async fn many_are_read_as_one_is() {
    on_both(async |register| {
        let volumes: Vec<_> = (1..=9).map(|number| volume(&number.to_string())).collect();
        let lab = Lab::new(register, playing([complete("a", volumes)]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let sent = async |ids: std::ops::RangeInclusive<i64>| {
            lab.clock_moves(MINUTE);
            let edit = AssetEdit { tag_set: owned(&[("env", "prod")]), ..AssetEdit::default() };
            let change = |id| AssetChange { id: AssetId(id), edit: edit.clone(), versions: None };
            let changes: Vec<_> = ids.map(change).collect();
            let before = lab.store.statements();
            lab.service.asset_edit_all(&admin(), &changes).await.unwrap();
            lab.store.statements() - before
        };
        let (alone, together) = (sent(1..=1).await, sent(2..=9).await);
        assert_eq!(lab.count("tag:env=prod").await, 9);
        // Each more asset costs what is written of its tag and told of it, and no reading of the asset.
        let each = (together - alone) / 7;
        assert!(each <= 5, "{each} statements for each more asset: {alone}, then {together}");
    })
    .await;
}
