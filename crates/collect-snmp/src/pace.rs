//! How fast a range is swept: so many addresses begin a second, one after the other.

use std::time::Duration;
use tokio::time::Instant;

/// A pace that began.
pub(crate) struct Pace {
    began: Instant,
    gap: Duration,
}

impl Pace {
    /// So many a second; `None`: all at once.
    pub(crate) fn begin(rate: Option<u32>) -> Pace {
        let gap = rate.and_then(|rate| Duration::from_secs(1).checked_div(rate));
        Pace { began: Instant::now(), gap: gap.unwrap_or_default() }
    }

    /// Waits until it is the turn of this number, from 0.
    pub(crate) async fn turn(&self, number: usize) {
        let wait = self.gap.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
        if !wait.is_zero() {
            tokio::time::sleep_until(self.began + wait).await;
        }
    }
}
