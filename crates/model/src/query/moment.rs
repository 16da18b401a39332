//! Moments: days, months, exact times, and ages counted back from now.
//!
//! Bounds are inclusive and in milliseconds, so a strict comparison moves by one. An age compares
//! as people say it: `seen<30d` is *less than 30 days ago*, thus from 30 days less a millisecond
//! before now.

use super::ast::{Moment, Span};
use super::clause::Op;
use super::days::DayStart;
use super::error::{ParseError, quoted};
use super::number::{backwards, check_range};
use super::word::Part;
use crate::time::{DAY_MS, Timestamp};
use chrono::{Days, Months, NaiveDate};

/// Units of age, longest first. A month is none: it has no length.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * DAY_MS),
    ("w", 7 * DAY_MS),
    ("d", DAY_MS),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Older than anything, and far enough from the ends of the number range to be moved by one.
const LONGEST_AGE: i64 = 10_000 * 365 * DAY_MS;

/// What people may write for a moment.
#[derive(Clone, Copy)]
enum When {
    /// From the first to the last millisecond of it.
    Period { first: i64, last: i64 },
    /// So many milliseconds before now.
    Age(i64),
}

/// The bounds that `key op value` sets.
pub(super) fn span(
    name: &str,
    op: Op,
    value: Part<'_>,
    days: &dyn DayStart,
) -> Result<Span, ParseError> {
    if let Some(ends) = value.split_range() {
        return range(name, op, value, ends, days);
    }
    let from = |moment| Span { from: Some(moment), to: None };
    let to = |moment| Span { from: None, to: Some(moment) };
    let at = |ms| in_calendar(value, ms).map(Moment::At);
    Ok(match (when(name, value, days)?, op) {
        (When::Period { first, last }, Op::Is) => {
            Span { from: Some(at(first)?), to: Some(at(last)?) }
        }
        (When::Period { first, .. }, Op::Less) => to(at(first - 1)?),
        (When::Period { last, .. }, Op::LessOrEqual) => to(at(last)?),
        (When::Period { last, .. }, Op::Greater) => from(at(last + 1)?),
        (When::Period { first, .. }, Op::GreaterOrEqual) => from(at(first)?),
        (When::Age(ms), Op::Less) => from(Moment::Ago(ms - 1)),
        (When::Age(ms), Op::LessOrEqual) => from(Moment::Ago(ms)),
        (When::Age(ms), Op::Greater) => to(Moment::Ago(ms + 1)),
        (When::Age(ms), Op::GreaterOrEqual) => to(Moment::Ago(ms)),
        (When::Age(_), Op::Is) => {
            let text = value.text();
            return Err(ParseError::new(
                value.column,
                value.length(),
                format!("the age {} without a comparison", quoted(&text)),
            )
            .expected(format!("`{name}<{text}` for younger or `{name}>{text}` for older")));
        }
    })
}

fn range(
    name: &str,
    op: Op,
    value: Part<'_>,
    (low, high): (Part<'_>, Part<'_>),
    days: &dyn DayStart,
) -> Result<Span, ParseError> {
    check_range(name, op, value, low, high)?;
    let end = |part: Part<'_>| match part.is_empty() {
        true => Ok(None),
        false => when(name, part, days).map(Some),
    };
    let at = |ms| in_calendar(value, ms).map(Moment::At);
    let (from, to) = match (end(low)?, end(high)?) {
        (Some(When::Period { first, .. }), Some(When::Period { last, .. })) if first <= last => {
            (Some(at(first)?), Some(at(last)?))
        }
        // The longer ago, the earlier: the younger end of a range of ages is the later moment.
        (Some(When::Age(young)), Some(When::Age(old))) if young <= old => {
            (Some(Moment::Ago(old)), Some(Moment::Ago(young)))
        }
        (Some(When::Period { first, .. }), None) => (Some(at(first)?), None),
        (None, Some(When::Period { last, .. })) => (None, Some(at(last)?)),
        (Some(When::Age(young)), None) => (None, Some(Moment::Ago(young))),
        (None, Some(When::Age(old))) => (Some(Moment::Ago(old)), None),
        (Some(When::Age(_)), Some(When::Period { .. }))
        | (Some(When::Period { .. }), Some(When::Age(_))) => {
            return Err(ParseError::new(
                value.column,
                value.length(),
                "a date and an age in one range",
            )
            .expected("two dates or two ages"));
        }
        _ => return Err(backwards(name, value, low, high)),
    };
    Ok(Span { from, to })
}

fn when(name: &str, part: Part<'_>, days: &dyn DayStart) -> Result<When, ParseError> {
    let text = part.text();
    let error = |message: String| ParseError::new(part.column, part.length(), message);
    if let Some(age) = age(&text) {
        return age.map(When::Age).map_err(|fault| match fault {
            AgeFault::NoUnit(unit) => error(format!("unknown unit of time {}", quoted(&unit)))
                .expected("s, m, h, d, w or y (a month has no fixed length: write days)"),
            AgeFault::TooLong => error(format!("{} is too long ago", quoted(&text))),
        });
    }
    if let Some((first, next)) = calendar(&text) {
        return period(first, next, days).ok_or_else(|| {
            error(format!("{} is not in the calendar", quoted(&text)))
                .expected("a date between 1900 and 2999")
        });
    }
    if let Ok(Timestamp(at)) = text.parse() {
        in_calendar(part, at)?;
        return Ok(When::Period { first: at, last: at });
    }
    Err(error(format!("{} is not a time", quoted(&text))).expected(format!(
        "a day such as `2026-06-30`, a month such as `2026-06`, a moment such as \
         `2026-06-30T12:00:00Z`, or an age such as `{name}<30d`"
    )))
}

enum AgeFault {
    NoUnit(String),
    TooLong,
}

/// Milliseconds of `30d`; `None` if the text is not a number with letters after it.
fn age(text: &str) -> Option<Result<i64, AgeFault>> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(at)?;
    if digits.is_empty() || !unit.chars().all(char::is_alphabetic) {
        return None;
    }
    let known = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let Some((_, factor)) = known else {
        return Some(Err(AgeFault::NoUnit(unit.to_owned())));
    };
    let ms = digits.parse().ok().and_then(|count: i64| count.checked_mul(*factor));
    Some(ms.filter(|ms| *ms <= LONGEST_AGE).ok_or(AgeFault::TooLong))
}

/// The first day of the named day or month, and the day after it; the inner `None` if there is no
/// such day.
fn calendar(text: &str) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length: usize| -> Option<u32> {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let date = |year: &str, month: &str, day: &str| {
        let year = i32::try_from(digits(year, 4)?).ok()?;
        let (month, day) = (digits(month, 2)?, digits(day, 2)?);
        Some(NaiveDate::from_ymd_opt(year, month, day))
    };
    match parts.as_slice() {
        [year, month, day] => {
            let first = date(year, month, day)?;
            Some((first, first.and_then(|first| first.checked_add_days(Days::new(1)))))
        }
        [year, month] => {
            let first = date(year, month, "01")?;
            Some((first, first.and_then(|first| first.checked_add_months(Months::new(1)))))
        }
        _ => None,
    }
}

fn period(first: Option<NaiveDate>, next: Option<NaiveDate>, days: &dyn DayStart) -> Option<When> {
    use chrono::Datelike;
    let first = first.filter(|day| (1900..=2999).contains(&day.year()))?;
    let start = |day: NaiveDate| days.day_start(day.year(), day.month(), day.day());
    let (first, last) = (start(first)?.0, start(next?)?.0.checked_sub(1)?);
    // A zone that moved across the date line has days without any moment.
    (first <= last).then_some(When::Period { first, last })
}

/// Moments that can be written with four digits of a year; others are refused.
fn in_calendar(part: Part<'_>, ms: i64) -> Result<Timestamp, ParseError> {
    /// 0001-01-01 and 9999-12-31 to the millisecond.
    const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
    if RANGE.contains(&ms) {
        return Ok(Timestamp(ms));
    }
    let message = format!("{} is too far away", quoted(&part.text()));
    Err(ParseError::new(part.column, part.length(), message)
        .expected("a time between the years 1 and 9999"))
}

/// The bounds as operator and value; two pairs if one end is a date and the other an age, which no
/// single clause can say.
pub(super) fn written_span(span: Span) -> (String, Option<String>) {
    let one = |text: String| (text, None);
    match (span.from, span.to) {
        (Some(Moment::At(from)), Some(Moment::At(to))) if from == to => one(format!(":{from}")),
        (Some(Moment::At(from)), Some(Moment::At(to))) => one(format!(":{from}..{to}")),
        (Some(Moment::Ago(old)), Some(Moment::Ago(young))) => {
            one(format!(":{}..{}", written_age(young), written_age(old)))
        }
        (Some(from), Some(to)) => (written_from(from), Some(written_to(to))),
        (Some(from), None) => one(written_from(from)),
        (None, Some(to)) => one(written_to(to)),
        (None, None) => one(":*".to_owned()),
    }
}

fn written_from(moment: Moment) -> String {
    match moment {
        Moment::At(at) => format!(">={at}"),
        Moment::Ago(ms) if is_rounder(ms, 1) => format!("<{}", written_age(ms.saturating_add(1))),
        Moment::Ago(ms) => format!("<={}", written_age(ms)),
    }
}

fn written_to(moment: Moment) -> String {
    match moment {
        Moment::At(at) => format!("<={at}"),
        Moment::Ago(ms) if is_rounder(ms, -1) => format!(">{}", written_age(ms.saturating_sub(1))),
        Moment::Ago(ms) => format!(">={}", written_age(ms)),
    }
}

/// Whether a millisecond more or less makes whole seconds.
fn is_rounder(ms: i64, by: i64) -> bool {
    ms % 1_000 != 0 && ms.saturating_add(by) % 1_000 == 0
}

fn written_age(ms: i64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let (unit, factor) =
        UNITS.iter().find(|(_, factor)| ms % factor == 0).copied().unwrap_or(("ms", 1));
    format!("{}{unit}", ms / factor)
}
