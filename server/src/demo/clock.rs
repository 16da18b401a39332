//! A clock that is behind while the past is being loaded, so that the demo has one.

use cadastre_model::Timestamp;
use cadastre_model::time::DAY_MS;
use cadastre_service::{Clock, SystemClock};
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, some days behind, or none.
#[derive(Debug, Default)]
pub struct DemoClock {
    behind_ms: AtomicI64,
}

impl DemoClock {
    /// From now on it is so many days behind.
    pub fn set_days_behind(&self, days: i64) {
        self.behind_ms.store(days.saturating_mul(DAY_MS), Ordering::Relaxed);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(-self.behind_ms.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_behind_as_far_as_it_was_told() {
        let clock = DemoClock::default();
        clock.set_days_behind(30);
        let behind = SystemClock.now().since(clock.now());
        assert!((behind - 30 * DAY_MS).abs() < 60_000, "{behind}");
        clock.set_days_behind(0);
        assert!(SystemClock.now().since(clock.now()) < 60_000);
    }
}
