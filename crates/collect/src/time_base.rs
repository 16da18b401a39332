//! The time base of a run: whether observed moments are as they were, or moved with the recording.

use cadastre_model::Timestamp;

/// How far the moments a source states are moved.
///
/// A recording shown as a demonstration would grow old: its instances launched "two years ago" and
/// all its volumes idle. Moved, the moment it was recorded becomes now, and everything it tells of
/// keeps its distance from that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeBase {
    /// Milliseconds added to every moment a source states.
    pub shift_ms: i64,
}

impl TimeBase {
    /// Moments stand as the source states them.
    #[must_use]
    pub fn live() -> TimeBase {
        TimeBase { shift_ms: 0 }
    }

    /// Moments are moved so that `recorded_at` becomes `now`.
    #[must_use]
    pub fn moved(recorded_at: Timestamp, now: Timestamp) -> TimeBase {
        TimeBase { shift_ms: now.since(recorded_at) }
    }

    /// The moment as it is to be observed.
    #[must_use]
    pub fn apply(self, moment: Timestamp) -> Timestamp {
        moment.plus_ms(self.shift_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_by_the_age_of_the_recording() {
        let base = TimeBase::moved(Timestamp(1_000), Timestamp(61_000));
        assert_eq!(base.apply(Timestamp(1_000)), Timestamp(61_000));
        assert_eq!(base.apply(Timestamp(400)), Timestamp(60_400));
        assert_eq!(TimeBase::live().apply(Timestamp(7)), Timestamp(7));
    }
}
