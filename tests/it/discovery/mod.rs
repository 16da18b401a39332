//! Discovery from end to end: the built binary, a real EC2 API server, both databases.
//!
//! A scenario is a function that takes a fresh [`register::Register`]; `on_both!` makes it two
//! tests, one a database. `stage` is the peer's side: moto behind the fault proxy; `cut` is about the
//! other kinds of peers. What a run said is read by `report`. The scenarios know the command line and its
//! JSON, and no table but through [`cadastre_tests::rows`], which is there to see what was *not* written.

/// Makes of each scenario one test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($scenario:ident),+ $(,)?) => { $(
        mod $scenario {
            use crate::discovery::register::Register;

            #[test]
            fn on_sqlite() {
                super::$scenario(&mut Register::on_sqlite());
            }

            #[test]
            fn on_postgres() {
                if let Some(mut register) = Register::on_postgres() {
                    super::$scenario(&mut register);
                }
            }
        }
    )+ };
}

mod register;
mod report;
mod stage;

mod as_of;
mod broken_off;
mod counts;
mod cut;
mod dry_run;
mod faults;
mod held;
mod locks;
mod no_way_in;
mod recording;
mod refused;
mod restarted;
mod side_by_side;
mod unchanged;
mod vanished;
