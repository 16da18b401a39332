//! Operation from outside: the program is started, killed, misconfigured, starved and tampered with,
//! and must say what is wrong, end with the right status and lose nothing.
//!
//! A scenario is a function that takes a [`stand::Stand`]; `on_both!` makes it two tests, one a
//! database. Sources are mostly recordings made up by [`cadastre_tests::recording`], because what is
//! shown here is not how a peer is read. What is said of bad input is kept as snapshots ([`told`]):
//! whoever changes a message sees all others beside it.

/// Makes of each scenario one test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($scenario:ident),+ $(,)?) => { $(
        mod $scenario {
            use crate::operation::stand::Stand;

            #[test]
            fn on_sqlite() {
                super::$scenario(Stand::on_sqlite());
            }

            #[test]
            fn on_postgres() {
                if let Some(stand) = Stand::on_postgres() {
                    super::$scenario(stand);
                }
            }
        }
    )+ };
}

mod stand;
mod told;

mod audited;
mod bad_configuration;
mod bad_database;
mod bad_question;
mod bad_recording;
mod bad_secret;
mod bad_source;
mod demo;
mod full_disk;
mod killed;
mod looked_on;
mod pages;
mod people;
mod pipes;
mod reached;
mod secret_nowhere;
mod serving;
mod shown;
mod source_pages;
mod stopped;
mod workers;
