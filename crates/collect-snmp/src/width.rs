//! How many rows one question asks for: fewer once that was too much for the agent, more again once it turns
//! out that it was not. Pure: what happened is told to it.

/// Rows, from where a conversation begins down to one after the other.
const STEPS: [u32; 4] = [25, 8, 3, 1];

/// A width that works is answered at least so many times for each time it is not.
const WORKS: u32 = 3;

/// Answers after which a wider question is tried again that has worked before.
const PATIENCE: u32 = 8;

/// How it went at one width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Record {
    answered: u32,
    missed: u32,
}

impl Record {
    fn works(self) -> bool {
        self.answered >= self.missed.saturating_mul(WORKS).max(1)
    }
}

/// The width of the questions of one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Width {
    step: usize,
    records: [Record; STEPS.len()],
    /// Answers since it was changed.
    answered: u32,
    /// Questions in a row that went without an answer.
    missed: u32,
}

impl Width {
    /// Rows to ask for now.
    pub(crate) fn rows(&self) -> u32 {
        STEPS.get(self.step).copied().unwrap_or(1)
    }

    /// A question of this width was answered.
    pub(crate) fn was_answered(&mut self) {
        self.missed = 0;
        self.answered = self.answered.saturating_add(1);
        if let Some(record) = self.records.get_mut(self.step) {
            record.answered = record.answered.saturating_add(1);
        }
        let wider = self.step.checked_sub(1);
        let works = wider.and_then(|step| self.records.get(step)).is_some_and(|one| one.works());
        if works && self.answered >= PATIENCE {
            self.turn(self.step.saturating_sub(1));
        }
    }

    /// One was not. A width that works is asked again once: an answer may be lost. Whatever was missed twice
    /// in a row is asked for in smaller parts.
    pub(crate) fn was_missed(&mut self) {
        self.missed = self.missed.saturating_add(1);
        let record = self.records.get_mut(self.step);
        let works = record.is_some_and(|record| {
            record.missed = record.missed.saturating_add(1);
            record.works()
        });
        if !works || self.missed > 1 {
            self.turn((self.step + 1).min(STEPS.len() - 1));
        }
    }

    fn turn(&mut self, step: usize) {
        self.step = step;
        self.answered = 0;
        self.missed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(width: &mut Width, answered: bool, times: u32) {
        for _ in 0..times {
            if answered { width.was_answered() } else { width.was_missed() }
        }
    }

    #[test]
    fn what_was_never_answered_is_not_asked_for_again() {
        let mut width = Width::default();
        told(&mut width, false, 1);
        assert_eq!(width.rows(), 8);
        told(&mut width, true, 1_000);
        assert_eq!(width.rows(), 8);
        told(&mut width, false, 2);
        told(&mut width, false, 5);
        assert_eq!(width.rows(), 1, "one row is asked for whatever happens");
    }

    #[test]
    fn one_answer_of_seven_that_is_lost_makes_no_question_narrower() {
        let mut width = Width::default();
        for _ in 0..100 {
            told(&mut width, true, 6);
            told(&mut width, false, 1);
            assert_eq!(width.rows(), 25);
        }
    }

    #[test]
    fn rows_that_are_too_long_are_passed_in_smaller_parts() {
        let mut width = Width::default();
        told(&mut width, true, 50);
        told(&mut width, false, 2);
        assert_eq!(width.rows(), 8);
        told(&mut width, true, PATIENCE - 1);
        assert_eq!(width.rows(), 8);
        told(&mut width, true, 1);
        assert_eq!(width.rows(), 25);
    }
}
