//! Where days begin. The only thing the parser asks about time zones.

use crate::time::Timestamp;
use chrono::{NaiveDate, NaiveTime};

/// Knows when a local day begins. The service implements it for the organisation's zone.
pub trait DayStart {
    /// The first moment of that local day; where clocks skip the day or its midnight, the first
    /// moment after. `None` if there is no such day in the calendar.
    fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp>;
}

/// Days as UTC has them.
#[derive(Clone, Copy, Debug, Default)]
pub struct UtcDays;

impl DayStart for UtcDays {
    fn day_start(&self, year: i32, month: u32, day: u32) -> Option<Timestamp> {
        let midnight = NaiveDate::from_ymd_opt(year, month, day)?.and_time(NaiveTime::MIN);
        Some(Timestamp(midnight.and_utc().timestamp_millis()))
    }
}
