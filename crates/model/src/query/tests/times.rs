//! Moments: days of a zone, months, exact times and ages.

use super::{canonical, read};
use crate::query::{DayStart, Moment, Query, Span, UtcDays, parse};
use crate::time::{DAY_MS, Timestamp};

/// Two hours ahead of UTC.
struct Ahead;

impl DayStart for Ahead {
    fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        UtcDays.day_start(year, month, day).map(|start| start.plus_ms(-2 * 3_600_000))
    }
}

/// A zone in which 2011-12-30 was skipped.
struct Skipping;

impl DayStart for Skipping {
    fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        let is_skipped = (year, month, day) == (2011, 12, 30);
        UtcDays.day_start(year, month, if is_skipped { 31 } else { day })
    }
}

fn seen(text: &str) -> Span {
    match read(text) {
        Query::Seen { span, .. } => span,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_day_is_all_of_it() {
    for (text, expected) in [
        ("created:2026-06-30", "created:2026-06-30T00:00:00Z..2026-06-30T23:59:59.999Z"),
        ("created=2026-06-30", "created:2026-06-30T00:00:00Z..2026-06-30T23:59:59.999Z"),
        ("created>2026-06-30", "created>=2026-07-01T00:00:00Z"),
        ("created>=2026-06-30", "created>=2026-06-30T00:00:00Z"),
        ("created<2026-06-30", "created<=2026-06-29T23:59:59.999Z"),
        ("created<=2026-06-30", "created<=2026-06-30T23:59:59.999Z"),
        ("created:2026-02", "created:2026-02-01T00:00:00Z..2026-02-28T23:59:59.999Z"),
        (
            "created:2026-01-31..2026-02-01",
            "created:2026-01-31T00:00:00Z..2026-02-01T23:59:59.999Z",
        ),
        ("created:2026-12-31..", "created>=2026-12-31T00:00:00Z"),
        ("created:..2026-12-31", "created<=2026-12-31T23:59:59.999Z"),
        ("created>2026-06-30T12:00:00+02:00", "created>=2026-06-30T10:00:00.001Z"),
        ("created:2026-06-30T10:00:00Z", "created:2026-06-30T10:00:00Z"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
        assert_eq!(read(expected), read(text), "{text}");
    }
}

#[test]
fn days_begin_where_the_zone_says() {
    let query = parse("created:2026-06-30", &Ahead).unwrap();
    assert_eq!(query.to_string(), "created:2026-06-29T22:00:00Z..2026-06-30T21:59:59.999Z");
}

#[test]
fn a_day_that_never_was_is_refused() {
    assert!(parse("created:2011-12-30", &Skipping).is_err());
    assert!(parse("created:2011-12-31", &Skipping).is_ok());
}

#[test]
fn ages_count_back_from_now() {
    let days = |count: i64| count * DAY_MS;
    let from = |ms| Span { from: Some(Moment::Ago(ms)), to: None };
    let to = |ms| Span { from: None, to: Some(Moment::Ago(ms)) };
    assert_eq!(seen("seen<30d"), from(days(30) - 1));
    assert_eq!(seen("seen<=30d"), from(days(30)));
    assert_eq!(seen("seen>30d"), to(days(30) + 1));
    assert_eq!(seen("seen>=30d"), to(days(30)));
    assert_eq!(seen("seen:7d.."), to(days(7)));
    assert_eq!(seen("seen:..7d"), from(days(7)));
    assert_eq!(
        seen("seen:1w..30d"),
        Span { from: Some(Moment::Ago(days(30))), to: Some(Moment::Ago(days(7))) }
    );
    assert_eq!(seen("seen<0s"), from(-1));
}

#[test]
fn ages_are_written_in_the_longest_unit() {
    for (text, expected) in [
        ("seen<30d", "seen<30d"),
        ("last-seen<=24h", "seen<=1d"),
        ("first_seen>14d", "first-seen>2w"),
        ("seen>=90m", "seen>=90m"),
        ("seen:0s..1y", "seen:0s..1y"),
        ("created<1500ms", "created<=1499ms"),
        ("created<2000ms", "created<2s"),
        ("seen:*", ""),
        ("created:*", "created:*"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
        assert_eq!(read(expected), read(text), "{text}");
    }
}
