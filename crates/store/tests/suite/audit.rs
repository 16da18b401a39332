//! The audit log: it verifies as it is, and any tampering is found where it was done.

use crate::support::{Lab, at, intent};
use cadastre_store::AuditCheck;

on_both! {
    an_untouched_chain_verifies
    every_kind_of_tampering_is_found
    an_erased_detail_still_verifies
    entries_come_page_by_page
}

/// Twelve entries in six transactions.
async fn log(lab: &Lab) {
    for number in 1..=6 {
        let mut tx = lab.store.begin_write(intent(at(number))).await.unwrap();
        let detail = serde_json::json!({ "number": number, "word": "é\u{0}\"'" });
        tx.audit("source.add", &format!("source:{number}"), Some(&detail)).await.unwrap();
        tx.audit("source.remove", &format!("source:{number}\u{0}"), None).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn check(lab: &Lab) -> AuditCheck {
    lab.store.audit_check().await.unwrap()
}

async fn an_untouched_chain_verifies(lab: Lab) {
    let empty = check(&lab).await;
    assert_eq!((empty.entries, empty.broken), (0, None));
    assert_eq!(empty.head, "0".repeat(64));
    log(&lab).await;
    let whole = check(&lab).await;
    assert_eq!((whole.entries, &whole.broken), (12, &None));
    let entries = lab.store.audit_list(None, 1).await.unwrap();
    assert_eq!((entries[0].seq, &entries[0].hash), (12, &whole.head));
    // A transaction that was dropped takes no number.
    let mut tx = lab.store.begin_write(intent(at(9))).await.unwrap();
    tx.audit("nothing", "at all", None).await.unwrap();
    drop(tx);
    assert_eq!(check(&lab).await, whole);
}

async fn every_kind_of_tampering_is_found(lab: Lab) {
    log(&lab).await;
    let (zero, bytes) = match lab.is_sqlite() {
        true => ("zeroblob(32)", "x'00'"),
        false => (r"decode(repeat('00', 32), 'hex')", r"'\x00'::bytea"),
    };
    let whole = check(&lab).await;
    let keep = "CREATE TABLE kept AS SELECT * FROM audit";
    lab.raw(keep).await;
    let columns = "seq, at, actor, action, subject, detail, salt, detail_digest, previous, hash";
    for (tampering, found_at, why) in [
        ("UPDATE audit SET subject = 'source:9' WHERE seq = 3", 3, "hash"),
        ("UPDATE audit SET action = 'source.adds' WHERE seq = 5", 5, "hash"),
        ("UPDATE audit SET actor = 'user:mallory' WHERE seq = 1", 1, "hash"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 12", 12, "hash"),
        // A letter moved from one word to the next.
        ("UPDATE audit SET actor = 'user:tes', action = 'tsource.add' WHERE seq = 3", 3, "hash"),
        ("UPDATE audit SET detail = '{\"number\":9}' WHERE seq = 7", 7, "detail"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 8", 8, "detail"),
        (&format!("UPDATE audit SET salt = {bytes} WHERE seq = 7"), 7, "detail"),
        (&format!("UPDATE audit SET detail_digest = {zero} WHERE seq = 7"), 7, "hash"),
        (&format!("UPDATE audit SET hash = {zero} WHERE seq = 4"), 4, "hash"),
        (&format!("UPDATE audit SET previous = {zero} WHERE seq = 4"), 4, "hash"),
        ("DELETE FROM audit WHERE seq = 6", 7, "entry 6 is missing"),
        ("DELETE FROM audit WHERE seq = 1", 2, "entry 1 is missing"),
        ("DELETE FROM audit WHERE seq < 4", 4, "entry 1 is missing"),
        // Reordered, and closed up after a row was dropped.
        (
            "UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; \
          UPDATE audit SET seq = 4 WHERE seq = 99",
            3,
            "hash",
        ),
        ("DELETE FROM audit WHERE seq = 11; UPDATE audit SET seq = 11 WHERE seq = 12", 11, "hash"),
    ] {
        lab.raw(tampering).await;
        let found = check(&lab).await;
        let (seq, told) = found.broken.expect(tampering);
        assert_eq!(seq, found_at, "{tampering}: {told}");
        assert!(told.contains(why), "{tampering}: {told}");
        lab.raw(&format!(
            "DELETE FROM audit; INSERT INTO audit ({columns}) SELECT {columns} FROM kept"
        ))
        .await;
        assert_eq!(check(&lab).await, whole);
    }
    // Entries cut off the end are found only by who kept the head.
    lab.raw("DELETE FROM audit WHERE seq = 12").await;
    let cut = check(&lab).await;
    assert_eq!((cut.entries, &cut.broken), (11, &None));
    assert_ne!(cut.head, whole.head);
}

async fn an_erased_detail_still_verifies(lab: Lab) {
    log(&lab).await;
    let whole = check(&lab).await;
    lab.raw("UPDATE audit SET detail = NULL WHERE seq = 3").await;
    assert_eq!(check(&lab).await, whole);
    let entries = lab.store.audit_list(Some(4), 1).await.unwrap();
    assert_eq!((entries[0].seq, &entries[0].detail), (3, &None));
}

async fn entries_come_page_by_page(lab: Lab) {
    log(&lab).await;
    let mut read = Vec::new();
    loop {
        let before = read.last().map(|entry: &cadastre_store::AuditEntry| entry.seq);
        let page = lab.store.audit_list(before, 5).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page);
    }
    let numbers: Vec<i64> = read.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=12).rev().collect::<Vec<i64>>());
    let first = &read[11];
    assert_eq!((first.at, first.actor.as_str()), (at(1), "user:test"));
    assert_eq!((first.action.as_str(), first.subject.as_str()), ("source.add", "source:1"));
    let detail = serde_json::json!({ "number": 1, "word": "é\u{0}\"'" });
    assert_eq!(first.detail, Some(detail));
    assert_eq!(read[10].subject, "source:1\u{fffd}");
}
