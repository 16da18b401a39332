//! GeneralizedTime, as `whenCreated` has it: `20261126194235.0Z` (RFC 4517, 3.3.13).

use cadastre_model::Timestamp;
use chrono::{NaiveDate, TimeDelta};

/// The moment. `None` if the text is none, or lies before 1970.
pub(crate) fn general_time(text: &str) -> Option<Timestamp> {
    let (stem, offset_minutes) = split_zone(text)?;
    let (stem, millis) = match stem.split_once(['.', ',']) {
        Some((stem, fraction)) => (stem, fraction_millis(fraction)?),
        None => (stem, 0),
    };
    if stem.len() != 14 || !stem.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| stem.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(part(0, 4)?).ok()?;
    let moment = NaiveDate::from_ymd_opt(year, part(4, 6)?, part(6, 8)?)?
        .and_hms_milli_opt(part(8, 10)?, part(10, 12)?, part(12, 14)?, millis)?
        .checked_sub_signed(TimeDelta::minutes(offset_minutes))?
        .and_utc()
        .timestamp_millis();
    (moment >= 0).then_some(Timestamp(moment))
}

/// The text before the zone, and the zone in minutes east.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(stem) = text.strip_suffix('Z') {
        return Some((stem, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (stem, zone) = text.split_at_checked(at)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.get(1..)?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(0..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4)?.parse().ok()?;
    Some((stem, sign * (hours * 60 + minutes)))
}

fn fraction_millis(digits: &str) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = digits.chars().chain("000".chars()).take(3).collect();
    padded.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (text, expected) in [
            ("20261126194235.0Z", "2026-11-26T19:42:35Z"),
            ("20261126194235Z", "2026-11-26T19:42:35Z"),
            ("20261126194235.25Z", "2026-11-26T19:42:35.250Z"),
            ("20261126194235.0+0130", "2026-11-26T18:12:35Z"),
            ("20261126194235-0500", "2026-11-27T00:42:35Z"),
        ] {
            let read = general_time(text).map(|at| at.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "Z",
            "2026",
            "20261326194235.0Z",
            "20260230000000Z",
            "20261126194235",
            "16010101000000.0Z",
            "20261126194235.Z",
            "20261126194235.1234567890Z",
            "２０２６１１２６１９４２３５Z",
            "20261126194235+1",
            "20261126194235.0é",
        ] {
            assert_eq!(general_time(text), None, "{text}");
        }
    }
}
