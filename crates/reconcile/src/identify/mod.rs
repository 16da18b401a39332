//! Which asset is a record of? Asked of records the register does not know yet, and of those a
//! person said do not belong where they are. The first rule that decides, decides: 0 a known record
//! stays where it is (and never comes here), 1 strong identifiers, 2 weak ones, 3 ambiguity,
//! 4 nothing matches.

mod contest;
mod crowd;
mod hints;
mod odds;
mod questions;
mod settle;
mod strong;
mod tie;
mod weak;

pub(crate) use crowd::Crowd;
pub(crate) use settle::{Gained, Newcomer, Origin, settle};
