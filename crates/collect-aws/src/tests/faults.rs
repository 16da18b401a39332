//! What AWS can refuse, and how a run ends then.

use super::support::{
    ACCOUNT, ATTEMPTS, KINDS, TAGGED, Tape, answer, collected_until, refusal, sts_refusal, tagged,
};
use cadastre_collect::{Cause, ErrorClass, Event, TimeBase};
use cadastre_model::{Coverage, Enumeration, Kind};
use serde_json::json;

const REGION: &str = "eu-west-1";
const OTHER: &str = "us-east-1";

fn scope(region: &str) -> String {
    format!("{ACCOUNT}/{region}")
}

fn volumes(ids: &[&str], next: Option<&str>) -> String {
    let items: String =
        ids.iter().map(|id| format!("<item><volumeId>{id}</volumeId></item>")).collect();
    let next = next.map(|token| format!("<nextToken>{token}</nextToken>")).unwrap_or_default();
    answer("DescribeVolumes", &format!("<volumeSet>{items}</volumeSet>{next}"))
}

#[tokio::test]
async fn credentials_that_are_not_taken_end_the_run() {
    for (code, class, advice) in [
        ("InvalidClientTokenId", ErrorClass::Credentials, "access_key_id"),
        ("SignatureDoesNotMatch", ErrorClass::Credentials, "secret_access_key"),
        ("ExpiredToken", ErrorClass::Expired, "renew"),
        ("AccessDenied", ErrorClass::Refused, "sts:GetCallerIdentity"),
    ] {
        let tape = Tape::of(&[REGION]);
        tape.sts(403, &sts_refusal(code, "no"));
        let said = tape.played(json!({})).await;
        let error = said.error();
        assert_eq!(error.class, class, "{error}");
        assert!(error.what.contains(code) && error.hint.contains(advice), "{error}");
        assert_eq!(error.place, "sts in eu-west-1");
        assert!(said.scopes.is_empty());
    }
}

#[tokio::test]
async fn a_code_is_found_however_it_is_wrapped() {
    let tape = Tape::of(&[REGION]);
    let body = "<ErrorResponse><Errors><Error><Code>InvalidClientTokenId</Code>\
                <Message>No.</Message></Error></Errors></ErrorResponse>";
    tape.sts(403, body);
    let said = tape.played(json!({})).await;
    assert_eq!(said.error().class, ErrorClass::Credentials);
    assert!(said.error().what.contains("(InvalidClientTokenId): No."), "{}", said.error());
}

#[tokio::test]
async fn all_regions_the_account_has_opted_into() {
    let tape = Tape::known(&[]);
    let region = |name: &str, status: &str| {
        format!("<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>")
    };
    let regions = [
        region("eu-west-1", "opt-in-not-required"),
        region("af-south-1", "opted-in"),
        region("ap-east-1", "not-opted-in"),
        region("cn-north-1", "opt-in-not-required"),
    ];
    let body = format!("<regionInfo>{}</regionInfo>", regions.concat());
    tape.regions(200, &answer("DescribeRegions", &body));
    tape.empty_but("eu-west-1", &[]);
    tape.empty_but("af-south-1", &[]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    let scopes: Vec<&String> = said.scopes.keys().collect();
    assert_eq!(scopes, [&scope("af-south-1"), &scope("eu-west-1")]);
    assert!(said.scopes.values().all(|coverage| *coverage == Coverage::complete()));
}

#[tokio::test]
async fn regions_that_may_not_be_listed_end_the_run() {
    let tape = Tape::known(&[]);
    tape.regions(403, &refusal("UnauthorizedOperation", "You are not authorized"));
    let said = tape.played(json!({})).await;
    assert_eq!(said.error().class, ErrorClass::Refused);
    assert!(said.error().hint.contains("ec2:DescribeRegions"), "{}", said.error());
}

#[tokio::test]
async fn a_kind_that_is_refused_leaves_the_others_standing() {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeVpcs", 403, &refusal("UnauthorizedOperation", "You may not."));
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], None));
    tape.empty_but(REGION, &["DescribeVolumes", "DescribeVpcs"]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    said.thing("vol-1");
    assert_eq!(
        said.coverage(&scope(REGION)),
        (
            Enumeration::Partial,
            "DescribeVpcs was refused (UnauthorizedOperation): You may not.; allow the action \
             `ec2:DescribeVpcs` for these credentials"
                .to_owned()
        )
    );
}

/// Each service refuses in its own way.
#[tokio::test]
async fn each_of_the_new_kinds_is_refused_by_itself() {
    let tagging =
        r#"{"__type":"com.amazonaws.tagging#AccessDeniedException","Message":"You may not."}"#;
    for (action, body, right) in [
        ("GetEbsEncryptionByDefault", refusal("UnauthorizedOperation", "You may not."), "ec2:"),
        ("DescribeSnapshots", refusal("UnauthorizedOperation", "You may not."), "ec2:"),
        ("DescribeReservedInstances", refusal("UnauthorizedOperation", "You may not."), "ec2:"),
        (
            "DescribeLoadBalancers",
            sts_refusal("AccessDenied", "You may not."),
            "elasticloadbalancing:",
        ),
        (TAGGED, tagging.to_owned(), "tag:"),
    ] {
        let tape = Tape::known(&[REGION]);
        tape.page(REGION, action, 403, &body);
        tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], None));
        tape.empty_but(REGION, &["DescribeVolumes", action]);
        let said = tape.played(json!({})).await;
        said.assert_ok();
        said.thing("vol-1");
        let (enumeration, reason) = said.coverage(&scope(REGION));
        assert_eq!(enumeration, Enumeration::Partial, "{action}");
        assert!(reason.starts_with(&format!("{action} was refused (")), "{reason}");
        assert!(reason.contains("You may not."), "{reason}");
        assert!(
            reason.ends_with(&format!("allow the action `{right}{action}` for these credentials")),
            "{reason}"
        );
    }
}

/// What a private endpoint does not offer is no gap, and only of what nobody but AWS sells.
#[tokio::test]
async fn what_an_endpoint_does_not_offer_is_told_as_a_detail() {
    let page = "<!doctype html><h1>Internal Server Error</h1>";
    let tape = Tape::at_an_endpoint(&[REGION]);
    tape.page(REGION, "DescribeReservedInstances", 500, page);
    tape.empty_but(REGION, &["DescribeReservedInstances"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&scope(REGION)], Coverage::complete());
    let (_, detail) = &said.details[0];
    assert_eq!((detail.subject.as_str(), said.details.len()), ("reserved instances", 1));
    assert!(detail.message.contains("HTTP 500"), "{}", detail.message);

    let tape = Tape::at_an_endpoint(&[REGION]);
    tape.page(REGION, "DescribeVolumes", 500, page);
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.coverage(&scope(REGION)).0, Enumeration::Partial);

    let tape = Tape::known(&[REGION]);
    for _ in 0..ATTEMPTS {
        tape.page(REGION, "DescribeReservedInstances", 500, page);
    }
    tape.empty_but(REGION, &["DescribeReservedInstances"]);
    let said = tape.played(json!({})).await;
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("HTTP 500") && !reason.contains("replayed"), "{reason}");
}

/// A recording of a time when less was asked is whole all the same.
#[tokio::test]
async fn an_old_recording_is_asked_what_was_asked_then() {
    let tape = Tape::of_old(&[REGION]);
    for action in [
        "DescribeInstances",
        "DescribeVolumes",
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
        "DescribeAddresses",
    ] {
        tape.page(REGION, action, 200, &answer(action, ""));
    }
    let said = tape.played(json!({})).await;
    said.assert_ok();
    assert_eq!(said.scopes[&scope(REGION)], Coverage::complete());
    assert_eq!((said.seen.len(), said.details.len()), (0, 0));
}

#[tokio::test]
async fn an_answer_in_json_that_is_cut_is_never_taken_for_a_whole_one() {
    let whole =
        tagged(r#"{"ResourceARN":"arn:aws:s3:::logs","Tags":[{"Key":"team","Value":"a"}]}"#, None);
    for cut in (0..whole.len()).step_by(5) {
        let tape = Tape::known(&[REGION]);
        for _ in 0..ATTEMPTS {
            tape.page(REGION, TAGGED, 200, &whole[..cut]);
        }
        tape.empty_but(REGION, &[TAGGED]);
        let said = tape.played(json!({})).await;
        let (enumeration, reason) = said.coverage(&scope(REGION));
        assert_eq!(enumeration, Enumeration::Partial, "cut at {cut}: {}", &whole[..cut]);
        assert!(reason.contains("the answer to GetResources"), "{reason}");
    }
}

#[tokio::test]
async fn a_region_where_all_is_refused_failed_and_the_others_did_not() {
    let tape = Tape::known(&[REGION, OTHER]);
    for action in KINDS {
        let refused = match action {
            "DescribeLoadBalancers" => sts_refusal("AccessDenied", "no"),
            _ => refusal("UnauthorizedOperation", "no"),
        };
        tape.page(REGION, action, 403, &refused);
    }
    let refused = r#"{"__type":"AccessDeniedException","Message":"no"}"#;
    tape.page(REGION, TAGGED, 400, refused);
    tape.empty_but(OTHER, &[]);
    let said = tape.played(json!({})).await;
    said.assert_ok();
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(
        reason.contains("ec2:DescribeInstances") && reason.contains("18 more kinds"),
        "{reason}"
    );
    assert_eq!(said.scopes[&scope(OTHER)], Coverage::complete());
}

#[tokio::test]
async fn a_region_that_is_not_enabled_is_asked_once() {
    for (code, advice) in [("OptInRequired", "enable the region"), ("AuthFailure", "enable this")] {
        let tape = Tape::known(&[REGION]);
        // One answer only: a second question would say that it was not recorded.
        tape.page(REGION, "DescribeInstances", 401, &refusal(code, "not for you"));
        let said = tape.played(json!({})).await;
        said.assert_ok();
        let (enumeration, reason) = said.coverage(&scope(REGION));
        assert_eq!(enumeration, Enumeration::Failed);
        assert!(reason.contains(code) && reason.contains(advice), "{reason}");
        assert!(!reason.contains("replayed"), "{reason}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out_and_reported_when_it_lasts() {
    let busy = refusal("RequestLimitExceeded", "Request limit exceeded.");
    let tape = Tape::known(&[REGION]);
    for _ in 0..3 {
        tape.page(REGION, "DescribeVolumes", 503, &busy);
    }
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], None));
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&scope(REGION)], Coverage::complete());
    said.thing("vol-1");

    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], Some("t")));
    for _ in 0..ATTEMPTS {
        tape.next_page(REGION, "DescribeVolumes", Some("t"), 503, &busy);
    }
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    said.thing("vol-1");
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("throttled") && reason.contains("RequestLimitExceeded"), "{reason}");
}

#[tokio::test]
async fn a_token_that_expires_half_way_leaves_what_was_read() {
    let tape = Tape::known(&[REGION]);
    for action in ["DescribeInstances", "DescribeImages"] {
        tape.page(REGION, action, 200, &answer(action, ""));
    }
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], Some("t")));
    let expired = refusal("RequestExpired", "Request has expired.");
    tape.next_page(REGION, "DescribeVolumes", Some("t"), 400, &expired);
    let said = tape.played(json!({})).await;
    said.thing("vol-1");
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("RequestExpired") && !reason.contains("Also"), "{reason}");
}

#[tokio::test]
async fn pages_are_turned_and_a_circle_is_noticed() {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], Some("a")));
    tape.next_page(REGION, "DescribeVolumes", Some("a"), 200, &volumes(&["vol-2"], Some("b")));
    tape.next_page(REGION, "DescribeVolumes", Some("b"), 200, &volumes(&["vol-3"], None));
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.of(Kind::Volume).len(), 3);
    assert_eq!(said.scopes[&scope(REGION)], Coverage::complete());

    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], Some("a")));
    tape.next_page(REGION, "DescribeVolumes", Some("a"), 200, &volumes(&["vol-2"], Some("b")));
    tape.next_page(REGION, "DescribeVolumes", Some("b"), 200, &volumes(&["vol-1"], Some("a")));
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("same page token twice"), "{reason}");
}

#[tokio::test]
async fn attempts_that_got_no_answer_are_repeated_and_in_the_end_reported() {
    let tape = Tape::known(&[REGION]);
    tape.failure(REGION, "DescribeVolumes", "connection reset by peer", Cause::Unreachable);
    tape.failure(REGION, "DescribeVolumes", "no answer in time", Cause::TimedOut);
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1"], None));
    tape.empty_but(REGION, &["DescribeVolumes"]);
    let said = tape.played(json!({})).await;
    assert_eq!(said.scopes[&scope(REGION)], Coverage::complete());

    // Two kinds without an answer, and nobody is asked any more.
    let tape = Tape::known(&[REGION]);
    for action in ["DescribeInstances", "DescribeImages"] {
        for _ in 0..ATTEMPTS {
            tape.failure(REGION, action, "connection reset by peer", Cause::Unreachable);
        }
    }
    let said = tape.played(json!({})).await;
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Failed);
    assert!(reason.contains("DescribeImages could not be asked: connection reset"), "{reason}");
    assert!(!reason.contains("replayed"), "{reason}");
}

#[tokio::test]
async fn an_answer_of_something_else_is_called_so() {
    let tape = Tape::known(&[REGION]);
    tape.page(REGION, "DescribeVolumes", 404, "<html><body>Not here</body></html>");
    tape.page(REGION, "DescribeVpcs", 200, "<html>Welcome</html>");
    let cut = volumes(&["vol-1", "vol-2"], None);
    tape.page(REGION, "DescribeSubnets", 200, &cut[..cut.len() / 2]);
    for _ in 1..ATTEMPTS {
        tape.page(REGION, "DescribeVpcs", 200, "<html>Welcome</html>");
        tape.page(REGION, "DescribeSubnets", 200, &cut[..cut.len() / 2]);
    }
    tape.empty_but(REGION, &["DescribeVolumes", "DescribeVpcs", "DescribeSubnets"]);
    let said = tape.played(json!({})).await;
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("HTTP 404"), "{reason}");
    assert!(reason.contains("the answer to DescribeVpcs"), "{reason}");
    assert!(reason.contains("the answer to DescribeSubnets"), "{reason}");
}

/// Wherever an answer is cut, it must not pass for a whole one with less in it.
#[tokio::test]
async fn an_answer_that_is_cut_is_never_taken_for_a_whole_one() {
    let whole = volumes(&["vol-1", "vol-2"], None);
    for cut in (0..whole.len()).step_by(5) {
        let tape = Tape::known(&[REGION]);
        for _ in 0..ATTEMPTS {
            tape.page(REGION, "DescribeVolumes", 200, &whole[..cut]);
        }
        tape.empty_but(REGION, &["DescribeVolumes"]);
        let said = tape.played(json!({})).await;
        let (enumeration, reason) = said.coverage(&scope(REGION));
        assert_eq!(enumeration, Enumeration::Partial, "cut at {cut}: {}", &whole[..cut]);
        assert!(reason.contains("the answer to DescribeVolumes"), "{reason}");
    }
}

#[tokio::test]
async fn what_was_not_recorded_is_named() {
    let tape = Tape::known(&[REGION]);
    tape.empty_but(REGION, &["DescribeVpcs"]);
    let said = tape.played(json!({})).await;
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(
        reason.contains("`own/ec2/eu-west-1/DescribeVpcs?MaxResults=1000` was recorded 0 times"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_cancelled_run_closes_its_scopes_and_says_so() {
    let tape = Tape::known(&[REGION]);
    for action in ["DescribeInstances", "DescribeImages"] {
        tape.page(REGION, action, 200, &answer(action, ""));
    }
    tape.page(REGION, "DescribeVolumes", 200, &volumes(&["vol-1", "vol-2", "vol-3"], Some("t")));
    let (collector, _folder) = tape.collector(json!({}));
    let said = collected_until(collector.as_ref(), TimeBase::live(), |event, cancel| {
        if matches!(event, Event::Seen(_)) {
            cancel.cancel();
        }
    })
    .await;
    assert_eq!(said.error().class, ErrorClass::Cancelled);
    assert!(said.observations < 3, "{}", said.observations);
    let (enumeration, reason) = said.coverage(&scope(REGION));
    assert_eq!(enumeration, Enumeration::Partial);
    assert!(reason.contains("stopped"), "{reason}");
}

#[tokio::test]
async fn a_run_cancelled_before_it_began_opens_nothing() {
    let tape = Tape::known(&[REGION]);
    let (collector, _folder) = tape.collector(json!({}));
    let (sender, mut events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    cancel.cancel();
    let run = cadastre_collect::RunContext::new(sender, cancel, TimeBase::live());
    let error = collector.collect(&run).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Cancelled);
    drop(run);
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn regions_may_come_in_any_order_and_answer_side_by_side() {
    let tape = Tape::known(&[REGION, OTHER]);
    for region in [REGION, OTHER] {
        tape.page(region, "DescribeVolumes", 200, &volumes(&["vol-1"], None));
        tape.empty_but(region, &["DescribeVolumes"]);
    }
    let said = tape.played(json!({"concurrency": 1})).await;
    assert_eq!(said.of(Kind::Volume).len(), 2);
}

#[tokio::test]
async fn a_recording_is_tried_as_one() {
    let tape = Tape::known(&[REGION]);
    let (collector, _folder) = tape.collector(json!({}));
    let (sender, _events) = tokio::sync::mpsc::channel(1);
    let cancel = tokio_util::sync::CancellationToken::new();
    let run = cadastre_collect::RunContext::new(sender, cancel, TimeBase::live());
    for _ in 0..2 {
        let steps = collector.test(&run).await;
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["recording", "authenticate"]);
        assert!(steps.iter().all(|step| !step.outcome.is_failed()), "{steps:?}");
    }
}
