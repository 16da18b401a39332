//! Dice that fall the same way in every run: the estate must not differ from one measurement to the
//! next, and any thing of it can be made without making those before it.
#![expect(clippy::indexing_slicing, reason = "every index is drawn below the length")]

/// A sequence of numbers that a seed decides (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of one thing for one purpose.
    pub fn of(purpose: u64, thing: u64) -> Dice {
        Dice(scramble(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ thing))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Whether it happens, so many times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several; the list is not empty.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of several, the first ones far more often than the last; the list is not empty.
    pub fn pick_skewed<T: Copy>(&mut self, from: &[T]) -> T {
        let (one, other) = (self.below(from.len() as u64), self.below(from.len() as u64));
        from[one.min(other) as usize]
    }
}

/// One number for another, each different.
pub fn scramble(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
