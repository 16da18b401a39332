//! What the suite's tests share: a database of each sort, estates made by hand, a clock that the
//! test turns.

mod database;
mod estate;
mod world;

pub use database::{Lab, raw, rows_of};
pub use estate::{Estate, Thing, doc, intent, names, nobody, reason, write};
pub use world::{World, any_world, lay_out};

use cadastre_model::Timestamp;

/// When most tests take place.
pub const T0: Timestamp = cadastre_model::testing::NOW;

/// So many seconds after [`T0`].
pub fn at(seconds: i64) -> Timestamp {
    T0.plus_ms(seconds * 1000)
}

/// Runs each named `async fn(Lab)` on both databases, as two tests.
macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$name($crate::support::Lab::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(lab) = $crate::support::Lab::postgres().await {
                    super::$name(lab).await;
                }
            }
        }
    )*};
}
