//! Times taken, and what they add up to.

use std::time::Duration;

/// Times of one thing, repeated.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Adds one.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds those of another.
    pub fn extend(&mut self, other: &Samples) {
        self.0.extend(&other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that so many in a hundred stay within, in milliseconds; 0 if there are none.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        sorted.get(rank).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    }

    /// The time that 95 in a hundred stay within, in milliseconds.
    pub fn p95(&self) -> f64 {
        self.percentile(95)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let mut samples = Samples::default();
        assert_eq!(samples.p95(), 0.0);
        for milliseconds in (1..=20).rev() {
            samples.push(Duration::from_millis(milliseconds));
        }
        assert_eq!(samples.percentile(50), 10.0);
        assert_eq!(samples.p95(), 19.0);
        assert_eq!(samples.percentile(100), 20.0);
    }
}
