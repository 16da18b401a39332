//! Schedules over both changes of clocks, and texts that are none.

#![allow(clippy::unwrap_used)]
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moments a schedule is due after one and up to another.
fn due(cron: &str, zone: &str, after: &str, until: &str) -> Vec<String> {
    let schedule = Schedule::parse(cron).unwrap();
    let zone = Zone::parse(zone).unwrap();
    let mut moments = Vec::new();
    let mut last = at(after);
    while let Some(next) = schedule.next_after(zone, last) {
        assert!(next > last, "{cron}: {next} does not come after {last}");
        if next > at(until) {
            break;
        }
        moments.push(next.to_string());
        last = next;
    }
    moments
}

/// Around the night Paris skips 02:00 to 03:00 (01:00Z).
fn spring(cron: &str) -> Vec<String> {
    due(cron, "Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z")
}

/// Around the night Paris shows 02:00 to 03:00 twice (00:00Z and 01:00Z).
fn autumn(cron: &str) -> Vec<String> {
    due(cron, "Europe/Paris", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z")
}

#[test]
fn a_skipped_run_runs_once() {
    assert_eq!(spring("30 2 * * *"), ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    assert_eq!(spring("0 3 * * *"), ["2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"]);
}

#[test]
fn several_skipped_runs_run_once_together() {
    assert_eq!(
        spring("0,30 2,14 * * *"),
        [
            "2026-03-28T13:00:00Z",
            "2026-03-28T13:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T12:00:00Z",
            "2026-03-29T12:30:00Z",
            "2026-03-30T00:00:00Z",
            "2026-03-30T00:30:00Z",
            "2026-03-30T12:00:00Z",
        ]
    );
    // 02:00 is skipped to 03:00, when it is due anyway.
    assert_eq!(spring("0 2,3 29 * *"), ["2026-03-29T01:00:00Z"]);
}

#[test]
fn a_repeated_run_runs_once() {
    assert_eq!(autumn("30 2 * * *"), ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    assert_eq!(autumn("0,30 2 25 * *"), ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"]);
    assert_eq!(autumn("0 3 25 * *"), ["2026-10-25T02:00:00Z"]);
}

#[test]
fn from_within_the_repeated_hour() {
    let schedule = Schedule::parse("30 2 * * *").unwrap();
    let zone = Zone::parse("Europe/Paris").unwrap();
    for after in ["2026-10-25T00:30:00Z", "2026-10-25T01:10:00Z", "2026-10-25T01:50:00.5Z"] {
        let next = schedule.next_after(zone, at(after)).unwrap();
        assert_eq!(next, at("2026-10-26T01:30:00Z"), "after {after}");
    }
}

#[test]
fn a_rhythm_goes_on_through_both_changes() {
    for (after, until) in [
        ("2026-03-28T23:00:00Z", "2026-03-29T04:00:00Z"),
        ("2026-10-24T22:00:00Z", "2026-10-25T03:00:00Z"),
    ] {
        assert_eq!(due("*/15 * * * *", "Europe/Paris", after, until).len(), 20);
        assert_eq!(due("30 * * * *", "Europe/Paris", after, until).len(), 5);
        assert_eq!(due("@hourly", "Europe/Paris", after, until).len(), 5);
    }
}

#[test]
fn steps_of_hours_lose_nothing() {
    assert_eq!(
        due("0 */2 * * *", "Europe/Paris", "2026-03-28T22:00:00Z", "2026-03-29T03:00:00Z"),
        ["2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]
    );
}

#[test]
fn follows_the_zone_and_starts_after_the_moment() {
    let utc = |cron, after| Schedule::parse(cron).unwrap().next_after(Zone::UTC, at(after));
    assert_eq!(utc("0 3 * * *", "2026-11-21T03:00:00Z"), Some(at("2026-11-22T03:00:00Z")));
    assert_eq!(utc("0 3 * * *", "2026-11-21T02:59:59.999Z"), Some(at("2026-11-21T03:00:00Z")));
    assert_eq!(utc("*/15 * * * *", "2026-11-21T03:00:00.001Z"), Some(at("2026-11-21T03:15:00Z")));
    assert_eq!(
        due("0 3 * * MON", "Asia/Tokyo", "2026-11-21T00:00:00Z", "2026-11-28T00:00:00Z"),
        ["2026-11-22T18:00:00Z"]
    );
    assert_eq!(utc("0 0 29 2 *", "2026-11-21T00:00:00Z"), Some(at("2028-02-29T00:00:00Z")));
}

#[test]
fn says_which_field_does_not_fit() {
    let error = |text: &str| Schedule::parse(text).unwrap_err();
    for (text, field, name) in [
        ("61 * * * *", "61", "minute"),
        ("0 24 * * *", "24", "hour"),
        ("0 3 0 * *", "0", "day of month"),
        ("0 3 * FOO *", "FOO", "month"),
        ("0 3 * * 9", "9", "day of week"),
        ("0 3-x * * *", "3-x", "hour"),
    ] {
        match error(text) {
            ScheduleError::Field { field: found, name: blamed, .. } => {
                assert_eq!((found.as_str(), blamed), (field, name), "{text}");
            }
            other => panic!("{text}: {other}"),
        }
    }
    for text in ["", "* * * *", "0 * * * * *", "@reboot", "every day", "1h"] {
        assert_eq!(error(text), ScheduleError::Shape(text.to_owned()));
    }
    assert_eq!(error("0 0 31 2 *"), ScheduleError::Never("0 0 31 2 *".to_owned()));
}

#[test]
fn prints_as_it_was_written() {
    assert_eq!(Schedule::parse(" 0 3 * * MON ").unwrap().to_string(), "0 3 * * MON");
}

/// The law, minute by minute: every wall-clock minute that fits, at the moment it first comes.
#[test]
fn is_due_at_every_fitting_minute_of_a_year_once() {
    let year = |zone: Zone, year| zone.day_start(year, 1, 1).unwrap();
    for (cron, zone) in [
        ("0,20,40 0-4,23 * * *", "Europe/Paris"),
        ("15 1-3 * * SUN", "America/New_York"),
        ("*/10 0,1 * * *", "America/Havana"),
        ("45 1,2 * * *", "Australia/Lord_Howe"),
    ] {
        let schedule = Schedule::parse(cron).unwrap();
        let zone = Zone::parse(zone).unwrap();
        let mut expected = std::collections::BTreeSet::new();
        let mut wall = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        while wall < NaiveDate::from_ymd_opt(2027, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() {
            if schedule.cron.is_time_matching(&wall).unwrap() {
                expected.insert(zone.moment_of(wall).unwrap());
            }
            wall += chrono::Duration::minutes(1);
        }
        let mut found = Vec::new();
        let mut last = year(zone, 2026).plus_ms(-1);
        while let Some(next) = schedule.next_after(zone, last) {
            if next >= year(zone, 2027) {
                break;
            }
            found.push(next);
            last = next;
        }
        assert_eq!(found, Vec::from_iter(expected), "{cron} in {zone}");
    }
}
