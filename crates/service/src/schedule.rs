//! When a source is due: five cron fields, read in the organisation's zone.
//!
//! Why it exists: clocks are put forward and back, and neither may lose or double a night's run.
//! It knows no clock and no source. Its neighbours: `zone`, and the worker that asks what is due.
//!
//! The law of summer time. A schedule that names hours (`30 2 * * *`) falls due once for what the
//! clock skips, at the moment it has skipped it, and once for what it shows twice, at the first. A
//! schedule of every hour (`*/15 * * * *`) is a rhythm: it goes on through both changes.

use crate::zone::Zone;
use cadastre_model::Timestamp;
use chrono::{NaiveDate, SubsecRound};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use std::fmt;
use std::str::FromStr;

/// Field names in their order, with what they may hold.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "0-59"),
    ("hour", "0-23"),
    ("day of month", "1-31, L for the last"),
    ("month", "1-12 or JAN-DEC"),
    ("day of week", "0-7 or SUN-SAT"),
];

/// More wall-clock times than any one change of clocks repeats, at one a minute.
const REPEATED_MAX: usize = 2 * 24 * 60;

/// A cron schedule, valid and falling due sooner or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    cron: Cron,
    is_rhythm: bool,
}

/// The text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields, and no nickname.
    #[error(
        "`{0}` is not a schedule; expected five fields, `minute hour day-of-month month \
         day-of-week`, such as `0 3 * * *` for 03:00 each day, or @hourly, @daily, @weekly, \
         @monthly, @yearly"
    )]
    Shape(String),
    /// One field cannot be read.
    #[error(
        "`{field}` does not fit the {name} of schedule `{text}`; expected {range}, `*`, lists \
         `1,2`, ranges `1-5` or steps `*/2`"
    )]
    Field {
        /// The whole text.
        text: String,
        /// The field's name.
        name: &'static str,
        /// What it may hold.
        range: &'static str,
        /// What it holds.
        field: String,
    },
    /// Valid fields that no day fulfils together.
    #[error("schedule `{0}` never falls due: no month has such a day; change the day or the month")]
    Never(String),
}

impl Schedule {
    /// Reads five fields or a nickname such as `@daily`.
    ///
    /// # Errors
    /// Which field does not fit, or that it never falls due.
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        let text = text.trim();
        let fields: Vec<&str> = text.split_whitespace().collect();
        let is_nickname = text.starts_with('@');
        if !is_nickname && fields.len() != FIELDS.len() {
            return Err(ScheduleError::Shape(text.to_owned()));
        }
        let cron = cron_of(text).ok_or_else(|| {
            if is_nickname {
                return ScheduleError::Shape(text.to_owned());
            }
            blame(text, &fields)
        })?;
        let is_rhythm = (0..24).all(|hour| cron.pattern.hour_match(hour).unwrap_or(false));
        let schedule = Schedule { text: text.to_owned(), cron, is_rhythm };
        if !schedule.is_ever_due() {
            return Err(ScheduleError::Never(text.to_owned()));
        }
        Ok(schedule)
    }

    /// The first moment after `after` at which it is due, by the clock of `zone`. `None` only
    /// beyond the calendar's range.
    #[must_use]
    pub fn next_after(&self, zone: Zone, after: Timestamp) -> Option<Timestamp> {
        let wall = zone.wall(after)?.trunc_subsecs(0);
        if self.is_rhythm {
            let next = self.cron.find_next_occurrence(&wall, false).ok()?;
            return Some(Timestamp(next.timestamp_millis()));
        }
        // A later wall-clock time never comes at an earlier moment, as `moment_of` counts, so the
        // first that comes after `after` is the answer. Those before it are what the clock shows
        // again or has just skipped.
        let mut wall = wall.naive_local();
        for _ in 0..REPEATED_MAX {
            wall = self.cron.find_next_occurrence(&wall, false).ok()?;
            let moment = zone.moment_of(wall)?;
            if moment > after {
                return Some(moment);
            }
        }
        None
    }

    /// The first `count` moments after `after`.
    #[must_use]
    pub fn coming(&self, zone: Zone, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(zone, after), |last| self.next_after(zone, *last))
            .take(count)
            .collect()
    }

    /// Whether any day fulfils it. Weekdays and leap years repeat within 400 years; the search
    /// itself goes on for longer.
    fn is_ever_due(&self) -> bool {
        let start = NaiveDate::from_ymd_opt(2000, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0));
        start.is_some_and(|start| self.cron.find_next_occurrence(&start, true).is_ok())
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

fn cron_of(text: &str) -> Option<Cron> {
    CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
        .ok()
}

/// Finds the field that cannot be read, by reading each alone.
fn blame(text: &str, fields: &[&str]) -> ScheduleError {
    for (index, (field, (name, range))) in fields.iter().zip(FIELDS).enumerate() {
        let mut alone = ["*"; FIELDS.len()];
        if let Some(slot) = alone.get_mut(index) {
            *slot = field;
        }
        if cron_of(&alone.join(" ")).is_none() {
            return ScheduleError::Field {
                text: text.to_owned(),
                name,
                range,
                field: (*field).to_owned(),
            };
        }
    }
    ScheduleError::Shape(text.to_owned())
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
