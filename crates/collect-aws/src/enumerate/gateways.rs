//! Gateways: where a network ends. One file a sort.

pub(super) mod internet;
pub(super) mod nat;
pub(super) mod transit;
