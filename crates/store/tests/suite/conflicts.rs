//! Decisions left to people: asked once, decided for good, held ageing let through once.

use crate::support::{Estate, Lab, T0, at, intent, write};
use cadastre_model::{
    AssetId, ConflictKind, ConflictWrite, Counts, Decision, Enumeration, Identifier, Plan,
    RecordKey, RunStatus, ScopeReport,
};
use cadastre_store::StoreError;

on_both! {
    a_question_is_asked_once
    decided_is_decided
    held_ageing_is_let_through_once
    a_question_is_withdrawn_when_a_run_finds_otherwise
    a_source_that_is_removed_leaves_no_question
    many_questions_at_once
    a_question_of_any_length
}

fn identity(record: i64) -> ConflictWrite {
    ConflictWrite {
        kind: ConflictKind::Identity {
            record: RecordKey(record),
            provisional: AssetId(record),
            candidates: vec![AssetId(1), AssetId(2)],
            evidence: Identifier::mac("00:50:56:ab:cd:ef").into_iter().collect(),
        },
        reason: format!("two fit record {record}"),
    }
}

fn held(estate: &Estate, missing: u64) -> ConflictWrite {
    let kind = ConflictKind::AgeingHeld { scope: estate.scope, missing, known: 100 };
    ConflictWrite { kind, reason: "too much is missing".to_owned() }
}

async fn ask(lab: &Lab, estate: &Estate, seconds: i64, conflicts: Vec<ConflictWrite>) {
    let plan = Plan { conflicts, ..Plan::default() };
    assert_eq!(estate.apply(&lab.store, at(seconds), &plan).await, None, "a question is no change");
}

async fn open(lab: &Lab) -> Vec<i64> {
    let conflicts = lab.store.conflict_list(false, 0, 10_000).await.unwrap();
    conflicts.iter().map(|conflict| conflict.id).collect()
}

async fn decide(lab: &Lab, id: i64, decision: Decision, seconds: i64) {
    let mut tx = lab.store.begin_write(intent(at(seconds))).await.unwrap();
    tx.conflict_open(id).await.unwrap();
    tx.conflict_decide(id, decision).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_question_is_asked_once(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    ask(&lab, &estate, 0, vec![identity(1), identity(2), identity(1)]).await;
    ask(&lab, &estate, 1, vec![identity(2), identity(3)]).await;
    let all = lab.store.conflict_list(false, 0, 100).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].kind, identity(1).kind);
    assert_eq!(all[0].reason, "two fit record 1");
    assert_eq!((all[0].opened_at, all[2].opened_at, &all[0].decided), (T0, at(1), &None));
    let rest = lab.store.conflict_list(false, all[0].id, 1).await.unwrap();
    assert_eq!(rest, all[1..2], "page by page");
    let opened: Vec<String> = lab
        .store
        .audit_list(None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| format!("{} {}", entry.action, entry.subject))
        .collect();
    assert_eq!(
        opened,
        ["identity:3", "identity:2", "identity:1"].map(|one| format!("conflict.open {one}"))
    );
}

async fn decided_is_decided(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    ask(&lab, &estate, 0, vec![identity(1)]).await;
    let id = open(&lab).await[0];
    decide(&lab, id, Decision::Reject, 5).await;
    assert_eq!(open(&lab).await, Vec::<i64>::new());
    let decided = lab.store.conflict_list(true, 0, 10).await.unwrap();
    assert_eq!(decided[0].decided, Some((Decision::Reject, at(5), "user:test".to_owned())));
    ask(&lab, &estate, 6, vec![identity(1)]).await;
    assert_eq!(open(&lab).await, Vec::<i64>::new(), "a person has answered");
    let tx = lab.store.begin_write(intent(at(7))).await.unwrap();
    for unknown in [id, id + 1] {
        let error = tx.conflict_open(unknown).await.unwrap_err();
        assert!(matches!(error, StoreError::Unknown { .. }), "{error}");
    }
}

async fn held_ageing_is_let_through_once(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let beat = async |seconds: i64, coverage, error: Option<&str>| {
        write(&lab.store, at(seconds), async |tx| {
            let run = tx.run_start(estate.source.id, "cloud", T0).await?;
            let scope = "eu".to_owned();
            let error = error.map(str::to_owned);
            let report = ScopeReport { scope, coverage, seen: 0, error, is_increment: false };
            tx.run_scope(run, estate.scope, &report).await?;
            tx.run_finish(run, RunStatus::Complete, &Counts::default(), None).await
        })
        .await;
    };
    let accepted = async || lab.store.ageing_accepted(estate.scope).await.unwrap();
    ask(&lab, &estate, 0, vec![held(&estate, 60)]).await;
    ask(&lab, &estate, 1, vec![held(&estate, 61)]).await;
    assert_eq!(open(&lab).await, [2], "with other figures it is another question");
    assert_eq!(accepted().await, None);
    decide(&lab, 2, Decision::Accept, 5).await;
    assert_eq!(accepted().await, Some(61), "as many as the person was asked about");
    beat(6, Enumeration::Partial, None).await;
    assert_eq!(accepted().await, Some(61), "a partial enumeration ages nothing");
    beat(7, Enumeration::Complete, Some("stopped")).await;
    assert_eq!(accepted().await, Some(61), "nor does a run that was stopped after it");
    beat(8, Enumeration::Complete, None).await;
    assert_eq!(accepted().await, None, "used up");
    ask(&lab, &estate, 9, vec![held(&estate, 70)]).await;
    assert_eq!(open(&lab).await.len(), 1, "held anew");
    decide(&lab, open(&lab).await[0], Decision::Reject, 10).await;
    assert_eq!(accepted().await, None);
    ask(&lab, &estate, 11, vec![held(&estate, 70)]).await;
    assert_eq!(open(&lab).await.len(), 1, "no is not for good");
}

async fn a_question_is_withdrawn_when_a_run_finds_otherwise(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let settled = async |seconds: i64| {
        write(&lab.store, at(seconds), async |tx| tx.ageing_settled(estate.scope).await).await
    };
    let entries = async || lab.store.audit_list(None, 10).await.unwrap().len();
    settled(0).await;
    assert_eq!(entries().await, 0, "nothing was asked, so nothing is withdrawn");
    ask(&lab, &estate, 1, vec![held(&estate, 60), identity(1)]).await;
    ask(&lab, &estate, 2, vec![held(&estate, 60)]).await;
    assert_eq!(entries().await, 2, "asked once while it stays as it is");
    settled(3).await;
    settled(4).await;
    let all = lab.store.conflict_list(true, 0, 10).await.unwrap();
    let over: Vec<_> = all.iter().map(|one| (&one.decided, &one.withdrawn)).collect();
    assert_eq!(over, [(&None, &Some((at(3), "user:test".to_owned()))), (&None, &None)]);
    assert_eq!(open(&lab).await, [all[1].id], "about identity it is not for a run to say");
    assert_eq!(entries().await, 3);
    let tx = lab.store.begin_write(intent(at(5))).await.unwrap();
    tx.conflict_open(all[0].id).await.expect_err("nobody can decide what is over");
    drop(tx);
    ask(&lab, &estate, 6, vec![held(&estate, 60)]).await;
    assert_eq!(open(&lab).await.len(), 2, "it may arise anew");
}

async fn a_source_that_is_removed_leaves_no_question(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let other = Estate::named(&lab.store, "other").await;
    ask(&lab, &estate, 1, vec![held(&estate, 60), identity(1)]).await;
    ask(&lab, &other, 2, vec![held(&other, 60)]).await;
    write(&lab.store, at(3), async |tx| tx.source_remove(estate.source.id).await).await;
    let all = lab.store.conflict_list(true, 0, 10).await.unwrap();
    let is_withdrawn: Vec<bool> = all.iter().map(|one| one.withdrawn.is_some()).collect();
    assert_eq!(is_withdrawn, [true, false, false], "{all:?}");
}

async fn many_questions_at_once(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    ask(&lab, &estate, 0, (1..=1500).step_by(2).map(identity).collect()).await;
    let before = lab.store.statements();
    ask(&lab, &estate, 1, (1..=1500).map(identity).collect()).await;
    let sent = lab.store.statements() - before;
    assert!(sent < 60, "{sent} statements for 1500 questions");
    assert_eq!(open(&lab).await.len(), 1500);
    assert_eq!(lab.store.audit_check().await.unwrap().broken, None);
}

async fn a_question_of_any_length(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let suggestion = |last: i64| ConflictWrite {
        kind: ConflictKind::Suggestion {
            record: RecordKey(1),
            candidates: (1..2000).chain([last]).map(AssetId).collect(),
            evidence: Vec::new(),
        },
        reason: "many fit".to_owned(),
    };
    ask(&lab, &estate, 0, vec![suggestion(5000), suggestion(5001)]).await;
    ask(&lab, &estate, 1, vec![suggestion(5000)]).await;
    let all = lab.store.conflict_list(false, 0, 10).await.unwrap();
    let kinds: Vec<&ConflictKind> = all.iter().map(|conflict| &conflict.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&&suggestion(5000).kind) && kinds.contains(&&suggestion(5001).kind));
}
