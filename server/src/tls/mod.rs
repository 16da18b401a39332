//! TLS of the server's own: the pair of certificate and key, and the listener that speaks it.
//!
//! What is served over it is not known here. The pair can be read anew while the server runs: whoever
//! connects from then on gets the new one.

mod listener;
mod pair;
#[cfg(test)]
mod tests;

pub use listener::TlsListener;
pub use pair::read;
