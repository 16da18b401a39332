//! A run told to a browser while it goes on: events, their end, and no more of them than there is
//! room for.

use super::*;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use cadastre_model::{Counts, RunId, RunProgress, RunStatus, SourceId, SourceKind, Timestamp};
use cadastre_service::store::{Intent, Urgency, WriteTx};

impl Site {
    async fn write<R>(
        &self,
        step: impl AsyncFnOnce(&mut WriteTx<'_>) -> cadastre_service::store::Result<R>,
    ) -> R {
        let intent = Intent {
            actor: "worker".to_owned(),
            now: self.service.now(),
            reason: String::new(),
            run: None,
            urgency: Urgency::Batch,
        };
        let mut tx = self.store.begin_write(intent).await.unwrap();
        let done = step(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        done
    }

    /// A run that some other process carries out.
    async fn run_begins(&self) -> RunId {
        self.write(async |tx| {
            let settings = serde_json::json!({ "table": {}, "secrets": {}, "recording": null });
            let source: SourceId = tx.source_add("cloud", SourceKind::Aws, None, &settings).await?;
            tx.run_start(source, "cloud", Timestamp(0)).await
        })
        .await
    }
}

/// The events of a stream until it has told `until` or is at its end; comments are left out.
async fn events(answer: &mut Response<Body>, until: &str) -> String {
    let mut told = String::new();
    while let Some(frame) = answer.body_mut().frame().await {
        let data = frame.unwrap().into_data().unwrap();
        let text = std::str::from_utf8(&data).unwrap();
        told.extend(
            text.lines().filter(|line| !line.starts_with(':')).flat_map(|line| [line, "\n"]),
        );
        if told.contains(until) {
            break;
        }
    }
    told
}

#[tokio::test]
async fn a_run_is_told_as_it_goes_on_to_its_end() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let run = site.run_begins().await;
    let path = format!("/runs/{run}/events");
    let mut stream = site.get(&path, Some(&cookie)).await;
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(stream.headers()[CONTENT_TYPE], "text/event-stream");
    assert_eq!(stream.headers()[CACHE_CONTROL], "no-cache");
    let first = events(&mut stream, "data: ").await;
    assert!(first.contains("\"status\":\"running\"") && first.contains("\"seen\":0"), "{first}");

    let mut progress = RunProgress::default();
    progress.scope_opened("eu");
    progress.scope_seen("eu", 7);
    site.write(async |tx| tx.run_progress(run, &progress).await).await;
    let next = events(&mut stream, "\"seen\":7").await;
    assert!(next.contains("\"scope\":\"eu\",\"coverage\":null,\"seen\":7"), "{next}");

    let counts = Counts { seen: 9, ..Counts::default() };
    site.write(async |tx| tx.run_finish(run, RunStatus::Complete, &counts, None).await).await;
    let rest = events(&mut stream, "there is no such event").await;
    assert!(rest.ends_with("event: end\ndata: complete\n\n"), "the stream is at its end: {rest}");
    assert!(rest.contains("\"seen\":9"), "{rest}");

    // Who comes late is told the end at once.
    let late = text_of(site.get(&path, Some(&cookie)).await).await;
    assert_eq!(late.matches("data: ").count(), 2, "{late}");
    assert!(late.ends_with("event: end\ndata: complete\n\n"), "{late}");
    let nowhere = site.get("/runs/99/events", Some(&cookie)).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn streams_do_not_pile_up() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let path = format!("/runs/{}/events", site.run_begins().await);
    let mut open = Vec::new();
    for _ in 0..10 {
        let stream = site.get(&path, Some(&cookie)).await;
        assert_eq!(stream.status(), StatusCode::OK);
        open.push(stream);
    }
    let refused = site.get(&path, Some(&cookie)).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[RETRY_AFTER], "30");
    let another = site.logged_in(Role::Editor).await;
    assert_eq!(site.get(&path, Some(&another)).await.status(), StatusCode::OK);
    // Who leaves makes room.
    open.pop();
    assert_eq!(site.get(&path, Some(&cookie)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_session_that_ends_ends_its_streams() {
    let site = Site::new().await;
    let (gone, stays) = (site.logged_in(Role::Reader).await, site.logged_in(Role::Editor).await);
    let path = format!("/runs/{}/events", site.run_begins().await);
    let mut theirs = site.get(&path, Some(&gone)).await;
    let mut others = site.get(&path, Some(&stays)).await;
    for stream in [&mut theirs, &mut others] {
        events(stream, "data: ").await;
    }
    let out = site.send("POST", "/logout", Some(&gone), "").await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    let rest = events(&mut theirs, "there is no such event").await;
    assert!(!rest.contains("event: end"), "the run goes on: {rest}");
    let goes_on = events(&mut others, "data: ").await;
    assert!(goes_on.contains("\"status\":\"running\""), "another's goes on: {goes_on}");
}

#[tokio::test]
async fn the_process_that_stops_ends_its_streams() {
    let site = Site::new().await;
    let cookie = site.logged_in(Role::Reader).await;
    let path = format!("/runs/{}/events", site.run_begins().await);
    let mut stream = site.get(&path, Some(&cookie)).await;
    events(&mut stream, "data: ").await;
    site.service.run_follow_no_more();
    let rest = events(&mut stream, "there is no such event").await;
    assert!(!rest.contains("event: end"), "the run goes on: {rest}");
}

#[tokio::test]
async fn a_run_that_goes_on_is_stopped_by_those_who_may() {
    let site = Site::new().await;
    let (reader, editor) = (site.logged_in(Role::Reader).await, site.logged_in(Role::Editor).await);
    let run = site.run_begins().await;
    let (page, stop) = (format!("/runs/{run}"), format!("/runs/{run}/stop"));
    let seen = text_of(site.get(&page, Some(&reader)).await).await;
    assert!(seen.contains("Refresh") && !seen.contains("Stop"), "{seen}");
    let seen = text_of(site.get(&page, Some(&editor)).await).await;
    assert!(seen.contains(&format!("action=\"{stop}\"")), "{seen}");
    assert_eq!(site.send("POST", &stop, Some(&reader), "").await.status(), StatusCode::FORBIDDEN);
    let answer = site.send("POST", &stop, Some(&editor), "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[LOCATION], page.as_str());
    let seen = text_of(site.get(&page, Some(&editor)).await).await;
    assert!(seen.contains("user:some-editor asked for it to stop"), "{seen}");
    assert!(!seen.contains("action=\"/runs/1/stop\""), "once is enough: {seen}");
    let ended = site.write(async |tx| {
        tx.run_finish(run, RunStatus::Partial, &Counts::default(), Some("stopped by x")).await
    });
    ended.await;
    // It ended a moment before: its page says how.
    let answer = site.send("POST", &stop, Some(&editor), "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(text_of(site.get(&page, Some(&editor)).await).await.contains("stopped by x"));
    for path in ["/runs/x", "/runs/0", "/runs/99", "/runs/1?changes=x", "/runs?source=nobody"] {
        let status = site.get(path, Some(&editor)).await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
}
