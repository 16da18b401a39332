//! The organisation's zone: the one clock on the wall that days, schedules and dates follow.
//!
//! Why it exists: everything is stored in UTC, yet "on 30 June" means the day of the organisation.
//! It knows no clock: what time it is now is given to it. Its neighbours: `schedule`, and the
//! query's dates.

use crate::toml_doc::closest;
use cadastre_model::Timestamp;
use cadastre_model::query::DayStart;
use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};
use std::fmt;

/// A time zone of the IANA database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

/// No zone has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone; expected a name of the IANA database such as `Europe/Paris` or `UTC`{}", .near.as_ref().map_or(String::new(), |near| format!("; did you mean `{near}`?")))]
pub struct UnknownZone {
    /// The name given.
    pub name: String,
    /// The nearest name there is.
    pub near: Option<String>,
}

/// The text names no moment that the register could be asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AsOfError {
    /// None of the forms.
    #[error(
        "`{0}` is not a moment; expected a date such as 2026-06-30 (the end of that day), a \
         moment such as 2026-06-30T12:00:00Z, `now`, or an age such as -7d (units s, m, h, d, w, y)"
    )]
    Malformed(String),
    /// A date that no calendar has.
    #[error("`{0}` is not in the calendar; check the month and the day")]
    NoSuchDay(String),
    /// None of the forms of a moment to come.
    #[error(
        "`{0}` is no moment to come; expected a date such as 2027-06-30 (the end of that day), a \
         moment such as 2027-06-30T12:00:00Z, or how long from now, such as 30d (units s, m, h, d, w, y)"
    )]
    NoEnd(String),
    /// After now: the answer would not stay the same.
    #[error("`{0}` has not come yet; what the register will say then is not known; use `now`")]
    Future(String),
}

impl Zone {
    /// Coordinated universal time, the default.
    pub const UTC: Zone = Zone(Tz::UTC);

    /// The zone of an IANA name, such as `Europe/Paris`.
    ///
    /// # Errors
    /// There is none of that name; the nearest is suggested.
    pub fn parse(name: &str) -> Result<Zone, UnknownZone> {
        name.parse().map(Zone).map_err(|_| UnknownZone {
            name: name.to_owned(),
            near: closest(name, TZ_VARIANTS.iter().map(|zone| zone.name())).map(str::to_owned),
        })
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The first moment of a day there. Where clocks skip midnight, the day starts when they have;
    /// where midnight comes twice, at the first. `None` if the calendar has no such day.
    #[must_use]
    pub fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        let midnight = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?;
        self.moment_of(midnight)
    }

    /// The last millisecond of a day there.
    #[must_use]
    pub fn day_end(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        let next = NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(1))?;
        let start = self.day_start(next.year(), next.month(), next.day())?;
        Some(start.plus_ms(-1))
    }

    /// Reads the moment of `--as-of`: a date (the end of that day there, or `now` if it is today),
    /// an RFC 3339 moment, `now`, or an age such as `-7d` before `now`.
    ///
    /// # Errors
    /// It is none of these, or lies after `now`.
    pub fn as_of(&self, text: &str, now: Timestamp) -> Result<Timestamp, AsOfError> {
        let text = text.trim();
        if text == "now" {
            return Ok(now);
        }
        if let Some(age) = text.strip_prefix('-') {
            let age = age_ms(age).ok_or_else(|| AsOfError::Malformed(text.to_owned()))?;
            return Ok(now.plus_ms(-age));
        }
        if let Some((year, month, day)) = date_parts(text) {
            let no_such_day = || AsOfError::NoSuchDay(text.to_owned());
            let start = self.day_start(year, month, day).ok_or_else(no_such_day)?;
            let end = self.day_end(year, month, day).ok_or_else(no_such_day)?;
            return not_after(now, start, text).map(|_| end.min(now));
        }
        let moment: Timestamp = text.parse().map_err(|_| AsOfError::Malformed(text.to_owned()))?;
        not_after(now, moment, text)
    }

    /// Until when something holds: a date (the end of that day there), an RFC 3339 moment, or how long
    /// from `now`, such as `30d`.
    ///
    /// # Errors
    /// It is none of these, or a date that is not in the calendar.
    pub fn until(&self, text: &str, now: Timestamp) -> Result<Timestamp, AsOfError> {
        let text = text.trim();
        if let Some(ahead) = age_ms(text) {
            return Ok(now.plus_ms(ahead));
        }
        if let Some((year, month, day)) = date_parts(text) {
            let end = self.day_end(year, month, day);
            return end.ok_or_else(|| AsOfError::NoSuchDay(text.to_owned()));
        }
        text.parse().map_err(|_| AsOfError::NoEnd(text.to_owned()))
    }

    /// The first moment of a date such as `2026-06-30`, in the past or to come: what an
    /// `--effective-from` means.
    ///
    /// # Errors
    /// It is not a date, or not in the calendar.
    pub fn date(&self, text: &str) -> Result<Timestamp, AsOfError> {
        let text = text.trim();
        let (year, month, day) =
            date_parts(text).ok_or_else(|| AsOfError::Malformed(text.to_owned()))?;
        self.day_start(year, month, day).ok_or_else(|| AsOfError::NoSuchDay(text.to_owned()))
    }

    /// A moment as the clock on the wall there shows it, for people: `Fri 2026-11-27 03:00 CET`.
    #[must_use]
    pub fn shown(self, at: Timestamp) -> String {
        let wall = self.wall(at).map(|wall| wall.format("%a %Y-%m-%d %H:%M %Z").to_string());
        wall.unwrap_or_else(|| at.to_string())
    }

    /// A moment to the minute, for lists: `2026-11-27 03:00 CET`.
    #[must_use]
    pub fn minute(self, at: Timestamp) -> String {
        let wall = self.wall(at).map(|wall| wall.format("%Y-%m-%d %H:%M %Z").to_string());
        wall.unwrap_or_else(|| at.to_string())
    }

    /// What the clock on the wall shows at a moment; `None` beyond the calendar's range.
    pub(crate) fn wall(self, at: Timestamp) -> Option<DateTime<Tz>> {
        let utc = DateTime::<Utc>::from_timestamp_millis(at.0)?;
        Some(utc.with_timezone(&self.0))
    }

    /// The moment the wall clock first shows this. What it never shows, because clocks were put
    /// forward over it, comes when they have been.
    pub(crate) fn moment_of(self, wall: NaiveDateTime) -> Option<Timestamp> {
        let moment = match self.0.from_local_datetime(&wall) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment,
            LocalResult::None => GapInfo::new(&wall, &self.0)?.end?,
        };
        Some(Timestamp(moment.timestamp_millis()))
    }
}

impl DayStart for Zone {
    fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        Zone::day_start(self, year, month, day)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn not_after(now: Timestamp, moment: Timestamp, text: &str) -> Result<Timestamp, AsOfError> {
    if moment > now {
        return Err(AsOfError::Future(text.to_owned()));
    }
    Ok(moment)
}

/// Milliseconds of `7d`, in the units of the query language: days of 24 hours, years of 365 days.
fn age_ms(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    Some(i64::from(number) * seconds * 1_000)
}

/// Year, month and day of `YYYY-MM-DD`, whether or not the calendar has it.
fn date_parts(text: &str) -> Option<(i32, u32, u32)> {
    let shape_fits = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape_fits {
        return None;
    }
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Some((year, month, day))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn paris() -> Zone {
        Zone::parse("Europe/Paris").unwrap()
    }

    #[test]
    fn suggests_a_zone() {
        let error = Zone::parse("europe/pariss").unwrap_err();
        assert_eq!(error.near.as_deref(), Some("Europe/Paris"));
        let error = error.to_string();
        assert!(error.ends_with("did you mean `Europe/Paris`?"), "{error}");
        assert!(Zone::parse("").unwrap_err().near.is_none());
    }

    #[test]
    fn a_date_is_the_end_of_its_day_there() {
        let now = at("2026-11-21T12:00:00Z");
        let end = |zone: Zone, date| zone.as_of(date, now).unwrap();
        assert_eq!(end(Zone::UTC, "2026-06-30"), at("2026-06-30T23:59:59.999Z"));
        assert_eq!(end(paris(), "2026-06-30"), at("2026-06-30T21:59:59.999Z"));
        // The days clocks change have 23 and 25 hours.
        assert_eq!(end(paris(), "2026-03-29"), at("2026-03-29T21:59:59.999Z"));
        assert_eq!(end(paris(), "2026-10-25"), at("2026-10-25T22:59:59.999Z"));
    }

    #[test]
    fn moments_ages_and_now() {
        let now = at("2026-11-21T12:00:00Z");
        let zone = paris();
        assert_eq!(zone.as_of("now", now).unwrap(), now);
        assert_eq!(zone.as_of("-7d", now).unwrap(), at("2026-11-14T12:00:00Z"));
        assert_eq!(zone.as_of("-90m", now).unwrap(), at("2026-11-21T10:30:00Z"));
        assert_eq!(
            zone.as_of("2026-06-30T12:00:00+02:00", now).unwrap(),
            at("2026-06-30T10:00:00Z")
        );
        // Today has not ended: what is known of it.
        assert_eq!(zone.as_of("2026-11-21", now).unwrap(), now);
    }

    #[test]
    fn refuses_what_is_no_moment() {
        let now = at("2026-11-21T12:00:00Z");
        let refused = |text| paris().as_of(text, now).unwrap_err();
        for text in ["", "yesterday", "30.6.2026", "2026-6-30", "-7", "-d", "--7d", "-7x", "7d"] {
            assert_eq!(refused(text), AsOfError::Malformed(text.to_owned()));
        }
        assert_eq!(refused("2026-02-30"), AsOfError::NoSuchDay("2026-02-30".to_owned()));
        for text in ["2026-11-22", "2026-11-21T12:00:00.001Z"] {
            assert_eq!(refused(text), AsOfError::Future(text.to_owned()));
        }
    }

    #[test]
    fn a_moment_is_shown_by_the_clock_there() {
        assert_eq!(paris().shown(at("2026-06-30T22:30:00Z")), "Wed 2026-07-01 00:30 CEST");
        assert_eq!(Zone::UTC.shown(at("2026-06-30T22:30:00Z")), "Tue 2026-06-30 22:30 UTC");
    }

    #[test]
    fn a_date_may_be_to_come() {
        assert_eq!(paris().date("2027-01-01").unwrap(), at("2026-12-31T23:00:00Z"));
        assert!(paris().date("now").is_err());
    }

    #[test]
    fn an_end_is_a_day_a_moment_or_so_long_from_now() {
        let now = at("2026-11-21T12:00:00Z");
        let until = |text| paris().until(text, now);
        assert_eq!(until("30d").unwrap(), at("2026-12-21T12:00:00Z"));
        assert_eq!(until("2027-01-31").unwrap(), at("2027-01-31T22:59:59.999Z"));
        assert_eq!(until("2027-01-31T12:00:00Z").unwrap(), at("2027-01-31T12:00:00Z"));
        assert_eq!(until("soon").unwrap_err(), AsOfError::NoEnd("soon".to_owned()));
        assert_eq!(until("2027-02-30").unwrap_err(), AsOfError::NoSuchDay("2027-02-30".to_owned()));
    }

    #[test]
    fn days_whose_midnight_is_skipped_or_repeated() {
        // Cairo put clocks forward at midnight of 2026-04-24.
        let cairo = Zone::parse("Africa/Cairo").unwrap();
        assert_eq!(cairo.day_start(2026, 4, 24).unwrap(), at("2026-04-23T22:00:00Z"));
        assert_eq!(cairo.day_end(2026, 4, 23).unwrap(), at("2026-04-23T21:59:59.999Z"));
        // Havana puts them back from 1:00 to 0:00 on 2026-11-01: midnight comes twice.
        let havana = Zone::parse("America/Havana").unwrap();
        assert_eq!(havana.day_start(2026, 11, 1).unwrap(), at("2026-11-01T04:00:00Z"));
        // Samoa left 2011-12-30 out.
        let apia = Zone::parse("Pacific/Apia").unwrap();
        assert_eq!(apia.day_start(2011, 12, 30), apia.day_start(2011, 12, 31));
        assert_eq!(apia.day_start(2026, 2, 29), None);
    }
}
