//! What one run makes of its scopes: batches, duplicates, things that move, ageing and its brake.

use super::collectors::{complete, playing, tagged, volume};
use super::lab::{Lab, admin, on_both, quick};
use cadastre_collect::Event;
use cadastre_collect::testing::Script;
use cadastre_model::{
    Claim, Conflict, ConflictKind, Coverage, Decision, Observation, RecordState, RelationType,
    RunStatus, Target,
};
use cadastre_service::RunSettings;

/// Two scopes that are open side by side: `events` says what is seen where, in that order.
fn side_by_side(events: impl IntoIterator<Item = (&'static str, Observation)>) -> Script {
    let opened = ["a", "b"].map(|scope| Event::ScopeStarted { scope: scope.to_owned() });
    let seen = events.into_iter().map(|(scope, mut one)| {
        scope.clone_into(&mut one.scope);
        Event::Seen(Box::new(one))
    });
    let closed = ["a", "b"].map(|scope| Event::ScopeFinished {
        scope: scope.to_owned(),
        coverage: Coverage::complete(),
    });
    Script::of(opened.into_iter().chain(seen).chain(closed))
}

fn many(prefix: &str, count: usize) -> Vec<Observation> {
    (0..count).map(|number| volume(&format!("{prefix}{number:03}"))).collect()
}

#[tokio::test]
async fn every_batch_size_takes_everything_in_once() {
    on_both(async |register| {
        let counts = [0_usize, 1, 2, 3, 4, 6, 7];
        let scripts = counts.iter().flat_map(|count| {
            let scope = format!("of-{count}");
            let seen = many(&format!("{count}-"), *count);
            [complete(&scope, seen.clone()), complete(&scope, seen)]
        });
        let settings = RunSettings { batch: 3, ..quick() };
        let lab = Lab::new(register, playing(scripts.collect::<Vec<_>>()), settings);
        lab.add("it", "play", None).await;
        let mut all = 0;
        for count in counts {
            let count = u64::try_from(count).unwrap();
            all += count;
            let first = lab.run("it").await;
            assert_eq!((first.counts.seen, first.counts.created), (count, count));
            let second = lab.run("it").await;
            assert_eq!((second.counts.unchanged, second.counts.created), (count, 0));
            assert_eq!(lab.count("is:any").await, all);
        }
    })
    .await;
}

#[tokio::test]
async fn a_relation_reaches_over_the_edge_of_a_batch_and_of_a_scope() {
    on_both(async |register| {
        let claim =
            |target: &str| Claim::new(RelationType::AttachedTo, Target::Native(target.to_owned()));
        let mut first = volume("first");
        first.claims.extend([claim("last"), claim("elsewhere")]);
        let mut seen = vec![first];
        seen.extend(many("between", 5));
        seen.push(volume("last"));
        let script = complete("a", seen).scope("b", [volume("elsewhere")], Coverage::complete());
        let settings = RunSettings { batch: 2, ..quick() };
        let lab = Lab::new(register, playing([script]), settings);
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let id = lab.asset("first").await;
        let page = lab.service.asset_fetch(&admin(), id, None).await.unwrap();
        let mut others: Vec<&str> = page.relations.iter().map(|line| line.name.as_str()).collect();
        others.sort_unstable();
        assert_eq!(others, ["elsewhere", "last"]);
    })
    .await;
}

#[tokio::test]
async fn a_thing_listed_twice_is_one_record_and_one_asset() {
    on_both(async |register| {
        let twice = [tagged("1", "red"), volume("2"), tagged("1", "red")];
        let settled = [tagged("1", "red"), volume("2")];
        let at_odds = [volume("2"), tagged("1", "red"), volume("1")];
        let settings = RunSettings { batch: 100, ..quick() };
        let scripts = [complete("a", twice), complete("a", settled), complete("b", at_odds)];
        let lab = Lab::new(register, playing(scripts), settings);
        lab.add("it", "play", None).await;
        let report = lab.run("it").await;
        assert_eq!((report.status, report.counts.created), (RunStatus::Complete, 2));
        assert_eq!(lab.count("is:any").await, 2);
        let report = lab.run("it").await;
        assert_eq!((report.counts.unchanged, report.counts.updated), (2, 0));
        // With other words the second time: one of them is kept and the run says so.
        lab.run("it").await;
        assert_eq!(lab.count("is:any").await, 2);
        let errors = lab.store.run_errors(lab.runs().await[0].id, 0, 10).await.unwrap();
        assert!(errors.iter().any(|error| error.subject == "1"), "{errors:?}");
    })
    .await;
}

#[tokio::test]
async fn a_duplicate_in_a_later_batch_makes_no_second_record() {
    on_both(async |register| {
        let seen = ["1", "2", "3", "1", "4", "2"].map(volume);
        let settings = RunSettings { batch: 2, ..quick() };
        let scripts = [complete("a", seen.clone()), complete("a", seen)];
        let lab = Lab::new(register, playing(scripts), settings);
        lab.add("it", "play", None).await;
        assert_eq!(lab.run("it").await.counts.created, 4);
        let again = lab.run("it").await;
        assert_eq!((again.counts.created, again.counts.updated), (0, 0));
        assert_eq!(lab.count("is:any").await, 4);
        assert_eq!(lab.records("it", "a").await.len(), 4);
    })
    .await;
}

/// Whatever order the scopes come in: what moved from `a` to `b` is live, and never was anything else.
async fn moves(lab: &Lab, script_is: &str) {
    lab.run("it").await;
    let id = lab.asset("mover").await;
    let report = lab.run("it").await;
    assert_eq!((report.status, report.counts.stale), (RunStatus::Complete, 0), "{script_is}");
    assert_eq!(lab.count("is:stale").await, 0, "{script_is}");
    assert_eq!(lab.asset("mover").await, id, "{script_is}: it is the same asset");
    let changes = lab.service.asset_changes(&admin(), id, None, None, 100).await.unwrap();
    assert!(!changes.iter().any(|line| line.subject == "freshness"), "{script_is}: {changes:?}");
    assert_eq!(lab.records("it", "b").await.get("mover"), Some(&RecordState::Live), "{script_is}");
    assert!(!lab.records("it", "a").await.contains_key("mover"), "{script_is}");
    // The next run agrees.
    let report = lab.run("it").await;
    assert_eq!((report.counts.updated, report.counts.stale), (0, 0), "{script_is}");
}

#[tokio::test]
async fn what_moves_to_another_scope_does_not_age() {
    let stays = || many("stays", 9);
    let moved = |script: Script| {
        let before = complete("a", stays().into_iter().chain([volume("mover")])).scope(
            "b",
            [volume("other")],
            Coverage::complete(),
        );
        [before, script.clone(), script]
    };
    let there = || [volume("other"), volume("mover")];
    let old_first = complete("a", stays()).scope("b", there(), Coverage::complete());
    let new_first = complete("b", there()).scope("a", stays(), Coverage::complete());
    let mixed = side_by_side(
        stays().into_iter().map(|one| ("a", one)).chain(there().map(|one| ("b", one))),
    );
    for (name, script) in [("old first", old_first), ("new first", new_first), ("mixed", mixed)] {
        let scripts = moved(script);
        for batch in [1, 100] {
            on_both(async |register| {
                let settings = RunSettings { batch, ..quick() };
                let lab = Lab::new(register, playing(scripts.clone()), settings);
                lab.add("it", "play", None).await;
                moves(&lab, name).await;
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_move_of_most_of_a_scope_is_no_loss_to_ask_about() {
    let mut moved = many("v", 40);
    let stays = moved.split_off(30);
    moved.push(volume("x"));
    let old_first = complete("a", stays.clone()).scope("b", moved.clone(), Coverage::complete());
    let new_first = complete("b", moved).scope("a", stays, Coverage::complete());
    for (order, after) in [("old first", old_first), ("new first", new_first)] {
        on_both(async |register| {
            let before = complete("a", many("v", 40));
            let before = before.scope("b", [volume("x")], Coverage::complete());
            let lab = Lab::new(register, playing([before, after.clone()]), quick());
            lab.add("it", "play", None).await;
            lab.run("it").await;
            let report = lab.run("it").await;
            assert_eq!((report.counts.conflicts, report.counts.stale), (0, 0), "{order}");
            let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
            assert!(open.is_empty(), "{order}: {open:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_missing_from_a_complete_scope_turns_stale_once_and_revives() {
    on_both(async |register| {
        let all = || complete("a", many("v", 10));
        let less = || complete("a", many("v", 9));
        let lab = Lab::new(register, playing([all(), less(), less(), all()]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        let seen = lab.clock_moves(1000);
        let report = lab.run("it").await;
        assert_eq!((report.counts.stale, report.counts.unchanged), (1, 9));
        let id = lab.asset("is:stale").await;
        let page = lab.service.asset_fetch(&admin(), id, None).await.unwrap();
        assert!(page.last_seen < seen, "it was last seen by the run before");
        lab.clock_moves(1000);
        let report = lab.run("it").await;
        assert_eq!((report.counts.stale, report.counts.gone), (0, 0), "once is enough");
        lab.clock_moves(1000);
        let report = lab.run("it").await;
        assert_eq!((report.counts.updated, lab.count("is:stale").await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn an_empty_answer_is_held_until_a_person_lets_it_pass() {
    on_both(async |register| {
        let all = complete("a", many("v", 10));
        let none = || complete("a", []);
        let lab = Lab::new(register, playing([all, none(), none(), none()]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;

        let report = lab.run("it").await;
        assert_eq!((report.status, report.counts.conflicts), (RunStatus::Complete, 1));
        assert_eq!((report.counts.stale, lab.count("is:stale").await), (0, 0));
        let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
        let [held] = &open[..] else { panic!("{open:?}") };
        assert!(
            matches!(held.kind, ConflictKind::AgeingHeld { missing: 10, known: 10, .. }),
            "{held:?}"
        );

        // The same question is asked once.
        lab.run("it").await;
        assert_eq!(lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap().len(), 1);
        assert_eq!(lab.count("is:stale").await, 0);

        lab.service.conflict_decide(&admin(), held.id, Decision::Accept).await.unwrap();
        let report = lab.run("it").await;
        assert_eq!(report.counts.stale, 10);
        assert_eq!(lab.count("is:stale").await, 10);
        assert!(lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_held_scope_that_is_rejected_goes_on_being_held() {
    on_both(async |register| {
        let all = || complete("a", many("v", 10));
        let half = || complete("a", many("v", 4));
        let lab = Lab::new(register, playing([all(), half(), half(), all()]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        assert_eq!(lab.run("it").await.counts.conflicts, 1);
        let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
        lab.service.conflict_decide(&admin(), open[0].id, Decision::Reject).await.unwrap();
        let report = lab.run("it").await;
        assert_eq!((report.counts.stale, report.counts.conflicts), (0, 1), "it arises anew");
        let report = lab.run("it").await;
        assert_eq!((report.counts.unchanged, lab.count("is:stale").await), (10, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_is_what_the_last_run_found() {
    on_both(async |register| {
        let seen = [10, 4, 4, 3, 10].map(|left| complete("a", many("v", left)));
        let lab = Lab::new(register, playing(seen), quick());
        lab.add("it", "play", None).await;
        let asked = async || {
            lab.run("it").await;
            let all = lab.service.conflict_list(&admin(), true, 0, 10).await.unwrap();
            let tell = |one: Conflict| match one.kind {
                ConflictKind::AgeingHeld { missing, .. } => (missing, one.withdrawn.is_some()),
                other => panic!("{other:?}"),
            };
            all.into_iter().map(tell).collect::<Vec<_>>()
        };
        assert_eq!(asked().await, []);
        assert_eq!(asked().await, [(6, false)]);
        assert_eq!(asked().await, [(6, false)], "the same question is asked once");
        assert_eq!(asked().await, [(6, true), (7, false)], "with other figures it is another");
        assert_eq!(asked().await, [(6, true), (7, true)], "everything was seen again");
        assert_eq!(lab.count("is:stale").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_yes_is_to_what_was_asked() {
    // Forty of a hundred are missing, and let age. Of the next run a few more, or everything.
    for (left, is_let) in [(60, true), (56, true), (55, false), (0, false)] {
        on_both(async |register| {
            let scripts = [many("v", 100), many("v", 60), many("v", left)];
            let lab = Lab::new(register, playing(scripts.map(|seen| complete("a", seen))), quick());
            lab.add("it", "play", None).await;
            lab.run("it").await;
            lab.run("it").await;
            let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
            lab.service.conflict_decide(&admin(), open[0].id, Decision::Accept).await.unwrap();
            let missing = 100 - u64::try_from(left).unwrap();
            let counts = lab.run("it").await.counts;
            let expected = if is_let { (missing, 0) } else { (0, 1) };
            assert_eq!((counts.stale, counts.conflicts), expected, "{missing} are missing");
            let open = lab.service.conflict_list(&admin(), false, 0, 10).await.unwrap();
            let asked: Vec<_> = open.into_iter().map(|one| one.kind).collect();
            match (is_let, &asked[..]) {
                (true, []) => {}
                (false, [ConflictKind::AgeingHeld { missing: now, .. }]) => {
                    assert_eq!(*now, missing)
                }
                other => panic!("{other:?}"),
            }
        })
        .await;
    }
}
