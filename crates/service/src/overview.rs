//! What changed: the newest changes of the estate, and what runs found day by day.

use crate::error::{ErrorKind, Result, ServiceError, require};
use crate::service::Service;
use cadastre_model::{Actor, Permission};
use cadastre_store::EstateChange;
use chrono::{Days, NaiveDate, NaiveTime};
use std::collections::BTreeMap;

/// What the runs found that began on one day of the organisation's zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayOfRuns {
    /// The day, such as `2026-06-30`.
    pub day: String,
    /// Records that were new.
    pub created: u64,
    /// Records that said something else than before.
    pub updated: u64,
    /// Records that were gone.
    pub gone: u64,
}

impl Service {
    /// The newest changes of all assets, at most `limit`, newest first.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn changes_newest(&self, actor: &Actor, limit: u32) -> Result<Vec<EstateChange>> {
        let visibility = self.visibility(actor)?;
        let at = self.at(actor, None).await?;
        Ok(self.store().changes_newest(at, &visibility, limit).await?)
    }

    /// What runs found on each of the last `days` days, today the last of them.
    ///
    /// # Errors
    /// Not allowed, a clock beyond the calendar, or what the database says.
    pub async fn days_of_runs(&self, actor: &Actor, days: u32) -> Result<Vec<DayOfRuns>> {
        require(actor, Permission::SourceRead)?;
        let zone = self.zone();
        let beyond = || ServiceError::new(ErrorKind::Failed, "the clock is beyond the calendar");
        let today = zone.wall(self.now()).ok_or_else(beyond)?.date_naive();
        let first = today.checked_sub_days(Days::new(u64::from(days.saturating_sub(1))));
        let first = first.ok_or_else(beyond)?;
        let since = zone.moment_of(first.and_time(NaiveTime::MIN)).ok_or_else(beyond)?;
        let mut of_days: BTreeMap<NaiveDate, DayOfRuns> = first
            .iter_days()
            .take_while(|day| *day <= today)
            .map(|day| (day, DayOfRuns { day: day.to_string(), ..DayOfRuns::default() }))
            .collect();
        for one in self.store().activity(since).await? {
            let day = zone.wall(one.at).map(|wall| wall.date_naive());
            if let Some(day) = day.and_then(|day| of_days.get_mut(&day)) {
                day.created += one.created;
                day.updated += one.updated;
                day.gone += one.gone;
            }
        }
        Ok(of_days.into_values().collect())
    }
}
