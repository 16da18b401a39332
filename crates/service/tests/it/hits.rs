//! What a person may mean while typing: what is called so comes before what only mentions it.

use super::collectors::{complete, playing, tagged};
use super::lab::{Lab, admin, on_both, quick};
use cadastre_model::{Attr, Observation};

/// A volume of a name and a team.
fn called(name: &str, team: &str) -> Observation {
    let mut volume = tagged(name, team);
    volume.state_text(Attr::Name, Some(name));
    volume
}

async fn names(lab: &Lab, text: &str, limit: u32) -> Vec<String> {
    let query = lab.service.query(text).unwrap();
    let hits = lab.service.asset_hits(&admin(), &query, limit).await.unwrap();
    hits.into_iter().map(|row| row.doc.name).collect()
}

#[tokio::test]
async fn names_come_before_what_mentions_the_word() {
    on_both(async |register| {
        let estate = [
            called("basket-1", "payments"),
            called("db-payments-1", "payments"),
            called("db-payments-2", "data"),
            called("payments", "data"),
            called("queue", "data"),
        ];
        let lab = Lab::new(register, playing([complete("a", estate)]), quick());
        lab.add("it", "play", None).await;
        lab.run("it").await;
        // As it is in a process that serves.
        lab.store.present_keep().await.unwrap();
        let all = ["payments", "db-payments-1", "db-payments-2", "basket-1"];
        assert_eq!(names(&lab, "Payments", 8).await, all);
        assert_eq!(names(&lab, "payments", 3).await, all[..3]);
        assert_eq!(names(&lab, "payments", 1).await, all[..1]);
        assert_eq!(names(&lab, "pay*1 tag:team=payments", 8).await, ["db-payments-1"]);
        assert_eq!(names(&lab, "payments data", 8).await, ["db-payments-2", "payments"]);
        assert_eq!(names(&lab, "tag:team=data", 2).await, ["db-payments-2", "payments"]);
        assert_eq!(names(&lab, "no-such", 8).await, [""; 0]);
    })
    .await;
}
