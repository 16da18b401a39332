//! The demo: an invented estate in a register of its own, with a month of history.
//!
//! It comes about as a real one would: the collectors read two recordings of each source, and people add
//! what they know in between, all by the service. Only the clock is ours (`clock`). How the recordings were
//! made: `tests/lab/demo_estate.py`.

mod clock;
mod knowledge;
mod load;
mod login;
mod recordings;

pub use clock::DemoClock;
pub use load::load;
pub use login::Login;
